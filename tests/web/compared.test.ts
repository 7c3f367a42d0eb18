// Pinned curves: what they are in the address, and where they mean the same.

import { describe, expect, it } from 'vitest';
import { crossings } from '../../web/src/plot/section.ts';
import { inFigureOf, MOST_COMPARED, tidyName, withPinned } from '../../web/src/state/compared.ts';
import { type ContourState, withAxis } from '../../web/src/state/contour.ts';
import type { CurveState } from '../../web/src/state/curve.ts';
import { computationKey, defaults, hashOfState, stateOfHash, withPreset } from '../../web/src/state.ts';
import { planeCard, scalarCard, seriesCard } from './fixtures.ts';

const file = 'microboone-kdar-scalar';
const curve = () => defaults(scalarCard, file) as CurveState;
const contour = () => defaults(planeCard, 'plane') as ContourState;

describe('pinned curves in the address', () => {
  it('are only what differs from the present', () => {
    const pinned = withPinned(curve());
    expect(hashOfState(pinned, scalarCard)).toMatch(/&compare\.1=$/);
    const changed: CurveState = { ...pinned, cl: 0.9, method: 'cls-exact', x: [50, 150] };
    expect(hashOfState(changed, scalarCard)).toMatch(/&compare\.1=;method=cls-hybrid;cl=0\.95$/);
  });

  it('read back as they were', () => {
    let state: CurveState = withPinned({ ...curve(), method: 'cls-toys', toys: 2000, seed: 5 });
    state = withPinned({ ...state, method: 'bayes-flat', exposure: 10, switches: { normalisation: 1.0875 } });
    state = { ...state, cl: 0.9, switches: {}, pin: [120, 1e-3] };
    state.compared[1]!.name = 'ten times; A=B, 100 % & “more”';
    const hash = hashOfState(state, scalarCard);
    const read = stateOfHash(hash, scalarCard, file);
    expect(read.problems).toEqual([]);
    expect(hashOfState(read.state, scalarCard)).toBe(hash);
    expect(read.state.compared.map(({ name }) => name)).toEqual(['', 'ten times; A=B, 100 % & “more”']);
    const keys = (one: CurveState) => one.compared.map((other) => computationKey(inFigureOf(one, other)));
    expect(keys(read.state as CurveState)).toEqual(keys(state));
    expect(read.state.compared[1]!.state.switches).toEqual({ normalisation: 1.0875 });
  });

  it('say which switch the present has and they have not', () => {
    const state: CurveState = { ...withPinned(curve()), switches: { normalisation: 1.0875 } };
    const hash = hashOfState(state, scalarCard);
    expect(hash).toMatch(/compare\.1=;!switch\.normalisation$/);
    expect(stateOfHash(hash, scalarCard, file).state.compared[0]!.state.switches).toEqual({});
  });

  it('work for contours, with parameters that follow others', () => {
    const first = withPinned({ ...contour(), channels: ['one'], set: { ...contour().set, VN2: 1e-6 } });
    const state: ContourState = { ...first, channels: ['one', 'two'], set: contour().set, part: 'gas' };
    const read = stateOfHash(hashOfState(state, planeCard), planeCard, 'plane');
    expect(read.problems).toEqual([]);
    const [own] = (read.state as ContourState).compared;
    expect(own!.state).toMatchObject({ channels: ['one'], part: '', axes: state.axes });
    expect(own!.state.set['VN2']).toBe(1e-6);
    expect(read.state.set['VN2']).toBeUndefined();
  });

  it('change nothing that is computed for the figure itself', () => {
    expect(computationKey(withPinned(curve()))).toBe(computationKey(curve()));
    expect(computationKey(withPinned(contour()))).toBe(computationKey(contour()));
  });

  it('are none in links made before there were any', () => {
    const hash = `#v=1&card=${file}&preset=figure-3&variant=physics&method=cls-hybrid&constraint=lognormal&cl=0.95&exposure=1&x=0:210&y=0.0001:0.01&points=121&bands=1&overlays=KOTO-KCV`;
    const { state, problems } = stateOfHash(hash, scalarCard, file);
    expect(problems).toEqual([]);
    expect(state.compared).toEqual([]);
    expect(hashOfState(state, scalarCard)).toBe(hash);
  });

  it('are reported where they cannot be used, and break nothing', () => {
    const read = (value: string) => stateOfHash(`#card=${file}&compare.1=${value}`, scalarCard, file);
    expect(read(';method=best').problems).toEqual(['pinned curve 1: there is no method “best”']);
    expect(read(';cl=2').problems).toEqual(['pinned curve 1: cl = 2 is outside 0.68 to 0.99']);
    expect(read(';x=1:2').problems).toEqual(['pinned curve 1 cannot change “x”']);
    expect(read(';compare.1=a').problems).toEqual(['pinned curve 1 cannot change “compare.1”']);
    expect(read('%25E0%25A4%25A').state.compared).toHaveLength(1);
    for (const value of ['', ';', ';;;', '!', ';!', ';=', ';nonsense', '%', ';cl', ';set.a=1']) {
      expect(() => read(value), value).not.toThrow();
    }
    expect(stateOfHash(`#card=${file}&compare.9=`, scalarCard, file).problems).toEqual([
      'there is no setting “compare.9”',
    ]);
  });
});

describe('pinned curves', () => {
  it('are no more than can be told apart', () => {
    let state = curve();
    for (let i = 0; i < 9; ++i) state = withPinned(state);
    expect(state.compared).toHaveLength(MOST_COMPARED);
  });

  it('have the window of the figure and stay in another one of the same parameters', () => {
    const pinned = { ...withPinned({ ...curve(), cl: 0.9 }), x: [20, 40] as [number, number], cl: 0.95 };
    expect(inFigureOf(pinned, pinned.compared[0]!)).toMatchObject({ x: [20, 40], cl: 0.9 });
    expect(withPreset(scalarCard, pinned, 'figure-2').compared).toHaveLength(1);
    const series = withPinned(defaults(seriesCard, 'series') as CurveState);
    expect(withPreset(seriesCard, series, 'masses').compared).toEqual([]);
  });

  it('of contours stay when the axes are exchanged, not when they are others', () => {
    const state = withPinned(contour());
    const turned = withAxis(planeCard, state, 'x', state.axes.y);
    expect(turned.compared).toHaveLength(1);
    expect(inFigureOf(turned, turned.compared[0]!).axes).toEqual({ x: 'mZ', y: 'mN' });
    expect(withAxis(planeCard, state, 'y', 'epsilon').compared).toEqual([]);
  });

  it('have names of one line', () => {
    expect(tidyName('  a\n{b}  c ')).toBe('a b c');
    expect(tidyName('x'.repeat(100))).toHaveLength(60);
    // Sixty characters, none of them cut in two.
    expect([...tidyName('𝛼'.repeat(100))]).toHaveLength(60);
    expect(() => encodeURIComponent(tidyName('a\ud835'))).not.toThrow();
  });
});

describe('where lines cross a vertical', () => {
  const scales = { x: 'lin', y: 'log' } as const;
  it('is on the straight line that is drawn', () => {
    const line: [number, number][] = [
      [0, 1],
      [10, 100],
      [20, 100],
    ];
    expect(crossings([line], 5, scales)).toEqual([expect.closeTo(10, 12)]);
    expect(crossings([line], 5, { x: 'lin', y: 'lin' })).toEqual([50.5]);
    expect(crossings([line], 10, scales)).toEqual([expect.closeTo(100, 10)]);
    expect(crossings([line], 20, scales)).toEqual([expect.closeTo(100, 10)]);
    expect(crossings([line], 21, scales)).toEqual([]);
    expect(crossings([[...line].reverse()], 0, scales)).toEqual([1]);
  });
  it('is twice for a ring, lowest first', () => {
    const ring: [number, number][] = [
      [0, 1],
      [2, 10],
      [4, 1],
      [2, 0.1],
      [0, 1],
    ];
    const [low, high] = crossings([ring], 1, scales);
    expect(low).toBeCloseTo(Math.sqrt(0.1), 12);
    expect(high).toBeCloseTo(Math.sqrt(10), 12);
    expect(crossings([ring], 2, scales)).toHaveLength(2);
  });
});
