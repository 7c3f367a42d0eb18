// Maps: events by two quantities of the display table, and efficiencies over two parameters.

import type { Card, DistributionMap, RatioMap } from 'anyslice';
import { formatNumber, formatWithError } from '../format.ts';
import { NOTHING_DRAWN, type PlotModel, shortLabel } from '../plot/model.ts';
import type { Point } from '../plot/regions.ts';
import { typeset } from '../typography.ts';
import type { PanelKind } from './point_panels.ts';
import { kernelWarning, pointLine } from './point_panels.ts';

// Values over each axis of an efficiency.
const GRID = 80;
// How far below the fullest cell colours go.
const DECADES = 1e-4;

/** One panel a map of the card's display: events by two observables. */
export function distributionMapKinds(card: Card): PanelKind[] {
  const { display } = card;
  return Object.entries(display?.maps ?? {}).map(([map, { label }]) => ({
    id: `map-${map}`,
    title: `Map at the point: ${label}`,
    choice: {
      label: 'Events',
      options: Object.entries(display!.stages)
        .map(([value, { label }]) => ({ value, label }))
        .reverse(),
    },
    ask: async (question) => {
      const found = await question.results.analysis.distributionMap({
        ...question.setting,
        map,
        stage: question.choice,
      });
      const { mu, mu_mc_error, effective_events } = found.total;
      const share = mu > 0 ? found.outside.mu / mu : 0;
      const comment = [found.x, found.y].flatMap(({ observable }) => display!.observables[observable]?.comment ?? []);
      return {
        charts: [{ title: `${found.label}: ${found.stage.label}`, wide: true, model: mapModel(found) }],
        notes: [
          `${formatWithError(mu, mu_mc_error)} events, from ${Math.round(effective_events)} effective ones: a single cell has a Monte Carlo error of ${typicalError(found)}.`,
          ...(share > 0.005 ? [`${formatNumber(100 * share, 2)} % of the events lie outside the map.`] : []),
          ...comment.map((text) => `${typeset(text)}.`),
          ...(await kernelWarning(question)),
          pointLine(question),
        ],
      };
    },
  }));
}

/** The relative error of a cell where the events are: weighted by what the cells hold. */
function typicalError({ mu, mu_mc_error }: DistributionMap): string {
  const all = mu.flat().reduce((sum, value) => sum + value, 0);
  const errors = mu_mc_error.flat().reduce((sum, error) => sum + error, 0);
  return all > 0 ? `typically ${formatNumber((100 * errors) / all, 2)} %` : 'unknown size';
}

function mapModel({ x, y, mu }: DistributionMap): PlotModel {
  const most = Math.max(1e-30, ...mu.flat());
  const axis = ({ label, unit, scale, edges }: DistributionMap['x']) => ({
    range: [edges[0]!, edges.at(-1)!] as Point,
    scale,
    title: unit === '1' ? label : `${label} [${typeset(unit)}]`,
  });
  return {
    ...NOTHING_DRAWN,
    x: axis(x),
    y: axis(y),
    heat: {
      field: {
        x: middles(x),
        y: middles(y),
        values: mu.map((row) => row.map((value) => (value > 0 ? value : null))),
      },
      title: 'events per cell',
      focus: [DECADES * most, 10 * most],
      scales: { x: x.scale, y: y.scale },
      cells: true,
    },
  };
}

function middles({ edges, scale }: DistributionMap['x']): number[] {
  return edges.slice(1).map((edge, i) => {
    const before = edges[i]!;
    return scale === 'log' ? Math.sqrt(edge * before) : (edge + before) / 2;
  });
}

/** One panel a ratio of totals: an efficiency over two parameters. */
export function ratioKinds(card: Card): PanelKind[] {
  return Object.entries(card.display?.ratios ?? {}).map(([ratio, { label, source }]) => ({
    id: `ratio-${ratio}`,
    title: `Map: ${label}`,
    ask: async (question) => {
      const found = await question.results.analysis.ratioMap({
        ...question.setting,
        ratio,
        columns: GRID,
        rows: GRID,
      });
      const here: Point = [
        valueAt(card, question.setting.set, found.x.parameter),
        valueAt(card, question.setting.set, found.y.parameter),
      ];
      const at =
        found.at === null ? 'It is not known at the point.' : `At the point it is ${formatNumber(found.at, 3)}.`;
      return {
        charts: [{ title: '', model: ratioModel(card, found, here) }],
        notes: [`${at} It does not depend on the couplings.`, ...(source ? [`${source}.`] : []), pointLine(question)],
      };
    },
  }));
}

function valueAt(card: Card, set: Record<string, number> | undefined, name: string): number {
  return set?.[name] ?? card.parameters[name]!.default;
}

function ratioModel(card: Card, { x, y, values, label, at }: RatioMap, here: Point): PlotModel {
  const axis = ({ parameter, values }: RatioMap['x']) => {
    const { label, symbol, unit, scale } = card.parameters[parameter]!;
    return {
      range: [values[0]!, values.at(-1)!] as Point,
      scale,
      title: `${shortLabel(label)} {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`,
    };
  };
  const axes = { x: axis(x), y: axis(y) };
  return {
    ...NOTHING_DRAWN,
    ...axes,
    heat: {
      field: { x: x.values, y: y.values, values },
      title: shortLabel(label),
      focus: [0, 1],
      scale: 'lin',
      cells: true,
      scales: { x: axes.x.scale, y: axes.y.scale },
    },
    marks: at === null ? [] : [{ at: here, label: 'the point', solid: true }],
  };
}
