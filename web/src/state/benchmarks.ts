// Benchmark points of a card: named values of its parameters, of which those on the axes become the pinned point.

import type { Card } from 'anyslice';
import type { State } from '../state.ts';
import { parameterValue } from './contour.ts';
import { axesOf, presetOf } from './plane.ts';

export function withBenchmark(card: Card, state: State, name: string): State {
  return withPoint(card, state, card.benchmarks![name]!.point);
}

/** The state with these values of parameters; on the axes they move the pinned point. A parameter that follows another
 * goes on doing so where that gives its value. */
export function withPoint(card: Card, state: State, point: Record<string, number>): State {
  const { x, y } = axesIn(card, state);
  const own = ([parameter]: [string, number]) => parameter !== x && parameter !== y && isFree(card, state, parameter);
  const set = { ...state.set, ...Object.fromEntries(Object.entries(point).filter(own)) };
  const pin: [number, number] = [
    point[x] ?? state.pin?.[0] ?? card.parameters[x]!.default,
    point[y] ?? state.pin?.[1] ?? card.parameters[y]!.default,
  ];
  const moved: State = state.kind === 'contour' ? { ...state, set, profile: '', pin } : { ...state, set, pin };
  if (moved.kind === 'contour') {
    for (const [parameter, { follows }] of Object.entries(card.parameters)) {
      if (!follows || moved.set[parameter] === undefined) continue;
      const { [parameter]: value, ...others } = moved.set;
      if ((point[follows] ?? parameterValue(card, { ...moved, set: others }, parameter)) === value) moved.set = others;
    }
  }
  return moved;
}

/** Whether every value of the benchmark is that of the state; on the axes, that of the point that rests there. */
export function isAtBenchmark(card: Card, state: State, name: string): boolean {
  const { x, y } = axesIn(card, state);
  const at: Record<string, number> = {
    [x]: state.pin?.[0] ?? card.parameters[x]!.default,
    [y]: state.pin?.[1] ?? card.parameters[y]!.default,
  };
  if (state.kind === 'contour' && state.profile !== '') return false;
  const valueNow = (parameter: string): number | null | undefined => {
    if (at[parameter] !== undefined) return at[parameter];
    if (state.kind === 'curve') return state.set[parameter];
    // What follows an axis has the value of the point there.
    const own = parameterValue(card, state, parameter);
    return own ?? at[card.parameters[parameter]?.follows ?? ''];
  };
  return Object.entries(card.benchmarks![name]!.point).every(
    ([parameter, value]) => !isFree(card, state, parameter) || valueNow(parameter) === value,
  );
}

/** The parameter of a series has several values at once. */
function isFree(card: Card, state: State, parameter: string): boolean {
  const [, preset] = presetOf(card, state.preset);
  return preset.kind === 'contour' || preset.series?.parameter !== parameter;
}

function axesIn(card: Card, state: State): { x: string; y: string } {
  return state.kind === 'contour' ? state.axes : axesOf(presetOf(card, state.preset)[1]);
}
