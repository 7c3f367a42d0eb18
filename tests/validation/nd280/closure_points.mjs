// The points of the closure on the paper’s planes: what the core, a table read without it, and a simulation at the very
// masses say there.
import { builtIn, channelSums, rate } from './core.mjs';
import { simulate } from './direct.mjs';
import { benchmarks, HeavyTable, LightTable } from './prediction.mjs';

/** The planes of the cards' presets with points spread over them: edges, short and long lifetimes, 0.3 to 3000 events. */
export const planes = [
  {
    name: 'heavy (mZ′, ε)',
    mediator: 'heavy',
    x: 'mZ',
    y: 'epsilon',
    points: [
      [0.13, 2.5e-5],
      [0.13, 1e-4],
      [0.13, 2e-2],
      [0.2, 3e-4],
      [0.25, 1e-2],
      [0.35, 1e-3],
      [0.5, 4e-4],
      [0.5, 1e-1],
      [1.25, 3e-3],
      [1.25, benchmarks.B.epsilon],
      [3, 3e-2],
      [10, 1e-1],
    ],
  },
  {
    name: 'heavy (mN, |VμN|²)',
    mediator: 'heavy',
    x: 'mN',
    y: 'UmuN2',
    points: [
      [0.005, 1e-2],
      [0.01, 1e-5],
      [0.02, 1e-4],
      [0.035, 1e-7],
      [0.06, 1e-8],
      [0.1, 2.2e-7],
      [0.15, 1e-6],
      [0.22, 1e-4],
      [0.35, 2e-6],
      [0.55, 1e-3],
      [0.8, 1e-2],
      [1, 1e-3],
    ],
  },
  {
    name: 'light (mZ′, ε)',
    mediator: 'light',
    x: 'mZ',
    y: 'epsilon',
    points: [
      [0.005, 1e-5],
      [0.008, 5e-4],
      [0.012, 1e-4],
      [0.018, 2e-3],
      [0.025, 5e-5],
      [0.03, benchmarks.A.epsilon],
      [0.04, 1e-3],
      [0.05, 5e-3],
      [0.065, 3e-4],
      [0.08, 2e-4],
      [0.09, 1e-2],
      [0.095, 5e-3],
    ],
  },
  {
    name: 'light (mN, |VμN|²)',
    mediator: 'light',
    x: 'mN',
    y: 'UmuN2',
    points: [
      [0.0358, 1e-9],
      [0.037, 1e-6],
      [0.04, 8e-9],
      [0.045, 1e-7],
      [0.05, 1e-9],
      [0.07, 1e-6],
      [0.1, 8e-9],
      [0.15, 1e-7],
      [0.25, 1e-5],
      [0.4, 1e-8],
      [0.65, 1e-6],
      [1, 1e-5],
    ],
  },
];

export const channelNames = { heavy: ['I'], light: ['I', 'II'] };

const largestMass = 0.2; // GeV, the end of the histogram of analysis II

export function pointsOf({ mediator, x, y, points }) {
  const base = benchmarks[mediator === 'heavy' ? 'B' : 'A'];
  return points.map(([first, second]) => {
    const point = { ...base, [x]: first, [y]: second };
    if (mediator === 'light') point.VN2 = point.UmuN2;
    return point;
  });
}

export const visit = (table, mediator, point, channel, take) =>
  mediator === 'heavy' ? table.visit(point, true, take) : table.visit(point, [channel], take, largestMass);

export function total(table, mediator, point, channel) {
  let mu = 0;
  let squares = 0;
  visit(table, mediator, point, channel, (_row, weight) => {
    mu += weight;
    squares += weight * weight;
  });
  return { mu, error: Math.sqrt(squares) };
}

/** Events of a simulation at the very masses: { I: { mu, error }, ... }. */
export function direct(mediator, point, events, seed) {
  const { mN, mZ } = point;
  const table =
    mediator === 'heavy'
      ? new HeavyTable(simulate('nd280-heavy', { mN }, events, { seed }), { bandwidth: 0 })
      : new LightTable(simulate('nd280-light', { mN, mZ }, events, { seed }), { bandwidths: null });
  return Object.fromEntries(channelNames[mediator].map((channel) => [channel, total(table, mediator, point, channel)]));
}

/** What the core says: { I: { mu, error, effective }, ..., trusted: whether it draws it }. */
export function core(card, mediator, point) {
  const answer = rate(card, point);
  const sums = channelSums(answer);
  const channels = channelNames[mediator].map((channel) => [channel, sums[`analysis-${channel}`]]);
  return { ...Object.fromEntries(channels), trusted: answer.kernel_trusted };
}

/** Events of the simulation at a point: more where few of them pass the cuts. */
export const simulatedEvents = (mediator, { mN }) => (mediator === 'light' && mN < 0.35 ? 1e6 : 4e6);

/** How far, relatively, the core may be from the same table re-weighted without it. */
export const largestApart = { heavy: 5e-6, light: 0.001 };

export const reader = (mediator, table, options) =>
  mediator === 'heavy' ? new HeavyTable(table, options) : new LightTable(table, options);

/** What the shipped card says at the points of a plane. */
export const cardPredictions = (plane) =>
  pointsOf(plane).map((point) => core(builtIn(plane.mediator), plane.mediator, point));
