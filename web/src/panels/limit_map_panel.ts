// The limit of a figure with a series as a map: on one parameter, over the plane of the other axis and the parameter of
// the series.

import type { Card, CurvePreset, LimitMap, RunOptions } from 'anyslice';
import { Announcer } from '../announcer.ts';
import { followPointer } from '../controls/pointing.ts';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import { NOTHING_DRAWN, type PlotModel, shortLabel, UNSEEN } from '../plot/model.ts';
import { Plot } from '../plot/plot.ts';
import type { Point } from '../plot/regions.ts';
import type { CurveResults, Results } from '../results.ts';
import { curveSetting, sampleValues } from '../session/curve.ts';
import { isByLikelihood } from '../state/curve.ts';
import { curvePresetOf } from '../state/plane.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { captionParts } from './caption.ts';
import { RunControl } from './run_control.ts';
import { countsHead, scrolling } from './tables.ts';

const COLUMNS = 60;
const ROWS = 42;
// The table has every so manyth row and column of the map.
const TABLE_STEP = 6;

type Shown = 'observed' | 'expected';

interface Subject {
  results: CurveResults;
  preset: CurvePreset & { series: NonNullable<CurvePreset['series']> };
}

export class LimitMapPanel {
  readonly root: HTMLDetailsElement;
  private subject: Subject | null = null;
  private asked = '';
  private map: LimitMap | null = null;
  private shown: Shown = 'observed';
  private readonly run: RunControl;
  private readonly title = element('figcaption');
  private readonly canvas = element('canvas', { 'aria-hidden': true });
  private readonly area = element('div', {
    class: 'small-plot',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'map',
    'aria-label': 'Map of the limit: arrow keys move a point whose limit is read out below',
  });
  private readonly figure: HTMLElement;
  private readonly readout = element('p', { class: 'map-readout' });
  private readonly spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly announcer = new Announcer(this.spoken);
  private readonly caption = element('p', { class: 'note' });
  private readonly table = element('details', {}, element('summary', {}, 'The map as a table'));
  private readonly choice = element('select', { id: 'choose-map-limit' });
  private readonly plot = new Plot(this.canvas);

  constructor() {
    this.choice.append(
      element('option', { value: 'observed' }, 'observed'),
      element('option', { value: 'expected' }, 'expected (median)'),
    );
    this.choice.addEventListener('change', () => {
      this.shown = this.choice.value as Shown;
      this.draw();
    });
    this.run = new RunControl(
      {
        label: 'Compute the map',
        none: 'The map has not been computed.',
        work: (options) => this.compute(options),
      },
      element('div', { class: 'field' }, element('label', { for: 'choose-map-limit' }, 'Limit'), this.choice),
    );
    this.area.append(this.canvas);
    this.figure = element('figure', { class: 'wide' }, this.title, this.area, this.readout);
    this.table.addEventListener('toggle', () => this.fillTable());
    this.root = element(
      'details',
      { id: 'panel-limit-map', hidden: true },
      element('summary', {}, 'Map of the limit'),
      element(
        'div',
        { class: 'panel-body' },
        this.run.root,
        element('div', { class: 'small-plots' }, this.figure),
        this.caption,
        this.spoken,
        this.table,
      ),
    );
    followPointer(this.area, this.canvas, this.plot, {
      move: (at, _pixel, blind) => this.point(at, blind ?? false),
      pin: () => {},
    });
    this.hideMap();
  }

  /** From now on the map is that of these results; null when nothing is shown. */
  about(results: Results | null): void {
    this.subject = subjectOf(results);
    this.root.hidden = this.subject === null;
    const asked = this.subject ? JSON.stringify([this.subject.results.analysis.card.name, this.request()]) : '';
    if (asked === this.asked) return;
    this.asked = asked;
    this.map = null;
    this.run.reset();
    this.hideMap();
    if (!this.subject) return;
    const { state, analysis } = this.subject.results;
    // Without data there is only what is expected, and the likelihood has no bands.
    const options = this.choice.options;
    const hasData = state.exposure === 1;
    options[0]!.disabled = !hasData && !isByLikelihood(state.method);
    options[0]!.textContent = hasData || options[0]!.disabled ? 'observed' : UNSEEN;
    options[1]!.disabled = isByLikelihood(state.method);
    if (options[0]!.disabled) this.shown = 'expected';
    if (options[1]!.disabled) this.shown = 'observed';
    this.choice.value = this.shown;
    replaceContent(this.root.querySelector('summary')!, labelNodes(panelTitle(analysis.card, this.subject.preset)));
  }

  restyle(): void {
    this.plot.restyle();
  }

  private request() {
    const { results, preset } = this.subject!;
    const { card } = results.analysis;
    const { series, versus, on, axes } = preset;
    const setting = curveSetting(results.state);
    const values = (name: string, visible: Point, scale: 'lin' | 'log', count: number) => ({
      parameter: name,
      values: sampleValues(visible, card.parameters[name]!.range, scale, count),
    });
    const other = card.parameters[series.parameter]!;
    return {
      ...setting,
      on,
      x: values(versus, axes.x.range, axes.x.scale, COLUMNS),
      y: values(series.parameter, other.range, other.scale, ROWS),
    };
  }

  private async compute(options: RunOptions): Promise<string> {
    if (!this.subject) throw new Error('There is nothing to compute a map of.');
    const began = performance.now();
    this.map = await this.subject.results.analysis.limitMap(this.request(), options);
    this.draw();
    const points = this.map.x.values.length * this.map.y.values.length;
    return `${points.toLocaleString('en')} limits, computed in ${formatNumber((performance.now() - began) / 1000, 2)} s.`;
  }

  private hideMap(): void {
    this.plot.clear();
    this.figure.hidden = this.caption.hidden = this.table.hidden = true;
    this.table.open = false;
  }

  private values(): (number | null)[][] {
    return this.shown === 'observed' ? this.map!.observed : this.map!.expected['0'];
  }

  private draw(): void {
    const { map, subject } = this;
    if (!map || !subject) return;
    const { card } = subject.results.analysis;
    this.figure.hidden = this.caption.hidden = this.table.hidden = false;
    const kind = this.shown === 'expected' ? 'expected (median)' : countsHead(map);
    const what = `upper limit on {${card.parameters[map.on]!.symbol.text}}, ${formatPercent(map.cl)} CL`;
    const heading = kind === UNSEEN ? `${what}, ${kind}` : `${kind} ${what}`;
    replaceContent(this.title, labelNodes(`${heading[0]!.toUpperCase()}${heading.slice(1)}`));
    this.plot.show(mapModel(card, subject.preset, map, this.values()), null);
    const [title = '', ...construction] = captionParts(subject.results);
    replaceContent(
      this.caption,
      labelNodes(`${[title, ...construction].join('\u00a0· ')}. Where nothing is painted there is no limit.`),
    );
    this.point(null, false);
    this.fillTable();
  }

  /** The limit at the grid point nearest to this one. */
  private point(at: Point | null, spoken: boolean): void {
    const { map, subject } = this;
    this.plot.point(at);
    if (!map || !subject) return;
    if (!at) {
      this.readout.textContent = 'Point at the map, or move a point with the arrow keys, to read the limit there.';
      return;
    }
    const { card } = subject.results.analysis;
    const i = nearest(map.x.values, at[0], subject.preset.axes.x.scale);
    const j = nearest(map.y.values, at[1], card.parameters[map.y.parameter]!.scale);
    const value = this.values()[j]![i]!;
    const named = (name: string, number: number) => {
      const { symbol, unit } = card.parameters[name]!;
      return `{${symbol.text}} = ${withUnit(formatNumber(number, 3), unit)}`;
    };
    const { symbol, unit } = card.parameters[map.on]!;
    const found =
      value === null
        ? `no limit${this.shown === 'observed' && map.reasons[j]![i] ? `: ${map.reasons[j]![i]}` : ''}`
        : `{${symbol.text}} < ${withUnit(formatNumber(value, 3), unit)}`;
    const text = `At ${named(map.x.parameter, map.x.values[i]!)}, ${named(map.y.parameter, map.y.values[j]!)}: ${found}`;
    replaceContent(this.readout, labelNodes(text));
    if (spoken) this.announcer.say(this.readout.textContent);
  }

  private fillTable(): void {
    this.table.querySelector('.scrolling')?.remove();
    const { map, subject } = this;
    if (!map || !subject || !this.table.open) return;
    const { card } = subject.results.analysis;
    const some = (values: number[]) =>
      values.map((_, i) => i).filter((i) => i % TABLE_STEP === 0 || i === values.length - 1);
    const [columns, rows] = [some(map.x.values), some(map.y.values)];
    const [x, y] = [card.parameters[map.x.parameter]!, card.parameters[map.y.parameter]!];
    const head = ({ symbol, unit }: typeof x) => `{${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`;
    const values = this.values();
    this.table.append(
      scrolling(
        element(
          'table',
          {},
          element(
            'caption',
            {},
            labelNodes(`${head(y)} down, ${head(x)} across; every ${TABLE_STEP}th value of the map`),
          ),
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              element('th', { scope: 'col' }, labelNodes(head(y))),
              columns.map((i) => element('th', { scope: 'col' }, formatNumber(map.x.values[i], 3))),
            ),
          ),
          element(
            'tbody',
            {},
            rows.map((j) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, formatNumber(map.y.values[j], 3)),
                columns.map((i) => element('td', {}, formatNumber(values[j]![i], 3))),
              ),
            ),
          ),
        ),
      ),
    );
  }
}

/** Figures of limit curves with a series. */
function subjectOf(results: Results | null): Subject | null {
  if (results?.kind !== 'curve') return null;
  const preset = curvePresetOf(results.analysis.card, results.state.preset);
  return preset.series ? { results, preset: { ...preset, series: preset.series } } : null;
}

function panelTitle(card: Card, { on, versus, series }: Subject['preset']): string {
  const symbol = (name: string) => `{${card.parameters[name]!.symbol.text}}`;
  return `Map of the limit on ${symbol(on)} over ${symbol(versus)} and ${symbol(series.parameter)}`;
}

function mapModel(card: Card, preset: Subject['preset'], map: LimitMap, values: (number | null)[][]): PlotModel {
  const axis = ({ parameter, values }: LimitMap['x'], scale: 'lin' | 'log') => {
    const { label, symbol, unit } = card.parameters[parameter]!;
    return {
      range: [values[0]!, values.at(-1)!] as Point,
      scale,
      title: `${shortLabel(label)} {${symbol.text}}${unit === '1' ? '' : ` [${typeset(unit)}]`}`,
    };
  };
  const axes = {
    x: axis(map.x, preset.axes.x.scale),
    y: axis(map.y, card.parameters[map.y.parameter]!.scale),
  };
  const { symbol, unit } = card.parameters[map.on]!;
  return {
    ...NOTHING_DRAWN,
    ...axes,
    heat: {
      field: { x: map.x.values, y: map.y.values, values },
      title: `limit on {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`,
      // Of the figure itself: beyond it limits matter less.
      focus: preset.axes.y.range,
      scales: { x: axes.x.scale, y: axes.y.scale },
      cells: true,
    },
  };
}

function nearest(values: number[], at: number, scale: 'lin' | 'log'): number {
  const distance = (value: number) => Math.abs(scale === 'log' ? Math.log(value / at) : value - at);
  return values.reduce((best, value, i) => (distance(value) < distance(values[best]!) ? i : best), 0);
}
