// Histograms as lines and bands.

import type { Point } from './regions.ts';

/** The outline of a histogram: two points a bin. */
export function steps(edges: number[], values: number[]): Point[] {
  return values.flatMap((value, i): Point[] => [
    [edges[i]!, value],
    [edges[i + 1]!, value],
  ]);
}

/** The ring around value - error and value + error in every bin, not below `floor`. */
export function errorRing(edges: number[], values: number[], errors: number[], floor = 0): Point[] {
  const upper = values.map((value, i) => Math.max(floor, value + errors[i]!));
  const lower = values.map((value, i) => Math.max(floor, value - errors[i]!));
  return [...steps(edges, upper), ...steps(edges, lower).reverse()];
}
