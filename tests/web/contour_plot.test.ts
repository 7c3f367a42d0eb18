// What is drawn and exported of a contour, without a canvas.

import type { Analysis, Contour } from 'anyslice';
import { describe, expect, it, vi } from 'vitest';
import { colourAt } from '../../web/src/plot/colour_map.ts';
import { contourModel } from '../../web/src/plot/contour_model.ts';
import { keyOf } from '../../web/src/plot/key.ts';
import { placeLabels } from '../../web/src/plot/label_placement.ts';
import { Rest } from '../../web/src/rest.ts';
import type { ContourResults } from '../../web/src/results.ts';
import { type ContourState, contourDefaults, withAxis } from '../../web/src/state/contour.ts';
import { planeCard } from './fixtures.ts';

const ring: [number, number][] = [
  [0.1, 1e-7],
  [0.2, 1e-7],
  [0.2, 1e-6],
  [0.1, 1e-7],
];

const contour: Contour = {
  card: 'plane',
  x: 'mN',
  y: 'UmuN2',
  cl: 0.9,
  method: 'delta-lnl-2',
  variant: 'physics',
  set: {},
  range: { x: [0.02, 0.5], y: [1e-10, 1e-4] },
  level: 2.3,
  rings: [ring],
  edges: [ring.slice(0, 3)],
  masked: [[0.4, 1e-10, 0.5, 1e-4]],
  outside: [],
  minimum: { x: null, y: null, value: 1, without_signal: true },
  band: { '-1': { rings: [ring], edges: [ring] }, '+1': { rings: [ring], edges: [ring] } },
  warnings: [],
};

function results(change: Partial<ContourState> = {}): ContourResults {
  const state = { ...contourDefaults(planeCard, 'plane', 'mixing'), ...change };
  return {
    kind: 'contour',
    analysis: { card: planeCard } as Analysis,
    state,
    key: '',
    duration: 1,
    contour,
    signalLimits: null,
    beside: [{ label: 'gas', contour: { ...contour, band: null } }],
    field:
      state.layer === 'none'
        ? null
        : {
            x: [0.02, 0.5],
            y: [1e-10, 1e-4],
            values: [
              [1, 2],
              [null, 3],
            ],
          },
    complete: true,
    stopped: false,
  };
}

describe('the plot of a contour', () => {
  it('has the excluded area, its edge, the band and what is drawn beside it', () => {
    const model = contourModel(results());
    expect(model.areas.map(({ fill }) => fill)).toEqual([0, 'excluded', 'uncertainty']);
    expect(model.curves.map(({ role }) => role)).toEqual([
      'observed',
      'uncertainty',
      'uncertainty',
      'series',
      'overlay',
    ]);
    expect(model.hatched).toEqual(contour.masked);
    expect(model.x.title).toBe('heavy neutrino mass {m_N} [GeV]');
  });

  it('does not mix the excluded area with the colours of a scale', () => {
    const model = contourModel(results({ layer: 'mu' }));
    expect(model.heat?.title).toBe('expected signal events');
    expect(model.areas.map(({ fill }) => fill)).toEqual([0]);
  });

  it('has benchmark points, hollow where another parameter differs', () => {
    expect(contourModel(results()).marks).toEqual([{ at: [0.1, 1e-7], label: 'A', solid: true }]);
    const other = results({ set: { mZ: 1, epsilon: 1e-3 } });
    expect(contourModel(other).marks[0]).toMatchObject({ solid: false });
    const elsewhere = { ...results(), state: withAxis(planeCard, results().state, 'x', 'epsilon') };
    expect(contourModel(elsewhere).marks).toEqual([]);
  });

  it('turns other curves when the axes are exchanged', () => {
    const turned = withAxis(planeCard, results().state, 'x', 'UmuN2');
    const curves = contourModel({ ...results(), state: turned }).curves.filter(({ role }) => role === 'overlay');
    expect(curves[0]?.lines[0]?.[0]).toEqual([1e-8, 0.1]);
  });

  it('has curves of another slice faintly, without area or side, and says so', () => {
    const card = structuredClone(planeCard);
    card.overlays!['peak']!.at = { mZ: 1, epsilon: 1e-3 };
    const of = (change: Partial<ContourState>) => {
      const shown = results(change);
      const there = { ...shown, analysis: { card } as Analysis };
      const model = contourModel(there);
      const key = keyOf(there, { published: null });
      const [curve] = model.curves.filter(({ role }) => role === 'overlay');
      return {
        faint: curve!.elsewhere,
        filled: model.areas.some(({ fill }) => fill === 0),
        key: key.find(({ mark }) => mark === 'elsewhere')?.text,
      };
    };
    expect(of({ set: { mZ: 1, epsilon: 1e-3 } })).toEqual({ faint: false, filled: true, key: undefined });
    // Written with few digits, it is the same value.
    expect(of({ set: { mZ: 1, epsilon: 1.0004e-3 } }).faint).toBe(false);
    const symbol = card.parameters['epsilon']!.symbol.text;
    const away = { faint: true, filled: false, key: `faint: for another {${symbol}} than here` };
    expect(of({ set: { mZ: 1, epsilon: 2e-3 } })).toEqual(away);
    expect(of({ set: { mZ: 1, epsilon: 1e-3 }, profile: 'epsilon' })).toEqual(away);
    // Where it is not drawn, there is nothing to explain.
    expect(
      keyOf({ ...results({ set: { mZ: 2 }, overlays: [] }), analysis: { card } as Analysis }, { published: null }),
    ).toEqual(keyOf(results({ overlays: [] }), { published: null }));
  });

  it('has a key of what is there', () => {
    const marks = (change?: Partial<ContourState>) =>
      keyOf(results(change), { published: null }).map(({ mark }) => mark);
    expect(marks()).toEqual(['excluded', 'uncertainty', 'hatched']);
    expect(marks({ layer: 'mu' })[0]).toBe('excluded-edge');
  });
});

it('the colour map grows steadily in lightness', () => {
  const lightness = Array.from({ length: 51 }, (_, i) => {
    const [red, green, blue] = colourAt(i / 50);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  for (let i = 1; i < lightness.length; ++i) expect(lightness[i]!).toBeGreaterThanOrEqual(lightness[i - 1]!);
  expect(colourAt(-1)).toEqual(colourAt(0));
  expect(colourAt(2)).toEqual(colourAt(1));
});

it('a label stays where it is while its curve moves a little', () => {
  const frame = { left: 0, top: 0, right: 400, bottom: 300 };
  const request = (y: number) => ({
    lines: [
      [
        [0, y],
        [400, y + 40],
      ] as [number, number][],
    ],
    width: 80,
    height: 16,
  });
  const [first] = placeLabels([request(100)], frame);
  const [next] = placeLabels([{ ...request(104), previous: first! }], frame);
  expect(next).toEqual(first);
  const [far] = placeLabels([{ ...request(220), previous: first! }], frame);
  expect(far).not.toEqual(first);
});

it('what was moved a moment ago and has only now been seen rests as long as what was just moved', async () => {
  vi.useFakeTimers();
  try {
    const rest = new Rest(100);
    let settled = 0;
    const wait = () => rest.settled().then(() => ++settled);
    // Nothing has moved: there is nothing to wait for.
    await wait();
    expect(settled).toBe(1);
    rest.disturb();
    await vi.advanceTimersByTimeAsync(300);
    const waiting = wait();
    await vi.advanceTimersByTimeAsync(80);
    expect(settled).toBe(1);
    await vi.advanceTimersByTimeAsync(30);
    await waiting;
    expect(settled).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    await wait();
    expect(settled).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

it('rest is when nothing has moved for a while', async () => {
  vi.useFakeTimers();
  try {
    const rest = new Rest(100);
    let settled = false;
    rest.disturb();
    const waiting = rest.settled().then(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(80);
    rest.disturb();
    await vi.advanceTimersByTimeAsync(80);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(30);
    await waiting;
    expect(settled).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
