// From a state to its results, for every kind of figure.

import type { Analysis, Card, Setting } from 'anyslice';
import type { Results } from './results.ts';
import { type ContourOptions, computeContours, contourSetting } from './session/contour.ts';
import { computeCurves, curveSetting } from './session/curve.ts';
import type { State } from './state.ts';

/** The settings of a state, as every request to the core carries them. */
export function settingOf(card: Card, state: State): Setting {
  return state.kind === 'curve' ? curveSetting(state) : contourSetting(card, state);
}

export function compute(analysis: Analysis, state: State, options: ContourOptions): Promise<Results> {
  return state.kind === 'curve'
    ? computeCurves(analysis, state, { signal: options.signal, onProgress: options.onProgress })
    : computeContours(analysis, state, options);
}
