// The predicted events at one point by other kernels than the one in force: bandwidth, shape, distance and flattening.

import type { Card, KernelChoice, KernelCurve, KernelStudy } from 'anyslice';
import { formatNumber, formatPercent } from '../format.ts';
import type { KeyItem } from '../plot/key.ts';
import type { PlotModel } from '../plot/model.ts';
import { lineOf, type Point } from '../plot/regions.ts';
import { kernelAxes } from '../state/contour.ts';
import type { PanelKind } from './point_panels.ts';
import { pointLine } from './point_panels.ts';

const COUNT = 13;
// A change by this many of its own standard deviations is no chance.
const TELLING = 3;

interface Comparison {
  label: string;
  kernels: KernelChoice[];
  /** What tells a kernel from the others. */
  name: (curve: KernelCurve, symbol: string) => string;
}

const SHAPES = { epanechnikov: 'Epanechnikov', gaussian: 'Gaussian', 'top-hat': 'top-hat' };

const COMPARISONS: Record<string, Comparison> = {
  bandwidth: { label: 'bandwidths', kernels: [{}], name: () => '' },
  shape: {
    label: 'shapes',
    kernels: [{ shape: 'epanechnikov' }, { shape: 'gaussian' }, { shape: 'top-hat' }],
    name: ({ shape }) => SHAPES[shape],
  },
  // In ln it is the same kernel as in log10, with a bandwidth in other units.
  distance: {
    label: 'distances',
    kernels: [{ distance: 'log10' }, { distance: 'linear' }],
    name: ({ distance }, symbol) => (distance === 'linear' ? `{${symbol}} itself` : `${distance} {${symbol}}`),
  },
  flatten: {
    label: 'with and without flattening',
    kernels: [{ flatten: true }, { flatten: false }],
    name: ({ flatten }) => (flatten ? 'flattened by the tabulated rate' : 'as it is'),
  },
};

/** For cards with a kernel. */
export function kernelKind(card: Card): PanelKind[] {
  const axes = kernelAxes(card);
  if (axes.length === 0) return [];
  const flattens = (card.weight ?? []).some((factor) => factor.factor === 'kernel' && factor['flatten']);
  const compared = Object.keys(COMPARISONS).filter((name) => name !== 'flatten' || flattens);
  return [
    {
      id: 'kernel',
      title: 'Events against the kernel at the point',
      choice: {
        label: 'Kernels',
        options: axes.flatMap(({ parameter }) =>
          compared.map((name) => ({
            value: `${parameter}:${name}`,
            label:
              axes.length > 1
                ? `${COMPARISONS[name]!.label}, in ${card.parameters[parameter]!.label}`
                : COMPARISONS[name]!.label,
          })),
        ),
      },
      ask: async (question) => {
        const { choice, setting } = question;
        const [on = '', name = ''] = choice.split(':');
        const comparison = COMPARISONS[name]!;
        const { analysis } = question.results;
        const study = await analysis.kernelStudy({ ...setting, on, count: COUNT, kernels: comparison.kernels });
        const symbol = card.parameters[on]!.symbol.text;
        const { distance } = study.reference;
        const title = `bandwidth in ${distance === 'linear' ? '' : `${distance} `}{${symbol}}`;
        const names = study.curves.map((curve) => comparison.name(curve, symbol));
        const key = names.flatMap((text, curve): KeyItem[] => (text ? [{ mark: { curve }, text }] : []));
        return {
          charts: [
            { title: '', model: eventsModel(study, title), key },
            { title: '', model: changeModel(study, title), key },
          ],
          notes: [...sentences(study, names, symbol), pointLine(question)],
        };
      },
    },
  ];
}

function model(
  { bandwidth, curves }: KernelStudy,
  title: string,
  y: PlotModel['y'],
  shown: { values: number[]; errors: number[] }[],
  mark: PlotModel['marks'],
): PlotModel {
  const alone = curves.length === 1;
  return {
    x: { range: [bandwidth[0]!, bandwidth.at(-1)!], scale: 'log', title },
    y,
    heat: null,
    areas: shown.map(({ values, errors }, index) => {
      const upper = bandwidth.map((at, i): Point => [at, values[i]! + errors[i]!]);
      const lower = bandwidth.map((at, i): Point => [at, values[i]! - errors[i]!]);
      return { fill: alone ? 'uncertainty' : index, rings: [[...upper, ...lower.reverse()]] };
    }),
    hatched: [],
    blank: [],
    edges: [],
    curves: shown.map(({ values }, index) => ({
      role: alone ? 'observed' : 'series',
      index,
      label: '',
      lines: lineOf(bandwidth, values),
    })),
    marks: mark,
    published: null,
  };
}

function eventsModel(study: KernelStudy, title: string): PlotModel {
  const { curves, reference } = study;
  const top =
    1.1 * Math.max(1e-30, ...curves.flatMap(({ mu, mu_mc_error }) => mu.map((value, i) => value + mu_mc_error[i]!)));
  const shown = curves.map(({ mu, mu_mc_error }) => ({ values: mu, errors: mu_mc_error }));
  return model(study, title, { range: [0, top], scale: 'lin', title: 'expected signal events' }, shown, [
    { at: [reference.bandwidth, reference.mu], label: 'in use', solid: true },
  ]);
}

function changeModel(study: KernelStudy, title: string): PlotModel {
  const { curves, reference } = study;
  const percent = (value: number) => (reference.mu > 0 ? (100 * value) / reference.mu : 0);
  const shown = curves.map(({ difference, difference_mc_error }) => ({
    values: difference.map(percent),
    errors: difference_mc_error.map(percent),
  }));
  const reaches = shown.flatMap(({ values, errors }) => values.map((value, i) => Math.abs(value) + errors[i]!));
  const reach = 1.1 * Math.max(1, ...reaches);
  return model(study, title, { range: [-reach, reach], scale: 'lin', title: 'change of the events [%]' }, shown, [
    { at: [reference.bandwidth, 0], label: 'in use', solid: true },
  ]);
}

function sentences({ curves, reference, bandwidth }: KernelStudy, names: string[], symbol: string): string[] {
  if (!(reference.mu > 0)) return ['No event lies within the kernel.'];
  const [first] = curves;
  const last = bandwidth.length - 1;
  const change = ({ difference, difference_mc_error: own }: KernelCurve, i: number) =>
    `${formatPercent(difference[i]! / reference.mu, 2)} ± ${formatPercent(own[i]! / reference.mu, 2)} at ${formatNumber(bandwidth[i]!, 3)}`;
  const relative = ({ mu, mu_mc_error: errors }: KernelCurve, i: number) => formatPercent(errors[i]! / mu[i]!, 2);
  const telling = curves.some(({ difference, difference_mc_error: own }) =>
    difference.some((value, i) => Math.abs(value) > TELLING * own[i]!),
  );
  const more =
    curves.length > 1
      ? [
          `All are as wide as the kernel of the card with the bandwidth on the axis: their standard deviations in {${symbol}} are the same.`,
        ]
      : [];
  return [
    `First chart: the prediction, shaded with its Monte Carlo error: ${relative(first!, 0)} at ${formatNumber(bandwidth[0]!, 3)}, ${relative(first!, last)} at ${formatNumber(bandwidth[last]!, 3)}.`,
    `Second chart: its change from the kernel in use, shaded with the error of that change, which is smaller since both take the same events.`,
    ...curves.map(
      (curve, i) => `${names[i] ? `${names[i]}: ` : 'Change: '}${change(curve, 0)}, ${change(curve, last)}.`,
    ),
    ...more,
    telling
      ? `Some change by more than ${TELLING} of these errors: a bias, of the wider kernels or of what is not flattened.`
      : `None changes by more than ${TELLING} of these errors: no bias is seen.`,
  ];
}
