// Ranges of numbers, and those within which the settings of every analysis stay.

export type Range = [number, number];

export const LEVEL_RANGE: Range = [0.68, 0.99];
export const EXPOSURE_RANGE: Range = [0.01, 1000];
export const TOYS_RANGE: Range = [100, 1_000_000];
export const POINTS_RANGE: Range = [2, 1001];
/** Switches are plain numbers: only what is no number at all is refused, and what would overflow. */
export const SWITCH_RANGE: Range = [-1e9, 1e9];

export function clamp(value: number, [low, high]: Range): number {
  return Math.min(high, Math.max(low, value));
}

export function inside(value: number, [low, high]: Range): boolean {
  return value >= low && value <= high;
}
