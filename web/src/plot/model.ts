// What the plot shows, in the units of the axes and without a pixel: made from card, state and results.

import type { Axis, Card, Limit, LimitPoint, Overlay, Preset, PublishedLimits } from 'anyslice';
import { formatPercent } from '../format.ts';
import { overlaysFor, type State } from '../state.ts';
import { bandOf, lineOf, type Point, regionOf } from './regions.ts';

export type Role = 'observed' | 'expected' | 'series' | 'overlay';

export interface Curve {
  role: Role;
  /** Text for the direct label, symbols in braces; empty for none. */
  label: string;
  lines: Point[][];
  /** Index of colour and dash pattern among curves of the same role. */
  index: number;
  /** Single points, not a line. */
  marks?: boolean;
}

export interface Area {
  fill: 'excluded' | 'band1' | 'band2';
  rings: Point[][];
}

/** The side of a curve that it excludes: marked along `lines`, inside `rings`. */
export interface Edge {
  curve: Pick<Curve, 'role' | 'index'>;
  lines: Point[][];
  rings: Point[][];
}

export interface PlotModel {
  x: Axis & { title: string };
  y: Axis & { title: string };
  areas: Area[];
  edges: Edge[];
  curves: Curve[];
  published: PublishedLimits | null;
}

/** A limit curve and the value of the series parameter that it belongs to. */
export interface SeriesLimit {
  value: number | null;
  limit: Limit;
  /** The points of the limit and those added where it is steep. */
  drawn: LimitPoint[];
}

export function plotModel(card: Card, preset: Preset, state: State, limits: SeriesLimit[]): PlotModel {
  const { on, versus } = preset;
  const x: Axis = { range: state.x, scale: preset.axes.x.scale };
  const y: Axis = { range: state.y, scale: preset.axes.y.scale };
  const areas: Area[] = [];
  const edges: Edge[] = [];
  const curves: Curve[] = [];
  const range = card.parameters[on]!.range;

  limits.forEach(({ value, limit, drawn: points }, index) => {
    const xs = points.map((point) => point[versus] as number);
    const single = value === null;
    const observed = limit.exposure_scale === 1;
    const region = regionOf(
      xs,
      points.map((point) => (observed ? point.excluded : point.expected_excluded['0'])),
      range,
    );
    if (single) {
      if (state.bands) {
        areas.push({ fill: 'band2', rings: bandOf(xs, points, '-2', '+2') });
        areas.push({ fill: 'band1', rings: bandOf(xs, points, '-1', '+1') });
      }
      // Last and translucent: what is excluded is also so below the bands' upper edge.
      if (observed) areas.push({ fill: 'excluded', rings: region.rings });
      if (observed) {
        // Bands lie on the excluded area: this edge says on which side of the line it is.
        if (state.bands)
          edges.push({ curve: { role: 'observed', index: 0 }, lines: region.edges, rings: region.rings });
        curves.push({
          role: 'observed',
          label: `Observed, ${formatPercent(limit.cl)} CL`,
          lines: region.edges,
          index: 0,
        });
      }
      if (state.bands || !observed) {
        const median = observed
          ? lineOf(
              xs,
              points.map((point) => point.expected['0']),
            )
          : region.edges;
        curves.push({
          role: 'expected',
          label: observed ? '' : `Expected, ${formatPercent(limit.cl)} CL`,
          lines: median,
          index: 0,
        });
      }
    } else {
      // A family of curves runs too close together for labels beside them: the key above the plot names them.
      curves.push({ role: 'series', label: '', lines: region.edges, index });
    }
  });

  // Colours stay with the overlays of a figure, those that belong to it first, whichever of them are shown.
  const own = preset.overlays ?? [];
  const names = [...own, ...overlaysFor(card, preset).filter((name) => !own.includes(name))];
  names.forEach((name, index) => {
    const overlay = card.overlays?.[name];
    if (!overlay || !state.overlays.includes(name)) return;
    const lines = overlayLines(card, overlay);
    // A curve of another level than the one shown says so.
    const level = overlay.level && overlay.level !== state.cl ? ` (${formatPercent(overlay.level)})` : '';
    curves.push({ role: 'overlay', label: overlay.label + level, lines, index, marks: overlay.region === 'points' });
    for (const line of lines) {
      const ring = overlayRing(overlay, line);
      if (ring) edges.push({ curve: { role: 'overlay', index }, lines: [line], rings: [ring] });
    }
  });

  const published = card.limits.published;
  return {
    x: { ...x, title: axisTitle(card, versus) },
    y: { ...y, title: axisTitle(card, on) },
    areas,
    edges,
    curves,
    // Published limits belong to the exposure of the data.
    published:
      published && published.on === on && published.versus === versus && state.exposure === 1 ? published : null,
  };
}

/** The points of an overlay: its own, or those of the card's tabulated function. */
export function overlayLines(card: Card, overlay: Overlay): Point[][] {
  if (overlay.curves) return overlay.curves;
  const points = overlay.function ? card.functions?.[overlay.function]?.points : undefined;
  return points ? [points.map(([x = Number.NaN, y = Number.NaN]): Point => [x, y])] : [];
}

export function axisTitle(card: Card, name: string): string {
  const { label, symbol, unit } = card.parameters[name]!;
  return `${label} {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`;
}

/** The outline of what one line of an overlay excludes; null for lines that exclude nothing. */
function overlayRing(overlay: Overlay, line: Point[]): Point[] | null {
  if (line.length < 2) return null;
  if (overlay.region === 'inside') return line;
  if (overlay.region !== 'above') return null;
  // Far beyond any axis, so that the top is never seen.
  const top = Number.MAX_VALUE;
  return [...line, [line.at(-1)![0], top], [line[0]![0], top]];
}
