// Windows of an axis: zoomed about a point, moved along, cut out; always within what the axis may show.

import type { Scale } from 'anyslice';
import { clamp, type Range } from '../state/ranges.ts';

/** An axis that can be zoomed: what it shows, how far it may go, and its scale. */
export interface Zoomable {
  range: Range;
  bounds: Range;
  scale: Scale;
}

// Below this a window says nothing more about a limit that is known to a few permille: on a linear axis as a share of
// the bounds, on a logarithmic one as the natural logarithm of the ratio of its ends.
const NARROWEST = { lin: 1e-4, log: 2e-3 };
// Ends are rounded to this share of the window, far less than a pixel: addresses stay short.
const ROUNDING = 1e-4;

/** The window that is `factor` times as wide, with the point at `share` of it (0 to 1) kept in place. */
export function zoomedAbout(axis: Zoomable, factor: number, share: number): Range {
  const [low, high] = ends(axis);
  const fixed = low + share * (high - low);
  const allowed = Math.max(factor, Math.min(1, narrowest(axis) / (high - low)));
  return windowOf(axis, fixed - allowed * (fixed - low), fixed + allowed * (high - fixed));
}

/** The window moved by `share` of its width; it stops at the bounds and keeps its width. */
export function moved(axis: Zoomable, share: number): Range {
  const [low, high] = ends(axis);
  const step = share * (high - low);
  return windowOf(axis, low + step, high + step);
}

/** The part of the window between two shares of it, in any order. */
export function cutOut(axis: Zoomable, from: number, to: number): Range {
  const [low, high] = ends(axis);
  const at = (share: number) => low + clamp(share, [0, 1]) * (high - low);
  return windowOf(axis, at(Math.min(from, to)), at(Math.max(from, to)));
}

/** Whether two windows are the same but for rounding. */
export function sameWindow(one: Range, other: Range, scale: Scale): boolean {
  const [a, b] = [ends({ range: one, scale }), ends({ range: other, scale })];
  const slack = 2 * ROUNDING * (b[1] - b[0]);
  return Math.abs(a[0] - b[0]) <= slack && Math.abs(a[1] - b[1]) <= slack;
}

/** A window in the coordinate of the scale as one in the unit of the axis: wide enough, within the bounds, rounded. */
function windowOf({ bounds, scale }: Omit<Zoomable, 'range'>, low: number, high: number): Range {
  const [first, last] = ends({ range: bounds, scale });
  const width = clamp(high - low, [narrowest({ bounds, scale }), last - first]);
  const start = clamp((low + high - width) / 2, [first, last - width]);
  const value = (place: number) => (scale === 'log' ? Math.exp(place) : place);
  // An end at a bound is the bound itself.
  const near = (a: number, b: number) => Math.abs(a - b) <= ROUNDING * width;
  const [from, to] = [value(start), value(start + width)];
  const step = ROUNDING * (scale === 'log' ? width * from : to - from);
  return [
    near(start, first) ? bounds[0] : rounded(from, step),
    near(start + width, last) ? bounds[1] : rounded(to, step),
  ];
}

/** The least width of a window, in the coordinate of the scale. */
function narrowest({ bounds, scale }: Omit<Zoomable, 'range'>): number {
  const [first, last] = ends({ range: bounds, scale });
  return Math.min(last - first, scale === 'log' ? NARROWEST.log : NARROWEST.lin * (last - first));
}

/** The shortest decimal number within about `step` of a value. */
function rounded(value: number, step: number): number {
  if (value === 0) return 0;
  const digits = Math.ceil(Math.log10(Math.abs(value) / step));
  return Number(value.toPrecision(clamp(digits, [1, 15])));
}

function ends({ range: [low, high], scale }: Pick<Zoomable, 'range' | 'scale'>): Range {
  return scale === 'log' ? [Math.log(low), Math.log(high)] : [low, high];
}
