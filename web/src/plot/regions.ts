// From the points of a limit to what is drawn: rings around what is excluded, their edges, and expected bands.

import type { Interval, LimitPoint, Quantile } from 'anyslice';

export type Point = [number, number];

export interface Region {
  /** Closed outlines of the excluded area, to be filled by the even-odd rule. */
  rings: Point[][];
  /** The parts of the outlines that are limits, not ends of the parameter's range. */
  edges: Point[][];
}

/** The area that `intervals` excludes at consecutive x; an open end reaches the end of `range`. */
export function regionOf(xs: number[], intervals: Interval[][], range: Point): Region {
  const region: Region = { rings: [], edges: [] };
  // Neighbouring points with the same number of intervals belong together: interval by interval, a strip.
  for (const [first, last] of runs(intervals.map((list) => list.length))) {
    const count = intervals[first]!.length;
    for (let k = 0; k < count; ++k) {
      const low: Point[] = [];
      const high: Point[] = [];
      const lowEdges: Point[][] = [[]];
      const highEdges: Point[][] = [[]];
      for (let i = first; i <= last; ++i) {
        const [from, to] = intervals[i]![k]!;
        low.push([xs[i]!, from ?? range[0]]);
        high.push([xs[i]!, to ?? range[1]]);
        extend(lowEdges, from === null ? null : [xs[i]!, from]);
        extend(highEdges, to === null ? null : [xs[i]!, to]);
      }
      region.rings.push([...low, ...high.reverse()]);
      region.edges.push(...closed(lowEdges, highEdges, first > 0, last < xs.length - 1));
    }
  }
  return region;
}

/** The band between two expected limits, as rings. */
export function bandOf(xs: number[], points: LimitPoint[], from: Quantile, to: Quantile): Point[][] {
  const both = points.map((point) => (point.expected[from] !== null && point.expected[to] !== null ? 1 : 0));
  return runs(both).map(([first, last]) => {
    const low: Point[] = [];
    const high: Point[] = [];
    for (let i = first; i <= last; ++i) {
      low.push([xs[i]!, points[i]!.expected[from]!]);
      high.push([xs[i]!, points[i]!.expected[to]!]);
    }
    return [...low, ...high.reverse()];
  });
}

/** A polyline that breaks where there is no value. */
export function lineOf(xs: number[], ys: (number | null)[]): Point[][] {
  const lines: Point[][] = [[]];
  ys.forEach((y, i) => {
    extend(lines, y === null ? null : [xs[i]!, y]);
  });
  return lines.filter((line) => line.length > 0);
}

/** Runs [first, last] of equal, non-zero entries. */
function runs(counts: number[]): [number, number][] {
  const found: [number, number][] = [];
  let start = 0;
  for (let i = 1; i <= counts.length; ++i) {
    if (i < counts.length && counts[i] === counts[start]) continue;
    if (counts[start]! > 0) found.push([start, i - 1]);
    start = i;
  }
  return found;
}

function extend(lines: Point[][], point: Point | null): void {
  if (point) lines.at(-1)!.push(point);
  else if (lines.at(-1)!.length > 0) lines.push([]);
}

/** Joins lower and upper edge where the exclusion ends between two points: the tip of a closed region. */
function closed(lowEdges: Point[][], highEdges: Point[][], atStart: boolean, atEnd: boolean): Point[][] {
  const low = lowEdges.filter((line) => line.length > 0);
  const high = highEdges.filter((line) => line.length > 0);
  if (low.length !== 1 || high.length !== 1 || low[0]!.length !== high[0]!.length || !(atStart || atEnd)) {
    return [...low, ...high];
  }
  if (atStart && atEnd) return [[...low[0]!, ...high[0]!.toReversed(), low[0]![0]!]];
  return atEnd ? [[...low[0]!, ...high[0]!.toReversed()]] : [[...low[0]!.toReversed(), ...high[0]!]];
}
