// The state of a figure that shows contours: what is excluded in the plane of any two parameters.

import type { Card, ContourMethod, KernelAxis } from 'anyslice';
import { exactNumber } from '../format.ts';
import { type AddressReader, shorten } from './address.ts';
import type { Compared } from './compared.ts';
import { type AxisName, contourPresetOf, overlaysIn, planeOf } from './plane.ts';
import { clamp, type Range } from './ranges.ts';
import {
  boundedParameters,
  defaultVariant,
  limitsOf,
  PANEL_DEFAULTS,
  readShared,
  type SharedState,
  sharedFields,
} from './shared.ts';

const LIKELIHOOD_METHODS: ContourMethod[] = ['delta-lnl-2', 'delta-lnl-1'];
// Toys take too long for something that follows a slider.
const EVENT_METHODS: ContourMethod[] = ['cls-hybrid', 'cls-asymptotic', 'cls-exact', 'bayes-flat'];
export const LAYERS = ['none', 'mu', 'effective_events'] as const;

/** The quantity whose size colours show under the contour. */
export type Layer = (typeof LAYERS)[number];

export interface ContourState extends SharedState {
  kind: 'contour';
  method: ContourMethod;
  /** The parameters on the axes. */
  axes: { x: string; y: string };
  /** Name of a projection; empty for the data. */
  projection: string;
  /** Of the kernel in each of its parameters, in units of its distance. */
  bandwidth: Record<string, number>;
  /** Channels that enter the limit, in the order of the card. */
  channels: string[];
  /** The part of the events that enters the limit; empty for all events. */
  part: string;
  /** Channels and parts that are drawn beside the limit, each by itself. */
  besideChannels: string[];
  besideParts: string[];
  /** The parameter over which -ln L is minimised within its bounds; empty for none. */
  profile: string;
  layer: Layer;
  /** Whether the contours for one Monte Carlo error more and less are drawn. */
  band: boolean;
  /** Contours pinned for comparison. */
  compared: Compared<ContourState>[];
}

/** What the card shows by itself in this figure. */
export function contourDefaults(card: Card, file: string, name: string): ContourState {
  const preset = contourPresetOf(card, name);
  const variant = defaultVariant(card);
  const axes = { x: preset.x, y: preset.y };
  const plane = planeOf(card, preset);
  const channels = Object.keys(card.channels ?? {});
  const drawable = overlaysIn(card, axes);
  return {
    kind: 'contour',
    card: file,
    preset: name,
    variant,
    ...contourConstruction(card, variant),
    axes,
    projection: '',
    x: plane.x.range,
    y: plane.y.range,
    set: settableValues(card, name, axes),
    switches: {},
    bandwidth: Object.fromEntries(kernelAxes(card).map(({ parameter, bandwidth }) => [parameter, bandwidth])),
    channels,
    part: '',
    besideChannels: (preset.channels ?? []).filter((channel) => channels.includes(channel)),
    besideParts: (preset.parts ?? []).filter((part) => card.parts?.[part]),
    profile: '',
    layer: 'none',
    band: true,
    overlays: (preset.overlays ?? []).filter((overlay) => drawable.includes(overlay)),
    ...PANEL_DEFAULTS,
    pin: null,
    compared: [],
  };
}

/** Level and method that belong to a variant. */
export function contourConstruction(card: Card, variant: string): Pick<ContourState, 'method' | 'cl'> {
  const { method, level } = limitsOf(card, variant);
  const methods = contourMethods(card);
  return { method: methods.find((known) => known === method) ?? methods[0]!, cl: level };
}

/** The constructions of contours of a card, the usual one first: those in events need a card with a single bin. */
export function contourMethods(card: Card): ContourMethod[] {
  const bins = Object.values(card.channels ?? {}).flatMap((channel) => channel.bins ?? []);
  return bins.length === 1 ? [...EVENT_METHODS, ...LIKELIHOOD_METHODS] : LIKELIHOOD_METHODS;
}

/** Whether the limit is one on signal events, the same everywhere in the plane. */
export function isByEvents({ method }: ContourState): boolean {
  return EVENT_METHODS.includes(method);
}

/** The axes on which the card's kernel weighs events. */
export function kernelAxes(card: Card): KernelAxis[] {
  const axes = (card.weight ?? []).flatMap((factor) => (factor.factor === 'kernel' ? (factor.axes ?? []) : []));
  return axes.filter(({ parameter }, i) => axes.findIndex((axis) => axis.parameter === parameter) === i);
}

/** Within which a bandwidth may be moved. */
export function bandwidthRange({ bandwidth }: KernelAxis): Range {
  return [tidy(bandwidth / 10), tidy(bandwidth * 10)];
}

/** Parameters that may be profiled: those with bounds that are not on an axis. */
export function profilable(card: Card, { x, y }: { x: string; y: string }): string[] {
  return boundedParameters(card).filter((name) => name !== x && name !== y);
}

/** The value of a parameter that is on no axis, in the state: set, or that of the one it follows. `null`: it follows a
 * parameter on an axis. */
export function parameterValue(card: Card, state: ContourState, name: string): number | null {
  const seen = new Set<string>();
  for (let current = name; !seen.has(current); ) {
    seen.add(current);
    if (current === state.axes.x || current === state.axes.y) return null;
    const value = state.set[current];
    if (value !== undefined) return value;
    const { follows, default: fallback } = card.parameters[current]!;
    if (!follows || !card.parameters[follows]) return fallback;
    current = follows;
  }
  return card.parameters[name]!.default;
}

/** Puts a parameter on an axis. If the other axis has it, the two are exchanged. */
export function withAxis(card: Card, state: ContourState, axis: AxisName, name: string): ContourState {
  const other = axis === 'x' ? 'y' : 'x';
  if (name === state.axes[axis]) return state;
  const preset = contourPresetOf(card, state.preset);
  if (name === state.axes[other]) {
    const pin: Range | null = state.pin && [state.pin[1], state.pin[0]];
    const axes = { x: state.axes.y, y: state.axes.x };
    return { ...state, axes, x: state.y, y: state.x, pin };
  }
  const axes = { ...state.axes, [axis]: name };
  const drawable = overlaysIn(card, axes);
  const known = { ...settableValues(card, state.preset, axes), ...state.set };
  return {
    ...state,
    axes,
    [axis]: planeOf(card, preset, axes)[axis].range,
    set: Object.fromEntries(Object.entries(known).filter(([parameter]) => isSettable(axes, parameter))),
    profile: state.profile === name ? '' : state.profile,
    overlays: state.overlays.filter((overlay) => drawable.includes(overlay)),
    pin: null,
    compared: [],
  };
}

/** Choices that survive a change of figure. */
export function keptOfContour(state: ContourState): Partial<ContourState> {
  const { variant, switches, method, cl, projection, bandwidth, channels, part, layer, band } = state;
  const { scan, scanProfile, exposureOn } = state;
  const panels = { scan, scanProfile, exposureOn };
  return { variant, switches, method, cl, projection, bandwidth, channels, part, layer, band, ...panels };
}

/** Takes what an address says about `state`, which has the defaults of its card and figure. */
export function readContour(reader: AddressReader, card: Card, state: ContourState): void {
  const preset = contourPresetOf(card, state.preset);
  readAxes(reader, card, state);
  const plane = planeOf(card, preset, state.axes);
  state.variant = reader.choice('variant', Object.keys(card.variants ?? {}), state.variant);
  Object.assign(state, contourConstruction(card, state.variant));
  readShared(reader, card, state);
  state.method = reader.choice('method', contourMethods(card), state.method);
  state.projection = reader.choice('projection', ['', ...Object.keys(card.projections ?? {})], '');
  state.x = reader.pair('x', plane.x.bounds, plane.x.range);
  state.y = reader.pair('y', plane.y.bounds, plane.y.range);
  readValues(reader, card, state);
  for (const axis of kernelAxes(card)) {
    const { parameter, bandwidth } = axis;
    state.bandwidth[parameter] = reader.number(`bandwidth.${parameter}`, bandwidthRange(axis), bandwidth);
  }
  const channels = Object.keys(card.channels ?? {});
  const parts = Object.keys(card.parts ?? {});
  state.channels = reader.list('channels', channels, state.channels, 'channel');
  if (state.channels.length === 0 && channels.length > 0) {
    reader.problems.push('no channel was chosen: all count');
    state.channels = channels;
  }
  state.part = reader.choice('part', ['', ...parts], '');
  state.besideChannels = reader.list('beside.channels', channels, state.besideChannels, 'channel');
  state.besideParts = reader.list('beside.parts', parts, state.besideParts, 'part');
  state.profile = reader.choice('profile', ['', ...profilable(card, state.axes)], '');
  state.layer = reader.choice('layer', LAYERS, state.layer);
  state.band = reader.flag('band', state.band);
  state.overlays = reader.list('overlays', overlaysIn(card, state.axes), state.overlays, 'overlay');
  state.pin = reader.point('pin', plane.x.bounds, plane.y.bounds);
}

export function contourFields(state: ContourState, card: Card): [string, string][] {
  const { begin, middle, end } = sharedFields(state);
  const following = Object.entries(card.parameters)
    .filter(([name, { follows }]) => follows && isSettable(state.axes, name) && state.set[name] === undefined)
    .map(([name, { follows }]): [string, string] => [`set.${name}`, follows!]);
  return [
    ...begin,
    ['plane', `${state.axes.x}:${state.axes.y}`],
    ['method', state.method],
    ['cl', exactNumber(state.cl)],
    ['projection', state.projection],
    ...middle,
    ...following,
    ...Object.entries(state.bandwidth).map(([name, value]): [string, string] => [
      `bandwidth.${name}`,
      exactNumber(value),
    ]),
    ['channels', state.channels.join(',')],
    ['part', state.part],
    ['beside.channels', state.besideChannels.join(',')],
    ['beside.parts', state.besideParts.join(',')],
    ['profile', state.profile],
    ['layer', state.layer],
    ['band', state.band ? '1' : '0'],
    ...end,
  ];
}

/** Everything that is computed for the figure; what is left out only changes how it is shown. */
export function contourKey(state: ContourState): object {
  const {
    overlays: _overlays,
    pin: _pin,
    compared: _compared,
    scan: _scan,
    scanProfile: _profile,
    exposureOn: _exposureOn,
    ...rest
  } = state;
  return rest;
}

function readAxes(reader: AddressReader, card: Card, state: ContourState): void {
  const text = reader.take('plane');
  if (text === undefined) return;
  const names = text.split(':');
  const [x = '', y = ''] = names;
  const known = (name: string) => Object.hasOwn(card.parameters, name);
  if (names.length !== 2 || !known(x) || !known(y)) {
    reader.problems.push(`plane is “${shorten(text)}”, expected two parameters like ${state.axes.x}:${state.axes.y}`);
  } else if (x === y) {
    reader.problems.push(`plane = ${shorten(text)} has the same parameter on both axes`);
  } else {
    Object.assign(state, withAxes(card, state, { x, y }));
  }
}

function withAxes(card: Card, state: ContourState, axes: { x: string; y: string }): Partial<ContourState> {
  const drawable = overlaysIn(card, axes);
  return {
    axes,
    set: settableValues(card, state.preset, axes),
    overlays: state.overlays.filter((overlay) => drawable.includes(overlay)),
  };
}

function readValues(reader: AddressReader, card: Card, state: ContourState): void {
  for (const [name, { follows, range, default: fallback }] of Object.entries(card.parameters)) {
    const field = `set.${name}`;
    if (!isSettable(state.axes, name)) {
      reader.onAxis(field);
      continue;
    }
    if (follows && reader.peek(field) === follows) {
      reader.take(field);
      delete state.set[name];
    } else if (reader.peek(field) !== undefined) {
      state.set[name] = reader.number(field, range, state.set[name] ?? fallback);
    }
  }
}

/** The values that the figure gives to what is on no axis; a parameter that follows another has none of its own. */
function settableValues(card: Card, preset: string, axes: { x: string; y: string }): Record<string, number> {
  const given = contourPresetOf(card, preset).set ?? {};
  const values: Record<string, number> = {};
  for (const [name, { follows, default: fallback, range }] of Object.entries(card.parameters)) {
    if (!isSettable(axes, name)) continue;
    const value = given[name] ?? (follows ? undefined : fallback);
    if (value !== undefined) values[name] = clamp(value, range);
  }
  return values;
}

function isSettable({ x, y }: { x: string; y: string }, name: string): boolean {
  return name !== x && name !== y;
}

function tidy(value: number): number {
  return Number(value.toPrecision(3));
}
