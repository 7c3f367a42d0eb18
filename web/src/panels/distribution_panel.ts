// How the expected signal at one point is distributed in the quantities of the events that the card names.

import type { Card, Distribution } from 'anyslice';
import { errorRing, steps } from '../plot/histogram.ts';
import type { PlotModel } from '../plot/model.ts';
import { typeset } from '../typography.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

/** One panel for all observables, if the card has any. */
export function distributionKind(card: Card): PanelKind[] {
  const observables = Object.entries(card.observables ?? {});
  if (observables.length === 0) return [];
  return [
    {
      id: 'distribution',
      title: 'Kinematics of the expected events at the point',
      choice: { label: 'Quantity', options: observables.map(([value, { label }]) => ({ value, label })) },
      ask: async (question) => {
        const found = await question.results.analysis.distribution({
          ...question.setting,
          observable: question.choice,
        });
        const outside = found.outside.mu > 0 ? ` ${found.outside.mu.toPrecision(2)} events lie outside the axis.` : '';
        return {
          charts: [{ title: found.label, model: distributionModel(found) }],
          notes: [
            `Selected events that decay in the detector, with all factors of the weight; shaded: Monte Carlo error.${outside}`,
            pointLine(question),
          ],
        };
      },
    },
  ];
}

function distributionModel({ label, unit, scale, edges, mu, mu_mc_error: errors }: Distribution): PlotModel {
  const upper = mu.map((value, i) => value + errors[i]!);
  return {
    x: { range: [edges[0]!, edges.at(-1)!], scale, title: unit === '1' ? label : `${label} [${typeset(unit)}]` },
    y: { range: [0, 1.1 * Math.max(1e-30, ...upper)], scale: 'lin', title: 'events per bin' },
    heat: null,
    areas: [{ fill: 'uncertainty', rings: [errorRing(edges, mu, errors)] }],
    hatched: [],
    blank: [],
    edges: [],
    curves: [{ role: 'observed', index: 0, label: '', lines: [steps(edges, mu)] }],
    marks: [],
    published: null,
  };
}
