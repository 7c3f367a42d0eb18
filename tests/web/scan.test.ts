// What the panels of one parameter draw, and their settings in the address.

import type { ExposurePoint, Scan } from 'anyslice';
import { describe, expect, test } from 'vitest';
import { branchesOf } from '../../web/src/panels/exposure_panel.ts';
import { scanModel } from '../../web/src/panels/scan_chart.ts';
import { computationKey, defaults, hashOfState, stateOfHash, withParameter, withPreset } from '../../web/src/state.ts';
import { planeCard, seriesCard } from './fixtures.ts';

const interval = (low: number, high: number, low_end: 'crossing' | 'range', high_end: 'crossing' | 'range') => ({
  low,
  high,
  low_end,
  high_end,
});

const SCAN: Scan = {
  card: 'plane',
  on: 'mZ',
  unit: 'GeV',
  scale: 'log',
  range: [0.01, 10],
  cl: 0.9,
  variant: 'physics',
  projection: null,
  exposure_scale: 1,
  channels: [],
  part: null,
  set: {},
  profile: null,
  point: {},
  likelihood: 'effective',
  observed: true,
  values: [0.01, 0.1, 1, 2, 10],
  minus_two_delta_lnl: [null, 400, 5, null, 1],
  minus_log_likelihood: [null, 203, 5.5, null, 3.5],
  mu: [null, 200, 3, 0.2, 0.1],
  mu_mc_error: [null, 1, 0.1, 0.1, 0.01],
  effective_events: [null, 1000, 500, 10, 400],
  status: ['outside', 'known', 'known', 'thin', 'known'],
  profiled: null,
  gaps: [
    { low: 0.01, high: 0.08, status: 'outside', reason: 'mZ over mN is not defined' },
    { low: 1.5, high: 3, status: 'thin', reason: 'fewer than 20 effective events' },
  ],
  minimum: { value: null, minus_log_likelihood: 3, without_signal: true },
  levels: [
    { name: '1 sigma', cl: 0.6827, threshold: 1, allowed: [], excluded: [interval(0.08, 10, 'range', 'range')] },
    {
      name: '90 %',
      cl: 0.9,
      threshold: 2.71,
      allowed: [interval(5, 10, 'crossing', 'range')],
      excluded: [interval(0.08, 5, 'range', 'crossing')],
    },
  ],
  current: { value: 1, status: 'known', mu: 3, minus_two_delta_lnl: 5 },
  warnings: [],
};

describe('the chart of a scan', () => {
  const model = scanModel(planeCard, SCAN);

  test('breaks the curve at gaps, and puts the crossing of the threshold on it', () => {
    const [curve] = model.curves.filter(({ role }) => role === 'observed');
    expect(curve!.lines.map((line) => line.map(([x]) => x))).toEqual([
      [0.1, 1],
      [5, 10],
    ]);
    expect(curve!.lines[1]![0]).toEqual([5, 2.71]);
    // What is far above the axis does not run away.
    expect(curve!.lines[0]![0]![1]).toBeLessThan(20);
  });

  test('marks what is unknown, what does not exist and what is excluded', () => {
    expect(model.hatched.map(([low, , high]) => [low, high])).toEqual([[1.5, 3]]);
    expect(model.blank.map(([low, , high]) => [low, high])).toEqual([[0.01, 0.08]]);
    expect(model.areas[0]!.rings).toHaveLength(1);
    expect(model.areas[0]!.rings[0]!.map(([x]) => x)).toEqual([0.08, 5, 5, 0.08]);
    expect(model.marks).toEqual([]);
  });
});

describe('the settings of panels', () => {
  const hash = '#v=1&card=plane&preset=masses&scan=epsilon&scan.profile=none&exposure.on=UmuN2';

  test('are part of the address, and of no figure that is computed', () => {
    const { state, problems } = stateOfHash(hash, planeCard, 'plane');
    expect(problems).toEqual([]);
    expect(state).toMatchObject({ scan: 'epsilon', scanProfile: 'none', exposureOn: 'UmuN2' });
    expect(stateOfHash(hashOfState(state, planeCard), planeCard, 'plane').state).toEqual(state);
    const plain = defaults(planeCard, 'plane', 'masses');
    expect(hashOfState(plain, planeCard)).not.toContain('scan');
    expect(computationKey(state)).toBe(computationKey(plain));
    expect(withPreset(planeCard, state, 'mixing')).toMatchObject({ scan: 'epsilon', exposureOn: 'UmuN2' });
  });

  test('that no card has are reported', () => {
    const { state, problems } = stateOfHash(hash.replace('=epsilon', '=mass'), planeCard, 'plane');
    expect(problems).toEqual(['there is no scan “mass”']);
    expect(state.scan).toBe('');
  });
});

describe('a value for a parameter', () => {
  test('moves the point where the parameter is on an axis, and is set where it is on none', () => {
    const state = defaults(planeCard, 'plane', 'masses');
    expect(withParameter(planeCard, state, 'mZ', 0.2).pin).toEqual([0.1, 0.2]);
    expect(withParameter(planeCard, { ...state, pin: [0.3, 0.1] }, 'mZ', 0.2).pin).toEqual([0.3, 0.2]);
    expect(withParameter(planeCard, state, 'epsilon', 1e-4).set['epsilon']).toBe(1e-4);
    expect(withParameter(planeCard, state, 'VN2', 1e-4).set['VN2']).toBe(1e-4);
  });

  test('leaves a series as it is', () => {
    const state = defaults(seriesCard, 'series', 'lifetimes');
    expect(withParameter(seriesCard, state, 'mass', 120)).toBe(state);
  });
});

test('limits against exposure are cut where they jump to another excluded interval', () => {
  const point = (exposure: number, ...excluded: [number | null, number | null][]) =>
    ({ exposure, excluded }) as ExposurePoint;
  const points = [
    point(0.1),
    point(0.2, [0.1, null]),
    point(0.4, [0.09, null]),
    point(0.8, [0.006, 0.02], [0.08, null]),
    point(1.6, [0.004, 0.03], [0.07, null]),
    point(3.2, [0.003, null]),
  ];
  expect(branchesOf(points).map((branch) => branch.map(({ exposure }) => exposure))).toEqual([
    [0.1, 0.2, 0.4],
    [0.8, 1.6, 3.2],
  ]);
});
