// Benchmark points: which settings and which point of the plot they stand for.

import { describe, expect, it } from 'vitest';
import { isAtBenchmark, withBenchmark } from '../../web/src/state/benchmarks.ts';
import type { ContourState } from '../../web/src/state/contour.ts';
import { defaults } from '../../web/src/state.ts';
import { planeCard, scalarCard } from './fixtures.ts';

describe('benchmarks', () => {
  it('set what is on no axis and pin what is', () => {
    const card = { ...planeCard, benchmarks: { C: { label: 'C', point: { mN: 0.2, mZ: 0.04, epsilon: 0.01 } } } };
    const state = withBenchmark(card, defaults(card, 'plane', 'masses'), 'C');
    expect(state.pin).toEqual([0.2, 0.04]);
    expect(state.set['epsilon']).toBe(0.01);
    expect(isAtBenchmark(card, state, 'C')).toBe(true);
    expect(isAtBenchmark(card, { ...state, pin: null }, 'C')).toBe(false);
    expect(isAtBenchmark(card, { ...state, set: { ...state.set, epsilon: 0.02 } }, 'C')).toBe(false);
  });

  it('leave a parameter that follows another as it is where that is the value', () => {
    const card = { ...planeCard, benchmarks: { D: { label: 'D', point: { UmuN2: 1e-6, VN2: 1e-6 } } } };
    const state = withBenchmark(card, defaults(card, 'plane', 'masses'), 'D');
    expect(state.set['VN2']).toBeUndefined();
    expect(isAtBenchmark(card, state, 'D')).toBe(true);
    const apart = { ...card, benchmarks: { D: { label: 'D', point: { UmuN2: 1e-6, VN2: 1e-5 } } } };
    expect(withBenchmark(apart, state, 'D').set['VN2']).toBe(1e-5);
  });

  it('end a profile, and are not reached by one', () => {
    const profiled = { ...(defaults(planeCard, 'plane', 'masses') as ContourState), profile: 'VN2' };
    expect(isAtBenchmark(planeCard, profiled, 'A')).toBe(false);
    expect((withBenchmark(planeCard, profiled, 'A') as ContourState).profile).toBe('');
  });

  it('are points of limit curves, too', () => {
    const state = withBenchmark(scalarCard, defaults(scalarCard, 'scalar'), 'KCV-120');
    expect(state.pin).toEqual([120, 0.00042134]);
    expect(isAtBenchmark(scalarCard, state, 'KCV-120')).toBe(true);
    expect(isAtBenchmark(scalarCard, state, 'KCV-160')).toBe(false);
  });
});
