// Hands files to the reader, under names that say what is in them.

import type { Card } from 'anyslice';
import { isContour, presetOf } from '../state/plane.ts';
import type { State } from '../state.ts';

/** A file to be taken away. */
export interface Taken {
  name: string;
  content: Blob;
}

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own reference by the next turn of the event loop, in every browser but some old ones.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name from the card, the figure and the kind. */
export function fileName(card: string, preset: string, extension: string): string {
  return `${joined([card, preset])}.${extension}`;
}

const LONGEST = 120;

/** Card, figure, axes where they are not its own, and the values on no axis: "nd280_masses_mN-epsilon_mZ=0.1_cl=0.9". */
export function figureName(card: Card, state: State): string {
  const [, preset] = presetOf(card, state.preset);
  // A figure has axes of its own; others are part of its name.
  const isMoved =
    state.kind === 'contour' && (!isContour(preset) || preset.x !== state.axes.x || preset.y !== state.axes.y);
  const axes = isMoved ? [`${state.axes.x}-${state.axes.y}`] : [];
  const values = Object.entries(state.set).filter(
    ([name]) => state.kind === 'curve' || (name !== state.axes.x && name !== state.axes.y && name !== state.profile),
  );
  const own = [state.card || card.name, state.preset, ...axes, ...values.map(valueText), `cl=${short(state.cl)}`];
  return joined(state.variant === 'physics' ? own : [...own, state.variant]);
}

/** Card and values of a point: "microboone_point_mS=140_theta=0.0004". */
export function pointName(state: State, values: Record<string, number>): string {
  return joined([state.card, 'point', ...Object.entries(values).map(valueText)]);
}

/** Words as the name of a file, without its ending. */
export function joined(words: string[]): string {
  const clean = words.map((word) => word.replaceAll(/[^A-Za-z0-9.=+-]+/g, '-').replaceAll(/^-+|-+$/g, ''));
  return clean
    .filter((word) => word !== '')
    .join('_')
    .slice(0, LONGEST);
}

function valueText([name, value]: [string, number]): string {
  return `${name}=${short(value)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
