// The WebAssembly core against the native command: the same JSON, number by number.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Constraint, LimitRequest, Method } from 'anyslice';
import { type Analysis, type Anyslice, startInNode } from 'anyslice/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardPath, native, repository } from '../web/native.ts';

const TOLERANCE = 1e-6;
const core = join(process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm'), 'anyslice.wasm');
const cards = ['microboone-kdar-scalar', 'microboone-kdar-x'] as const;
let anyslice: Anyslice;
const analyses = new Map<string, Analysis>();

beforeAll(async () => {
  anyslice = startInNode(core, { threads: 0 });
  for (const card of cards) analyses.set(card, await anyslice.load(pathToFileURL(cardPath(card)).href));
});
afterAll(() => anyslice.close());

/** Every number of `ours` is that of `theirs` to the tolerance, everything else is equal. */
function expectSame(ours: unknown, theirs: unknown, where: string): void {
  if (typeof theirs === 'number' && typeof ours === 'number') {
    const difference = Math.abs(ours - theirs) / Math.max(Math.abs(theirs), Number.MIN_VALUE);
    expect(ours === theirs || difference <= TOLERANCE, `${where}: ${ours} is not ${theirs}`).toBe(true);
  } else if (Array.isArray(theirs)) {
    expect(ours, where).toHaveLength(theirs.length);
    theirs.forEach((item, i) => {
      expectSame((ours as unknown[])[i], item, `${where}[${i}]`);
    });
  } else if (typeof theirs === 'object' && theirs !== null) {
    for (const [key, value] of Object.entries(theirs)) {
      expectSame((ours as Record<string, unknown>)[key], value, `${where}.${key}`);
    }
  } else {
    expect(ours, where).toEqual(theirs);
  }
}

describe('limits', () => {
  const methods: Method[] = ['cls-hybrid', 'cls-asymptotic', 'cls-exact'];
  const constraints: Constraint[] = ['lognormal', 'gaussian', 'truncated'];
  const cases = methods.flatMap((method) =>
    constraints.flatMap((constraint) => ['physics', 'published'].map((variant) => ({ method, constraint, variant }))),
  );

  it.each(cases)('of theta: $method, $constraint, $variant', async ({ method, constraint, variant }) => {
    const words = ['--method', method, '--constraint', constraint, '--variant', variant];
    const theirs = JSON.parse(
      native(
        'limit',
        cardPath('microboone-kdar-scalar'),
        '--on',
        'theta',
        '--versus',
        'mS=2:210:9',
        ...words,
        '--json',
      ),
    );
    const values = theirs.points.map((point: { mS: number }) => point.mS);
    const request: LimitRequest = { on: 'theta', versus: { parameter: 'mS', values }, method, constraint, variant };
    expectSame(await analyses.get('microboone-kdar-scalar')!.limit(request), theirs, 'limit');
  });

  it.each([
    { cl: 0.9, exposure_scale: 1 },
    { cl: 0.68, exposure_scale: 10 },
  ])('at cl $cl and exposure x $exposure_scale', async ({ cl, exposure_scale }) => {
    const words = ['--cl', String(cl), '--exposure-scale', String(exposure_scale)];
    const theirs = JSON.parse(
      native(
        'limit',
        cardPath('microboone-kdar-scalar'),
        '--on',
        'theta',
        '--versus',
        'mS=100:200:5',
        ...words,
        '--json',
      ),
    );
    const values = theirs.points.map((point: { mS: number }) => point.mS);
    const request: LimitRequest = { on: 'theta', versus: { parameter: 'mS', values }, cl, exposure_scale };
    expectSame(await analyses.get('microboone-kdar-scalar')!.limit(request), theirs, 'limit');
  });

  it.each([100, 150, 200])('of the product of branching ratios at %s MeV', async (mass) => {
    const words = ['--on', 'BR_product', '--versus', 'tau_X=1e-8:1:7:log', '--set', `mX=${mass}`, '--json'];
    const theirs = JSON.parse(native('limit', cardPath('microboone-kdar-x'), ...words));
    const values = theirs.points.map((point: { tau_X: number }) => point.tau_X);
    const request: LimitRequest = { on: 'BR_product', versus: { parameter: 'tau_X', values }, set: { mX: mass } };
    expectSame(await analyses.get('microboone-kdar-x')!.limit(request), theirs, 'limit');
  });

  it('by few toys, from the same random numbers', async () => {
    const words = ['--method', 'cls-toys', '--toys', '1000', '--seed', '3', '--json'];
    const theirs = JSON.parse(
      native('limit', cardPath('microboone-kdar-scalar'), '--on', 'theta', '--versus', 'mS=120:160:3', ...words),
    );
    const request: LimitRequest = {
      on: 'theta',
      versus: { parameter: 'mS', values: [120, 140, 160] },
      method: 'cls-toys',
      toys: 1000,
      seed: 3,
    };
    const ours = await analyses.get('microboone-kdar-scalar')!.limit(request);
    // A toy at the edge of an interval may fall on either side of it.
    expect(ours.points[1]!.observed! / theirs.points[1].observed).toBeCloseTo(1, 2);
  });
});

describe('constructions', () => {
  const scalar = () => analyses.get('microboone-kdar-scalar')!;

  it('a flat prior gives the limits of the command', async () => {
    const words = ['--on', 'theta', '--versus', 'mS=120:160:3', '--method', 'bayes-flat', '--json'];
    const theirs = JSON.parse(native('limit', cardPath('microboone-kdar-scalar'), ...words));
    expectSame(await scalar().limitsInEvents({ method: 'bayes-flat' }), theirs.signal_limits, 'signal_limits');
  });

  it('a map without room for the limited parameter is one clear error', async () => {
    const x = { parameter: 'mS', values: [120] };
    const y = { parameter: 'theta', values: [1e-3] };
    await expect(scalar().limitMap({ on: 'theta', x, y })).rejects.toThrow('theta');
  });

  it('a map in pieces is that of the command, row by row', async () => {
    const axes = ['--versus', 'tau_X=1e-8:1e-4:4:log', '--map', 'mX=100:200:3'];
    const theirs = JSON.parse(native('limit', cardPath('microboone-kdar-x'), '--on', 'BR_product', ...axes, '--json'));
    let done = 0;
    const request = { on: 'BR_product', x: theirs.x, y: theirs.y };
    for (const axis of [request.x, request.y]) delete axis.unit;
    const ours = await analyses.get('microboone-kdar-x')!.limitMap(request, { onProgress: (count) => (done = count) });
    expect(done).toBeGreaterThan(0);
    expectSame(ours.observed, theirs.observed, 'observed');
    expectSame(ours.expected, theirs.expected, 'expected');
  });

  it('coverage in pieces is that of one run', async () => {
    const words = ['--mu', '4', '--method', 'cls-hybrid', '--toys', '1300', '--json'];
    const theirs = JSON.parse(native('coverage', cardPath('microboone-kdar-scalar'), ...words));
    const ours = await scalar().coverage({ mu: 4, method: 'cls-hybrid', experiments: 1300 });
    expect(ours.covered).toBe(theirs.covered);
    expect(ours.error).toBeCloseTo(theirs.error, 12);
  });

  it('p-values fall to 1 - level at the limit, and toys of the statistic add up', async () => {
    const { observed } = await scalar().limitsInEvents({ method: 'cls-hybrid' });
    const values = await scalar().pValues({ method: 'cls-hybrid', mu: [1, observed.value!, 8] });
    expect(values.quantity).toBe('CLs');
    expect(values.observed[1]!).toBeCloseTo(0.05, 8);
    expect(values.expected['0']).toHaveLength(3);
    const found = await scalar().testStatistic({ method: 'cls-toys', mu: 4, toys: 400, bins: 12 });
    const { signal, background } = found.toys!;
    for (const { zero, bins, above } of [signal, background])
      expect(bins.reduce((sum, count) => sum + count, zero + above)).toBe(400);
    const { zero, bins, above } = found.asymptotic.background;
    expect(bins.reduce((sum, share) => sum + share, zero + above)).toBeCloseTo(1, 10);
    expect(background.at_least_observed).toBeLessThanOrEqual(400);
  });
});

describe('rates', () => {
  it.each([
    { mS: 5, theta: 1e-3 },
    { mS: 140, theta: 4e-4 },
    { mS: 200, theta: 0.05 },
  ])('at %o', async (set) => {
    const words = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    for (const variant of ['physics', 'published']) {
      const theirs = JSON.parse(
        native('rate', cardPath('microboone-kdar-scalar'), ...words, '--variant', variant, '--json'),
      );
      // CLs is given here only when a construction is named.
      const { CLs: _, ...rest } = theirs;
      expectSame(await analyses.get('microboone-kdar-scalar')!.rate({ set, variant }), rest, 'rate');
    }
  });
});

describe('bad requests', () => {
  it.each([
    [{ cl: 2 }, 'level'],
    [{ set: { nothing: 1 } }, 'nothing'],
    [{ set: { mS: Number.NaN } }, 'mS'],
    [{ variant: 'other' }, 'variant'],
    [{ method: 'guess' as Method }, 'method'],
    [{ exposure_scale: -1 }, 'exposure_scale'],
  ])('%o are one clear error', async (request, word) => {
    const limit = analyses.get('microboone-kdar-scalar')!.rate(request);
    await expect(limit).rejects.toMatchObject({ name: 'AnysliceError' });
    await expect(limit).rejects.toThrow(word);
  });

  it('a missing card is named', async () => {
    await expect(anyslice.load('file:///nowhere/card.json')).rejects.toThrow('file:///nowhere/card.json');
  });
});
