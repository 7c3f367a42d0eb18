// The charts of a construction at one point: p-value against the signal strength, distribution of the test statistic.

import type { PValues, SignalLimits, TestStatistic, ToyHistogram } from 'anyslice';
import { formatNumber, formatPercent } from '../format.ts';
import { steps } from '../plot/histogram.ts';
import type { KeyItem } from '../plot/key.ts';
import { type Curve, NOTHING_DRAWN } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import type { PanelChart } from './chart_grid.ts';

// How far below what is allowed p-values are shown, as a share of it.
const FAR_BELOW = 0.02;
// A point with less of a signal than this, relative to what is shown, gives the axis no scale.
const LEAST_SHARE = 1e-9;
// Probabilities per bin below this are not shown.
const LEAST = 1e-5;

/** Where the interesting part of the p-values ends, in events: beyond all limits. */
export function highestSignal({ observed, expected }: SignalLimits, events: number): number {
  const known = [observed.value, expected['+2'].value, expected['0'].value].filter((value) => value !== null);
  const most = Math.max(0, ...known);
  return most > 0 ? 1.3 * most : Math.max(10, 3 * events);
}

/** A signal in events as a multiple of that at the point; as it is where the point has next to none. */
function scaled(events: number, highest: number): { of: (mu: number) => number; title: string } {
  return events > LEAST_SHARE * highest
    ? { of: (mu) => mu / events, title: `signal strength {μ} (1: the point, ${formatNumber(events, 4)} events)` }
    : { of: (mu) => mu, title: 'signal events' };
}

/** `points`: how many of the first values are the curve; `events`: the signal at the point. */
export function pValueChart(found: PValues, points: number, events: number, here: number | null): PanelChart {
  const { of, title } = scaled(events, found.mu[points - 1]!);
  const xs = found.mu.slice(0, points).map(of);
  const allowed = 1 - found.level;
  const lowest = FAR_BELOW * allowed;
  // What is below the axis stays just below it.
  const raised = (values: (number | null)[]) =>
    values.slice(0, points).map((value) => (value === null ? null : Math.max(lowest / 10, value)));
  const band = (from: '-2' | '-1', to: '+1' | '+2') => {
    const at = (name: typeof from | typeof to) =>
      raised(found.expected[name]).map((value, i): Point => [xs[i]!, value!]);
    return [[...at(from), ...at(to).reverse()]];
  };
  const last = xs.at(-1)!;
  const hasData = found.observed.some((value) => value !== null);
  const key: KeyItem[] = [
    { mark: 'expected', text: 'expected (median)' },
    { mark: 'band-1', text: '±1 s.d.' },
    { mark: 'band-2', text: '±2 s.d.' },
  ];
  const curves: Curve[] = [{ role: 'expected', index: 0, label: '', lines: lineOf(xs, raised(found.expected['0'])) }];
  if (hasData) {
    curves.push({
      role: 'observed',
      index: 0,
      label: 'observed',
      lines: lineOf(xs, raised(found.observed)),
    });
  }
  curves.push({
    role: 'series',
    index: 0,
    label: `1 − ${formatPercent(found.level)}`,
    lines: [
      [
        [0, allowed],
        [last, allowed],
      ],
    ],
  });
  const marked = events > LEAST_SHARE * found.mu[points - 1]! && here !== null && 1 <= last;
  return {
    title: `${quantityName(found)} against the signal`,
    key,
    model: {
      ...NOTHING_DRAWN,
      x: { range: [0, last], scale: 'lin', title },
      y: { range: [lowest, 1], scale: 'log', title: found.quantity === 'CLs' ? '{CL_s}' : shortQuantity(found) },
      areas: [
        { fill: 'band2', rings: band('-2', '+2') },
        { fill: 'band1', rings: band('-1', '+1') },
      ],
      curves,
      marks: marked ? [{ at: [1, Math.max(lowest, here)], label: 'the point', solid: true }] : [],
    },
  };
}

export function quantityName({ quantity }: PValues): string {
  return quantity === 'CLs' ? '{CL_s}' : quantity.charAt(0).toUpperCase() + quantity.slice(1);
}

function shortQuantity({ quantity }: PValues): string {
  return quantity === 'p-value' ? 'p-value' : 'posterior probability';
}

/** Lines: the asymptotic formula; filled: toys, where there are any. */
export function statisticChart(found: TestStatistic): PanelChart {
  const { edges, asymptotic, toys, observed } = found;
  const hypotheses = [
    { index: 0, formula: asymptotic.signal, thrown: toys?.signal },
    { index: 1, formula: asymptotic.background, thrown: toys?.background },
  ];
  const shares = (histogram: ToyHistogram) => histogram.bins.map((count) => count / toys!.count);
  const all = hypotheses.flatMap(({ formula, thrown }) => [...formula.bins, ...(thrown ? shares(thrown) : [])]);
  const range: Point = [LEAST, 3 * Math.max(10 * LEAST, ...all)];
  const floor = LEAST / 10;
  const raised = (values: number[]) => values.map((value) => Math.max(floor, value));
  const filled = (values: number[]): Point[] => [
    ...steps(edges, raised(values)),
    [edges.at(-1)!, floor],
    [edges[0]!, floor],
  ];
  const upright = (at: number): Point[] => [
    [at, range[0]],
    [at, range[1]],
  ];
  const curves: Curve[] = hypotheses.map(({ index, formula }) => ({
    role: 'series',
    index,
    label: '',
    lines: [steps(edges, raised(formula.bins))],
  }));
  const within = (value: number | null): value is number => value !== null && value >= 0 && value <= edges.at(-1)!;
  if (within(observed)) curves.push({ role: 'observed', index: 0, label: 'observed', lines: [upright(observed)] });
  if (within(found.asimov)) curves.push({ role: 'expected', index: 0, label: '', lines: [upright(found.asimov)] });
  return {
    title: `Distribution of {${statisticSymbol(found)}} at the point`,
    key: [
      { mark: { curve: 0 }, text: 'signal and background' },
      { mark: { curve: 1 }, text: 'background only' },
      { mark: 'expected', text: 'expected without signal' },
    ],
    model: {
      ...NOTHING_DRAWN,
      x: { range: [edges[0]!, edges.at(-1)!], scale: 'lin', title: `{${statisticSymbol(found)}}` },
      y: { range, scale: 'log', title: 'probability per bin' },
      areas: hypotheses.flatMap(({ index, thrown }) =>
        thrown ? [{ fill: index, rings: [filled(shares(thrown))] }] : [],
      ),
      curves,
    },
  };
}

export function statisticSymbol({ statistic }: TestStatistic): string {
  return statistic === 'qtilde_mu' ? 'q_μ' : 't_μ';
}
