// The plot of a figure of contours.

import type { Card, ContourPreset } from 'anyslice';
import { formatPercent } from '../format.ts';
import type { ContourResults } from '../results.ts';
import { type ContourState, type Layer, parameterValue } from '../state/contour.ts';
import { contourPresetOf, planeOf } from '../state/plane.ts';
import { type Curve, drawnOverlays, emptyModel, type Mark, overlayOrder, type PlotModel } from './model.ts';
import type { Point } from './regions.ts';

export const LAYER_TITLES: Record<Exclude<Layer, 'none'>, string> = {
  mu: 'expected signal events',
  effective_events: 'effective Monte Carlo events',
};

// Around the limits and around what makes a prediction reliable.
const FOCUS: Record<Exclude<Layer, 'none'>, [number, number]> = { mu: [1e-2, 1e4], effective_events: [1, 1e6] };

export function contourModel({ analysis: { card }, state, contour, beside, field }: ContourResults): PlotModel {
  const preset = contourPresetOf(card, state.preset);
  const plane = planeOf(card, preset, state.axes);
  const own = ownOverlays(preset, state);
  const overlays = drawnOverlays(card, plane, state, own);
  // Colours after those of the overlays, drawn or not: they stay when overlays come and go.
  const first = overlayOrder(card, state.axes, own).length;
  const main = { role: 'observed' as const, index: 0 };
  const { band } = contour;
  const curves: Curve[] = [
    {
      ...main,
      label: `${state.projection ? 'Expected' : 'Excluded'}, ${formatPercent(contour.cl)}`,
      lines: contour.edges,
    },
  ];
  if (band) {
    for (const side of ['-1', '+1'] as const) {
      curves.push({ role: 'uncertainty', index: 0, label: '', lines: band[side].edges });
    }
  }
  beside.forEach(({ label, contour: { edges } }, i) => {
    curves.push({ role: 'series', index: first + i, label, lines: edges });
  });
  return {
    ...emptyModel(card, plane, state),
    heat:
      field && state.layer !== 'none'
        ? {
            field,
            title: LAYER_TITLES[state.layer],
            focus: FOCUS[state.layer],
            scales: { x: plane.x.scale, y: plane.y.scale },
          }
        : null,
    areas: [
      ...overlays.areas,
      // Colours of a scale must not be mixed with another: there the comb alone says which side is excluded.
      ...(field ? [] : [{ fill: 'excluded' as const, rings: contour.rings }]),
      // What only one of the two outlines holds lies between them.
      ...(band && !field ? [{ fill: 'uncertainty' as const, rings: [...band['-1'].rings, ...band['+1'].rings] }] : []),
    ],
    hatched: contour.masked,
    blank: contour.outside ?? [],
    edges: [{ curve: main, lines: contour.edges, rings: contour.rings }, ...overlays.edges],
    curves: [...curves, ...overlays.curves],
    marks: benchmarkMarks(card, state).filter(({ at }) => !isMarked(overlays.curves, at)),
  };
}

/** The overlays of the figure belong to it while its own parameters are on the axes. */
function ownOverlays(preset: ContourPreset, { axes }: ContourState): string[] {
  return axes.x === preset.x && axes.y === preset.y ? (preset.overlays ?? []) : [];
}

/** Benchmark points that lie in the plane. */
function benchmarkMarks(card: Card, state: ContourState): Mark[] {
  const { x, y } = state.axes;
  return Object.entries(card.benchmarks ?? {}).flatMap(([name, { label, point }]) => {
    const at: Point = [valueAt(card, point, x), valueAt(card, point, y)];
    if (!at.every(Number.isFinite)) return [];
    const solid = Object.keys(point).every(
      (parameter) =>
        parameter === x || parameter === y || !isDifferent(parameterValue(card, state, parameter), point[parameter]!),
    );
    return [{ at, label: label.length > 24 ? name : label, solid }];
  });
}

/** The value of a parameter in a benchmark; one that follows another may be left out of it. */
function valueAt(card: Card, point: Record<string, number>, name: string): number {
  const { follows } = card.parameters[name]!;
  return point[name] ?? (follows ? (point[follows] ?? Number.NaN) : Number.NaN);
}

/** Whether a point of an overlay is already drawn there. */
function isMarked(curves: Curve[], [x, y]: Point): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-3 * Math.abs(b);
  return curves.some(
    ({ marks, lines }) => marks && lines.flat().some((other) => near(other[0], x) && near(other[1], y)),
  );
}

function isDifferent(value: number | null, other: number): boolean {
  return value !== null && Math.abs(value - other) > 1e-6 * Math.abs(other);
}
