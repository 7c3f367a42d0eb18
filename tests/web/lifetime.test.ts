// The band of the events against the decay length: that of signal and background, unless it would cover the plot.

import type { LifetimeCurve } from 'anyslice';
import { describe, expect, it } from 'vitest';
import { lifetimeBand } from '../../web/src/panels/lifetime_panel.ts';
import { cardPath, native } from './native.ts';

const curveOf = (card: string, ...words: string[]): LifetimeCurve =>
  JSON.parse(native('lifetime', cardPath(card), '--count', '8', ...words, '--json'));

describe('the band around the events against the decay length', () => {
  it('holds signal and background where the signal stands out', () => {
    const curve = curveOf('nd280-dark-neutrino-heavy', '--at', 'B');
    expect(Math.max(...curve.mu)).toBeGreaterThan(10);
    const { widths, note } = lifetimeBand(curve);
    expect(widths).toEqual(curve.uncertainty);
    expect(note).toContain('signal and background together');
  });

  it('is the Monte Carlo error where the background alone is more uncertain than any signal is large', () => {
    // The signal falls with the square of the mixing, the background stays.
    const curve = curveOf('nd280-dark-neutrino-heavy', '--at', 'B', '--set', 'epsilon=1e-4');
    expect(Math.min(...curve.uncertainty)).toBeGreaterThan(Math.max(...curve.mu));
    const { widths, note } = lifetimeBand(curve);
    expect(widths).toEqual(curve.mu_mc_error);
    for (const [i, width] of widths.entries()) expect(width).toBeLessThan(curve.mu[i]!);
    expect(note).toMatch(/^Band: the Monte Carlo error\..* at least 0\.1\d* events/);
  });
});
