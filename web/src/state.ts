// The whole state of the page, and its form in the address: versioned, validated, clamped.
//
//   #v=1&card=…&preset=…&variant=…&method=…&constraint=…&cl=0.95&exposure=1&x=0:210&y=0.0001:0.01&points=121…
//   #v=1&card=…&preset=…&variant=…&plane=mZ:UmuN2&method=…&cl=0.9&projection=&x=…&y=…&set.mN=0.15&channels=…
//
// Pinned curves are compare.1 to compare.4, see state/compared.ts. The figure (preset) decides of which kind the state is.
// Whatever cannot be used is replaced by its default and reported; nothing in an address can break the page.

import type { Card } from 'anyslice';
import { AddressReader, addressOf, type Problem, shorten } from './state/address.ts';
import { type Codec, comparedFields, comparedThere, readCompared } from './state/compared.ts';
import {
  type ContourState,
  contourConstruction,
  contourDefaults,
  contourFields,
  contourKey,
  keptOfContour,
  readContour,
} from './state/contour.ts';
import {
  type CurveState,
  curveConstruction,
  curveDefaults,
  curveFields,
  curveKey,
  keptOfCurve,
  readCurve,
} from './state/curve.ts';
import { isContour, type Plane, type PlaneAxis, planeOf, presetOf, presetsOf, validPart } from './state/plane.ts';
import { inside, type Range } from './state/ranges.ts';

export const VERSION = '1';

export type State = CurveState | ContourState;

/** The card an address asks for, without knowing any card yet. */
export function cardOfHash(hash: string, cards: string[]): { card: string; problems: Problem[] } {
  const [first = ''] = cards;
  // The name of the file is a name of the analysis, too.
  const asked = new AddressReader(hash).take('card')?.replace(/\.json$/, '');
  if (asked === undefined || cards.includes(asked)) return { card: asked ?? first, problems: [] };
  return { card: first, problems: [`there is no analysis “${shorten(asked)}”`] };
}

/** What the card shows by itself with this preset. */
export function defaults(card: Card, file: string, presetName?: string): State {
  const [name, preset] = presetOf(card, presetName);
  return isContour(preset) ? contourDefaults(card, file, name) : curveDefaults(card, file, name);
}

/** Another figure of the same card, with the choices that mean the same there. */
export function withPreset(card: Card, state: State, presetName: string): State {
  const next = defaults(card, state.card, presetName);
  if (next.kind === 'curve' && state.kind === 'curve') {
    return { ...next, ...keptOfCurve(state), compared: comparedThere(card, state, next) };
  }
  if (next.kind === 'contour' && state.kind === 'contour') {
    return { ...next, ...keptOfContour(state), compared: comparedThere(card, state, next) };
  }
  const { variant, switches } = state;
  return withVariant(card, next, variant, switches);
}

/** Another variant, with the construction that belongs to it. */
export function withVariant(card: Card, state: State, variant: string, switches: State['switches'] = {}): State {
  return state.kind === 'curve'
    ? { ...state, variant, switches, ...curveConstruction(card, variant) }
    : { ...state, variant, switches, ...contourConstruction(card, variant) };
}

/** The same figure with a parameter at this value: that of the pinned point where it is on an axis. The state as it is
 * where the reader sets no one value, as for a series. */
export function withParameter(card: Card, state: State, name: string, value: number): State {
  const { x, y } = planeOfState(card, state);
  const [atX, atY] = restingPlace(card, state);
  if (name === x.name || name === y.name) {
    const pin: Range = name === x.name ? [value, atY] : [atX, value];
    const inFigure = inside(pin[0], x.bounds) && inside(pin[1], y.bounds);
    return inFigure ? { ...state, pin } : state;
  }
  const [, preset] = presetOf(card, state.preset);
  if (!isContour(preset) && preset.series?.parameter === name) return state;
  return { ...state, set: { ...state.set, [name]: value } };
}

/** The point that stays when nothing is pointed at: the pinned one, or the card's own values; where the window does not
 * show one of them, the middle of what it shows. */
export function restingPlace(card: Card, state: State): Range {
  const { x, y } = planeOfState(card, state);
  return state.pin ?? [shownValue(x, state.x), shownValue(y, state.y)];
}

function shownValue(axis: PlaneAxis, window: Range): number {
  const own = axis.parameter.default;
  if (inside(own, window)) return own;
  const [low, high] = validPart(window, axis);
  // In few digits: it is only an example.
  const middle = axis.scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
  const rounded = Number(middle.toPrecision(3));
  return inside(rounded, [low, high]) ? rounded : middle;
}

/** The axes of the figure that the state describes. */
export function planeOfState(card: Card, state: State): Plane {
  const [, preset] = presetOf(card, state.preset);
  return state.kind === 'contour' ? planeOf(card, preset, state.axes) : planeOf(card, preset);
}

/** The state an address describes, for the card that it names. */
export function stateOfHash(hash: string, card: Card, file: string): { state: State; problems: Problem[] } {
  const reader = new AddressReader(hash);
  const { problems } = reader;
  if (reader.empty) return { state: defaults(card, file), problems };
  const version = reader.take('v');
  if (version !== undefined && version !== VERSION) {
    problems.push(`it was made for version ${shorten(version)} of the page, this is version ${VERSION}`);
    return { state: defaults(card, file), problems };
  }
  reader.take('card');
  const preset = reader.choice('preset', Object.keys(presetsOf(card)), undefined);
  const state = defaults(card, file, preset);
  if (state.kind === 'curve') readCurve(reader, card, state);
  else readContour(reader, card, state);
  readCompared(reader, state, codecOf(card));
  reader.finish();
  return { state, problems };
}

/** The address of a state, complete: what it shows does not change when defaults do. */
export function hashOfState(state: State, card: Card): string {
  const codec = codecOf(card);
  return addressOf([['v', VERSION], ...codec.write(state), ...comparedFields(state, codec)]);
}

function codecOf(card: Card): Codec {
  return {
    write: (state) => (state.kind === 'curve' ? curveFields(state) : contourFields(state, card)),
    read: (hash) => stateOfHash(hash, card, new AddressReader(hash).take('card') ?? card.name),
  };
}

/** What is computed for a state, as a text; what only changes how it is shown is not part of it. */
export function computationKey(state: State): string {
  return JSON.stringify(state.kind === 'curve' ? curveKey(state) : contourKey(state));
}
