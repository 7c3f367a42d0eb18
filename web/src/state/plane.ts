// Figures of a card and the plane that each shows: parameters, scales and ranges of the two axes, and what is drawn in it.

import type { Axis, Card, ContourPreset, CurvePreset, Overlay, Parameter, Preset, Scale } from 'anyslice';
import { clamp, type Range } from './ranges.ts';

export interface PlaneAxis {
  name: string;
  parameter: Parameter;
  scale: Scale;
  /** What the axis shows by itself. */
  range: Range;
  /** How far it may be moved: the parameter's range, widened to what the figure shows. */
  bounds: Range;
}

export interface Plane {
  x: PlaneAxis;
  y: PlaneAxis;
}

export type AxisName = keyof Plane;

const ANY_PLANE = 'any-plane';

/** The figures of a card: its own, or that of its limits; and where none of them shows a contour, one that does. */
export function presetsOf(card: Card): Record<string, Preset> {
  const own = Object.keys(card.presets ?? {}).length > 0 ? card.presets! : { default: plainPreset(card) };
  return Object.values(own).some(isContour) ? own : { ...own, [ANY_PLANE]: anyPlane(card, Object.values(own)[0]!) };
}

export function presetOf(card: Card, name?: string): [string, Preset] {
  const presets = presetsOf(card);
  const chosen = name !== undefined && Object.hasOwn(presets, name) ? name : Object.keys(presets)[0]!;
  return [chosen, presets[chosen]!];
}

export function isContour(preset: Preset): preset is ContourPreset {
  return preset.kind === 'contour';
}

/** The figure of this name where it is known to show limit curves. */
export function curvePresetOf(card: Card, name: string): CurvePreset {
  const [, preset] = presetOf(card, name);
  if (isContour(preset)) throw new Error(`The figure ${name} shows no limit curve.`);
  return preset;
}

export function contourPresetOf(card: Card, name: string): ContourPreset {
  const [, preset] = presetOf(card, name);
  if (!isContour(preset)) throw new Error(`The figure ${name} shows no contour.`);
  return preset;
}

/** The parameters on the axes of a figure as the card has it. */
export function axesOf(preset: Preset): { x: string; y: string } {
  return isContour(preset) ? { x: preset.x, y: preset.y } : { x: preset.versus, y: preset.on };
}

/** The plane of a figure, with other parameters on its axes if `axes` says so. */
export function planeOf(card: Card, preset: Preset, axes = axesOf(preset)): Plane {
  const own = axesOf(preset);
  const axisOf = (name: string): PlaneAxis => {
    const parameter = card.parameters[name]!;
    // A parameter has the axis that the figure gives it, even when the two axes are exchanged.
    const given = name === own.x ? preset.axes.x : name === own.y ? preset.axes.y : parameter;
    const [low, high] = parameter.range;
    return {
      name,
      parameter,
      scale: given.scale,
      range: [...given.range],
      bounds: [Math.min(given.range[0], low), Math.max(given.range[1], high)],
    };
  };
  return { x: axisOf(axes.x), y: axisOf(axes.y) };
}

/** The visible part of an axis that lies within the range of its parameter. */
export function validPart(visible: Range, { parameter }: PlaneAxis): Range {
  return [clamp(visible[0], parameter.range), clamp(visible[1], parameter.range)];
}

/** Overlays that can be drawn with these parameters on the axes, as they are or with their axes exchanged. */
export function overlaysIn(card: Card, { x, y }: { x: string; y: string }): string[] {
  const fits = (overlay: Overlay) =>
    (overlay.x === x && overlay.y === y) || (overlay.curves !== undefined && overlay.x === y && overlay.y === x);
  return Object.entries(card.overlays ?? {})
    .filter(([, overlay]) => fits(overlay))
    .map(([name]) => name);
}

/** Contours of a card whose figures are limit curves, at first in the plane of the first of them. */
function anyPlane(card: Card, first: Preset): ContourPreset {
  const { x, y } = axesOf(first);
  const within = (axis: Axis, name: string): Axis => {
    const { range } = card.parameters[name]!;
    return { ...axis, range: [clamp(axis.range[0], range), clamp(axis.range[1], range)] };
  };
  const axes = { x: within(first.axes.x, x), y: within(first.axes.y, y) };
  return { kind: 'contour', label: 'Any plane of two parameters', x, y, axes, overlays: first.overlays };
}

/** For a card without presets: the plane of its limits over the full ranges. */
function plainPreset(card: Card): Preset {
  const { on, versus } = card.limits;
  const axis = (name: string) => {
    const { range, scale } = card.parameters[name]!;
    return { range, scale };
  };
  return { label: 'Default', on, versus, axes: { x: axis(versus), y: axis(on) }, bands: true, overlays: [] };
}
