// The histogram of a channel at one point: data, background with its uncertainty, and the signal on top of it.

import type { Card, Scale, Spectrum, SpectrumGroup } from 'anyslice';
import { formatNumber, formatWithError } from '../format.ts';
import type { KeyItem } from '../plot/key.ts';
import type { Curve, PlotModel } from '../plot/model.ts';
import type { Point } from '../plot/regions.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

// A signal below this share of the highest bin is not drawn on a logarithmic axis.
const LEAST = 1e-6;

/** One panel per channel that has a histogram. */
export function spectrumKinds(card: Card): PanelKind[] {
  return Object.entries(card.channels ?? {})
    .filter(([, channel]) => channel.histogram)
    .map(([channel, { label }]) => ({
      id: `spectrum-${channel}`,
      title: `Spectrum of ${label ?? channel} at the point`,
      choice: {
        label: 'Axis of the events',
        options: [
          { value: 'lin', label: 'linear' },
          { value: 'log', label: 'logarithmic, with the signal alone' },
        ],
      },
      ask: async (question) => {
        const { analysis } = question.results;
        const spectrum = await analysis.spectrum({ ...question.setting, channel });
        const scale: Scale = question.choice === 'log' ? 'log' : 'lin';
        const alone: KeyItem[] = scale === 'log' ? [{ mark: { curve: 0 }, text: 'signal alone' }] : [];
        return {
          charts: spectrum.groups.map((group) => ({
            title: group.name,
            model: spectrumModel(spectrum, group, scale),
            key: alone,
          })),
          notes: [
            `Dots: ${spectrum.warnings?.length ? 'events expected without signal' : 'observed events'}, per bin. Grey: background, with its uncertainty. Blue: signal on top of the background.`,
            ...spectrum.groups.map((group) => signalSentence(group)),
            pointLine(question),
          ],
        };
      },
    }));
}

/** How small a signal is next to what hides it. */
function signalSentence({ name, low, high, mu, background, background_error: error }: SpectrumGroup): string {
  const total = mu.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return `${name}: no signal.`;
  const share = (i: number) => (error[i]! > 0 ? mu[i]! / error[i]! : 0);
  const best = mu.reduce((found, _, i) => (share(i) > share(found) ? i : found), 0);
  return `${name}: ${formatNumber(total, 3)} signal events; it stands out most from ${formatNumber(low[best], 3)} to ${formatNumber(high[best], 3)}, with ${formatNumber(mu[best], 3)} on ${formatWithError(background[best]!, error[best]!)} of background.`;
}

/** On a logarithmic axis the signal is drawn by itself, too: it may be a small part of what is seen. */
export function spectrumModel(
  { histogram: { label, unit } }: Pick<Spectrum, 'histogram'>,
  group: SpectrumGroup,
  scale: Scale,
): PlotModel {
  const { observed, background, background_error: error, mu } = group;
  const bins = group.low.map((low, i): Point => [low, group.high[i]!]);
  const together = background.map((value, i) => value + mu[i]!);
  const upper = background.map((value, i) => value + error[i]!);
  const lower = background.map((value, i) => Math.max(0, value - error[i]!));
  const highest = Math.max(1e-9, ...upper, ...together, ...observed.map((value) => value ?? 0));
  const logarithmic = scale === 'log';
  const lowest = Math.min(...mu.filter((value) => value > highest * LEAST), ...background.filter((value) => value > 0));
  const bottom = logarithmic ? Math.min(lowest, highest) / 2 : 0;
  const alone: Curve[] = logarithmic ? [{ role: 'series', index: 0, label: '', lines: [steps(bins, mu)] }] : [];
  return {
    x: {
      range: [bins[0]?.[0] ?? 0, bins.at(-1)?.[1] ?? 1],
      scale: 'lin',
      title: unit && unit !== '1' ? `${label} [${unit}]` : label,
    },
    y: { range: [bottom, (logarithmic ? 3 : 1.15) * highest], scale, title: 'events per bin' },
    heat: null,
    areas: [
      { fill: 'excluded', rings: [between(bins, background, together)] },
      {
        fill: 'background',
        rings: [
          between(
            bins,
            background.map(() => bottom),
            background,
          ),
        ],
      },
      {
        fill: 'background',
        rings: [
          between(
            bins,
            lower.map((value) => Math.max(value, bottom)),
            upper,
          ),
        ],
      },
    ],
    hatched: [],
    blank: [],
    edges: [],
    curves: [
      { role: 'expected', index: 0, label: '', lines: [steps(bins, background)] },
      { role: 'observed', index: 0, label: '', lines: [steps(bins, together)] },
      ...alone,
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
