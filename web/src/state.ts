// The whole state of the page, and its form in the address: versioned, validated, clamped.
//
//   #v=1&card=…&preset=…&variant=…&method=…&constraint=…&cl=0.95&exposure=1&x=0:210&y=0.0001:0.01&points=121…
//
// Whatever cannot be used is replaced by its default and reported; nothing in an address can break the page.

import type { Card, Constraint, Method, Preset } from 'anyslice';
import { exactNumber, parseNumber } from './format.ts';

export const VERSION = '1';
export const METHODS: Method[] = ['cls-hybrid', 'cls-toys', 'cls-asymptotic', 'cls-exact'];
export const CONSTRAINTS: Constraint[] = ['lognormal', 'gaussian', 'truncated'];
export const LEVEL_RANGE: Range = [0.68, 0.99];
export const EXPOSURE_RANGE: Range = [0.01, 1000];
export const TOYS_RANGE: Range = [100, 1_000_000];
export const POINTS_RANGE: Range = [2, 1001];
export const DEFAULT_POINTS = 121;
export const DEFAULT_TOYS = 100_000;
const MAX_SERIES = 12;

export type Range = [number, number];

export interface State {
  card: string;
  preset: string;
  variant: string;
  method: Method;
  constraint: Constraint;
  /** Confidence level, 0 to 1. */
  cl: number;
  /** Relative to the exposure of the data. */
  exposure: number;
  toys: number;
  seed: number;
  /** Visible ranges of the axes. */
  x: Range;
  y: Range;
  /** Number of points along the x axis. */
  points: number;
  /** Values of the preset's series parameter, one curve each; empty without one. */
  series: number[];
  /** Parameters that are neither on an axis nor the series. */
  set: Record<string, number>;
  bands: boolean;
  overlays: string[];
  /** The point whose numbers stay on display. */
  pin: Range | null;
}

/** A field of an address that could not be used, in words. */
export type Problem = string;

/** The card an address asks for, without knowing any card yet. */
export function cardOfHash(hash: string, cards: string[]): { card: string; problems: Problem[] } {
  const [first = ''] = cards;
  // The name of the file is a name of the analysis, too.
  const asked = fieldsOf(hash)
    .get('card')
    ?.replace(/\.json$/, '');
  if (asked === undefined || cards.includes(asked)) return { card: asked ?? first, problems: [] };
  return { card: first, problems: [`there is no analysis “${shorten(asked)}”`] };
}

/** What the card shows by itself with this preset. */
export function defaults(card: Card, file: string, presetName?: string): State {
  const [name, preset] = presetOf(card, presetName);
  const variant = card.variants && !('physics' in card.variants) ? (Object.keys(card.variants)[0] ?? '') : 'physics';
  return {
    card: file,
    preset: name,
    variant,
    ...constructionOf(card, variant),
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
    bands: preset.bands ?? false,
    overlays: (preset.overlays ?? []).filter((overlay) => overlaysFor(card, preset).includes(overlay)),
    pin: null,
  };
}

/** Level, method and constraint that belong to a variant. */
export function constructionOf(card: Card, variant: string): Pick<State, 'method' | 'constraint' | 'cl'> {
  const limits = { ...card.limits, ...card.variants?.[variant]?.limits };
  return { method: limits.method, constraint: limits.constraint, cl: limits.level };
}

export function presetOf(card: Card, name?: string): [string, Preset] {
  const presets = card.presets ?? {};
  const chosen = name !== undefined && presets[name] ? name : Object.keys(presets)[0];
  const preset = chosen === undefined ? undefined : presets[chosen];
  return chosen !== undefined && preset ? [chosen, preset] : ['default', plainPreset(card)];
}

/** Parameters that the reader may set to a number: on no axis and not the series. */
export function freeParameters(card: Card, preset: Preset): string[] {
  return Object.keys(card.parameters).filter(
    (name) => name !== preset.on && name !== preset.versus && name !== preset.series?.parameter,
  );
}

/** Overlays drawn in the plane of this preset. */
export function overlaysFor(card: Card, preset: Preset): string[] {
  return Object.entries(card.overlays ?? {})
    .filter(([, overlay]) => overlay.x === preset.versus && overlay.y === preset.on)
    .map(([name]) => name);
}

/** The ranges within which the axes may be moved: the parameter's range, widened to what the preset shows. */
export function axisBounds(card: Card, preset: Preset): { x: Range; y: Range } {
  const widened = (axis: Range, parameter: string): Range => {
    const { range } = card.parameters[parameter]!;
    return [Math.min(axis[0], range[0]), Math.max(axis[1], range[1])];
  };
  return { x: widened(preset.axes.x.range, preset.versus), y: widened(preset.axes.y.range, preset.on) };
}

/** The state an address describes, for the card that it names. */
export function stateOfHash(hash: string, card: Card, file: string): { state: State; problems: Problem[] } {
  const fields = fieldsOf(hash);
  const problems: Problem[] = [];
  if (fields.size === 0) return { state: defaults(card, file), problems };

  const version = take('v');
  if (version !== undefined && version !== VERSION) {
    problems.push(`it was made for version ${shorten(version)} of the page, this is version ${VERSION}`);
    return { state: defaults(card, file), problems };
  }
  take('card');

  const presetNames = Object.keys(card.presets ?? {});
  const presetName = choice('preset', presetNames, undefined);
  const state = defaults(card, file, presetName);
  const [, preset] = presetOf(card, presetName);
  const bounds = axisBounds(card, preset);

  state.variant = choice('variant', Object.keys(card.variants ?? {}), state.variant) ?? state.variant;
  Object.assign(state, constructionOf(card, state.variant));
  state.method = choice('method', METHODS, state.method) ?? state.method;
  state.constraint = choice('constraint', CONSTRAINTS, state.constraint) ?? state.constraint;
  state.cl = number('cl', LEVEL_RANGE, state.cl);
  state.exposure = number('exposure', EXPOSURE_RANGE, state.exposure);
  state.toys = Math.round(number('toys', TOYS_RANGE, state.toys));
  state.seed = Math.round(number('seed', [0, Number.MAX_SAFE_INTEGER], state.seed));
  state.points = Math.round(number('points', POINTS_RANGE, state.points));
  state.x = pair('x', bounds.x, state.x);
  state.y = pair('y', bounds.y, state.y);
  if (preset.series) {
    const text = take('series');
    const { range } = card.parameters[preset.series.parameter]!;
    if (text !== undefined) {
      const { values, problem } = parseSeries(text, range);
      if (problem) problems.push(`series: ${problem}`);
      if (values.length > 0) state.series = values;
    }
  }
  for (const parameter of Object.keys(state.set)) {
    state.set[parameter] = number(`set.${parameter}`, card.parameters[parameter]!.range, state.set[parameter]!);
  }
  const bands = take('bands');
  if (bands === '0' || bands === '1') state.bands = bands === '1';
  else if (bands !== undefined) problems.push(`bands is “${shorten(bands)}”, expected 0 or 1`);
  const overlays = take('overlays');
  if (overlays !== undefined) {
    const known = overlaysFor(card, preset);
    const asked = overlays.split(',').filter((name) => name !== '');
    state.overlays = known.filter((name) => asked.includes(name));
    const unknown = asked.filter((name) => !known.includes(name));
    if (unknown.length > 0) problems.push(`there is no overlay “${shorten(unknown.join(', '))}” in this figure`);
  }
  if (fields.has('pin')) {
    const pinned = numbers(take('pin') ?? '', 2);
    if (pinned && inside(pinned[0]!, bounds.x) && inside(pinned[1]!, bounds.y)) state.pin = [pinned[0]!, pinned[1]!];
    else problems.push('the pinned point is outside the figure');
  }
  for (const name of fields.keys()) problems.push(`there is no setting “${shorten(name)}”`);
  return { state, problems };

  function take(name: string): string | undefined {
    const text = fields.get(name);
    fields.delete(name);
    return text;
  }

  function choice<Name extends string>(name: string, allowed: Name[], fallback: Name | undefined): Name | undefined {
    const text = take(name);
    if (text === undefined || (allowed as string[]).includes(text)) return (text as Name | undefined) ?? fallback;
    problems.push(`there is no ${name} “${shorten(text)}”`);
    return fallback;
  }

  function number(name: string, range: Range, fallback: number): number {
    const text = take(name);
    if (text === undefined) return fallback;
    const value = parseNumber(text);
    if (value === null) {
      problems.push(`${name} is “${shorten(text)}”, expected a number`);
      return fallback;
    }
    const clamped = clamp(value, range);
    if (clamped !== value) problems.push(`${name} = ${exactNumber(value)} is outside ${range[0]} to ${range[1]}`);
    return clamped;
  }

  function pair(name: string, range: Range, fallback: Range): Range {
    const text = take(name);
    if (text === undefined) return fallback;
    const found = numbers(text, 2);
    if (!found) {
      problems.push(`${name} is “${shorten(text)}”, expected two numbers like ${range[0]}:${range[1]}`);
      return fallback;
    }
    const clamped: Range = [clamp(found[0]!, range), clamp(found[1]!, range)];
    if (!(clamped[0] < clamped[1])) {
      problems.push(`${name} = ${shorten(text)} is not a range within ${range[0]} to ${range[1]}`);
      return fallback;
    }
    if (clamped[0] !== found[0] || clamped[1] !== found[1]) {
      problems.push(`${name} = ${shorten(text)} is outside ${range[0]} to ${range[1]}`);
    }
    return clamped;
  }
}

/** The address of a state, complete: what it shows does not change when defaults do. */
export function hashOfState(state: State): string {
  const fields: [string, string][] = [
    ['v', VERSION],
    ['card', state.card],
    ['preset', state.preset],
    ['variant', state.variant],
    ['method', state.method],
    ['constraint', state.constraint],
    ['cl', exactNumber(state.cl)],
    ['exposure', exactNumber(state.exposure)],
    ['x', state.x.map(exactNumber).join(':')],
    ['y', state.y.map(exactNumber).join(':')],
    ['points', exactNumber(state.points)],
  ];
  if (state.series.length > 0) fields.push(['series', state.series.map(exactNumber).join(',')]);
  for (const [name, value] of Object.entries(state.set)) fields.push([`set.${name}`, exactNumber(value)]);
  fields.push(['bands', state.bands ? '1' : '0'], ['overlays', state.overlays.join(',')]);
  if (state.method === 'cls-toys') fields.push(['toys', exactNumber(state.toys)], ['seed', exactNumber(state.seed)]);
  if (state.pin) fields.push(['pin', state.pin.map(exactNumber).join(':')]);
  // Colons, commas and dots are legal in a fragment and easier to read than their codes.
  return `#${fields.map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2C/g, ',')}`).join('&')}`;
}

/** Everything that the drawn limit depends on; what is left out only changes how it is shown. The visible range of y
 * belongs to it: where the curve is steep in view, more points are computed. */
export function computationKey(state: State): string {
  const { overlays: _overlays, bands: _bands, pin: _pin, toys, seed, ...rest } = state;
  return JSON.stringify(state.method === 'cls-toys' ? { ...rest, toys, seed } : rest);
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

/** One sentence about everything that could not be used. */
export function sentence(problems: Problem[]): string {
  return problems.length === 0 ? '' : `This link was adjusted: ${problems.join('; ')}.`;
}

export function clamp(value: number, [low, high]: Range): number {
  return Math.min(high, Math.max(low, value));
}

function inside(value: number, [low, high]: Range): boolean {
  return value >= low && value <= high;
}

function fieldsOf(hash: string): Map<string, string> {
  // URLSearchParams never throws, whatever it is given.
  return new Map(new URLSearchParams(hash.replace(/^#/, '')));
}

function numbers(text: string, count: number): number[] | null {
  const parts = text.split(':').map(parseNumber);
  return parts.length === count && parts.every((part) => part !== null) ? (parts as number[]) : null;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** For a card without presets: the plane of its limits over the full ranges. */
function plainPreset(card: Card): Preset {
  const { on, versus } = card.limits;
  const axis = (name: string) => {
    const { range, scale } = card.parameters[name]!;
    return { range, scale };
  };
  return { label: 'Default', on, versus, axes: { x: axis(versus), y: axis(on) }, bands: true, overlays: [] };
}
