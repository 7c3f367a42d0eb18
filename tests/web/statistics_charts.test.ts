// The charts of a construction at one point: what is drawn where.

import type { PValues, SignalLimits, TestStatistic } from 'anyslice';
import { describe, expect, it } from 'vitest';
import { highestSignal, pValueChart, statisticChart } from '../../web/src/panels/statistics_charts.ts';

const values: PValues = {
  method: 'cls-hybrid',
  constraint: 'lognormal',
  level: 0.95,
  quantity: 'CLs',
  unit: 'events',
  // The last one is the point itself.
  mu: [0, 2, 4, 3],
  observed: [1, 0.1, 1e-9, 0.02],
  observed_error: [0, 0, 0, 0],
  expected: {
    '-2': [1, 0.05, 0.001, 0.01],
    '-1': [1, 0.1, 0.005, 0.03],
    '0': [1, 0.2, 0.01, 0.05],
    '+1': [1, 0.4, 0.1, 0.2],
    '+2': [1, 0.6, 0.3, 0.4],
  },
  expected_error: { '-2': [], '-1': [], '0': [], '+1': [], '+2': [] },
};

describe('p-values', () => {
  it('lie over the strength of the signal, with the point at 1', () => {
    const { model } = pValueChart(values, 3, 3, 0.02);
    expect(model.x.range).toEqual([0, 4 / 3]);
    expect(model.marks).toEqual([{ at: [1, 0.02], label: 'the point', solid: true }]);
    const observed = model.curves.find(({ role }) => role === 'observed')!.lines[0]!;
    expect(observed[1]).toEqual([2 / 3, 0.1]);
    // What is below the axis is not lost but just below it.
    expect(observed[2]![1]).toBeLessThan(model.y.range[0]);
    expect(observed[2]![1]).toBeGreaterThan(0);
  });

  it('lie over events where the point has no signal', () => {
    for (const events of [0, 1e-300]) {
      const { model } = pValueChart(values, 3, events, 1);
      expect(model.x).toMatchObject({ range: [0, 4], title: 'signal events' });
      expect(model.marks).toEqual([]);
    }
  });

  it('have no observed curve without data', () => {
    const { model } = pValueChart({ ...values, observed: [null, null, null, null] }, 3, 3, null);
    expect(model.curves.map(({ role }) => role)).toEqual(['expected', 'series']);
    expect(model.marks).toEqual([]);
  });

  it('reach beyond all limits', () => {
    const none = { value: null };
    const limits = {
      observed: { value: 4 },
      expected: { '-2': none, '-1': none, '0': { value: 5 }, '+1': none, '+2': { value: 10 } },
    } as unknown as SignalLimits;
    expect(highestSignal(limits, 1)).toBeCloseTo(13);
    const unknown = { observed: none, expected: { '0': none, '+2': none } } as unknown as SignalLimits;
    expect(highestSignal(unknown, 50)).toBe(150);
  });
});

describe('the test statistic', () => {
  const found: TestStatistic = {
    mu: 3,
    unit: 'events',
    statistic: 'qtilde_mu',
    constraint: 'lognormal',
    edges: [0, 1, 2],
    observed: 1.5,
    asimov: 9,
    asymptotic: {
      signal: { zero: 0.5, bins: [0.3, 0.1], above: 0.1 },
      background: { zero: 0.1, bins: [0.3, 0.3], above: 0.3 },
    },
    toys: null,
  };
  it('is drawn by the formula, with the data', () => {
    const { model } = statisticChart(found);
    expect(model.areas).toEqual([]);
    // What is expected without signal is not in view.
    expect(model.curves.map(({ role }) => role)).toEqual(['series', 'series', 'observed']);
    expect(model.curves[0]!.lines[0]).toEqual([
      [0, 0.3],
      [1, 0.3],
      [1, 0.1],
      [2, 0.1],
    ]);
  });

  it('is filled by toys, as shares of their number', () => {
    const thrown = { zero: 1, bins: [2, 0], above: 1, at_least_observed: 1 };
    const toys = { first: 0, count: 4, seed: 1, signal: thrown, background: thrown };
    const { areas, y } = statisticChart({ ...found, toys }).model;
    expect(areas.map(({ fill }) => fill)).toEqual([0, 1]);
    expect(areas[0]!.rings[0]![0]).toEqual([0, 0.5]);
    expect(areas[0]!.rings[0]![2]![1]).toBeLessThan(y.range[0]);
  });
});
