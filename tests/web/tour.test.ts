// The steps of a tour: settings that build on each other, sentences with computed numbers.

import type { Rate } from 'anyslice';
import { describe, expect, it } from 'vitest';
import type { RestingPoint } from '../../web/src/resting_point.ts';
import type { ContourResults } from '../../web/src/results.ts';
import type { ContourState } from '../../web/src/state/contour.ts';
import { defaults } from '../../web/src/state.ts';
import { isExcluded, sentenceOf, stateAfter } from '../../web/src/tour/steps.ts';
import { planeCard } from './fixtures.ts';

const steps = [
  { text: '', preset: 'masses', benchmark: 'A' },
  { text: '', set: { epsilon: 0.05, mN: 0.3 }, projection: 'more' },
  { text: '', preset: 'mixing' },
];

/** A point of the card with `change` in its rate and its contour. */
function pointWith(rate: Partial<Rate>, contour: object): RestingPoint {
  const results = {
    kind: 'contour',
    analysis: { card: planeCard },
    state: defaults(planeCard, 'plane', 'masses'),
    contour: { level: 2.3, minimum: { x: null, y: null, value: 0, without_signal: true }, ...contour },
  } as unknown as ContourResults;
  const bin = { name: 'bin', observed: 0, background: 0.58, mu: 4.7, mu_mc_error: 0.085, effective_events: 3000 };
  const full = { point: { mN: 0.1 }, mu: 4.7, mu_mc_error: 0.085, bins: [bin, bin], excluded: null, ...rate };
  return { results, rate: full as unknown as Rate };
}

describe('steps of a tour', () => {
  it('begin with a figure of the card and go on from each other', () => {
    const first = stateAfter(planeCard, 'plane', steps, 0) as ContourState;
    expect(first.pin).toEqual([0.1, 0.03]);
    expect(first.set['UmuN2']).toBe(1e-7);
    const second = stateAfter(planeCard, 'plane', steps, 1) as ContourState;
    expect(second.pin).toEqual([0.3, 0.03]);
    expect(second.set).toMatchObject({ UmuN2: 1e-7, epsilon: 0.05 });
    expect(second.projection).toBe('more');
    expect(stateAfter(planeCard, 'plane', steps, 2)).toEqual(defaults(planeCard, 'plane', 'mixing'));
  });

  it('have sentences with the numbers of the point', () => {
    const point = pointWith({ delta_lnl: 4.51 }, {});
    const text = 'With {mN}, {signal}; {observed} of {background}; {rise} > {threshold}: {verdict}.';
    const pieces = sentenceOf(text, planeCard, point);
    expect(pieces.map((piece) => piece.text).join('')).toBe(
      'With {m_N} = 0.1 GeV, 4.700 ± 0.085; 0 of 1.16; 4.51 > 2.3: excluded.',
    );
    expect(sentenceOf('{signal} events', planeCard, null)).toEqual([
      { text: '…', number: true },
      { text: ' events', number: false },
    ]);
  });

  it('say what is excluded only where that is known', () => {
    expect(isExcluded(pointWith({ delta_lnl: 2.2 }, {}))).toBe(false);
    expect(isExcluded(pointWith({ delta_lnl: 2.2, excluded: true }, {}))).toBe(true);
    // Where a signal describes the data best, the rise above no signal decides nothing.
    const minimum = { x: 0.1, y: 0.03, value: -1, without_signal: false };
    expect(isExcluded(pointWith({ delta_lnl: 4 }, { minimum }))).toBe(null);
    expect(isExcluded(pointWith({ delta_lnl: null }, {}))).toBe(null);
  });
});
