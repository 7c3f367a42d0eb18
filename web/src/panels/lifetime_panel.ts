// Expected events against the proper decay length, with everything else as at the point.

import type { Box, Card, LifetimeCurve } from 'anyslice';
import { formatNumber, withUnit } from '../format.ts';
import type { PlotModel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

// Below and above the decay length at the point: how far it may grow is what is asked.
const DECADES = [3, 7] as const;
// Where that is not known.
const WHOLE = [1e-3, 1e7] as const;
const COUNT = 201;
// Fewer events than this share of the most are not shown.
const VISIBLE = 1e-6;

/** For cards whose events decay in flight. */
export function lifetimeKind(card: Card): PanelKind[] {
  const decay = (card.weight ?? []).find(({ factor }) => factor === 'decay');
  if (!decay) return [];
  const scaled = Object.entries(card.parameters).find(([, { bounds }]) => bounds)?.[0];
  return [
    {
      id: 'lifetime',
      title: 'Events against the decay length at the point',
      ask: async (question) => {
        const { analysis } = question.results;
        const { derived } = await analysis.rate(question.setting);
        const here = derived[String(decay['ctau0'])]?.value;
        const [low, high] = here ? [here / 10 ** DECADES[0], here * 10 ** DECADES[1]] : WHOLE;
        const symbol = scaled === undefined ? '' : card.parameters[scaled]!.symbol.text;
        const profile = scaled === undefined ? {} : { profile: scaled };
        const curve = await analysis.lifetimeCurve({ ...question.setting, ...profile, low, high, count: COUNT });
        return {
          charts: [{ title: '', model: lifetimeModel(curve) }],
          notes: [...sentences(curve, symbol), pointLine(question)],
        };
      },
    },
  ];
}

/** Half the height of the band. Where nothing decays inside, the background's uncertainty alone is left: where that is
 * more than any signal the band would cover the plot, and what is left is the Monte Carlo error. */
export function lifetimeBand({ mu, mu_mc_error, uncertainty }: LifetimeCurve): { widths: number[]; note: string } {
  const least = Math.min(...uncertainty);
  if (least <= Math.max(...mu)) {
    const note = 'Band: the standard deviation of signal and background together, from their uncertainties.';
    return { widths: uncertainty, note };
  }
  return {
    widths: mu_mc_error,
    note: `Band: the Monte Carlo error. The standard deviation of signal and background together, at least ${formatNumber(least, 3)} events, is more than any signal here: a band of it would cover the plot.`,
  };
}

function lifetimeModel(curve: LifetimeCurve): PlotModel {
  const { ctau0, mu, excluded, physical, unit, at: here } = curve;
  const { widths } = lifetimeBand(curve);
  const x: [number, number] = [ctau0[0]!, ctau0.at(-1)!];
  const most = Math.max(1e-9, ...mu.map((value, i) => value + widths[i]!));
  const y: [number, number] = [most * VISIBLE, 4 * most];
  const visible = (value: number) => (value > 0 ? value : y[0] / 10);
  const upper = ctau0.map((at, i): Point => [at, visible(mu[i]! + widths[i]!)]);
  const lower = ctau0.map((at, i): Point => [at, visible(mu[i]! - widths[i]!)]);
  const column = (from: number, to: number): Point[] => [
    [from, y[0]],
    [to, y[0]],
    [to, y[1]],
    [from, y[1]],
  ];
  const outside: Box[] = [];
  const [shortest, longest] = physical ?? [null, null];
  if (shortest !== null && shortest > x[0]) outside.push([x[0], y[0], Math.min(shortest, x[1]), y[1]]);
  if (longest !== null && longest < x[1]) outside.push([Math.max(longest, x[0]), y[0], x[1], y[1]]);
  return {
    x: { range: x, scale: 'log', title: `proper decay length {c}{τ_0} [${unit}]` },
    y: { range: y, scale: 'log', title: 'expected signal events' },
    heat: null,
    areas: [
      { fill: 'excluded', rings: excluded.map(([from, to]) => column(from ?? x[0], to ?? x[1])) },
      { fill: 'uncertainty', rings: [[...upper, ...lower.reverse()]] },
    ],
    hatched: [],
    unphysical: outside,
    blank: [],
    edges: [],
    curves: [{ role: 'observed', index: 0, label: '', lines: lineOf(ctau0, mu.map(visible)) }],
    marks: [{ at: [here, mu[nearest(ctau0, here)]!], label: 'the point', solid: true }],
    published: null,
  };
}

function sentences(curve: LifetimeCurve, symbol: string): string[] {
  const { excluded, physical, unit, threshold } = curve;
  const end = (value: number | null) => (value === null ? '…' : formatNumber(value, 3));
  const list = excluded.map(([from, to]) => `${end(from)} to ${withUnit(end(to), unit)}`).join(', ');
  const rise = `−ln L rises by more than ${formatNumber(threshold, 3)} there`;
  const said = [
    list ? `Excluded decay lengths: ${list} (shaded; ${rise}).` : 'No decay length is excluded.',
    lifetimeBand(curve).note,
  ];
  if (physical) {
    said.push(
      `Hatched: lengths that {${symbol}} would set beyond its bounds, outside ${end(physical[0])} to ${withUnit(end(physical[1]), unit)}.`,
    );
    const reached = excluded.at(-1)?.[1] ?? null;
    const [, longest] = physical;
    // The curve falls like one over the length: what lives longest decays elsewhere.
    if (reached !== null && longest !== null) {
      const allowed = longest > reached ? 'is allowed by the bounds' : 'lies beyond the bounds';
      said.push(
        `Long-lifetime edge: N that live longer than ${withUnit(end(reached), unit)} rarely decay inside, so they are not excluded; that ${allowed}.`,
      );
    }
  }
  return said;
}

function nearest(values: number[], value: number): number {
  let best = 0;
  values.forEach((other, i) => {
    if (Math.abs(Math.log(other / value)) < Math.abs(Math.log(values[best]! / value))) best = i;
  });
  return best;
}
