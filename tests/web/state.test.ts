// Permalinks: complete, read back the same, and harmless whatever they contain.

import { describe, expect, it } from 'vitest';
import { sentence } from '../../web/src/state/address.ts';
import { type CurveState, curveConstruction, METHODS, parseSeries } from '../../web/src/state/curve.ts';
import {
  cardOfHash,
  computationKey,
  defaults as defaultState,
  hashOfState as hashOf,
  restingPlace,
  type State,
  stateOfHash,
} from '../../web/src/state.ts';
import { scalarCard, seriesCard } from './fixtures.ts';

const file = 'microboone-kdar-scalar';
const read = (hash: string) => stateOfHash(hash, scalarCard, file);
const hashOfState = (state: State) => hashOf(state, scalarCard);
const defaults = (...words: Parameters<typeof defaultState>) => defaultState(...words) as CurveState;

describe('defaults', () => {
  it('are the first preset and the limits of the card', () => {
    const state = defaults(scalarCard, file);
    expect(state.preset).toBe('figure-3');
    expect(state).toMatchObject({ variant: 'physics', method: 'cls-hybrid', constraint: 'lognormal', cl: 0.95 });
    expect(state.x).toEqual([0, 210]);
    expect(state.overlays).toContain('KOTO-KCV');
    expect(read('').state).toEqual(state);
  });

  it('follow the variant', () => {
    expect(curveConstruction(scalarCard, 'published')).toEqual({
      method: 'cls-toys',
      constraint: 'gaussian',
      cl: 0.95,
    });
  });

  it('give free parameters their default and leave the series out', () => {
    expect(defaults(seriesCard, 'series').set).toEqual({});
    expect(defaults(seriesCard, 'series').series).toEqual([100, 150]);
    expect(defaults(seriesCard, 'series', 'masses').set).toEqual({ lifetime: 1e-6 });
  });
});

describe('permalinks', () => {
  it('read back as the state they were made from', () => {
    const state = {
      ...defaults(scalarCard, file, 'figure-2'),
      variant: 'published',
      method: 'cls-toys' as const,
      constraint: 'gaussian' as const,
      cl: 0.9,
      toys: 2000,
      seed: 7,
      exposure: 1,
      x: [101.5, 180] as [number, number],
      y: [2.5e-4, 9e-4] as [number, number],
      points: 31,
      overlays: ['MicroBooNE-2025'],
      bands: false,
      pin: [140, 4e-4] as [number, number],
    };
    const { state: back, problems } = read(hashOfState(state));
    expect(problems).toEqual([]);
    expect(back).toEqual(state);
  });

  it.each(METHODS)('keep the construction %s', (method) => {
    const state = { ...defaults(scalarCard, file), method };
    const hash = hashOfState(state);
    expect(read(hash)).toEqual({ state, problems: [] });
    // Only what throws toys depends on them.
    expect(hash.includes('toys=')).toBe(['cls-toys', 'feldman-cousins'].includes(method));
  });

  it('of earlier versions of the page still work', () => {
    const { state, problems } = read(
      '#v=1&card=microboone-kdar-scalar&preset=figure-2&variant=published&method=cls-toys&constraint=gaussian&cl=0.95&exposure=1&x=100:200&y=0.0002:0.001&points=121&bands=1&toys=2000&seed=3&overlays=',
    );
    expect(problems).toEqual([]);
    expect(state).toMatchObject({ method: 'cls-toys', constraint: 'gaussian', toys: 2000, seed: 3 });
  });

  it('keep series and free parameters', () => {
    for (const preset of ['lifetimes', 'masses']) {
      const state = defaults(seriesCard, 'series', preset);
      if (preset === 'lifetimes') state.series = [110, 120.5];
      else state.set = { lifetime: 3.3e-8 };
      expect(stateOfHash(hashOfState(state), seriesCard, 'series')).toEqual({ state, problems: [] });
    }
  });

  it('keep an empty list of overlays empty', () => {
    const state = { ...defaults(scalarCard, file), overlays: [] };
    expect(read(hashOfState(state)).state.overlays).toEqual([]);
  });
});

describe('bad permalinks', () => {
  it('clamp numbers and report them', () => {
    const { state, problems } = read('#v=1&cl=2&exposure=0&points=1e9&x=-50:500');
    expect(state).toMatchObject({ cl: 0.99, exposure: 0.01, points: 1001, x: [0, 210] });
    expect(problems).toHaveLength(4);
    expect(sentence(problems)).toMatch(/^This link was adjusted: .*cl = 2.*\.$/);
  });

  it.each([
    'cl=high',
    'cl=NaN',
    'cl=Infinity',
    'cl=0x1',
    'x=200:100',
    'x=1',
    'x=a:b',
    'y=0.001:0.001',
    'method=guess',
    'constraint=none',
    'variant=__proto__',
    'preset=constructor',
    'overlays=nothing',
    'pin=1',
    'pin=1e9:1',
    'bands=maybe',
    'unknown=1',
    'v=99',
    'toys=-1',
    '%E0%A4%A',
  ])('replace %s by the default, with a message', (text) => {
    const { state, problems } = read(`#${text}`);
    expect(problems).toHaveLength(1);
    const valid = Object.values(state)
      .flat()
      .filter((value) => typeof value === 'number');
    expect(valid.every(Number.isFinite)).toBe(true);
    expect(read(hashOfState(state)).problems).toEqual([]);
  });

  it('accept the file of an analysis as its name', () => {
    expect(cardOfHash('#card=b.json', [file, 'b'])).toEqual({ card: 'b', problems: [] });
  });

  it('fall back to the first analysis', () => {
    expect(cardOfHash('#card=other', [file])).toMatchObject({
      card: file,
      problems: [expect.stringContaining('other')],
    });
    expect(cardOfHash('', [file, 'b'])).toEqual({ card: file, problems: [] });
    expect(cardOfHash('#card=b', [file, 'b'])).toEqual({ card: 'b', problems: [] });
  });
});

describe('the computation key', () => {
  const state = defaults(scalarCard, file);
  it('ignores what is only shown', () => {
    const shown = { ...state, overlays: [], bands: false, pin: null, toys: 5 };
    expect(computationKey(shown)).toBe(computationKey(state));
  });
  it('knows what is computed', () => {
    expect(computationKey({ ...state, cl: 0.9 })).not.toBe(computationKey(state));
    expect(computationKey({ ...state, x: [10, 20] })).not.toBe(computationKey(state));
    // Curves are refined where they are in view.
    expect(computationKey({ ...state, y: [1e-5, 1] })).not.toBe(computationKey(state));
    const toys = { ...state, method: 'cls-toys' as const };
    expect(computationKey({ ...toys, seed: 2 })).not.toBe(computationKey(toys));
    const unified = { ...state, method: 'feldman-cousins' as const };
    expect(computationKey({ ...unified, toys: 500 })).not.toBe(computationKey(unified));
  });
});

describe('a typed series', () => {
  it('is sorted and free of repetitions', () => {
    expect(parseSeries('150, 100 100;125', [1, 200])).toEqual({ values: [100, 125, 150], problem: null });
  });
  it('says what it expects', () => {
    expect(parseSeries('', [1, 200]).problem).toMatch(/at least one/);
    expect(parseSeries('100, x', [1, 200])).toMatchObject({
      values: [100],
      problem: expect.stringContaining('1 to 200'),
    });
    expect(parseSeries('500', [1, 200]).values).toEqual([]);
  });
});

describe('the example point', () => {
  const at = (change: Partial<CurveState>) => restingPlace(scalarCard, { ...defaults(scalarCard, file), ...change });
  const { mS, theta } = scalarCard.parameters;

  it('has the values of the card where the window shows them', () => {
    expect(at({})).toEqual([mS!.default, theta!.default]);
  });

  it('lies in the middle of a window that does not, axis by axis', () => {
    expect(at({ x: [20, 60] })).toEqual([40, theta!.default]);
    expect(at({ x: [20, 60], y: [1e-3, 1e-2] })).toEqual([40, 3.16e-3]);
    // Too narrow for a short number.
    const [low, high] = [1.00001e-3, 1.00002e-3];
    expect(at({ y: [low, high] })[1]).toBeGreaterThan(low);
    expect(at({ y: [low, high] })[1]).toBeLessThan(high);
  });

  it('is where the parameter has values, and never in place of a pinned one', () => {
    const [, last] = mS!.range;
    expect(at({ x: [last - 4, last + 100] })[0]).toBe(last - 2);
    expect(at({ x: [20, 60], pin: [150, 1e-3] })).toEqual([150, 1e-3]);
  });
});
