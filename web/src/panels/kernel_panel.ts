// The predicted events at one point against the bandwidth of the kernel: bias against variance.

import type { BandwidthScan, Card } from 'anyslice';
import { formatNumber, formatPercent } from '../format.ts';
import type { PlotModel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import { kernelAxes } from '../state/contour.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

const COUNT = 13;
// A change by this many of its own standard deviations is no chance.
const TELLING = 3;

/** For cards with a kernel. */
export function kernelKind(card: Card): PanelKind[] {
  const axes = kernelAxes(card);
  if (axes.length === 0) return [];
  return [
    {
      id: 'kernel',
      title: 'Events against the bandwidth of the kernel at the point',
      choice: {
        label: 'Kernel in',
        options: axes.map(({ parameter }) => ({ value: parameter, label: card.parameters[parameter]!.label })),
      },
      ask: async (question) => {
        const { choice: parameter, setting } = question;
        const scan = await question.results.analysis.bandwidthScan({ ...setting, parameter, count: COUNT });
        const symbol = card.parameters[parameter]!.symbol.text;
        const title = `bandwidth in ${scan.distance === 'linear' ? '' : `${scan.distance} `}{${symbol}}`;
        return {
          charts: [
            { title: '', model: eventsModel(scan, title) },
            { title: '', model: changeModel(scan, title) },
          ],
          notes: [...sentences(scan), pointLine(question)],
        };
      },
    },
  ];
}

function model(
  { bandwidth }: BandwidthScan,
  title: string,
  y: PlotModel['y'],
  values: number[],
  errors: number[],
  mark: PlotModel['marks'],
): PlotModel {
  const upper = bandwidth.map((at, i): Point => [at, values[i]! + errors[i]!]);
  const lower = bandwidth.map((at, i): Point => [at, values[i]! - errors[i]!]);
  return {
    x: { range: [bandwidth[0]!, bandwidth.at(-1)!], scale: 'log', title },
    y,
    heat: null,
    areas: [{ fill: 'uncertainty', rings: [[...upper, ...lower.reverse()]] }],
    hatched: [],
    blank: [],
    edges: [],
    curves: [{ role: 'observed', index: 0, label: '', lines: lineOf(bandwidth, values) }],
    marks: mark,
    published: null,
  };
}

function eventsModel(scan: BandwidthScan, title: string): PlotModel {
  const { mu, mu_mc_error: errors, difference, reference } = scan;
  const top = 1.1 * Math.max(1e-30, ...mu.map((value, i) => value + errors[i]!));
  const here = mu[0]! - difference[0]!;
  return model(scan, title, { range: [0, top], scale: 'lin', title: 'expected signal events' }, mu, errors, [
    { at: [reference, here], label: 'in use', solid: true },
  ]);
}

function changeModel(scan: BandwidthScan, title: string): PlotModel {
  const { mu, difference, difference_mc_error: errors, reference } = scan;
  const percent = (value: number) => (100 * value) / (mu[0]! - difference[0]!);
  const values = difference.map(percent);
  const bars = errors.map(percent);
  const reach = 1.1 * Math.max(1, ...values.map((value, i) => Math.abs(value) + bars[i]!));
  return model(scan, title, { range: [-reach, reach], scale: 'lin', title: 'change of the events [%]' }, values, bars, [
    { at: [reference, 0], label: 'in use', solid: true },
  ]);
}

function sentences(scan: BandwidthScan): string[] {
  const { bandwidth, mu, mu_mc_error: errors, difference, difference_mc_error: own } = scan;
  const last = bandwidth.length - 1;
  const here = mu[0]! - difference[0]!;
  if (!(here > 0)) return ['No event lies within the kernel.'];
  const change = (i: number) =>
    `${formatPercent(difference[i]! / here, 2)} ± ${formatPercent(own[i]! / here, 2)} at ${formatNumber(bandwidth[i]!, 3)}`;
  const telling = difference.some((value, i) => Math.abs(value) > TELLING * own[i]!);
  return [
    `Left: the prediction, shaded with its Monte Carlo error: ${formatPercent(errors[0]! / mu[0]!, 2)} at ${formatNumber(bandwidth[0]!, 3)}, ${formatPercent(errors[last]! / mu[last]!, 2)} at ${formatNumber(bandwidth[last]!, 3)}.`,
    `Right: its change from the bandwidth in use, shaded with the error of that change, which is smaller since both take the same events: ${change(0)}, ${change(last)}.`,
    telling
      ? `The prediction moves by more than ${TELLING} of these errors: a bias of the wider kernels.`
      : `The prediction moves by no more than ${TELLING} of these errors: no bias is seen.`,
  ];
}
