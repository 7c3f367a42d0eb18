// The histogram of a channel as it is drawn: data, background and signal.

import type { SpectrumGroup } from 'anyslice';
import { describe, expect, it } from 'vitest';
import { spectrumModel } from '../../web/src/panels/spectrum_panel.ts';

const group = {
  name: 'FHC',
  low: [0, 0.1],
  high: [0.1, 0.2],
  observed: [1600, 0],
  background: [1500, 10],
  background_error: [400, 2],
  mu: [0.5, 6],
  mu_mc_error: [0.01, 0.1],
} as SpectrumGroup;
const histogram = { histogram: { label: 'mass', unit: 'GeV' } };

describe('a spectrum', () => {
  it('has the signal on top of the background, from zero', () => {
    const { y, curves } = spectrumModel(histogram, group, 'lin');
    expect(y.range).toEqual([0, 1.15 * 1900]);
    expect(curves.map(({ role }) => role)).toEqual(['expected', 'observed', 'data']);
    expect(curves[1]!.lines[0]!.map(([, value]) => value)).toEqual([1500.5, 1500.5, 16, 16]);
  });

  it('shows a small signal by itself on a logarithmic axis, all of it above the lower end', () => {
    const { y, curves, areas } = spectrumModel(histogram, group, 'log');
    expect(y.scale).toBe('log');
    expect(y.range).toEqual([0.25, 3 * 1900]);
    const alone = curves.find(({ role }) => role === 'series');
    expect(alone?.lines[0]?.map(([, value]) => value)).toEqual([0.5, 0.5, 6, 6]);
    const values = areas.flatMap(({ rings }) => rings.flat().map(([, value]) => value));
    expect(Math.min(...values)).toBe(0.25);
  });
});
