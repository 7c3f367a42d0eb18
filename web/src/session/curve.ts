// Limit curves: which questions are asked of the core for one figure of them, and in what order.

import type {
  Analysis,
  CurvePreset,
  CurveRequest,
  ExcludedAlong,
  LimitPoint,
  RunOptions,
  Setting,
  SignalLimits,
} from 'anyslice';
import type { SeriesLimit } from '../plot/curve_model.ts';
import type { CurveResults, Findings } from '../results.ts';
import { type CurveState, curveKey, isByLikelihood, throwsToys } from '../state/curve.ts';
import { curvePresetOf } from '../state/plane.ts';
import type { Range } from '../state/ranges.ts';

// Where neighbouring points of a curve are further apart than this share of the visible axis, more are computed.
const COARSE = 0.04;
const REFINEMENTS = 4;
const EXTRA_POINTS = 3;

/** The settings of a state, as every request to the core carries them. */
export function curveSetting(state: CurveState): Setting {
  const { set, switches, variant, exposure, method, constraint, cl, toys, seed } = state;
  const setting: Setting = { set: { ...set }, variant, exposure_scale: exposure, method, constraint, cl };
  if (Object.keys(switches).length > 0) setting.switches = { ...switches };
  return throwsToys(method) ? { ...setting, toys, seed } : setting;
}

/** Evenly spaced values over the visible part of a parameter's range. */
export function sampleValues(visible: Range, valid: Range, scale: 'lin' | 'log', count: number): number[] {
  const low = Math.max(visible[0], valid[0]);
  const high = Math.min(visible[1], valid[1]);
  if (!(low < high)) return [];
  const place = (i: number) => {
    if (i === 0) return low;
    if (i === count - 1) return high;
    const share = i / (count - 1);
    return scale === 'log' ? low * (high / low) ** share : low + (high - low) * share;
  };
  return Array.from({ length: count }, (_, i) => place(i));
}

export async function computeCurves(analysis: Analysis, state: CurveState, options: RunOptions): Promise<CurveResults> {
  const started = performance.now();
  const { card } = analysis;
  const preset = curvePresetOf(card, state.preset);
  const { on, versus } = preset;
  const setting = curveSetting(state);
  const values = sampleValues(state.x, card.parameters[versus]!.range, preset.axes.x.scale, state.points);
  // The limit in events is shared by all curves: it is there before any of them asks.
  if (!isByLikelihood(state.method)) await analysis.limitsInEvents(setting, options);
  const limits = await Promise.all(
    settingsOfSeries(preset, state).map(async ({ value, set }): Promise<SeriesLimit> => {
      const request = { ...setting, set, on, versus: { parameter: versus, values } };
      const limit = await analysis.limit(request, options);
      const more = (extra: number[]) =>
        analysis
          .limit({ ...request, versus: { parameter: versus, values: extra } }, options)
          .then(({ points }) => points);
      const view = { versus, visible: state.y, scale: preset.axes.y.scale, bands: preset.series === undefined };
      return { value, limit, drawn: await refined(limit.points, view, more) };
    }),
  );
  const key = JSON.stringify(curveKey(state));
  return { kind: 'curve', analysis, state, key, limits, findings: null, duration: performance.now() - started };
}

/** What decides how fine a curve must be. */
interface View {
  versus: string;
  visible: Range;
  scale: 'lin' | 'log';
  /** Whether the expected bands can be drawn, too. */
  bands: boolean;
}

/** The points to draw: the evenly spaced ones, and more where the curve is steep or the exclusion begins or ends. */
async function refined(
  points: LimitPoint[],
  view: View,
  more: (values: number[]) => Promise<LimitPoint[]>,
): Promise<LimitPoint[]> {
  let drawn = points;
  const x = (point: LimitPoint) => point[view.versus] as number;
  for (let round = 0; round < REFINEMENTS; ++round) {
    const values: number[] = [];
    for (let i = 1; i < drawn.length; ++i) {
      const [a, b] = [drawn[i - 1]!, drawn[i]!];
      if (!isCoarse(a, b, view)) continue;
      for (let k = 1; k <= EXTRA_POINTS; ++k) values.push(x(a) + ((x(b) - x(a)) * k) / (EXTRA_POINTS + 1));
    }
    if (values.length === 0) break;
    drawn = [...drawn, ...(await more(values))].sort((a, b) => x(a) - x(b));
  }
  return drawn;
}

function isCoarse(a: LimitPoint, b: LimitPoint, { visible, scale, bands }: View): boolean {
  const edges = (point: LimitPoint) => [
    ...point.excluded.flat(),
    ...point.expected_excluded['0'].flat(),
    ...(bands ? Object.values(point.expected) : []),
  ];
  const [from, to] = [edges(a), edges(b)];
  if (from.length !== to.length) return true;
  const place = (value: number) =>
    scale === 'log'
      ? Math.log(value / visible[0]) / Math.log(visible[1] / visible[0])
      : (value - visible[0]) / (visible[1] - visible[0]);
  return from.some((low, i) => {
    const high = to[i] ?? null;
    if (low === null || high === null) return (low === null) !== (high === null);
    const [p, q] = [place(low), place(high)];
    const inView = Math.max(p, q) > 0 && Math.min(p, q) < 1;
    return inView && Math.abs(p - q) > COARSE;
  });
}

/** What is said below the plot: overlays inside the exclusion, and the published values. */
export async function findingsOf(results: CurveResults, { signal }: RunOptions): Promise<Findings> {
  const { analysis, state, limits } = results;
  const { card } = analysis;
  const preset = curvePresetOf(card, state.preset);
  const { on, versus } = preset;
  const along: Record<string, ExcludedAlong> = {};
  const [first] = limits;
  if (preset.series || !first || state.exposure !== 1) return { along, comparison: null };
  // By the likelihood it is not known where a curve lies inside the exclusion.
  const { signal_limits } = first.limit;
  if (!signal_limits) return { along, comparison: null };
  const request: CurveRequest & { signal_limits: SignalLimits } = {
    ...curveSetting(state),
    on,
    versus: { parameter: versus },
    signal_limits,
  };
  const curves = Object.entries(card.overlays ?? {}).filter(
    ([, overlay]) => overlay.function && overlay.x === versus && overlay.y === on,
  );
  const { published } = card.limits;
  const comparable = published && published.on === on && published.versus === versus;
  const [comparison] = await Promise.all([
    comparable ? analysis.comparePublished(request, { signal }) : null,
    ...curves.map(async ([name]) => {
      along[name] = await analysis.excludedAlong({ ...request, curve: name }, { signal });
    }),
  ]);
  return { along, comparison };
}

/** One setting per curve. */
export function settingsOfSeries(
  preset: CurvePreset,
  state: CurveState,
): { value: number | null; set: Record<string, number> }[] {
  const { series } = preset;
  if (!series) return [{ value: null, set: { ...state.set } }];
  return state.series.map((value) => ({ value, set: { ...state.set, [series.parameter]: value } }));
}
