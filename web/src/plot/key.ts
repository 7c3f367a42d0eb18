// The key of the plot as data: what its areas and marks are, and the curves of a series. Other curves carry their own
// labels.

import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { ContourResults, CurveResults, Results } from '../results.ts';
import { isByLikelihood } from '../state/curve.ts';
import { parametersElsewhere } from '../state/elsewhere.ts';
import { curvePresetOf } from '../state/plane.ts';
import { type PlotModel, UNSEEN } from './model.ts';

export interface KeyItem {
  /** What stands before the text; a curve of the series by its index. */
  mark:
    | 'excluded'
    | 'excluded-edge'
    | 'expected'
    | 'band-1'
    | 'band-2'
    | 'uncertainty'
    | 'hatched'
    | 'blank'
    | 'published'
    | 'elsewhere'
    | { curve: number }
    | null;
  /** Symbols are in braces. */
  text: string;
}

export function keyOf(results: Results, { published }: Pick<PlotModel, 'published'>): KeyItem[] {
  const items = results.kind === 'curve' ? curveKeyItems(results) : contourKeyItems(results);
  items.push(...elsewhereItems(results));
  if (published) {
    const level = published.level === results.state.cl ? '' : ` (${formatPercent(published.level)} CL)`;
    items.push({
      mark: 'published',
      text: `published: ${published.source}${level}; bars: its expected median, ±1, ±2 s.d.`,
    });
  }
  return items;
}

/** What faint curves are, where there are any. */
function elsewhereItems({ analysis: { card }, state }: Results): KeyItem[] {
  const names = state.overlays.flatMap((name) => parametersElsewhere(card, state, card.overlays![name]!));
  if (names.length === 0) return [];
  const symbols = [...new Set(names)].map((name) => `{${card.parameters[name]!.symbol.text}}`);
  return [{ mark: 'elsewhere', text: `faint: for another ${symbols.join(', ')} than here` }];
}

function curveKeyItems({ analysis: { card }, state }: CurveResults): KeyItem[] {
  const { cl } = state;
  const bands = state.bands && !isByLikelihood(state.method);
  const observed = state.exposure === 1;
  const { series } = curvePresetOf(card, state.preset);
  const items: KeyItem[] = [];
  if (series) {
    const { symbol, unit } = card.parameters[series.parameter]!;
    items.push({ mark: null, text: `${observed ? 'Observed' : 'Expected'} limits, ${formatPercent(cl)} CL, at` });
    state.series.forEach((value, curve) => {
      items.push({ mark: { curve }, text: `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}` });
    });
    return items;
  }
  if (observed) items.push({ mark: 'excluded', text: `excluded at ${formatPercent(cl)} CL` });
  const expected = isByLikelihood(state.method) ? UNSEEN : 'expected (median)';
  if (bands || !observed) items.push({ mark: 'expected', text: expected });
  if (bands) items.push({ mark: 'band-1', text: '±1 s.d.' }, { mark: 'band-2', text: '±2 s.d.' });
  return items;
}

function contourKeyItems({ state, contour, field }: ContourResults): KeyItem[] {
  const what = state.projection ? 'expected to be excluded' : 'excluded';
  const items: KeyItem[] = [
    { mark: field ? 'excluded-edge' : 'excluded', text: `${what} at ${formatPercent(contour.cl)} CL` },
  ];
  // The band comes last: its key keeps its place while it is not there yet.
  if (state.band) items.push({ mark: 'uncertainty', text: '±1 Monte Carlo error' });
  if (contour.outside && contour.outside.length > 0) items.push({ mark: 'blank', text: 'outside the model' });
  if (contour.masked.length > 0) items.push({ mark: 'hatched', text: 'too few events, or a kernel not trusted' });
  return items;
}
