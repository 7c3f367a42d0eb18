// The state of a figure that shows limit curves: one parameter limited along another.

import type { Card, Constraint, ContourMethod, CurvePreset } from 'anyslice';
import { exactNumber, parseNumber } from '../format.ts';
import type { AddressReader } from './address.ts';
import type { Compared } from './compared.ts';
import { curvePresetOf, overlaysIn, planeOf } from './plane.ts';
import { EXPOSURE_RANGE, inside, POINTS_RANGE, type Range, TOYS_RANGE } from './ranges.ts';
import { defaultVariant, limitsOf, PANEL_DEFAULTS, readShared, type SharedState, sharedFields } from './shared.ts';

export const METHODS: ContourMethod[] = [
  'cls-hybrid',
  'cls-toys',
  'cls-asymptotic',
  'cls-exact',
  'bayes-flat',
  'feldman-cousins',
  'delta-lnl-1',
  'delta-lnl-2',
];
export const CONSTRAINTS: Constraint[] = ['lognormal', 'gaussian', 'truncated'];
export const DEFAULT_POINTS = 121;
export const DEFAULT_TOYS = 100_000;
const MAX_SERIES = 12;

export interface CurveState extends SharedState {
  kind: 'curve';
  method: ContourMethod;
  constraint: Constraint;
  /** Relative to the exposure of the data. */
  exposure: number;
  toys: number;
  seed: number;
  /** Number of points along the x axis. */
  points: number;
  /** Values of the preset's series parameter, one curve each; empty without one. */
  series: number[];
  bands: boolean;
  /** Curves pinned for comparison. */
  compared: Compared<CurveState>[];
}

/** What the card shows by itself in this figure. */
export function curveDefaults(card: Card, file: string, name: string): CurveState {
  const preset = curvePresetOf(card, name);
  const variant = defaultVariant(card);
  const drawable = overlaysIn(card, { x: preset.versus, y: preset.on });
  return {
    kind: 'curve',
    card: file,
    preset: name,
    variant,
    ...curveConstruction(card, variant),
    exposure: 1,
    toys: DEFAULT_TOYS,
    seed: 1,
    x: [...preset.axes.x.range],
    y: [...preset.axes.y.range],
    points: DEFAULT_POINTS,
    series: [...(preset.series?.values ?? [])],
    set: Object.fromEntries(
      freeParameters(card, preset).map((parameter) => [parameter, card.parameters[parameter]!.default]),
    ),
    switches: {},
    bands: preset.bands ?? false,
    overlays: (preset.overlays ?? []).filter((overlay) => drawable.includes(overlay)),
    ...PANEL_DEFAULTS,
    pin: null,
    compared: [],
  };
}

/** Level, method and constraint that belong to a variant. */
export function curveConstruction(card: Card, variant: string): Pick<CurveState, 'method' | 'constraint' | 'cl'> {
  const { method, constraint, level } = limitsOf(card, variant);
  return {
    method: METHODS.find((known) => known === method) ?? 'cls-hybrid',
    constraint: constraint ?? 'lognormal',
    cl: level,
  };
}

/** Whether the construction simulates experiments. Unified intervals do so where there are uncertainties. */
export function throwsToys(method: ContourMethod): boolean {
  return method === 'cls-toys' || method === 'feldman-cousins';
}

/** Whether −ln L decides, and not a number of events: such a limit has no expected bands and no p-value. */
export function isByLikelihood(method: ContourMethod): boolean {
  return method === 'delta-lnl-1' || method === 'delta-lnl-2';
}

/** Parameters that the reader may set to a number: on no axis and not the series. */
export function freeParameters(card: Card, preset: CurvePreset): string[] {
  return Object.keys(card.parameters).filter(
    (name) => name !== preset.on && name !== preset.versus && name !== preset.series?.parameter,
  );
}

/** Choices that survive a change of figure. */
export function keptOfCurve(state: CurveState): Partial<CurveState> {
  const { variant, switches, method, constraint, cl, exposure, toys, seed, points } = state;
  const { scan, scanProfile, exposureOn } = state;
  return { variant, switches, method, constraint, cl, exposure, toys, seed, points, scan, scanProfile, exposureOn };
}

/** Takes what an address says about `state`, which has the defaults of its card and figure. */
export function readCurve(reader: AddressReader, card: Card, state: CurveState): void {
  const preset = curvePresetOf(card, state.preset);
  const { x, y } = planeOf(card, preset);
  state.variant = reader.choice('variant', Object.keys(card.variants ?? {}), state.variant);
  Object.assign(state, curveConstruction(card, state.variant));
  readShared(reader, card, state);
  state.method = reader.choice('method', METHODS, state.method);
  state.constraint = reader.choice('constraint', CONSTRAINTS, state.constraint);
  state.exposure = reader.number('exposure', EXPOSURE_RANGE, state.exposure);
  state.toys = Math.round(reader.number('toys', TOYS_RANGE, state.toys));
  state.seed = Math.round(reader.number('seed', [0, Number.MAX_SAFE_INTEGER], state.seed));
  state.points = Math.round(reader.number('points', POINTS_RANGE, state.points));
  state.x = reader.pair('x', x.bounds, state.x);
  state.y = reader.pair('y', y.bounds, state.y);
  if (preset.series) {
    const text = reader.take('series');
    if (text !== undefined) {
      const { values, problem } = parseSeries(text, card.parameters[preset.series.parameter]!.range);
      if (problem) reader.problems.push(`series: ${problem}`);
      if (values.length > 0) state.series = values;
    }
  }
  for (const name of [preset.on, preset.versus]) reader.onAxis(`set.${name}`);
  for (const name of Object.keys(state.set)) {
    state.set[name] = reader.number(`set.${name}`, card.parameters[name]!.range, state.set[name]!);
  }
  state.bands = reader.flag('bands', state.bands);
  state.overlays = reader.list('overlays', overlaysIn(card, { x: x.name, y: y.name }), state.overlays, 'overlay');
  state.pin = reader.point('pin', x.bounds, y.bounds);
}

export function curveFields(state: CurveState): [string, string][] {
  const { begin, middle, end } = sharedFields(state);
  const [toys, seed] = [exactNumber(state.toys), exactNumber(state.seed)];
  return [
    ...begin,
    ['method', state.method],
    ['constraint', state.constraint],
    ['cl', exactNumber(state.cl)],
    ['exposure', exactNumber(state.exposure)],
    ...middle,
    ['points', exactNumber(state.points)],
    ...(state.series.length > 0 ? [['series', state.series.map(exactNumber).join(',')] as [string, string]] : []),
    ['bands', state.bands ? '1' : '0'],
    ...(throwsToys(state.method)
      ? ([
          ['toys', toys],
          ['seed', seed],
        ] as [string, string][])
      : []),
    ...end,
  ];
}

/** Everything that the drawn limit depends on; what is left out only changes how it is shown. The visible range of y
 * belongs to it: where the curve is steep in view, more points are computed. */
export function curveKey(state: CurveState): object {
  const { overlays: _overlays, bands: _bands, pin: _pin, compared: _compared, toys, seed, ...drawn } = state;
  const { scan: _scan, scanProfile: _profile, exposureOn: _exposureOn, ...rest } = drawn;
  return throwsToys(state.method) ? { ...rest, toys, seed } : rest;
}

/** A list of values as typed: "100, 125, 150". Values outside the range or not numbers are left out and reported. */
export function parseSeries(text: string, range: Range): { values: number[]; problem: string | null } {
  const words = text.split(/[,;\s]+/).filter((word) => word !== '');
  const good = words.map(parseNumber).filter((value): value is number => value !== null && inside(value, range));
  const values = [...new Set(good)].sort((a, b) => a - b).slice(0, MAX_SERIES);
  if (words.length === 0) return { values, problem: 'expected at least one number' };
  if (good.length < words.length) return { values, problem: `expected numbers from ${range[0]} to ${range[1]}` };
  if (new Set(good).size > MAX_SERIES) return { values, problem: `at most ${MAX_SERIES} curves are drawn` };
  return { values, problem: null };
}
