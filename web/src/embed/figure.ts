// What an <any-slice> shows: key, plot, caption, and the sliders of what is on no axis. The page's own parts, in a
// shadow tree.

import type { Card } from 'anyslice';
import { freeParameterFields } from '../controls/curve_fields.ts';
import { type Change, FieldSet } from '../controls/field_set.ts';
import { parameterFields } from '../controls/parameter_fields.ts';
import { element, replaceContent } from '../dom.ts';
import { showCaption } from '../panels/caption.ts';
import { summaryText } from '../panels/data_table.ts';
import { showLegend } from '../panels/legend.ts';
import { keyOf } from '../plot/key.ts';
import { Plot } from '../plot/plot.ts';
import { modelOf } from '../plot/results_model.ts';
import type { Results } from '../results.ts';
import type { State } from '../state.ts';
import { styleSheet } from './style.ts';

export class Figure {
  private readonly legend = element('ul', { id: 'legend', 'aria-label': 'Key' });
  private readonly canvas = element('canvas', { id: 'plot', 'aria-hidden': 'true' });
  private readonly area = element('div', { id: 'plot-area', role: 'img', 'aria-describedby': 'summary' }, this.canvas);
  private readonly caption = element('p', { id: 'caption' });
  private readonly summary = element('p', { id: 'summary', class: 'visually-hidden' });
  private readonly fields = element('div', { id: 'fields' });
  private readonly status = element('p', { id: 'status', role: 'status' });
  private readonly link = element('a', { id: 'link', target: '_blank', rel: 'noopener' }, 'Open in anyslice');
  private readonly plot: Plot;
  private sync: (state: State) => void = () => {};
  private built = '';

  constructor(
    root: ShadowRoot,
    private readonly change: Change,
  ) {
    root.adoptedStyleSheets = [styleSheet()];
    root.append(
      element(
        'figure',
        {},
        this.legend,
        this.area,
        element('figcaption', {}, this.caption, this.link),
        this.summary,
        this.fields,
        this.status,
      ),
    );
    this.plot = new Plot(this.canvas);
  }

  /** `readonly`: there is nothing to set. `page`: the same figure on the page, null where that cannot show it. */
  showState(card: Card, state: State, readonly: boolean, page: string | null): void {
    this.link.hidden = page === null;
    if (page === null) this.link.removeAttribute('href');
    else this.link.href = page;
    const axes = state.kind === 'contour' ? state.axes : null;
    const signature = JSON.stringify([state.card, state.preset, axes, readonly]);
    if (signature !== this.built) {
      this.built = signature;
      replaceContent(this.fields, ...(readonly ? [] : this.build(card, state)));
      this.area.setAttribute('aria-label', `Plot: ${card.about.short_title ?? card.about.title}`);
    }
    if (!readonly) this.sync(state);
  }

  showResults(results: Results): void {
    const model = modelOf(results);
    this.plot.show(model, results.state.pin);
    showLegend(this.legend, keyOf(results, model));
    showCaption(this.caption, results);
    this.summary.textContent = summaryText(results);
  }

  say(text: string, isError = false): void {
    this.status.textContent = text;
    this.status.classList.toggle('error', isError);
  }

  restyle(): void {
    this.plot.restyle();
  }

  close(): void {
    this.plot.clear();
  }

  private build(card: Card, state: State): HTMLElement[] {
    if (state.kind === 'curve') {
      const fields = new FieldSet<typeof state>(card, 'curve', this.change);
      this.sync = (next) => next.kind === 'curve' && fields.sync(next);
      return freeParameterFields(fields, state.preset);
    }
    const fields = new FieldSet<typeof state>(card, 'contour', this.change);
    this.sync = (next) => next.kind === 'contour' && fields.sync(next);
    return parameterFields(fields, state.preset, state.axes);
  }
}
