// What the plot shows, in the units of the axes and without a pixel; made from card, state and results.

import type { Axis, Box, Card, Field, Overlay, PublishedLimits, Scale } from 'anyslice';
import { formatPercent } from '../format.ts';
import { parametersElsewhere } from '../state/elsewhere.ts';
import { overlaysIn, type Plane } from '../state/plane.ts';
import type { SharedState } from '../state/shared.ts';
import type { State } from '../state.ts';
import { typeset } from '../typography.ts';
import type { Point } from './regions.ts';

/** What stands in place of "observed" where there are no data: counts of the background alone, and limits by them. */
export const UNSEEN = 'expected without signal';

/** What a curve is: it decides of its colour and dashes, with the index where there are several. */
export type Role = 'observed' | 'expected' | 'series' | 'compared' | 'overlay' | 'uncertainty' | 'data';

export interface Curve {
  role: Role;
  /** Text for the direct label, symbols in braces; empty for none. */
  label: string;
  lines: Point[][];
  /** Index of colour and dash pattern among curves of the same role. */
  index: number;
  /** Single points, not a line. */
  marks?: boolean;
  /** Of another slice than the one on display: drawn faintly, without a side. */
  elsewhere?: boolean;
}

export interface Area {
  /** A number stands for the colour of the curve with that index. */
  fill: 'excluded' | 'band1' | 'band2' | 'uncertainty' | 'background' | number;
  rings: Point[][];
}

/** The side of a curve that it excludes: marked along `lines`, inside `rings`. */
export interface Edge {
  curve: Pick<Curve, 'role' | 'index'>;
  lines: Point[][];
  rings: Point[][];
}

/** A quantity shown by colours, on a logarithmic scale unless `scale` says otherwise. */
export interface Heat {
  field: Field;
  title: string;
  /** Where differences matter: the scale does not go beyond this; a linear one begins and ends there. */
  focus: [number, number];
  scale?: Scale;
  /** Cells of a histogram, with sharp borders. */
  cells?: boolean;
  /** Of the axes. */
  scales: { x: Scale; y: Scale };
}

/** A named point. */
export interface Mark {
  at: Point;
  label: string;
  /** Hollow where the point differs from what is drawn in something that is on no axis. */
  solid: boolean;
}

export interface PlotModel {
  x: Axis & { title: string };
  y: Axis & { title: string };
  heat: Heat | null;
  areas: Area[];
  /** Where nothing is known. */
  hatched: Box[];
  /** Beyond what the parameters may be, hatched over what is shown there; none where it is left out. */
  unphysical?: Box[];
  /** Where there is nothing. */
  blank: Box[];
  edges: Edge[];
  curves: Curve[];
  marks: Mark[];
  published: PublishedLimits | null;
}

/** All but the axes of a plot in which nothing is drawn. */
export const NOTHING_DRAWN: Omit<PlotModel, 'x' | 'y'> = {
  heat: null,
  areas: [],
  hatched: [],
  blank: [],
  edges: [],
  curves: [],
  marks: [],
  published: null,
};

/** Axes with nothing drawn in them. */
export function emptyModel(card: Card, plane: Plane, { x, y }: Pick<SharedState, 'x' | 'y'>): PlotModel {
  return {
    x: { range: x, scale: plane.x.scale, title: axisTitle(card, plane.x.name) },
    y: { range: y, scale: plane.y.scale, title: axisTitle(card, plane.y.name) },
    ...NOTHING_DRAWN,
  };
}

/** The overlays chosen, those that belong to the figure first. Colours stay with them, whichever of them are shown. */
export function drawnOverlays(
  card: Card,
  plane: Plane,
  state: State,
  own: string[],
): Pick<PlotModel, 'curves' | 'edges' | 'areas'> {
  const axes = { x: plane.x.name, y: plane.y.name };
  const drawn: Pick<PlotModel, 'curves' | 'edges' | 'areas'> = { curves: [], edges: [], areas: [] };
  overlayOrder(card, axes, own).forEach((name, index) => {
    const overlay = card.overlays?.[name];
    if (!overlay || !state.overlays.includes(name)) return;
    const turned = overlay.x !== axes.x;
    const lines = overlayLines(card, overlay).map((line) => (turned ? line.map(([x, y]): Point => [y, x]) : line));
    // A curve of another level than the one shown says so.
    const level = overlay.level && overlay.level !== state.cl ? ` (${formatPercent(overlay.level)})` : '';
    const curve = { role: 'overlay' as const, index };
    const elsewhere = parametersElsewhere(card, state, overlay).length > 0;
    drawn.curves.push({
      ...curve,
      label: curveLabel(overlay.label) + level,
      lines,
      marks: overlay.region === 'points',
      elsewhere,
    });
    if (elsewhere) return;
    for (const line of lines) {
      if (overlay.region === 'inside' && isClosed(line)) drawn.areas.push({ fill: index, rings: [line] });
      const ring = turned ? null : overlayRing(overlay, line);
      if (ring) drawn.edges.push({ curve, lines: [line], rings: [ring] });
    }
  });
  return drawn;
}

/** All overlays of a plane in the order of their colours. */
export function overlayOrder(card: Card, axes: { x: string; y: string }, own: string[]): string[] {
  return [...own, ...overlaysIn(card, axes).filter((name) => !own.includes(name))];
}

/** The points of an overlay: its own, or those of the card's tabulated function. */
function overlayLines(card: Card, overlay: Overlay): Point[][] {
  if (overlay.curves) return overlay.curves;
  const points = overlay.function ? card.functions?.[overlay.function]?.points : undefined;
  return points ? [points.map(([x = Number.NaN, y = Number.NaN]): Point => [x, y])] : [];
}

function axisTitle(card: Card, name: string): string {
  const { label, symbol, unit } = card.parameters[name]!;
  return `${shortLabel(label)} {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`;
}

/** What a quantity is, without the explanation that may follow. */
export function shortLabel(label: string): string {
  return label.split(':')[0]!;
}

function isClosed(line: Point[]): boolean {
  const [first, last] = [line[0], line.at(-1)];
  return line.length > 3 && first![0] === last![0] && first![1] === last![1];
}

/** The name of a curve as it is written beside it: letters with a subscript become symbols. */
function curveLabel(name: string): string {
  return typeset(name).replaceAll(/(?<![\p{L}{])(\p{L})_([\p{L}\d]+)/gu, (_, letter: string, subscript: string) => {
    return `{${letter}_${subscript.replace(/^mu/, 'μ')}}`;
  });
}

/** The outline of what one line of an overlay excludes; null for lines that exclude nothing. */
function overlayRing(overlay: Overlay, line: Point[]): Point[] | null {
  if (line.length < 2) return null;
  if (overlay.region === 'inside') return line;
  if (overlay.region !== 'above') return null;
  // Far beyond any axis, so that the top is never seen.
  const top = Number.MAX_VALUE;
  return [...line, [line.at(-1)![0], top], [line[0]![0], top]];
}
