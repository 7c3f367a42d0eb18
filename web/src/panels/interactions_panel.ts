// What the events are made with: the neutrino flux, and the cross sections of the materials at the point.

import type { Card, Interactions } from 'anyslice';
import { steps } from '../plot/histogram.ts';
import { type Curve, NOTHING_DRAWN, type PlotModel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

// How far below the highest value an axis goes.
const FLUX_DECADES = 1e-5;
const CROSS_SECTION_DECADES = 1e-3;

const PARTICLES: Record<string, string> = { numu: 'ν_μ', numubar: 'anti-ν_μ', nue: 'ν_e', nuebar: 'anti-ν_e' };

export function interactionsKind(card: Card): PanelKind[] {
  const interactions = card.display?.interactions;
  if (!interactions) return [];
  return [
    {
      id: 'interactions',
      title: `${interactions.label}, at the point`,
      ask: async (question) => {
        const found = await question.results.analysis.interactions(question.setting);
        const { elements } = found.cross_sections;
        const idle = elements.filter(({ nuclei }) => nuclei === 0).map(({ element }) => element);
        return {
          charts: [
            {
              title: 'Flux',
              key: found.fluxes.map(({ beam, particle }, curve) => ({
                mark: { curve },
                text: `${beam}: {${PARTICLES[particle] ?? particle}}`,
              })),
              model: fluxModel(found),
            },
            {
              title: 'Cross section of the upscattering per mass unit',
              key: elements.map(({ element }, curve) => ({ mark: { curve }, text: element })),
              model: crossSectionModel(found),
            },
          ],
          notes: [
            'The flux as it was published, bin by bin; the cross sections by integration over the form factor, without Monte Carlo error. A curve begins at its threshold.',
            ...(idle.length > 0 ? [`Not among the targets of these events: ${idle.join(', ')}.`] : []),
            ...(found.left_out.length > 0
              ? [`In the figure of the paper, but not at hand as numbers and left out: ${found.left_out.join('; ')}.`]
              : []),
            pointLine(question),
          ],
        };
      },
    },
  ];
}

function fluxModel({ fluxes, cross_sections: { energies } }: Interactions): PlotModel {
  const x: Point = [energies[0]!, energies.at(-1)!];
  const most = Math.max(...fluxes.flatMap(({ values }) => values));
  const floor = (FLUX_DECADES * most) / 10;
  const curves = fluxes.map(({ edges, values }, index): Curve => {
    // The first bin begins at zero, which a logarithmic axis has not.
    const shown = edges.map((edge) => Math.max(edge, x[0] / 10));
    const line = steps(
      shown,
      values.map((value) => Math.max(floor, value)),
    );
    return { role: 'series', index, label: '', lines: [line] };
  });
  return {
    ...NOTHING_DRAWN,
    x: { range: x, scale: 'log', title: 'neutrino energy [GeV]' },
    y: {
      range: [FLUX_DECADES * most, 2 * most],
      scale: 'log',
      title: `neutrinos ${typesetUnit(fluxes[0]?.unit ?? '')}`,
    },
    curves,
  };
}

function crossSectionModel({ cross_sections: { energies, elements, unit } }: Interactions): PlotModel {
  const x: Point = [energies[0]!, energies.at(-1)!];
  const most = Math.max(1e-300, ...elements.flatMap(({ values }) => values));
  return {
    ...NOTHING_DRAWN,
    x: { range: x, scale: 'log', title: 'neutrino energy [GeV]' },
    y: {
      range: [CROSS_SECTION_DECADES * most, 2 * most],
      scale: 'log',
      title: `cross section [${typesetUnit(unit)}]`,
    },
    curves: elements.map(
      ({ values }, index): Curve => ({
        role: 'series',
        index,
        label: '',
        lines: lineOf(
          energies,
          values.map((value) => (value > 0 ? value : null)),
        ),
      }),
    ),
  };
}

function typesetUnit(unit: string): string {
  return unit.replace('cm^2', 'cm²').replace('1e21', '10²¹');
}
