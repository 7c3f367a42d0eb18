// The key of the plot as data: what its areas and marks are, and the curves of a series. Other curves carry their own
// labels.

import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Results } from '../session.ts';
import { presetOf } from '../state.ts';
import type { PlotModel } from './model.ts';

export interface KeyItem {
  /** What stands before the text; a curve of the series by its index. */
  mark: 'excluded' | 'expected' | 'band-1' | 'band-2' | 'published' | { curve: number } | null;
  /** Symbols are in braces. */
  text: string;
}

export function keyOf({ analysis: { card }, state }: Results, { published }: Pick<PlotModel, 'published'>): KeyItem[] {
  const { cl, bands } = state;
  const observed = state.exposure === 1;
  const [, { series }] = presetOf(card, state.preset);
  const items: KeyItem[] = [];
  if (series) {
    const { symbol, unit } = card.parameters[series.parameter]!;
    items.push({ mark: null, text: `${observed ? 'Observed' : 'Expected'} limits, ${formatPercent(cl)} CL, at` });
    state.series.forEach((value, curve) => {
      items.push({ mark: { curve }, text: `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}` });
    });
  } else {
    if (observed) items.push({ mark: 'excluded', text: `excluded at ${formatPercent(cl)} CL` });
    if (bands || !observed) items.push({ mark: 'expected', text: 'expected (median)' });
    if (bands) items.push({ mark: 'band-1', text: '±1 s.d.' }, { mark: 'band-2', text: '±2 s.d.' });
  }
  if (published) {
    const level = published.level === cl ? '' : ` (${formatPercent(published.level)} CL)`;
    items.push({
      mark: 'published',
      text: `published: ${published.source}${level}; bars: its expected median, ±1, ±2 s.d.`,
    });
  }
  return items;
}
