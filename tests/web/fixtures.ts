// The cards of the repository as the tests of the page need them: resolved only as far as these tests look.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Card } from 'anyslice';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../data/analyses');

export const scalarCard = JSON.parse(readFileSync(join(folder, 'microboone-kdar-scalar.json'), 'utf8')) as Card;

/** A small card with a series and a free parameter. */
export const seriesCard: Card = {
  name: 'series',
  about: { title: 'Series' },
  parameters: {
    mass: { symbol: { text: 'm_X' }, label: 'mass', unit: 'MeV', range: [1, 200], scale: 'lin', default: 150 },
    lifetime: {
      symbol: { text: 'τ_X' },
      label: 'lifetime',
      unit: 's',
      range: [1e-10, 100],
      scale: 'log',
      default: 1e-6,
    },
    product: { symbol: { text: 'BR' }, label: 'product', unit: '1', range: [1e-14, 1], scale: 'log', default: 1e-8 },
  },
  limits: { on: 'product', versus: 'lifetime', level: 0.95, method: 'cls-hybrid', constraint: 'lognormal' },
  variants: { physics: { label: 'physics' } },
  presets: {
    lifetimes: {
      label: 'Lifetimes',
      on: 'product',
      versus: 'lifetime',
      series: { parameter: 'mass', values: [100, 150] },
      axes: { x: { range: [1e-10, 1], scale: 'log' }, y: { range: [1e-11, 1e-2], scale: 'log' } },
    },
    masses: {
      label: 'Masses',
      on: 'product',
      versus: 'mass',
      axes: { x: { range: [0, 200], scale: 'lin' }, y: { range: [1e-10, 1e-5], scale: 'log' } },
      bands: true,
    },
  },
};

/** A small card with contours: channels, parts, a kernel, and a parameter that follows another. */
export const planeCard: Card = {
  name: 'plane',
  about: { title: 'Plane', short_title: 'Plane', papers: [] },
  parameters: {
    mN: {
      symbol: { text: 'm_N' },
      label: 'heavy neutrino mass',
      unit: 'GeV',
      range: [0.01, 1],
      scale: 'log',
      default: 0.1,
    },
    mZ: {
      symbol: { text: 'm_Z' },
      label: 'mediator mass',
      unit: 'GeV',
      range: [0.01, 10],
      scale: 'log',
      default: 0.03,
    },
    epsilon: {
      symbol: { text: 'ε' },
      label: 'kinetic mixing',
      unit: '1',
      range: [1e-6, 0.1],
      scale: 'log',
      default: 1e-3,
    },
    UmuN2: {
      symbol: { text: '|U|²' },
      label: 'mixing with muons',
      unit: '1',
      range: [1e-12, 1],
      scale: 'log',
      default: 1e-7,
    },
    VN2: {
      symbol: { text: '|V|²' },
      label: 'mixing in the decay',
      unit: '1',
      range: [1e-12, 1],
      scale: 'log',
      default: 1e-7,
      follows: 'UmuN2',
      bounds: { low: 'UmuN2', high: '1' },
    },
  },
  switches: {
    majorana: {
      value: 0,
      label: 'nature',
      choices: [
        { value: 0, label: 'Dirac' },
        { value: 1, label: 'Majorana' },
      ],
    },
    coherent: {
      value: 1,
      label: 'coherent scattering',
      size: '30 % of the signal',
      reason: 'nuclei recoil as a whole',
    },
    normalisation: { value: 1, label: 'normalisation' },
  },
  variants: {
    physics: { label: 'physics' },
    published: {
      label: 'as published',
      switches: { normalisation: 1.5, coherent: 0 },
      limits: { method: 'delta-lnl-1', level: 0.95 },
    },
  },
  benchmarks: { A: { label: 'A', point: { mN: 0.1, mZ: 0.03, UmuN2: 1e-7 } } },
  weight: [
    {
      factor: 'kernel',
      axes: [
        { column: 'mN', parameter: 'mN', distance: 'log10', bandwidth: 0.05 },
        { column: 'mZ', parameter: 'mZ', distance: 'log10', bandwidth: 0.1 },
      ],
    },
    { factor: 'decay' },
  ],
  channels: {
    one: { label: 'Channel one', histogram: { expression: 'event.mass', unit: 'GeV', label: 'mass' } },
    two: { label: 'Channel two' },
  },
  parts: { gas: { label: 'gas' }, lead: { label: 'lead' } },
  totals: { produced: { label: 'produced' } },
  projections: { more: { label: 'ten times more', exposure_scale: 10, counts: 'expected' } },
  limits: { on: 'UmuN2', versus: 'mN', level: 0.9, method: 'delta-lnl-2' },
  overlays: {
    peak: {
      label: 'peak',
      x: 'mN',
      y: 'UmuN2',
      region: 'inside',
      kind: 'digitised',
      curves: [
        [
          [0.1, 1e-8],
          [0.2, 1e-8],
          [0.2, 1e-7],
          [0.1, 1e-8],
        ],
      ],
    },
  },
  presets: {
    masses: {
      kind: 'contour',
      label: 'Masses',
      x: 'mN',
      y: 'mZ',
      axes: { x: { range: [0.01, 1], scale: 'log' }, y: { range: [0.01, 1], scale: 'log' } },
      set: { UmuN2: 1e-8 },
    },
    mixing: {
      kind: 'contour',
      label: 'Mixing',
      x: 'mN',
      y: 'UmuN2',
      axes: { x: { range: [0.02, 0.5], scale: 'log' }, y: { range: [1e-10, 1e-4], scale: 'log' } },
      overlays: ['peak'],
      parts: ['gas'],
      channels: ['one', 'two'],
    },
  },
};
