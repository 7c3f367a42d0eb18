// The chart of a scan: the curve with its gaps, the thresholds, what is excluded, and the lowest point.

import type { Box, Card, Scan, ScanLevel } from 'anyslice';
import { formatPercent } from '../format.ts';
import { type PlotModel, shortLabel } from '../plot/model.ts';
import type { Point } from '../plot/regions.ts';
import { typeset } from '../typography.ts';

// How far above the highest threshold the axis goes.
const ROOM = 2.2;

export function levelName({ name, cl }: ScanLevel): string {
  return name === '1 sigma' ? `${formatPercent(cl, 3)} (1 s.d.)` : formatPercent(cl);
}

export function scanModel(card: Card, scan: Scan): PlotModel {
  const { label, symbol, unit } = card.parameters[scan.on]!;
  const x: Point = [scan.range[0], scan.range[1]];
  const y: Point = [0, ROOM * Math.max(...scan.levels.map(({ threshold }) => threshold))];
  const boxes = (status: string): Box[] =>
    scan.gaps.filter((gap) => gap.status === status).map(({ low, high }): Box => [low, y[0], high, y[1]]);
  const shown = scan.levels.find(({ cl }) => cl === scan.cl) ?? scan.levels.at(-1)!;
  const { minimum } = scan;
  return {
    x: {
      range: x,
      scale: scan.scale,
      title: `${shortLabel(label)} {${symbol.text}}${unit === '1' ? '' : ` [${typeset(unit)}]`}`,
    },
    y: { range: y, scale: 'lin', title: '−2Δln L' },
    heat: null,
    areas: [
      {
        fill: 'excluded',
        rings: shown.excluded.map(({ low, high }): Point[] => [
          [low, y[0]],
          [high, y[0]],
          [high, y[1]],
          [low, y[1]],
        ]),
      },
    ],
    hatched: boxes('thin'),
    blank: boxes('outside'),
    edges: [],
    curves: [
      ...scan.levels.map((level, index) => ({
        role: 'series' as const,
        index,
        label: levelName(level),
        lines: [
          [
            [x[0], level.threshold],
            [x[1], level.threshold],
          ] as Point[],
        ],
      })),
      { role: 'observed', index: 0, label: '', lines: linesOf(scan, 2 * y[1]) },
    ],
    marks: minimum.value === null ? [] : [{ at: [minimum.value, 0], label: 'least', solid: true }],
    published: null,
  };
}

/** The curve, with the points at which it crosses the thresholds; what is far above the axis stays just above it. */
function linesOf(scan: Scan, most: number): Point[][] {
  const crossings = scan.levels.flatMap(({ threshold, excluded }) =>
    excluded.flatMap(({ low, high, low_end, high_end }): Point[] => [
      ...(low_end === 'crossing' ? [[low, threshold] as Point] : []),
      ...(high_end === 'crossing' ? [[high, threshold] as Point] : []),
    ]),
  );
  const lines: Point[][] = [];
  let line: Point[] = [];
  const points = [
    ...scan.values.map((value, i): [number, number | null] => {
      const rise = scan.minus_two_delta_lnl[i]!;
      const impossible = rise === null && scan.status[i] === 'known';
      return [value, impossible ? most : rise === null ? null : Math.min(rise, most)];
    }),
    ...crossings,
  ].sort((a, b) => a[0] - b[0]);
  for (const [value, rise] of points) {
    if (rise !== null) {
      line.push([value, rise]);
    } else if (line.length > 0) {
      lines.push(line);
      line = [];
    }
  }
  return line.length > 0 ? [...lines, line] : lines;
}
