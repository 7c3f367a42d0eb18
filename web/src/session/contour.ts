// Contours: which questions are asked of the core for one figure of them, and in what order.

import type { Analysis, Card, Contour, ContourRequest, RunOptions, Setting } from 'anyslice';
import type { BesideContour, ContourResults } from '../results.ts';
import { type ContourState, contourKey, isByEvents } from '../state/contour.ts';
import { contourPresetOf, planeOf, validPart } from '../state/plane.ts';

type Resolution = NonNullable<ContourRequest['resolution']>;

// Colours change slowly across the plane: few points suffice, fewer still while something moves.
const COARSE_GRID = { columns: 36, rows: 27 };
// A finer grid has up to this many times as many points in each direction, but not so many that it takes longer than
// this, in milliseconds.
const REFINEMENT = 3;
const PATIENCE = 3000;

export interface ContourOptions extends RunOptions {
  /** What can be shown before everything is there. */
  onPartial?: (results: ContourResults) => void;
  /** Only the coarse contour is computed before this is settled: while a slider moves the rest would be in the way. */
  rest?: () => Promise<void>;
}

/** The settings of a state, as every request to the core carries them. */
export function contourSetting(card: Card, state: ContourState): Setting {
  const { set, variant, projection, switches, bandwidth, channels, part, cl, method, profile } = state;
  const setting: Setting = { set: { ...set }, variant, cl, method };
  // What is profiled has no value of its own.
  if (profile) delete setting.set![profile];
  if (projection) setting.projection = projection;
  if (Object.keys(switches).length > 0) setting.switches = { ...switches };
  if (Object.keys(bandwidth).length > 0) setting.bandwidth = { ...bandwidth };
  if (channels.length < Object.keys(card.channels ?? {}).length) setting.channels = [...channels];
  if (part) setting.part = part;
  return setting;
}

/** The contours of a state: first the limit itself, coarse; then what belongs to it; in the end all of it fine. */
export async function computeContours(
  analysis: Analysis,
  state: ContourState,
  { onPartial, rest, ...options }: ContourOptions,
): Promise<ContourResults> {
  let began = performance.now();
  const ask = await questions(analysis, state, options);
  const [limit, colours] = await Promise.all([ask.limit('coarse'), ask.layer?.(COARSE_GRID)]);
  let results: ContourResults = {
    kind: 'contour',
    analysis,
    state,
    key: JSON.stringify(contourKey(state)),
    contour: limit,
    beside: [],
    signalLimits: ask.signalLimits,
    field: colours?.field ?? null,
    complete: false,
    stopped: false,
    duration: 0,
  };
  // The time in which nothing was to be computed does not count.
  const duration = performance.now() - began;
  onPartial?.({ ...results, duration });
  await rest?.();
  began = performance.now() - duration;
  // One worker stays free for the next move.
  const lanes = Math.max(1, analysis.lanes - 1);
  const [contour, ...beside] = await inLanes(lanes, [
    () => ask.limit('fine'),
    ...ask.beside.map((one) => () => one('coarse')),
  ]);
  results = { ...results, contour: contour!, beside: named(ask.labels, beside), duration: performance.now() - began };
  if (beside.length > 0) onPartial?.(results);
  const [field, fine] = await Promise.all([
    colours && ask.layer?.(finerGrid(colours.milliseconds)),
    inLanes(
      lanes,
      ask.beside.map((one) => () => one('fine')),
    ),
  ]);
  return {
    ...results,
    beside: named(ask.labels, fine),
    field: field?.field ?? null,
    complete: true,
    duration: performance.now() - began,
  };
}

/** The questions that a state puts to the core, at either resolution. */
async function questions(analysis: Analysis, state: ContourState, { signal, onProgress }: RunOptions) {
  const { card } = analysis;
  const setting = contourSetting(card, state);
  // They are the same for all points and so for all moves of a slider.
  const shared = isByEvents(state) ? { signal_limits: await analysis.limitsInEvents(setting, { signal }) } : {};
  const plane = planeOf(card, contourPresetOf(card, state.preset), state.axes);
  const axes = {
    x: { parameter: plane.x.name, range: validPart(state.x, plane.x) },
    y: { parameter: plane.y.name, range: validPart(state.y, plane.y) },
    ...(state.profile && { profile: state.profile }),
  };
  const { layer } = state;
  const others = besideOf(card, state);
  const total = 2 * (1 + others.length + (layer === 'none' ? 0 : 1));
  let done = 0;
  const counted = async <Value>(task: Promise<Value>): Promise<Value> => {
    const value = await task;
    onProgress?.(++done, total);
    return value;
  };
  const contour = (resolution: Resolution, more: Partial<ContourRequest> = {}) =>
    counted(analysis.contour({ ...setting, ...axes, ...shared, resolution, ...more }, { signal }));
  return {
    limit: (resolution: Resolution) => contour(resolution, { band: state.band && resolution === 'fine' }),
    layer:
      layer === 'none'
        ? null
        : async (grid: typeof COARSE_GRID) => {
            const began = performance.now();
            const field = await counted(analysis.field({ ...setting, ...axes, ...grid, quantity: layer }, { signal }));
            return { field, milliseconds: performance.now() - began };
          },
    beside: others.map(
      ({ change }) =>
        (resolution: Resolution) =>
          contour(resolution, change),
    ),
    signalLimits: shared.signal_limits ?? null,
    labels: others.map(({ label }) => label),
  };
}

/** As fine a grid as the time that the coarse one took allows. */
function finerGrid(milliseconds: number): typeof COARSE_GRID {
  const times = Math.min(REFINEMENT, Math.max(1, Math.sqrt(PATIENCE / milliseconds)));
  return { columns: Math.round(COARSE_GRID.columns * times), rows: Math.round(COARSE_GRID.rows * times) };
}

function named(labels: string[], contours: Contour[]): BesideContour[] {
  return contours.map((contour, i) => ({ label: labels[i]!, contour }));
}

/** Does the tasks in their order, no more than `lanes` of them at the same time. */
async function inLanes<Value>(lanes: number, tasks: (() => Promise<Value>)[]): Promise<Value[]> {
  const values: Value[] = [];
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const own = next++;
      values[own] = await tasks[own]!();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
  return values;
}

/** Channels and parts to draw by themselves; one that is all there is would only be drawn twice. */
function besideOf(card: Card, state: ContourState): { label: string; change: Partial<ContourRequest> }[] {
  const channels = state.besideChannels.filter((name) => state.channels.join() !== name);
  const parts = state.besideParts.filter((name) => state.part !== name);
  return [
    ...channels.map((name) => ({ label: card.channels?.[name]?.label ?? name, change: { channels: [name] } })),
    ...parts.map((name) => ({ label: card.parts?.[name]?.label ?? name, change: { part: name } })),
  ];
}
