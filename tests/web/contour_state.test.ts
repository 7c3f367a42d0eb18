// States and permalinks of figures of contours: any two axes, complete, and harmless whatever an address contains.

import { describe, expect, it } from 'vitest';
import { contourSetting } from '../../web/src/session/contour.ts';
import {
  bandwidthRange,
  type ContourState,
  kernelAxes,
  parameterValue,
  profilable,
  withAxis,
} from '../../web/src/state/contour.ts';
import { overlaysIn, planeOf, presetOf, presetsOf } from '../../web/src/state/plane.ts';
import { switchChoices, switchValue } from '../../web/src/state/shared.ts';
import { computationKey, defaults, hashOfState, stateOfHash, withPreset, withVariant } from '../../web/src/state.ts';
import { planeCard, scalarCard } from './fixtures.ts';

const file = 'plane';

function contour(preset?: string): ContourState {
  const state = defaults(planeCard, file, preset);
  if (state.kind !== 'contour') throw new Error('expected a contour');
  return state;
}

const read = (hash: string) => {
  const { state, problems } = stateOfHash(hash, planeCard, file);
  if (state.kind !== 'contour') throw new Error('expected a contour');
  return { state, problems };
};

describe('defaults of a contour', () => {
  it('are the preset, the limits and the kernel of the card', () => {
    const state = contour();
    expect(state).toMatchObject({
      kind: 'contour',
      preset: 'masses',
      axes: { x: 'mN', y: 'mZ' },
      method: 'delta-lnl-2',
    });
    expect(state.cl).toBe(0.9);
    expect(state.bandwidth).toEqual({ mN: 0.05, mZ: 0.1 });
    expect(state.channels).toEqual(['one', 'two']);
    expect(read('').state).toEqual(state);
  });

  it('set what is on no axis, but not what follows another parameter', () => {
    expect(contour().set).toEqual({ epsilon: 1e-3, UmuN2: 1e-8 });
    expect(contour('mixing').set).toEqual({ mZ: 0.03, epsilon: 1e-3 });
    expect(parameterValue(planeCard, contour(), 'VN2')).toBe(1e-8);
    // What it follows is on an axis: it has no single value.
    expect(parameterValue(planeCard, contour('mixing'), 'VN2')).toBeNull();
  });

  it('draw beside it what the preset says', () => {
    expect(contour('mixing')).toMatchObject({
      besideParts: ['gas'],
      besideChannels: ['one', 'two'],
      overlays: ['peak'],
    });
  });
});

describe('axes', () => {
  it('are any two parameters', () => {
    const names = Object.keys(planeCard.parameters);
    for (const x of names) {
      for (const y of names) {
        if (x === y) continue;
        const { state, problems } = read(`#plane=${x}:${y}`);
        expect(problems).toEqual([]);
        expect(state.axes).toEqual({ x, y });
        expect(Object.keys(state.set)).not.toContain(x);
        expect(Object.keys(state.set)).not.toContain(y);
        expect(read(hashOfState(state, planeCard))).toEqual({ state, problems: [] });
      }
    }
  });

  it('are exchanged when one gets the parameter of the other', () => {
    const state = { ...contour('mixing'), pin: [0.1, 1e-7] as [number, number] };
    const turned = withAxis(planeCard, state, 'x', 'UmuN2');
    expect(turned.axes).toEqual({ x: 'UmuN2', y: 'mN' });
    expect(turned.x).toEqual(state.y);
    expect(turned.y).toEqual(state.x);
    expect(turned.pin).toEqual([1e-7, 0.1]);
    expect(withAxis(planeCard, turned, 'x', 'mN')).toEqual(state);
    // Other curves are drawn in either plane.
    expect(overlaysIn(planeCard, turned.axes)).toEqual(['peak']);
  });

  it('give the parameter that leaves an axis a value, and take that of the one that comes', () => {
    const state = withAxis(planeCard, contour(), 'y', 'epsilon');
    expect(state.axes).toEqual({ x: 'mN', y: 'epsilon' });
    expect(state.y).toEqual([1e-6, 0.1]);
    expect(state.set).toEqual({ mZ: 0.03, UmuN2: 1e-8 });
  });

  it('end the profiling of a parameter that comes onto them', () => {
    const state = { ...contour(), profile: 'VN2' };
    expect(withAxis(planeCard, state, 'x', 'VN2').profile).toBe('');
    expect(profilable(planeCard, { x: 'VN2', y: 'mN' })).toEqual([]);
  });

  it('keep the scale and the range that the figure gives a parameter', () => {
    const [, preset] = presetOf(planeCard, 'mixing');
    const plane = planeOf(planeCard, preset, { x: 'UmuN2', y: 'epsilon' });
    expect(plane.x.range).toEqual([1e-10, 1e-4]);
    expect(plane.x.bounds).toEqual([1e-12, 1]);
    expect(plane.y.range).toEqual([1e-6, 0.1]);
  });
});

describe('permalinks of contours', () => {
  it('read back as the state they were made from', () => {
    const state: ContourState = {
      ...contour('mixing'),
      variant: 'published',
      method: 'delta-lnl-1',
      cl: 0.68,
      projection: 'more',
      x: [0.03, 0.4],
      y: [1e-9, 1e-5],
      set: { mZ: 0.5, epsilon: 2e-4, VN2: 3e-6 },
      switches: { majorana: 1, coherent: 1, normalisation: 1.25 },
      bandwidth: { mN: 0.1, mZ: 0.02 },
      channels: ['two'],
      part: 'lead',
      besideChannels: [],
      besideParts: ['lead'],
      profile: 'VN2',
      layer: 'mu',
      band: false,
      overlays: [],
      pin: [0.1, 1e-7],
    };
    expect(read(hashOfState(state, planeCard))).toEqual({ state, problems: [] });
  });

  it('say which parameters follow others', () => {
    expect(hashOfState(contour(), planeCard)).toContain('set.VN2=UmuN2');
    expect(read('#set.VN2=1e-5').state.set['VN2']).toBe(1e-5);
  });

  it.each([
    'plane=mN:mN',
    'plane=mN',
    'plane=mN:mZ:epsilon',
    'plane=mN:constructor',
    'plane=:',
    'x=0.5:0.1',
    'x=0.1:0.1',
    'x=NaN:1',
    'x=1e-9:1e9',
    'y=0.1',
    'x=-3:-2',
    'method=cls-hybrid',
    'method=cls-toys',
    'cl=2',
    'projection=never',
    'set.mZ=0.1',
    'set.epsilon=NaN',
    'set.epsilon=1e9',
    'set.VN2=mN',
    'switch.majorana=7',
    'switch.coherent=on',
    'switch.none=1',
    'bandwidth.mN=0',
    'bandwidth.mN=Infinity',
    'channels=',
    'channels=three',
    'part=steel',
    'profile=mN',
    'profile=epsilon',
    'layer=rainbow',
    'band=2',
    'beside.parts=steel',
    'overlays=none',
    'pin=5:5:5',
    'pin=1e9:1',
    'series=1',
  ])('replace %s by the default, with a message', (text) => {
    const { state, problems } = read(`#preset=masses&${text}`);
    expect(problems.length).toBeGreaterThanOrEqual(1);
    for (const axis of ['x', 'y'] as const) {
      expect(state[axis][0]).toBeLessThan(state[axis][1]);
      expect(state[axis].every(Number.isFinite)).toBe(true);
    }
    expect(state.axes.x).not.toBe(state.axes.y);
    expect(state.channels.length).toBeGreaterThan(0);
    expect(Object.values({ ...state.set, ...state.bandwidth, ...state.switches }).every(Number.isFinite)).toBe(true);
    expect(read(hashOfState(state, planeCard)).problems).toEqual([]);
  });
});

describe('what an address asks for in vain', () => {
  const of = (text: string, card = planeCard, name = file) => stateOfHash(`#${text}`, card, name).problems;

  it.each([
    ['two equal axes', 'plane=mN:mN', 'plane = mN:mN has the same parameter on both axes'],
    ['a reversed axis', 'x=0.5:0.1', 'x = 0.5:0.1 is not a range within 0.01 to 1, the lower end first'],
    ['an axis from NaN', 'x=NaN:1', 'x is “NaN:1”, expected two numbers like 0.01:1'],
    ['an axis beyond the parameter', 'y=1e-3:1', 'y = 1e-3:1 is outside 0.01 to 10'],
    ['a point beyond the table', 'set.epsilon=1e9', 'set.epsilon = 1e9 is outside 0.000001 to 0.1'],
    ['a point that is NaN', 'set.epsilon=NaN', 'set.epsilon is “NaN”, expected a number'],
    ['a mixing above its bound', 'set.VN2=9', 'set.VN2 = 9 is outside 1e-12 to 1'],
    ['a mixing below its bound', 'set.VN2=1e-99', 'set.VN2 = 1e-99 is outside 1e-12 to 1'],
    ['a mixing that is NaN', 'set.VN2=NaN', 'set.VN2 is “NaN”, expected a number'],
    ['a value of an axis', 'set.mN=0.1', 'set.mN = 0.1 is left out: it is on an axis of the plot'],
    ['a pin at NaN', 'pin=NaN:1', 'pin is “NaN:1”, expected two numbers like 0.01:0.01'],
    ['a pin outside', 'pin=1e9:1', 'pin = 1e9:1 is outside the figure, 0.01 to 1 and 0.01 to 10'],
    ['a level that is NaN', 'cl=NaN', 'cl is “NaN”, expected a number'],
    ['a bandwidth that is NaN', 'bandwidth.mN=NaN', 'bandwidth.mN is “NaN”, expected a number'],
  ])('is said with its field and what is expected: %s', (_what, text, message) => {
    expect(of(`preset=masses&${text}`)).toEqual([message]);
  });

  it.each([
    ['a reversed axis', 'x=200:100', 'x = 200:100 is not a range within 0 to 210, the lower end first'],
    ['an axis from NaN', 'y=NaN:1', 'y is “NaN:1”, expected two numbers like 0.000001:1'],
    ['an axis beyond the table', 'x=1:9999', 'x = 1:9999 is outside 0 to 210'],
    [
      'a value of the limited parameter',
      'set.theta=1e-4',
      'set.theta = 1e-4 is left out: it is on an axis of the plot',
    ],
    ['an exposure that is NaN', 'exposure=NaN', 'exposure is “NaN”, expected a number'],
    ['a pin at NaN', 'pin=NaN:NaN', 'pin is “NaN:NaN”, expected two numbers like 0:0.000001'],
  ])('is said of a limit curve, too: %s', (_what, text, message) => {
    expect(of(text, scalarCard, 'scalar')).toEqual([message]);
  });
});

describe('a change of figure or variant', () => {
  it('keeps the choices that mean the same there', () => {
    const state = { ...contour(), cl: 0.95, projection: 'more', layer: 'mu' as const };
    expect(withPreset(planeCard, state, 'mixing')).toMatchObject({
      preset: 'mixing',
      axes: { x: 'mN', y: 'UmuN2' },
      cl: 0.95,
      projection: 'more',
      layer: 'mu',
    });
  });

  it('takes the construction of the variant, and its switches', () => {
    const state = { ...contour(), switches: { majorana: 1 } };
    const published = withVariant(planeCard, state, 'published');
    expect(published).toMatchObject({ variant: 'published', method: 'delta-lnl-1', cl: 0.95, switches: {} });
    expect(switchValue(planeCard, 'normalisation', 'published')).toBe(1.5);
    expect(switchValue(planeCard, 'normalisation', 'physics')).toBe(1);
  });
});

describe('switches', () => {
  it('offer their choices, off and on, or the values that they have in the card', () => {
    expect(switchChoices(planeCard, 'majorana').map(({ label }) => label)).toEqual(['Dirac', 'Majorana']);
    expect(switchChoices(planeCard, 'coherent').map(({ value }) => value)).toEqual([0, 1]);
    expect(switchChoices(planeCard, 'normalisation').map(({ value }) => value)).toEqual([1, 1.5]);
  });
});

describe('what the core is asked', () => {
  it('says only what differs from the card where it can', () => {
    const setting = contourSetting(planeCard, contour());
    expect(setting).not.toHaveProperty('channels');
    expect(setting).not.toHaveProperty('projection');
    expect(setting).not.toHaveProperty('part');
    expect(setting).not.toHaveProperty('switches');
    expect(setting.set).toEqual({ epsilon: 1e-3, UmuN2: 1e-8 });
  });

  it('leaves out the value of what is profiled', () => {
    const state = { ...contour(), profile: 'VN2', set: { epsilon: 1e-3, UmuN2: 1e-8, VN2: 1e-5 }, channels: ['two'] };
    expect(contourSetting(planeCard, state)).toMatchObject({ set: { epsilon: 1e-3, UmuN2: 1e-8 }, channels: ['two'] });
    expect(contourSetting(planeCard, state).set).not.toHaveProperty('VN2');
  });

  it('is in the computation key, and nothing else', () => {
    const state = contour('mixing');
    expect(computationKey({ ...state, overlays: [], pin: [1, 1] })).toBe(computationKey(state));
    for (const change of [{ cl: 0.95 }, { part: 'gas' }, { profile: 'VN2' }, { layer: 'mu' as const }, { set: {} }]) {
      expect(computationKey({ ...state, ...change })).not.toBe(computationKey(state));
    }
  });
});

describe('a card whose figures are limit curves', () => {
  const state = defaults(scalarCard, 'scalar', 'any-plane');
  it('has a figure of contours, too', () => {
    expect(state).toMatchObject({ kind: 'contour', axes: { x: 'mS', y: 'theta' }, method: 'cls-hybrid', cl: 0.95 });
    // The range that the first figure shows, where the parameter exists.
    expect((state as ContourState).x).toEqual([1.1, 210]);
    expect(stateOfHash(hashOfState(state, scalarCard), scalarCard, 'scalar')).toEqual({ state, problems: [] });
  });
  it('keeps its own as the first', () => {
    expect(defaults(scalarCard, 'scalar').kind).toBe('curve');
    expect(Object.keys(presetsOf(planeCard))).toEqual(['masses', 'mixing']);
  });
});

it('the axes of the kernel are those of the card', () => {
  expect(kernelAxes(planeCard).map(({ parameter }) => parameter)).toEqual(['mN', 'mZ']);
  expect(bandwidthRange(kernelAxes(planeCard)[0]!)).toEqual([0.005, 0.5]);
  expect(kernelAxes(scalarCard)).toEqual([]);
});
