// What the plot shows of results of any kind.

import type { Results } from '../results.ts';
import { curvePresetOf } from '../state/plane.ts';
import { contourModel } from './contour_model.ts';
import { curveModel } from './curve_model.ts';
import type { PlotModel } from './model.ts';

export function modelOf(results: Results): PlotModel {
  if (results.kind === 'contour') return contourModel(results);
  const { analysis, state, limits } = results;
  return curveModel(analysis.card, curvePresetOf(analysis.card, state.preset), state, limits);
}
