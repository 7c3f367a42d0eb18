// Pinned curves as curves of the plot.

import type { Results } from '../results.ts';
import { curvePresetOf } from '../state/plane.ts';
import { curveModel } from './curve_model.ts';
import type { Curve } from './model.ts';
import type { Point } from './regions.ts';

/** The limit that results show, as lines; of a family of curves all of them, or the one with that value. */
export function limitLines(results: Results, series?: number): Point[][] {
  if (results.kind === 'contour') return results.contour.edges;
  const { analysis, state, limits } = results;
  const wanted = series === undefined ? limits : limits.filter(({ value }) => value === series);
  return curveModel(analysis.card, curvePresetOf(analysis.card, state.preset), state, wanted)
    .curves.filter(({ role, label }) => role === 'observed' || role === 'series' || (role === 'expected' && label))
    .flatMap(({ lines }) => lines);
}

export function comparedCurve(results: Results, index: number, label: string): Curve {
  return { role: 'compared', index, label, lines: limitLines(results) };
}
