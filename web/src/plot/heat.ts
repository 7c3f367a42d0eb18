// A quantity as colours under the curves, and the scale that says what they mean.

import type { Field, Scale } from 'anyslice';
import type { Range } from '../state/ranges.ts';
import { colourAt } from './colour_map.ts';
import type { Heat } from './model.ts';
import { drawText, parseText, textWidth } from './rich_text.ts';
import { clipped, type Surface } from './surface.ts';
import { ticksOf } from './ticks.ts';

/** Room to the right of the axes for the scale. */
export const SCALE_ROOM = 80;

const BAR_WIDTH = 13;
const BAR_GAP = 12;
// How much longer than the scale its title may be.
const TITLE_OVERHANG = 16;
// A scale for what is far from where differences matter.
const DECADES = 6;

// Twice as fine as the grid where it has to be stretched onto another scale.
const REFINED = 2;

interface Painted {
  scales: string;
  image: HTMLCanvasElement;
  range: Range;
  /** Whether values lie below and above the range. */
  beyond: [boolean, boolean];
}

// The picture of a grid is made once, however often the plot is drawn: the crosshair draws it at every move.
const painted = new WeakMap<Field, Painted>();

export function paintHeat(surface: Surface, heat: Heat): void {
  const { field } = heat;
  const { context, pixelOf } = surface;
  if (field.x.length < 2 || field.y.length < 2) return;
  const { image } = paintedOf(heat);
  const [columns, rows] = [image.width, image.height];
  const [left, bottom] = pixelOf([field.x[0]!, field.y[0]!]);
  const [right, top] = pixelOf([field.x.at(-1)!, field.y.at(-1)!]);
  // A grid point is the middle of its cell.
  const width = ((right - left) * columns) / (columns - 1);
  const height = ((bottom - top) * rows) / (rows - 1);
  clipped(surface, () => {
    context.imageSmoothingEnabled = !heat.cells;
    context.drawImage(image, (left + right - width) / 2, (top + bottom - height) / 2, width, height);
  });
}

export function paintScale({ context, frame, colours, text }: Surface, heat: Heat): void {
  const { title, scale = 'log' } = heat;
  const { range, beyond } = paintedOf(heat);
  const left = frame.right + BAR_GAP;
  const height = frame.bottom - frame.top;
  context.save();
  for (let pixel = 0; pixel < height; ++pixel) {
    context.fillStyle = `rgb(${colourAt(1 - (pixel + 0.5) / height).join(',')})`;
    context.fillRect(left, frame.top + pixel, BAR_WIDTH, 1.5);
  }
  context.strokeStyle = colours.ink;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, frame.top + 0.5, BAR_WIDTH, height - 1);
  const axis = { range, scale };
  context.fillStyle = colours.ink;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = `${text.size - 1}px ${text.family}`;
  for (const { value, label } of ticksOf(axis, Math.floor(height / 40))) {
    if (label === '') continue;
    const y = frame.bottom - height * shareOf(value, range, scale);
    context.fillRect(left + BAR_WIDTH, Math.round(y), 4, 1);
    const sign = beyond[0] && value === range[0] ? '≤' : beyond[1] && value === range[1] ? '≥' : '';
    context.fillText(sign + label, left + BAR_WIDTH + 6, Math.min(Math.max(y, frame.top + 6), frame.bottom - 6));
  }
  context.translate(left + BAR_WIDTH + Math.max(47, 3.6 * text.size), (frame.top + frame.bottom) / 2);
  context.rotate(-Math.PI / 2);
  // A long title shrinks to the canvas.
  const words = parseText(title);
  const size = Math.min(text.size, (text.size * (height + TITLE_OVERHANG)) / textWidth(context, words, text));
  drawText(context, words, 0, 0, { ...text, size }, colours.ink);
  context.restore();
}

function paintedOf({ field, scales, focus, scale = 'log' }: Heat): Painted {
  const key = `${scales.x} ${scales.y}`;
  const known = painted.get(field);
  if (known?.scales === key) return known;
  const { range, beyond } = scale === 'log' ? rangeOf(field, focus) : linearRangeOf(field, focus);
  const [columns, rows] = [evenly(field.x, scales.x), evenly(field.y, scales.y)];
  const image = document.createElement('canvas');
  [image.width, image.height] = [Math.max(1, columns.length), Math.max(1, rows.length)];
  const context = image.getContext('2d')!;
  const pixels = context.createImageData(image.width, image.height);
  rows.forEach((j, row) => {
    columns.forEach((i, column) => {
      const value = field.values[j]?.[i] ?? null;
      if (value === null || !(value >= 0)) return;
      const [red, green, blue] = colourAt(value > 0 ? shareOf(value, range, scale) : 0);
      // Row 0 is the lowest, the first line of a picture the highest.
      pixels.data.set([red, green, blue, 255], 4 * ((image.height - 1 - row) * image.width + column));
    });
  });
  context.putImageData(pixels, 0, 0);
  const made = { scales: key, image, range, beyond };
  painted.set(field, made);
  return made;
}

/** Indices of grid points that lie evenly on an axis: all of them in turn, or the nearest ones where the grid was made
 * on another scale. */
function evenly(values: number[], scale: Scale): number[] {
  const place = scale === 'log' ? Math.log : (value: number) => value;
  const places = values.map(place);
  const [first, last] = [places[0]!, places.at(-1)!];
  const step = (last - first) / (places.length - 1);
  if (places.every((at, i) => Math.abs(at - first - i * step) < 0.01 * step)) return values.map((_, i) => i);
  let nearest = 0;
  return Array.from({ length: REFINED * values.length }, (_, i) => {
    const at = first + ((last - first) * i) / (REFINED * values.length - 1);
    while (nearest < places.length - 1 && places[nearest + 1]! + places[nearest]! < 2 * at) ++nearest;
    return nearest;
  });
}

/** Whole decades around the values, within what matters: they change rarely while something moves. */
function rangeOf({ values }: Field, focus: Range): Pick<Painted, 'range' | 'beyond'> {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const row of values) {
    for (const value of row) {
      if (value === null || !(value > 0) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(high > 0)) return { range: focus, beyond: [false, false] };
  const decade = (exponent: number) => Number(`1e${exponent}`);
  const bottom = Math.floor(Math.log10(low) + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(high) - 1e-9));
  const range: Range = [Math.max(focus[0], decade(bottom)), Math.min(focus[1], decade(top))];
  if (range[0] < range[1]) return { range, beyond: [low < range[0], high > range[1]] };
  // All of it lies where differences matter less.
  return {
    range: [Math.max(decade(bottom), decade(top - DECADES)), decade(top)],
    beyond: [top - bottom > DECADES, false],
  };
}

function linearRangeOf({ values }: Field, range: Range): Pick<Painted, 'range' | 'beyond'> {
  const known = values.flat().filter((value): value is number => value !== null);
  return { range, beyond: [known.some((value) => value < range[0]), known.some((value) => value > range[1])] };
}

/** Where a value lies on the scale, 0 to 1. */
function shareOf(value: number, [low, high]: Range, scale: Scale): number {
  const share = scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}
