// The plot of a figure of limit curves.

import type { Card, CurvePreset, Limit, LimitPoint } from 'anyslice';
import { formatPercent } from '../format.ts';
import type { CurveState } from '../state/curve.ts';
import { planeOf } from '../state/plane.ts';
import { type Area, type Curve, drawnOverlays, type Edge, emptyModel, type PlotModel } from './model.ts';
import { bandOf, lineOf, regionOf } from './regions.ts';

/** A limit curve and the value of the series parameter that it belongs to. */
export interface SeriesLimit {
  value: number | null;
  limit: Limit;
  /** The points of the limit and those added where it is steep. */
  drawn: LimitPoint[];
}

export function curveModel(card: Card, preset: CurvePreset, state: CurveState, limits: SeriesLimit[]): PlotModel {
  const { on, versus } = preset;
  const plane = planeOf(card, preset);
  const areas: Area[] = [];
  const edges: Edge[] = [];
  const curves: Curve[] = [];
  const range = card.parameters[on]!.range;

  limits.forEach(({ value, limit, drawn: points }, index) => {
    const xs = points.map((point) => point[versus] as number);
    const single = value === null;
    const observed = limit.exposure_scale === 1;
    // By the likelihood there are no expected bands: at another exposure the limit is that for the expected counts.
    const bands = state.bands && limit.signal_limits !== null;
    const region = regionOf(
      xs,
      points.map((point) => (observed || !limit.signal_limits ? point.excluded : point.expected_excluded['0'])),
      range,
    );
    if (single) {
      if (bands) {
        areas.push({ fill: 'band2', rings: bandOf(xs, points, '-2', '+2') });
        areas.push({ fill: 'band1', rings: bandOf(xs, points, '-1', '+1') });
      }
      // Last and translucent: what is excluded is also so below the bands' upper edge.
      if (observed) areas.push({ fill: 'excluded', rings: region.rings });
      if (observed) {
        // Bands lie on the excluded area: this edge says on which side of the line it is.
        if (bands) edges.push({ curve: { role: 'observed', index: 0 }, lines: region.edges, rings: region.rings });
        curves.push({
          role: 'observed',
          label: `Observed, ${formatPercent(limit.cl)} CL`,
          lines: region.edges,
          index: 0,
        });
      }
      if (bands || !observed) {
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

  const overlays = drawnOverlays(card, plane, state, preset.overlays ?? []);
  const published = card.limits.published;
  return {
    ...emptyModel(card, plane, state),
    // Regions of other experiments overlap too much to be filled: their edges are enough.
    areas,
    edges: [...edges, ...overlays.edges],
    curves: [...curves, ...overlays.curves],
    // Published limits belong to the exposure of the data.
    published:
      published && published.on === on && published.versus === versus && state.exposure === 1 ? published : null,
  };
}
