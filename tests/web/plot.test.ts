// Ticks, regions and the placement of labels: what of the plot does not need a canvas.

import type { LimitPoint } from 'anyslice';
import { describe, expect, it } from 'vitest';
import { broken } from '../../web/src/export/picture.ts';
import { keyOf } from '../../web/src/plot/key.ts';
import { placeLabels } from '../../web/src/plot/label_placement.ts';
import { bandOf, lineOf, regionOf } from '../../web/src/plot/regions.ts';
import { ticksOf } from '../../web/src/plot/ticks.ts';
import type { Results } from '../../web/src/results.ts';
import { sampleValues } from '../../web/src/session/curve.ts';
import { columnsWithout } from '../../web/src/session/differing.ts';
import { defaults } from '../../web/src/state.ts';
import { scalarCard, seriesCard } from './fixtures.ts';

describe('ticks', () => {
  const labels = (range: [number, number], scale: 'lin' | 'log', room = 10) =>
    ticksOf({ range, scale }, room)
      .map(({ label }) => label)
      .filter((label) => label !== '');
  it('label the decades of a log axis', () => {
    expect(labels([1e-4, 1e-2], 'log')).toEqual(['10⁻⁴', '10⁻³', '10⁻²']);
    expect(ticksOf({ range: [1e-4, 1e-2], scale: 'log' }, 10)).toHaveLength(19);
  });
  it('label 2 and 5 when there are few decades', () => {
    expect(labels([2e-4, 1e-3], 'log')).toContain('5×10⁻⁴');
  });
  it('number a small part of a decade, as after zooming in', () => {
    expect(labels([2.6418e-4, 3.1389e-4], 'log', 8)).toEqual([
      '2.7×10⁻⁴',
      '2.8×10⁻⁴',
      '2.9×10⁻⁴',
      '3.0×10⁻⁴',
      '3.1×10⁻⁴',
    ]);
    expect(labels([2.6, 3.1], 'log', 8)).toEqual(['2.6', '2.7', '2.8', '2.9', '3.0', '3.1']);
    expect(labels([0.9, 1.12], 'log', 3)).toEqual(['0.9', '1.0', '1.1']);
    expect(labels([0.784, 1.655], 'log', 10)).toEqual(['0.8', '0.9', '1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6']);
    expect(labels([0.13, 10], 'log', 12)).toEqual(['0.2', '0.5', '1', '2', '5', '10']);
  });
  it('are labelled in one style along an axis', () => {
    expect(labels([0.036, 1], 'log')).toEqual(['0.05', '0.1', '0.2', '0.5', '1']);
    expect(labels([5e-3, 1], 'log')).toEqual(['0.01', '0.1', '1']);
    expect(labels([1e-5, 0.1], 'log')).toEqual(['10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹']);
    expect(labels([1e-2, 1e4], 'log')).toEqual(['10⁻²', '10⁻¹', '1', '10', '10²', '10³', '10⁴']);
  });
  it('leave decades out when there are many', () => {
    expect(labels([1e-14, 1], 'log', 5).length).toBeLessThanOrEqual(6);
  });
  it('are round on a linear axis', () => {
    expect(labels([0, 210], 'lin', 11)).toEqual([
      '0',
      '20',
      '40',
      '60',
      '80',
      '100',
      '120',
      '140',
      '160',
      '180',
      '200',
    ]);
    expect(labels([0.1, 0.5], 'lin', 4)).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5']);
  });
  it('do not exist for an empty axis', () => {
    expect(ticksOf({ range: [1, 1], scale: 'lin' }, 10)).toEqual([]);
  });
});

describe('regions', () => {
  it('reach the end of the range where an edge is open', () => {
    const region = regionOf([0, 1], [[[2, null]], [[3, null]]], [1, 9]);
    expect(region.rings).toEqual([
      [
        [0, 2],
        [1, 3],
        [1, 9],
        [0, 9],
      ],
    ]);
    expect(region.edges).toEqual([
      [
        [0, 2],
        [1, 3],
      ],
    ]);
  });
  it('close at a tip', () => {
    const region = regionOf([0, 1, 2], [[[2, 5]], [[3, 4]], []], [1, 9]);
    expect(region.rings).toHaveLength(1);
    expect(region.edges).toEqual([
      [
        [0, 2],
        [1, 3],
        [1, 4],
        [0, 5],
      ],
    ]);
  });
  it('are empty where nothing is excluded', () => {
    expect(regionOf([0, 1], [[], []], [1, 9])).toEqual({ rings: [], edges: [] });
  });
  it('bands break where a limit is missing', () => {
    const point = (low: number | null, high: number | null) =>
      ({ expected: { '-1': low, '+1': high } }) as unknown as LimitPoint;
    expect(bandOf([0, 1, 2, 3], [point(1, 2), point(1, 2), point(1, null), point(1, 2)], '-1', '+1')).toHaveLength(2);
    expect(lineOf([0, 1, 2], [1, null, 2])).toEqual([[[0, 1]], [[2, 2]]]);
  });
});

it('columns without a limit lie between those with one, and beyond them', () => {
  const of = (known: boolean[]) => columnsWithout([1, 2, 3, 4, 5], known, [0, 6]);
  expect(of([true, true, true, true, true])).toEqual([
    [0, 1],
    [5, 6],
  ]);
  expect(of([false, true, false, false, true])).toEqual([
    [0, 2],
    [2, 5],
    [5, 6],
  ]);
  expect(of([false, false, false, false, false])).toEqual([[0, 6]]);
});

describe('the key', () => {
  const resultsOf = (card: typeof scalarCard) =>
    ({ kind: 'curve', analysis: { card }, state: defaults(card, 'file') }) as unknown as Results;
  it('names areas and marks', () => {
    const published = scalarCard.limits.published!;
    const marks = keyOf(resultsOf(scalarCard), { published }).map(({ mark }) => mark);
    expect(marks).toEqual(['excluded', 'expected', 'band-1', 'band-2', 'published']);
  });
  it('names the curves of a series', () => {
    expect(keyOf(resultsOf(seriesCard), { published: null })).toEqual([
      { mark: null, text: 'Observed limits, 95 % CL, at' },
      { mark: { curve: 0 }, text: '{m_X} = 100 MeV' },
      { mark: { curve: 1 }, text: '{m_X} = 150 MeV' },
    ]);
  });
  it('is broken into lines of the picture', () => {
    const lines = broken(['aaa', 'bb', 'cccc', 'dddddddddd'], (text) => text.length, 1, 7);
    expect(lines).toEqual([['aaa', 'bb'], ['cccc'], ['dddddddddd']]);
  });
});

describe('labels', () => {
  const frame = { left: 0, top: 0, right: 400, bottom: 300 };
  const request = (y: number) => ({
    lines: [
      [
        [0, y],
        [400, y],
      ] as [number, number][],
    ],
    width: 80,
    height: 16,
  });
  it('do not overlap each other and stay inside', () => {
    const placed = placeLabels([request(100), request(106), request(112), request(118)], frame);
    for (const [i, a] of placed.entries()) {
      expect(a).not.toBeNull();
      expect(a!.x - 40).toBeGreaterThanOrEqual(0);
      expect(a!.x + 40).toBeLessThanOrEqual(400);
      for (const b of placed.slice(i + 1)) {
        expect(Math.abs(a!.x - b!.x) >= 80 || Math.abs(a!.y - b!.y) >= 16).toBe(true);
      }
    }
  });
  it('have no place when the curve is not in view', () => {
    expect(placeLabels([request(900)], frame)).toEqual([null]);
  });
  it('cope with values far outside the axes', () => {
    const lines: [number, number][][] = [
      [
        [0, 100],
        [200, Number.NEGATIVE_INFINITY],
        [400, Number.NaN],
      ],
    ];
    expect(() => placeLabels([{ lines, width: 80, height: 16 }], frame)).not.toThrow();
  });
});

describe('sampled values', () => {
  it('stay in the valid part of the visible range, ends included', () => {
    const values = sampleValues([0, 210], [1.1, 210], 'lin', 5);
    expect(values[0]).toBe(1.1);
    expect(values.at(-1)).toBe(210);
    expect(sampleValues([1e-4, 1], [1e-3, 10], 'log', 4).map((value) => value.toPrecision(3))).toEqual([
      '0.00100',
      '0.0100',
      '0.100',
      '1.00',
    ]);
    expect(sampleValues([300, 400], [1.1, 210], 'lin', 5)).toEqual([]);
  });
});
