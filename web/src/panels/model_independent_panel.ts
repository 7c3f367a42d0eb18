// The limit that needs no model: on the events before the decay against the proper decay length.

import type { Card, ModelIndependent } from 'anyslice';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Curve, PlotModel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import { kernelAxes } from '../state/contour.ts';
import { inside } from '../state/ranges.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

const EVENTS = { low: 1, high: 1e6, count: 61 };
// Curves are drawn at these multiples of the value at the point.
const MULTIPLES = [0.25, 0.5, 1, 2];

/** For cards that know how many particles are produced, and whose events are smeared over a parameter. */
export function modelIndependentKind(card: Card): PanelKind[] {
  const totals = totalsOf(card);
  const [axis] = kernelAxes(card);
  if (totals.size === 0 || !axis) return [];
  const { parameter } = axis;
  return [
    {
      id: 'model-independent',
      title: 'Limit on production and decay length, whatever the couplings',
      choice: {
        label: 'Events before the decay',
        options: [...totals].map(([value, label]) => ({ value, label })),
      },
      ask: async (question) => {
        const { analysis } = question.results;
        const here = question.setting.set?.[parameter] ?? card.parameters[parameter]!.default;
        const values = MULTIPLES.map((multiple) => here * multiple).filter((value) =>
          inside(value, card.parameters[parameter]!.range),
        );
        const versus = { parameter, values };
        const limit = await analysis.modelIndependent({
          ...question.setting,
          total: question.choice,
          events: EVENTS,
          versus,
        });
        const title = totals.get(question.choice) ?? question.choice;
        return {
          charts: [{ title: '', model: modelIndependentModel(card, limit, title) }],
          notes: [...fits(card, limit), pointLine(question)],
        };
      },
    },
  ];
}

/** Names and labels of the totals, those that are closest to what is counted first: their rates have most factors. */
function totalsOf(card: Card): Map<string, string> {
  const factors = (rate: string | undefined) => card.rates?.[rate ?? '']?.product?.length ?? 0;
  const sorted = Object.entries(card.totals ?? {}).sort(([, a], [, b]) => factors(b.rate) - factors(a.rate));
  return new Map(sorted.map(([key, { name, label }]) => [name ?? key, label]));
}

function modelIndependentModel(card: Card, { events, curves, unit }: ModelIndependent, title: string): PlotModel {
  const lengths = curves.flatMap(({ ctau0_min, ctau0_max }) =>
    [...ctau0_min, ...ctau0_max].filter((value): value is number => value !== null && value > 0),
  );
  const [low, high] = lengths.length > 0 ? [Math.min(...lengths), Math.max(...lengths)] : [0.1, 10];
  const shown: Point = [low / 3, high * 3];
  const drawn = curves.flatMap((curve, index): Curve[] => {
    const lines = [...lineOf(events, curve.ctau0_min), ...lineOf(events, curve.ctau0_max)];
    const main: Curve = { role: 'series', index, label: nameOf(card, curve), lines };
    const { fit } = curve;
    if (!fit) return [main];
    const fitted = events.map((value, i) => (curve.ctau0_min[i] === null ? null : fit.a / (Math.log10(value) - fit.b)));
    const finite = fitted.map((value) => (value !== null && value > 0 && Number.isFinite(value) ? value : null));
    return [main, { role: 'expected', index, label: '', lines: lineOf(events, finite) }];
  });
  return {
    x: { range: [events[0]!, events.at(-1)!], scale: 'log', title },
    y: { range: shown, scale: 'log', title: `proper decay length {c}{τ_0} [${unit}]` },
    heat: null,
    areas: curves.map((curve, index) => ({ fill: index, rings: excludedRings(events, curve, shown) })),
    hatched: [],
    blank: [],
    edges: [],
    curves: drawn,
    marks: [],
    published: null,
  };
}

/** Between the two edges. One that is not there is beyond what is shown, if the other one is. */
function excludedRings(events: number[], curve: ModelIndependent['curves'][number], [low, high]: Point): Point[][] {
  const { ctau0_min, ctau0_max } = curve;
  const some = events.map((_, i) => ctau0_min[i] !== null || ctau0_max[i] !== null);
  const edge = (values: (number | null)[], open: number) =>
    lineOf(
      events,
      values.map((value, i) => (some[i] ? (value ?? open) : null)),
    );
  const upper = edge(ctau0_max, high);
  return edge(ctau0_min, low).map((line, i) => [...line, ...upper[i]!.toReversed()]);
}

function fits(card: Card, { curves, unit }: ModelIndependent): string[] {
  const said = curves.flatMap((curve) => {
    if (!curve.fit) return [];
    const { a, b, worst } = curve.fit;
    return [
      `${nameOf(card, curve)}: lower edge {c}{τ_0} = ${withUnit(formatNumber(a, 3), unit)} / (log₁₀ N − ${formatNumber(b, 3)}); largest deviation ${formatPercent(worst, 2)} (dashed).`,
    ];
  });
  // What deviates is not the fit but the form.
  const meant =
    'The form (arXiv:2205.12273, Eq. E1) is meant for few events, which weigh most; for many it is too long.';
  return said.length > 0 ? [...said, meant] : [];
}

function nameOf(card: Card, { set }: ModelIndependent['curves'][number]): string {
  return Object.entries(set)
    .map(([name, value]) => {
      const { symbol, unit } = card.parameters[name] ?? { symbol: { text: name }, unit: '1' };
      return `{${symbol.text}} = ${withUnit(formatNumber(value, 3), unit)}`;
    })
    .join(', ');
}
