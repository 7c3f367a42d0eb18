// Contours and what belongs to them, from the WebAssembly core: the same as the native command, and of the shape that the
// types promise.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ContourPreset, ContourRequest } from 'anyslice';
import { type Analysis, type Anyslice, startInNode } from 'anyslice/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardPath, native, repository } from '../web/native.ts';

/** A limit moves by more than what the sums differ by, which are in another order and partly in single precision. */
const TOLERANCE = 1e-5;
const core = join(process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm'), 'anyslice.wasm');
const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';
let anyslice: Anyslice;
const analyses = new Map<string, Analysis>();

beforeAll(async () => {
  anyslice = startInNode(core, { threads: 0 });
  for (const card of [HEAVY, LIGHT]) analyses.set(card, await anyslice.load(pathToFileURL(cardPath(card)).href));
});
afterAll(() => anyslice.close());

const presetsOf = (card: string) => Object.entries(analyses.get(card)!.card.presets ?? {}) as [string, ContourPreset][];

function requestOf({ x, y, axes, set = {} }: ContourPreset): ContourRequest {
  const others = Object.fromEntries(Object.entries(set).filter(([name]) => name !== x && name !== y));
  return {
    x: { parameter: x, range: axes.x.range },
    y: { parameter: y, range: axes.y.range },
    set: others,
    resolution: 'coarse',
  };
}

describe.each([HEAVY, LIGHT])('%s', (card) => {
  it('has the contours of the native command', async () => {
    for (const [name, preset] of presetsOf(card)) {
      const request = requestOf(preset);
      const axis = (which: 'x' | 'y') => `${request[which].parameter}=${request[which].range!.join(':')}`;
      const set = Object.entries(request.set ?? {}).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
      const words = ['--x', axis('x'), '--y', axis('y'), '--resolution', 'coarse', '--json'];
      const theirs = JSON.parse(native('contour', cardPath(card), ...words, ...set));
      const ours = await analyses.get(card)!.contour(request);
      expect(ours.rings.length, name).toBeGreaterThan(0);
      expect(ours.rings.map((ring) => ring.length)).toEqual(theirs.rings.map((ring: unknown[]) => ring.length));
      ours.rings.flat(2).forEach((value, i) => {
        expect(Math.abs(value / theirs.rings.flat(2)[i] - 1), `${name}, number ${i}`).toBeLessThan(TOLERANCE);
      });
      expect(ours).toMatchObject({ x: preset.x, y: preset.y, method: 'delta-lnl-2', cl: 0.9 });
    }
  });

  it('has the same region when the axes are exchanged', async () => {
    const [, preset] = presetsOf(card)[0]!;
    const request = requestOf(preset);
    const turned = await analyses.get(card)!.contour({ ...request, x: request.y, y: request.x });
    const straight = await analyses.get(card)!.contour(request);
    const area = (rings: [number, number][][]) =>
      Math.abs(
        rings.reduce((sum, ring) => {
          const points = ring.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
          return points.reduce((part, [x, y], i) => {
            const [nextX, nextY] = points[(i + 1) % points.length]!;
            return part + (x * nextY - nextX * y) / 2;
          }, sum);
        }, 0),
      );
    expect(area(turned.rings) / area(straight.rings)).toBeCloseTo(1, 1);
  });

  it('has fields as plain rows of numbers', async () => {
    const { resolution: _, ...request } = requestOf(presetsOf(card)[0]![1]);
    const field = await analyses.get(card)!.field({ ...request, columns: 9, rows: 7, quantity: 'mu' });
    expect(field.x).toHaveLength(9);
    expect(field.values).toHaveLength(7);
    expect(field.values.every((row) => row.length === 9)).toBe(true);
    expect(field.values.flat().some((value) => value !== null && value > 0)).toBe(true);
  });

  it('has a band, which holds the contour', async () => {
    const request = requestOf(presetsOf(card)[0]![1]);
    const { band } = await analyses.get(card)!.contour({ ...request, band: true });
    expect(band?.['-1'].rings.length).toBeGreaterThan(0);
    expect(band?.['+1'].rings.length).toBeGreaterThan(0);
  });

  it('has a rate bin by bin', async () => {
    const rate = await analyses.get(card)!.rate({});
    expect(rate.bins.reduce((sum, { mu }) => sum + mu, 0) / rate.mu).toBeCloseTo(1, 6);
    expect(typeof rate.delta_lnl).toBe('number');
    expect(Object.keys(rate.totals ?? {}).length).toBeGreaterThan(0);
  });

  it('has events against the decay length', async () => {
    const curve = await analyses.get(card)!.lifetimeCurve({ low: 1e-3, high: 1e6, count: 31, profile: 'VN2' });
    for (const list of [curve.ctau0, curve.mu, curve.uncertainty, curve.mu_mc_error]) expect(list).toHaveLength(31);
    expect(curve.physical?.[0]).toBeLessThanOrEqual(curve.physical![1]!);
  });

  it('says what is wrong with a plane', async () => {
    const analysis = analyses.get(card)!;
    const request = requestOf(presetsOf(card)[0]![1]);
    const bad: Partial<ContourRequest>[] = [
      { y: request.x },
      { x: { parameter: 'none' } },
      { x: { ...request.x, range: [1, 0.1] } },
      { x: { ...request.x, range: [Number.NaN, 1] } },
      { x: { ...request.x, range: [-1, 1] } },
      { channels: ['none'] },
      { part: 'none' },
      { profile: 'none' },
      { projection: 'none' },
      { switches: { none: 1 } },
      { bandwidth: { mN: 0 } },
      { method: 'cls-hybrid' },
    ];
    for (const change of bad) {
      await expect(analysis.contour({ ...request, ...change }), JSON.stringify(change)).rejects.toMatchObject({
        name: 'AnysliceError',
      });
    }
  });
});

it('a channel with a histogram has a spectrum', async () => {
  const spectrum = await analyses.get(LIGHT)!.spectrum({ channel: 'analysis-II' });
  expect(spectrum.groups.map(({ name }) => name)).toEqual(['FHC', 'RHC']);
  for (const { low, high, observed, background, background_error, mu } of spectrum.groups) {
    for (const list of [high, observed, background, background_error, mu]) expect(list).toHaveLength(low.length);
  }
});

it('limits on production and decay length have a fit', async () => {
  const limit = await analyses.get(HEAVY)!.modelIndependent({
    total: 'selected',
    events: { low: 10, high: 1e4, count: 7 },
    versus: { parameter: 'mN', values: [0.1] },
  });
  expect(limit.events).toHaveLength(7);
  expect(limit.curves[0]?.ctau0_min).toHaveLength(7);
  expect(limit.curves[0]?.fit?.a).toBeGreaterThan(0);
});
