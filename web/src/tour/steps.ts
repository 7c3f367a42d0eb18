// The steps of a card's tour: the settings of each, and its sentence with the numbers of the point on display.

import type { Card, TourStep } from 'anyslice';
import { formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import type { RestingPoint } from '../resting_point.ts';
import { withBenchmark, withPoint } from '../state/benchmarks.ts';
import { defaults, type State, withVariant } from '../state.ts';

/** The settings after the steps up to `index`, which begin with those of the card. */
export function stateAfter(card: Card, file: string, steps: TourStep[], index: number): State {
  let state = defaults(card, file);
  for (const { preset, variant, projection, benchmark, set } of steps.slice(0, index + 1)) {
    if (preset !== undefined) state = defaults(card, file, preset);
    if (variant !== undefined) state = withVariant(card, state, variant);
    if (projection !== undefined && state.kind === 'contour') state = { ...state, projection };
    if (benchmark !== undefined) state = withBenchmark(card, state, benchmark);
    if (set !== undefined) state = withPoint(card, state, set);
  }
  return state;
}

/** The sentence of a step in pieces: what was computed is marked. Symbols are in braces. Without a point, dots stand for
 * its numbers. */
export function sentenceOf(text: string, card: Card, point: RestingPoint | null): { text: string; number: boolean }[] {
  return text
    .split(/(\{[^}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith('{')
        ? { text: point ? numberOf(piece.slice(1, -1), card, point) : '…', number: true }
        : { text: piece, number: false },
    );
}

/** Whether the point is excluded: what the core says, or else whether -ln L rises above its smallest value, which is that
 * without signal, by more than the contour allows. Null where neither can tell. */
export function isExcluded({ results, rate }: RestingPoint): boolean | null {
  if (typeof rate.excluded === 'boolean') return rate.excluded;
  if (results.kind === 'curve' || typeof rate.delta_lnl !== 'number') return null;
  const { minimum, level } = results.contour;
  return minimum?.without_signal ? rate.delta_lnl > level : null;
}

function numberOf(name: string, card: Card, point: RestingPoint): string {
  const { results, rate } = point;
  const sum = (values: (number | null | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  switch (name) {
    case 'signal':
      return formatWithError(rate.mu, rate.mu_mc_error);
    case 'observed':
      return formatNumber(sum(rate.bins.map(({ observed }) => observed)), 4);
    case 'background':
      return formatNumber(sum(rate.bins.map(({ background }) => background)), 3);
    case 'effective_events':
      return Math.round(rate.effective_events).toLocaleString('en');
    case 'rise':
      return formatNumber(rate.delta_lnl, 3);
    case 'threshold':
      return formatNumber(results.kind === 'contour' ? results.contour.level : null, 3);
    case 'CLs':
      return formatNumber(rate.CLs, 3);
    case 'level':
      return `${formatPercent(results.state.cl)} CL`;
    case 'verdict': {
      const excluded = isExcluded(point);
      return excluded === null ? 'undecided' : excluded ? 'excluded' : 'not excluded';
    }
    default: {
      const { symbol, unit } = card.parameters[name]!;
      return `{${symbol.text}} = ${withUnit(formatNumber(rate.point[name], 4), unit)}`;
    }
  }
}
