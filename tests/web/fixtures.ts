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
