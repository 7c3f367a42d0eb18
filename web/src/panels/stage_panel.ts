// Distributions of the events before and after cuts and acceptance, from the display table of the card.

import type { Card, Display, StageDistributions } from 'anyslice';
import { formatNumber, formatWithError } from '../format.ts';
import { errorRing, steps } from '../plot/histogram.ts';
import type { Area, Curve, PlotModel } from '../plot/model.ts';
import type { Point } from '../plot/regions.ts';
import { typeset } from '../typography.ts';
import type { PanelChart } from './chart_grid.ts';
import type { PanelKind } from './point_panels.ts';
import { kernelWarning, pointLine } from './point_panels.ts';

// Fewer events than this share of the most are not shown where stages differ by orders of magnitude.
const VISIBLE = 1e-7;
// Fewer effective events than this have no shape worth a drawing.
const ENOUGH = 10;

/** One panel for all observables of the display, if the card has one. */
export function stageKind(card: Card): PanelKind[] {
  const { display } = card;
  if (!display) return [];
  return [
    {
      id: 'stages',
      title: 'Events before and after the selection at the point',
      choice: {
        label: 'Quantity',
        options: Object.entries(display.observables).map(([value, { label }]) => ({ value, label })),
      },
      ask: async (question) => {
        const { analysis } = question.results;
        const request = { ...question.setting, observable: question.choice, stages: [] };
        const found = await analysis.stageDistributions(request);
        return {
          charts: charts(found, display),
          notes: [...sentences(found, display), ...(await kernelWarning(question)), pointLine(question)],
        };
      },
    },
  ];
}

function charts(found: StageDistributions, display: Display): PanelChart[] {
  const key = found.stages.map(({ label }, index) => ({ mark: { curve: index }, text: label }));
  const shapes = found.stages.flatMap((stage, index) =>
    stage.total.effective_events >= ENOUGH && stage.mu.some((value) => value > 0) ? [{ stage, index }] : [],
  );
  return [
    { title: `${found.label}: events`, key, model: countsModel(found, display) },
    {
      title: `${found.label}: shape`,
      key: shapes.map(({ index }) => key[index]!),
      model: shapesModel(found, display, shapes),
    },
  ];
}

type Shown = { stage: StageDistributions['stages'][number]; index: number };

/** Events per bin, on a logarithmic scale: the stages differ by orders of magnitude. */
function countsModel(found: StageDistributions, display: Display): PlotModel {
  const { edges, stages } = found;
  const most = Math.max(1e-30, ...stages.flatMap(({ mu }) => mu));
  const least = Math.min(...stages.map(({ mu }) => Math.max(...mu)).filter((value) => value > 0), most);
  // Two decades below the highest bin of the smallest stage.
  const range: Point = [Math.max(VISIBLE * most, least / 100), 3 * most];
  const floor = range[0] / 10;
  return model(
    found,
    display,
    { range, scale: 'log', title: 'events per bin' },
    stages.map((stage, index) => ({
      index,
      ring: errorRing(edges, stage.mu, stage.mu_mc_error, floor),
      line: steps(
        edges,
        stage.mu.map((value) => Math.max(floor, value)),
      ),
    })),
  );
}

/** Normalised to the same area. */
function shapesModel(found: StageDistributions, display: Display, shown: Shown[]): PlotModel {
  const { edges } = found;
  const curves = shown.map(({ stage, index }) => {
    const sum = stage.mu.reduce((all, value) => all + value, 0);
    const share = (value: number) => value / sum;
    return { index, values: stage.mu.map(share), errors: stage.mu_mc_error.map(share) };
  });
  const most = Math.max(1e-30, ...curves.flatMap(({ values, errors }) => values.map((value, i) => value + errors[i]!)));
  return model(
    found,
    display,
    { range: [0, 1.1 * most], scale: 'lin', title: 'share of the events per bin' },
    curves.map(({ index, values, errors }) => ({
      index,
      ring: errorRing(edges, values, errors),
      line: steps(edges, values),
    })),
  );
}

function model(
  { label, unit, scale, edges, observable }: StageDistributions,
  display: Display,
  y: PlotModel['y'],
  parts: { index: number; ring: Point[]; line: Point[] }[],
): PlotModel {
  const column = ([low, high]: Point): Point[] => [
    [low, y.range[0]],
    [high, y.range[0]],
    [high, y.range[1]],
    [low, y.range[1]],
  ];
  const spans = display.observables[observable]?.spans?.ranges ?? [];
  return {
    x: { range: [edges[0]!, edges.at(-1)!], scale, title: unit === '1' ? label : `${label} [${typeset(unit)}]` },
    y,
    heat: null,
    areas: [
      { fill: 'background', rings: spans.map(column) },
      ...parts.map(({ index, ring }): Area => ({ fill: index, rings: [ring] })),
    ],
    hatched: [],
    blank: [],
    edges: [],
    curves: parts.map(({ index, line }): Curve => ({ role: 'series', index, label: '', lines: [line] })),
    marks: [],
    published: null,
  };
}

function sentences(found: StageDistributions, display: Display): string[] {
  const { spans, comment } = display.observables[found.observable] ?? {};
  const counts = found.stages.map(({ label, total: { mu, mu_mc_error, effective_events } }) => {
    return `${label}: ${formatWithError(mu, mu_mc_error)} events (from ${Math.round(effective_events)} effective ones)`;
  });
  const few = found.stages.filter(({ total }) => total.effective_events < ENOUGH).map(({ label }) => label);
  const outside = found.stages.flatMap(({ label, outside, total }) => {
    const share = total.mu > 0 ? outside.mu / total.mu : 0;
    return share > 0.005 ? [`${formatNumber(100 * share, 2)} % of “${label}”`] : [];
  });
  return [
    `${counts.join('; ')}. Pale bands: Monte Carlo error.`,
    ...(few.length > 0 ? [`Too few effective events for a shape: ${few.join(', ')}.`] : []),
    ...(outside.length > 0 ? [`Outside the axis: ${outside.join(', ')}.`] : []),
    ...(spans ? [`Grey: ${spans.label}.`] : []),
    ...(comment ? [`${typeset(comment)}.`] : []),
    ...(display.comment ? [display.comment] : []),
  ];
}
