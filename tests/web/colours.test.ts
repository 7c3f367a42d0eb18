// The colours of curves, in which their labels are written: readable in both themes, and told apart without colour.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMPARED, CURVES, comparedDashOf, dashOf } from '../../web/src/plot/colours.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../web/src');
const sheet = ['theme.css', 'styles/plot_tools.css'].map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');

/** Every value of a variable: that of the light theme, then those of the dark one. */
function valuesOf(name: string): string[] {
  return [...sheet.matchAll(new RegExp(`--plot-${name}:\\s*(#[0-9a-f]{6})\\b`, 'g'))].map((match) => match[1]!);
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

const names = [
  'observed',
  'expected',
  'published',
  ...Array.from({ length: CURVES }, (_, i) => `curve-${i + 1}`),
  ...Array.from({ length: COMPARED }, (_, i) => `compared-${i + 1}`),
];

describe('colours of curves', () => {
  it.each(names)('%s has the contrast of text with the paper, in every theme', (name) => {
    const [values, papers] = [valuesOf(name), valuesOf('paper')];
    expect(papers.length).toBeGreaterThan(1);
    expect(values).toHaveLength(papers.length);
    values.forEach((value, i) => {
      expect(contrast(value, papers[i]!), `${value} on ${papers[i]}`).toBeGreaterThanOrEqual(4.5);
    });
  });

  it('come with dashes that differ', () => {
    const curves = Array.from({ length: CURVES }, (_, i) => dashOf(i).join());
    expect(new Set(curves).size).toBe(CURVES);
    const compared = Array.from({ length: COMPARED }, (_, i) => comparedDashOf(i).join());
    expect(new Set(compared).size).toBe(COMPARED);
  });
});
