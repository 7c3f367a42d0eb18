// What more data would exclude: the limit on one parameter at the point against the exposure.

import type { Card, ExposureLimit, ExposurePoint, ExposureRequest, RunOptions } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import { type PlotModel, shortLabel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import { pointLineOf, type RestingPoint, settingOfLine } from '../resting_point.ts';
import { isByLikelihood } from '../state/curve.ts';
import type { State } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { ChartGrid } from './chart_grid.ts';
import { METHOD_LABELS } from './construction.ts';
import { RunControl } from './run_control.ts';
import { scrolling } from './tables.ts';

const LOWEST = 0.1;
const HIGHEST = 100;
// Eight a decade, so that 1 and 10 are among them.
const COUNT = 25;
const ASKED = 10;

export interface ExposureEvents {
  choose: (changed: Pick<State, 'exposureOn'>) => void;
}

export class ExposurePanel {
  readonly root: HTMLDetailsElement;
  private at: RestingPoint | null = null;
  private asked = '';
  private offered: Card | null = null;
  private readonly choice = element('select', { id: 'choose-exposure-on' });
  private readonly run: RunControl;
  private readonly charts = new ChartGrid();
  private readonly notes = element('div', { class: 'note' });
  private readonly table = element('div');

  constructor(events: ExposureEvents) {
    this.choice.addEventListener('change', () => events.choose({ exposureOn: this.choice.value }));
    this.run = new RunControl(
      {
        label: 'Compute limits against exposure',
        none: 'Not computed: what a tenth to a hundred times the data would exclude at this point.',
        work: (options) => this.compute(options),
      },
      element('div', { class: 'field' }, element('label', { for: 'choose-exposure-on' }, 'Limit on'), this.choice),
    );
    this.root = element(
      'details',
      { id: 'panel-exposure' },
      element('summary', {}, 'What more data would exclude'),
      element('div', { class: 'panel-body' }, this.run.root, this.charts.root, this.notes, this.table),
    );
    this.root.addEventListener('toggle', () => this.update());
  }

  /** From now on this is the point; null when nothing is shown. */
  about(at: RestingPoint | null): void {
    this.at = at;
    if (!at) {
      this.asked = '';
      this.clear();
    } else {
      this.update();
    }
  }

  restyle(): void {
    this.charts.restyle();
  }

  private update(): void {
    const { at } = this;
    if (!at || !this.root.open) return;
    const { card } = at.results.analysis;
    const request = requestOf(at);
    if (card !== this.offered) {
      this.offered = card;
      replaceContent(
        this.choice,
        Object.entries(card.parameters).map(([value, { label }]) => element('option', { value }, shortLabel(label))),
      );
    }
    this.choice.value = request.on;
    const asked = JSON.stringify([card.name, request]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.run.reset();
    this.clear();
  }

  private clear(): void {
    this.charts.clear();
    replaceContent(this.notes);
    replaceContent(this.table);
  }

  private async compute(options: RunOptions): Promise<string> {
    const { at } = this;
    if (!at) throw new Error('There is no point to compute anything for.');
    const { analysis } = at.results;
    const began = performance.now();
    const limit = await analysis.exposureLimit(requestOf(at), options);
    const said = sentences(analysis.card, limit, at);
    const model = exposureModel(analysis.card, limit);
    this.charts.show(
      [{ title: '', model, wide: true, key: keyOf(limit) }],
      [analysis.card.name, settingLine(limit), ...said],
    );
    const warnings = [...new Set([limit.today, ...limit.points].flatMap((point) => point.warnings))];
    replaceContent(
      this.notes,
      warnings.map((text) => element('p', { class: 'warning' }, text)),
      said.map((text) => element('p', {}, ...labelNodes(text))),
    );
    replaceContent(this.table, tableOf(analysis.card, limit));
    return `Computed in ${formatNumber((performance.now() - began) / 1000, 2)} s.`;
  }
}

/** What is asked of the card beside the point. */
function settingLine({ variant, part, channels = [] }: ExposureLimit): string {
  return [`variant ${variant}`, ...(part ? [`part ${part}`] : []), ...channels.map((name) => `channel ${name}`)].join(
    ', ',
  );
}

function requestOf(at: RestingPoint): ExposureRequest & { on: string } {
  const { state, analysis } = at.results;
  const on = state.exposureOn || analysis.card.limits.on;
  // Exposures are what is asked for; a projection is one of them.
  const { exposure_scale: _scale, projection: _projection, ...setting } = settingOfLine(at);
  const { [on]: _limited, ...set } = setting.set ?? {};
  const exposures = Array.from({ length: COUNT }, (_, i) =>
    Number((LOWEST * (HIGHEST / LOWEST) ** (i / (COUNT - 1))).toPrecision(6)),
  );
  return { ...setting, set, on, exposures };
}

function exposureModel(card: Card, limit: ExposureLimit): PlotModel {
  const { symbol, unit, label, range, scale } = card.parameters[limit.on]!;
  const place = (point: ExposurePoint) => point.amount ?? point.exposure;
  const xs = limit.points.map(place);
  const { today, projections } = limit;
  const known = [...limit.points.flatMap(({ expected }) => Object.values(expected)), today.observed].filter(
    (value) => value !== null,
  );
  const [least, most] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : range;
  const room = scale === 'log' ? (most / least) ** 0.25 * 1.3 : 0.15 * (most - least) || 1;
  const y: Point =
    scale === 'log'
      ? [Math.max(range[0], least / room), Math.min(range[1], most * room)]
      : [Math.max(range[0], least - room), Math.min(range[1], most + room)];
  const x: Point = [Math.min(...xs, ...projections.map(place)), Math.max(...xs, ...projections.map(place))];
  const upright = (at: number): Point[] => [
    [at, y[0]],
    [at, y[1]],
  ];
  const marked = [
    { at: place(today), label: 'today' },
    ...projections.map((projection) => ({ at: place(projection), label: projection.name })),
  ];
  const branches = branchesOf(limit.points);
  const band = (from: '-2' | '-1', to: '+1' | '+2'): Point[][] =>
    branches.flatMap((points) => {
      const both = points.filter(({ expected }) => expected[from] !== null && expected[to] !== null);
      if (both.length < 2) return [];
      const at = (name: typeof from | typeof to) => both.map((point): Point => [place(point), point.expected[name]!]);
      return [[...at(from), ...at(to).reverse()]];
    });
  const spot = (at: number, value: number | null, text: string) =>
    value === null ? [] : [{ at: [at, value] as Point, label: text, solid: true }];
  return {
    x: {
      range: x,
      scale: 'log',
      title: limit.amount_unit ? `exposure [${typeset(limit.amount_unit)}]` : 'exposure relative to the data',
    },
    y: {
      range: y,
      scale,
      title: `limit on ${shortLabel(label)} {${symbol.text}}${unit === '1' ? '' : ` [${typeset(unit)}]`}`,
    },
    heat: null,
    areas: [
      { fill: 'band2', rings: band('-2', '+2') },
      { fill: 'band1', rings: band('-1', '+1') },
    ],
    hatched: [],
    blank: [],
    edges: [],
    curves: [
      {
        role: 'expected',
        index: 0,
        label: '',
        lines: branches.flatMap((points) =>
          lineOf(
            points.map(place),
            points.map(({ expected }) => expected['0']),
          ),
        ),
      },
      ...marked.map((one, index) => ({
        role: 'series' as const,
        index,
        label: one.label,
        lines: [upright(one.at)],
      })),
    ],
    marks: [
      ...spot(place(today), today.observed, 'observed'),
      // Their upright lines have their names.
      ...projections.flatMap((projection) => spot(place(projection), projection.expected['0'], '')),
    ],
    published: null,
  };
}

/** The points cut where the limit jumps from one excluded interval to another: neighbours whose first intervals do not
 * overlap are ends of different curves. */
export function branchesOf(points: ExposurePoint[]): ExposurePoint[][] {
  const branches: ExposurePoint[][] = [];
  points.forEach((point, i) => {
    const [before, own] = [points[i - 1]?.excluded[0], point.excluded[0]];
    const apart =
      before !== undefined &&
      own !== undefined &&
      ((before[1] !== null && own[0] !== null && before[1] < own[0]) ||
        (own[1] !== null && before[0] !== null && own[1] < before[0]));
    if (i === 0 || apart) branches.push([]);
    branches.at(-1)!.push(point);
  });
  return branches;
}

/** Why a projection need not lie on the curve: what it changes beside the exposure. */
function differences(card: Card, name: string): string {
  const { switches = {}, counts } = card.projections?.[name] ?? {};
  const changed = Object.entries(switches).flatMap(([key, value]) => {
    const { label, choices } = card.switches?.[key] ?? {};
    const choice = choices?.find((one) => one.value === value);
    return choice ? [`${label ?? key}: ${choice.label}`] : [];
  });
  if (counts === 'whole') changed.push('the counts are the whole part of the expected background');
  return changed.length > 0 ? ` It need not lie on the curve (${typeset(changed.join('; '))}).` : '';
}

function keyOf({ method }: ExposureLimit) {
  const median = { mark: 'expected' as const, text: 'expected (median)' };
  if (isByLikelihood(method)) return [{ ...median, text: 'limit at the expected counts' }];
  return [median, { mark: 'band-1' as const, text: '±1 s.d.' }, { mark: 'band-2' as const, text: '±2 s.d.' }];
}

function sentences(card: Card, limit: ExposureLimit, at: RestingPoint): string[] {
  const { symbol, unit } = card.parameters[limit.on]!;
  const value = (number: number | null) => (number === null ? 'no limit' : withUnit(formatNumber(number, 3), unit));
  const asked = limit.points.find(({ exposure }) => Math.abs(exposure / ASKED - 1) < 1e-4);
  const now = limit.today.expected['0'];
  const then = asked?.expected['0'] ?? null;
  const amount = (point: ExposurePoint) =>
    point.amount === null ? '' : ` (${formatNumber(point.amount, 3)} ${limit.amount_unit})`;
  const said: string[] = [];
  if (asked) {
    if (then === null) {
      said.push(`${ASKED} times the data${amount(asked)}: ${asked.reason ?? 'no limit is expected'}.`);
    } else {
      const upper = asked.excluded[0]?.[1] ?? null;
      const edge = upper === null ? '' : ` (up to ${value(upper)})`;
      const times = now === null ? '' : `, ${formatNumber(now / then, 3)} times better than expected of today's`;
      said.push(
        `${ASKED} times the data${amount(asked)} would exclude {${symbol.text}} > ${value(then)}${edge} at ${formatPercent(limit.cl)}${times}.`,
      );
    }
  }
  said.push(
    `Today${amount(limit.today)}: expected ${value(now)}, observed ${value(limit.today.observed)}${limit.today.observed === null && limit.today.observed_reason ? ` (${limit.today.observed_reason})` : ''}.`,
  );
  if (branchesOf(limit.points).length > 1) {
    said.push(
      `The curve is broken where the lowest excluded values of {${symbol.text}} become others: with less data only a part of the range far from them is excluded.`,
    );
  }
  for (const projection of limit.projections) {
    said.push(`${projection.label}: expected ${value(projection.expected['0'])}.${differences(card, projection.name)}`);
  }
  said.push(
    `Backgrounds grow with the exposure, statistical systematics shrink with its square root, others stay. ${METHOD_LABELS[limit.method]}.`,
  );
  const others = Object.fromEntries(Object.entries(at.rate.point).filter(([name]) => name !== limit.on));
  return [...said, pointLineOf(at, others)];
}

function tableOf(card: Card, limit: ExposureLimit): HTMLElement {
  const { symbol, unit } = card.parameters[limit.on]!;
  const rows = [...limit.points.map((point) => ({ name: '', point }))];
  const named = limit.projections.map((point) => ({ name: point.name, point: point as ExposurePoint }));
  return element(
    'details',
    {},
    element('summary', {}, 'The limits as a table'),
    scrolling(
      element(
        'table',
        {},
        element('caption', {}, labelNodes(`Limits on {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`)),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ['exposure', ...(limit.amount_unit ? [limit.amount_unit] : []), 'median', '−1 s.d.', '+1 s.d.'].map(
              (text) => element('th', { scope: 'col' }, text),
            ),
          ),
        ),
        element(
          'tbody',
          {},
          [...rows, ...named].map(({ name, point }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, `${formatNumber(point.exposure, 4)}${name ? ` (${name})` : ''}`),
              limit.amount_unit ? element('td', {}, formatNumber(point.amount, 4)) : null,
              (['0', '-1', '+1'] as const).map((band) => element('td', {}, formatNumber(point.expected[band], 4))),
            ),
          ),
        ),
      ),
    ),
  );
}
