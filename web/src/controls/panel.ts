// The control panel: builds the fields of a card and figure, and keeps them equal to the state.

import type { Card } from 'anyslice';
import { element } from '../dom.ts';
import { presetsOf } from '../state/plane.ts';
import type { State } from '../state.ts';
import { contourGroups } from './contour_fields.ts';
import { curveGroups } from './curve_fields.ts';
import { type Change, FieldSet } from './field_set.ts';
import { type Field, inLine, plainGroup, selectField } from './fields.ts';

export interface PanelEvents {
  change: Change;
  chooseCard: (file: string) => void;
  choosePreset: (preset: string) => void;
}

export class Panel {
  private sync: (state: State) => void = () => {};
  private built = '';
  /** What has been opened or closed, by its id. */
  private readonly folds = new Map<string, boolean>();

  constructor(
    private readonly root: HTMLElement,
    private readonly events: PanelEvents,
  ) {}

  /** Before any analysis is open: only the choice between them. `chosen` is '' when none could be opened. */
  offer(titles: Map<string, string>, chosen: string): void {
    this.built = '';
    const analysis = this.picker(titles);
    analysis.set(chosen);
    this.sync = () => {};
    this.root.replaceChildren(plainGroup('Figure', inLine(analysis.root)));
  }

  /** The titles of the analyses arrive late: they must not disturb a field that is being typed into. */
  retitle(titles: Map<string, string>): void {
    for (const option of this.root.querySelectorAll<HTMLOptionElement>('#choose-analysis option')) {
      option.textContent = titles.get(option.value) ?? option.textContent;
    }
  }

  /** Shows the state; builds the fields anew when card, figure or axes have changed. `titles` name the analyses. */
  show(card: Card, state: State, titles: Map<string, string>): void {
    const signature = JSON.stringify([state.card, state.preset, state.kind === 'contour' ? state.axes : null]);
    if (signature !== this.built) {
      this.built = signature;
      const focused = document.activeElement?.id;
      this.root.replaceChildren(...this.build(card, state, titles));
      for (const details of this.root.querySelectorAll('details')) {
        details.open = this.folds.get(details.id) ?? details.open;
        details.addEventListener('toggle', () => this.folds.set(details.id, details.open));
      }
      if (focused) document.getElementById(focused)?.focus();
    }
    this.sync(state);
  }

  private build(card: Card, state: State, titles: Map<string, string>): HTMLElement[] {
    if (state.kind === 'curve') {
      const fields = new FieldSet<typeof state>(card, 'curve', this.events.change);
      this.sync = (next) => next.kind === 'curve' && fields.sync(next);
      return [this.figure(fields, titles), ...curveGroups(fields, state.preset)];
    }
    const fields = new FieldSet<typeof state>(card, 'contour', this.events.change);
    this.sync = (next) => next.kind === 'contour' && fields.sync(next);
    return [this.figure(fields, titles), ...contourGroups(fields, state.preset, state.axes)];
  }

  private figure<Kind extends State>(fields: FieldSet<Kind>, titles: Map<string, string>): HTMLElement {
    const { card } = fields;
    const analysis = fields.follow(this.picker(titles), (state) => state.card);
    const presets = Object.entries(presetsOf(card)).map(([value, { label }]) => ({ value, label }));
    const preset = fields.follow(
      selectField('Figure', presets, this.events.choosePreset, 'choose-figure'),
      (state) => state.preset,
    );
    return plainGroup('Figure', inLine(analysis), presets.length > 1 ? inLine(preset) : null);
  }

  private picker(titles: Map<string, string>): Field<string> {
    const options = [...titles].map(([value, label]) => ({ value, label }));
    const field = selectField('Analysis', options, this.events.chooseCard, 'choose-analysis');
    const none = element('option', { value: '', disabled: true, hidden: true }, 'Choose an analysis');
    field.root.querySelector('select')!.prepend(none);
    return field;
  }
}
