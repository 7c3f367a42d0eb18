// Where drawn lines cross a vertical: between two points of a line as straight as they are drawn.

import type { Scale } from 'anyslice';
import type { Point } from './regions.ts';

/** All values on the y axis at which lines cross `x`, ascending. */
export function crossings(lines: Point[][], x: number, scales: { x: Scale; y: Scale }): number[] {
  const place = (value: number, scale: Scale) => (scale === 'log' ? Math.log(value) : value);
  const at = place(x, scales.x);
  const found: number[] = [];
  for (const line of lines) {
    for (let i = 1; i < line.length; ++i) {
      const [x0, x1] = [place(line[i - 1]![0], scales.x), place(line[i]![0], scales.x)];
      // Half open, so that a point of the line counts once; the last point of an open line counts, too.
      const last = i === line.length - 1 && at === x1 && !isClosed(line);
      if (!((x0 <= at && at < x1) || (x1 < at && at <= x0) || (last && x0 !== x1))) continue;
      const share = (at - x0) / (x1 - x0);
      const [y0, y1] = [place(line[i - 1]![1], scales.y), place(line[i]![1], scales.y)];
      const y = y0 + share * (y1 - y0);
      if (Number.isFinite(y)) found.push(scales.y === 'log' ? Math.exp(y) : y);
    }
  }
  return found.sort((a, b) => a - b);
}

function isClosed(line: Point[]): boolean {
  const [first, last] = [line[0]!, line.at(-1)!];
  return first[0] === last[0] && first[1] === last[1];
}
