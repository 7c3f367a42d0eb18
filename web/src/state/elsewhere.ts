// Whether a curve of the card belongs to the slice on display, or to other values of what is on no axis.

import type { Card, Overlay } from 'anyslice';
import type { State } from '../state.ts';
import { parameterValue } from './contour.ts';

// Values are written with few digits.
const SAME = 1e-3;

/** The parameters that have other values in the slice than those an overlay belongs to. */
export function parametersElsewhere(card: Card, state: State, overlay: Overlay): string[] {
  return Object.entries(overlay.at ?? {})
    .filter(([name, at]) => {
      const value = valueIn(card, state, name);
      return value === null || !(Math.abs(value - at) <= SAME * Math.abs(at));
    })
    .map(([name]) => name);
}

/** Null where a parameter has no one value: profiled, or following one that is on an axis. */
function valueIn(card: Card, state: State, name: string): number | null {
  if (state.kind === 'curve') return state.set[name] ?? card.parameters[name]!.default;
  return state.profile === name ? null : parameterValue(card, state, name);
}
