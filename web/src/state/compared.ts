// Pinned curves: figures kept beside the present one, and their form in the address: only what differs from the present.
//
//   compare.1=;cl=0.9   compare.2=my%20name;method=cls-exact;!switch.beam

import type { Card } from 'anyslice';
import type { State } from '../state.ts';
import { type AddressReader, addressOf, shorten } from './address.ts';
import type { ContourState } from './contour.ts';
import type { CurveState } from './curve.ts';
import { curvePresetOf } from './plane.ts';

/** A limit kept for comparison, with all its settings; axes, window and what is drawn around it are those of the figure
 * that it is shown in. */
export interface Compared<Kind> {
  /** As the reader calls it; empty where what differs is name enough. */
  name: string;
  state: Kind;
}

/** How many curves can be pinned. */
export const MOST_COMPARED = 4;
const LONGEST_NAME = 60;

type Fields = [name: string, value: string][];

/** How a state is written and read, from where all kinds of figure are known. */
export interface Codec {
  /** Without what is compared. */
  write: (state: State) => Fields;
  read: (hash: string) => { state: State; problems: string[] };
}

/** The settings of a pinned curve in the figure of `present`. */
export function inFigureOf<Kind extends State>(present: Kind, { state }: Compared<Kind>): Kind {
  const { card, preset, x, y } = present;
  const shared = { card, preset, x, y, overlays: [], pin: null, compared: [] };
  if (present.kind === 'curve' && state.kind === 'curve') {
    return { ...state, ...shared, points: present.points, bands: false };
  }
  if (present.kind === 'contour' && state.kind === 'contour') {
    const alone = { band: false, layer: 'none', besideChannels: [], besideParts: [] };
    return { ...state, ...shared, ...alone, axes: present.axes };
  }
  return { ...state, ...shared };
}

/** What is shown now, as a pinned curve. */
export function withPinned<Kind extends State>(state: Kind): Kind {
  if (state.compared.length >= MOST_COMPARED) return state;
  const own = { name: '', state: inFigureOf(state, { name: '', state }) };
  return { ...state, compared: [...state.compared, own] } as Kind;
}

/** Pinned curves that mean the same in another figure of the card: those of the same parameters. */
export function comparedThere(card: Card, from: CurveState, to: CurveState): CurveState['compared'];
export function comparedThere(card: Card, from: ContourState, to: ContourState): ContourState['compared'];
export function comparedThere(card: Card, from: State, to: State): State['compared'] {
  if (from.kind === 'curve' && to.kind === 'curve') {
    const [a, b] = [curvePresetOf(card, from.preset), curvePresetOf(card, to.preset)];
    const same = a.on === b.on && a.versus === b.versus && a.series?.parameter === b.series?.parameter;
    return same ? from.compared : [];
  }
  if (from.kind !== 'contour' || to.kind !== 'contour') return [];
  return from.axes.x === to.axes.x && from.axes.y === to.axes.y ? from.compared : [];
}

export function comparedFields(state: State, { write }: Codec): Fields {
  const own = new Map(write(bare(state)));
  return (state.compared as Compared<State>[]).map((one, i) => {
    const theirs = new Map(write(inFigureOf(bare(state), one)));
    const changes = [...theirs]
      .filter(([name, value]) => own.get(name) !== value && !isShared(name))
      .map(([name, value]) => `${name}=${value}`);
    const without = [...own.keys()].filter((name) => !theirs.has(name) && !isShared(name)).map((name) => `!${name}`);
    return [`compare.${i + 1}`, [encodeURIComponent(one.name), ...changes, ...without].join(';')];
  });
}

/** Takes the pinned curves of an address; `state` has all the rest of it. */
export function readCompared(reader: AddressReader, state: State, codec: Codec): void {
  const compared: Compared<State>[] = [];
  for (let i = 1; i <= MOST_COMPARED; ++i) {
    const text = reader.take(`compare.${i}`);
    if (text === undefined) continue;
    const [name = '', ...changes] = text.split(';');
    const fields = new Map(codec.write(bare(state)));
    for (const change of changes) {
      const [key = '', ...value] = change.split('=');
      if (isShared(key.replace(/^!/, ''))) reader.problems.push(`pinned curve ${i} cannot change “${shorten(key)}”`);
      else if (key.startsWith('!')) fields.delete(key.slice(1));
      else fields.set(key, value.join('='));
    }
    const { state: own, problems } = codec.read(addressOf([...fields]));
    reader.problems.push(...problems.map((problem) => `pinned curve ${i}: ${problem}`));
    if (own.kind !== state.kind) continue;
    compared.push({ name: readName(name), state: inFigureOf(state, { name, state: own }) });
  }
  state.compared = compared as State['compared'];
}

/** A name as it was typed, in one line and not too long. */
export function tidyName(name: string): string {
  // By characters: half of one could not be written into an address.
  const characters = [...name.replaceAll(/\s+/g, ' ').replaceAll(/[{}]/g, '').trim()];
  return characters
    .slice(0, LONGEST_NAME)
    .join('')
    .replaceAll(/\p{Surrogate}/gu, '');
}

function readName(coded: string): string {
  try {
    return tidyName(decodeURIComponent(coded));
  } catch {
    return tidyName(coded);
  }
}

function bare<Kind extends State>(state: Kind): Kind {
  return { ...state, compared: [] };
}

/** Fields that are those of the figure, whatever is pinned in it. */
function isShared(name: string): boolean {
  return SHARED.includes(name) || name.startsWith('compare.');
}

const SHARED = [
  ...['v', 'card', 'preset', 'plane', 'x', 'y', 'points', 'overlays', 'pin', 'bands', 'band', 'layer'],
  ...['beside.channels', 'beside.parts'],
];
