// Ticks of linear and logarithmic axes: labelled major ones, unlabelled minor ones.

import type { Axis } from 'anyslice';
import { powerOfTen } from '../format.ts';

export interface Tick {
  value: number;
  major: boolean;
  /** Empty for a tick without a label. */
  label: string;
}

// Fewer numbers than this do not tell how an axis runs.
const FEWEST = 3;
// A part of an axis with fewer decades has evenly spaced numbers.
const LINEAR = 0.4;
// What is smaller or larger is written with a power of ten.
const SHORTEST = 0.01;
const LONGEST = 1000;
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** `room` is how many labels fit along the axis. */
export function ticksOf({ range, scale }: Axis, room: number): Tick[] {
  const [low, high] = range;
  if (!(low < high)) return [];
  if (scale !== 'log' || !(low > 0)) return linearTicks(low, high, room);
  const decades = Math.log10(high / low);
  // Few powers of ten in view: 2 and 5 are labelled too, then every digit.
  const choices = decades < LINEAR ? [] : decades < 1.2 ? [[1, 2, 3, 5], ALL] : [[1], [1, 2, 5]];
  for (const digits of choices) {
    const ticks = logTicks(low, high, room, digits);
    if (ticks.filter(({ label }) => label !== '').length >= FEWEST) return ticks;
  }
  // A small part of a decade, as after zooming in, is all but linear.
  return decades < 1 ? linearTicks(low, high, room) : logTicks(low, high, room, [1, 2, 5]);
}

function logTicks(low: number, high: number, room: number, labelled: number[]): Tick[] {
  const decades = Math.log10(high / low);
  const step = Math.max(1, Math.ceil(decades / Math.max(2, room)));
  const ticks: Tick[] = [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (let exponent = first; exponent <= last; ++exponent) {
    for (let digit = 1; digit <= 9; ++digit) {
      // From text, so that 1e-4 is exactly the number that a person means.
      const value = Number(`${digit}e${exponent}`);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      const major = digit === 1 && exponent % step === 0;
      if (!major && digit !== 1 && step > 1) continue;
      const named = major || (digit !== 1 && labelled.includes(digit));
      ticks.push({ value, major, label: named ? powerLabel(digit, exponent) : '' });
    }
  }
  // All labels of an axis in one style: digits where all of them are short.
  const named = ticks.filter(({ label }) => label !== '').map(({ value }) => value);
  if (named.length === 0 || named[0]! < SHORTEST * (1 - 1e-9) || named.at(-1)! > LONGEST * (1 + 1e-9)) return ticks;
  return ticks.map((tick) => (tick.label === '' ? tick : { ...tick, label: String(tick.value) }));
}

function powerLabel(digit: number, exponent: number): string {
  if (exponent === 0 || (exponent === 1 && digit === 1)) return String(Number(`${digit}e${exponent}`));
  return digit === 1 ? powerOfTen(exponent) : `${digit}×${powerOfTen(exponent)}`;
}

function linearTicks(low: number, high: number, room: number): Tick[] {
  const order = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  const inPowers = order < -3 || order >= 5;
  // Labels with a power of ten are long.
  const rough = (high - low) / Math.max(2, inPowers ? Math.floor(0.75 * room) : room);
  const exponent = Math.floor(Math.log10(rough));
  const power = 10 ** exponent;
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = digit * power;
  const minor = step / (digit === 2 ? 4 : 5);
  const places = -exponent + (digit === 10 ? -1 : 0);
  const labelOf = (value: number) => {
    const text = inPowers
      ? `${(value / 10 ** order).toFixed(Math.max(0, places + order))}×${powerOfTen(order)}`
      : value.toFixed(Math.max(0, places));
    return Math.abs(value) < step / 2 ? '0' : text.replace('-', '−');
  };
  const ticks: Tick[] = [];
  const perMajor = Math.round(step / minor);
  for (let i = Math.ceil(low / minor - 1e-9); i * minor <= high + minor * 1e-9; ++i) {
    const major = i % perMajor === 0;
    const value = i * minor;
    ticks.push({ value, major, label: major ? labelOf(value) : '' });
  }
  return ticks;
}
