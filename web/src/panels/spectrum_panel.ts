// The histogram of a channel at one point: data, background with its uncertainty, and the signal on top of it.

import type { Card, Spectrum, SpectrumGroup } from 'anyslice';
import type { PlotModel } from '../plot/model.ts';
import type { Point } from '../plot/regions.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

/** One panel per channel that has a histogram. */
export function spectrumKinds(card: Card): PanelKind[] {
  return Object.entries(card.channels ?? {})
    .filter(([, channel]) => channel.histogram)
    .map(([channel, { label }]) => ({
      id: `spectrum-${channel}`,
      title: `Spectrum of ${label ?? channel} at the point`,
      ask: async (question) => {
        const { analysis } = question.results;
        const spectrum = await analysis.spectrum({ ...question.setting, channel });
        return {
          charts: spectrum.groups.map((group) => ({ title: group.name, model: spectrumModel(spectrum, group) })),
          notes: [
            'Dots: observed events per bin. Grey: background, with its uncertainty. Blue: signal on top of the background.',
            pointLine(question),
          ],
        };
      },
    }));
}

function spectrumModel({ histogram: { label, unit } }: Spectrum, group: SpectrumGroup): PlotModel {
  const { observed, background, background_error: error, mu } = group;
  const bins = group.low.map((low, i): Point => [low, group.high[i]!]);
  const together = background.map((value, i) => value + mu[i]!);
  const upper = background.map((value, i) => value + error[i]!);
  const lower = background.map((value, i) => Math.max(0, value - error[i]!));
  const highest = Math.max(1e-9, ...upper, ...together, ...observed.map((value) => value ?? 0));
  return {
    x: {
      range: [bins[0]?.[0] ?? 0, bins.at(-1)?.[1] ?? 1],
      scale: 'lin',
      title: unit && unit !== '1' ? `${label} [${unit}]` : label,
    },
    y: { range: [0, 1.15 * highest], scale: 'lin', title: 'events per bin' },
    heat: null,
    areas: [
      { fill: 'excluded', rings: [between(bins, background, together)] },
      {
        fill: 'background',
        rings: [
          between(
            bins,
            background.map(() => 0),
            background,
          ),
        ],
      },
      { fill: 'background', rings: [between(bins, lower, upper)] },
    ],
    hatched: [],
    blank: [],
    edges: [],
    curves: [
      { role: 'expected', index: 0, label: '', lines: [steps(bins, background)] },
      { role: 'observed', index: 0, label: '', lines: [steps(bins, together)] },
      { role: 'data', index: 0, label: '', marks: true, lines: [dots(bins, observed)] },
    ],
    marks: [],
    published: null,
  };
}

function steps(bins: Point[], values: number[]): Point[] {
  return bins.flatMap(([low, high], i): Point[] => [
    [low, values[i]!],
    [high, values[i]!],
  ]);
}

function between(bins: Point[], lower: number[], upper: number[]): Point[] {
  return [...steps(bins, upper), ...steps(bins, lower).reverse()];
}

function dots(bins: Point[], values: (number | null)[]): Point[] {
  return bins.flatMap(([low, high], i): Point[] => {
    const value = values[i];
    return value === null || value === undefined ? [] : [[(low + high) / 2, value]];
  });
}
