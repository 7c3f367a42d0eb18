// What the plot shows, read from the SVG of the export menu: paths in its pixels, and where values of the axes lie there.

import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { exportedText } from './exports.ts';
import { cardPath } from './native.ts';

type Point = [number, number];

export interface Drawing {
  /** Stroked paths and filled ones inside the axes. */
  paths: { points: Point[]; dashes: string }[];
  /** The inside of the axes: left, top, right, bottom. */
  frame: [number, number, number, number];
  texts: string[];
  /** Where a point of the axes is drawn. */
  pixelOf: (at: Point) => Point;
}

interface OverlayOfCard {
  label: string;
  x: string;
  y: string;
  region: string;
  curves?: Point[][];
  function?: string;
}

export function overlaysOf(card: string): Record<string, OverlayOfCard> {
  return JSON.parse(readFileSync(cardPath(card), 'utf8')).overlays;
}

/** Of a figure of a built-in card that shows its own plane. */
export async function drawing(page: Page): Promise<Drawing> {
  const svg = await exportedText(page, 'SVG');
  const pointsOf = (data: string) =>
    [...data.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]): Point => [Number(x), Number(y)]);
  const rectangles = [...svg.matchAll(/<clipPath[^>]*><path d="([^"]*)"/g)]
    .map(([, data]) => pointsOf(data!))
    .filter((points) => points.length === 4);
  const area = ([a, , c]: Point[]) => (c![0] - a![0]) * (c![1] - a![1]);
  const [[left, top], , [right, bottom]] = rectangles.toSorted((one, other) => area(other) - area(one))[0] as [
    Point,
    Point,
    Point,
  ];
  const paths = [...svg.replaceAll(/<clipPath.*?<\/clipPath>/g, '').matchAll(/<path [^>]*>/g)].map(([tag]) => ({
    points: pointsOf(/ d="([^"]*)"/.exec(tag)![1]!),
    dashes: /stroke-dasharray="([^"]*)"/.exec(tag)?.[1] ?? '',
  }));
  const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
  const { axes } = JSON.parse(readFileSync(cardPath(hash.get('card')!), 'utf8')).presets[hash.get('preset')!];
  const place = (value: number, axis: 'x' | 'y') => {
    const scaled = (number: number) => (axes[axis].scale === 'log' ? Math.log(number) : number);
    const [low = Number.NaN, high = Number.NaN] = hash.get(axis)!.split(':').map(Number);
    return (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
  };
  return {
    paths,
    frame: [left, top, right, bottom],
    texts: [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text]) => text!.replaceAll(/<[^>]*>/g, '')),
    pixelOf: ([x, y]) => [left + place(x, 'x') * (right - left), bottom - place(y, 'y') * (bottom - top)],
  };
}

/** Whether one path has a corner at each of the points that lie inside the frame. */
export function hasLine({ paths, frame, pixelOf }: Drawing, line: Point[], dashes?: string): boolean {
  const [left, top, right, bottom] = frame;
  const pixels = line.map(pixelOf).filter(([x, y]) => x >= left && x <= right && y >= top && y <= bottom);
  expect(pixels.length, 'points inside the frame').toBeGreaterThan(0);
  const isAt = ([x, y]: Point, [px, py]: Point) => Math.abs(x - px) < 0.1 && Math.abs(y - py) < 0.1;
  return paths.some(
    (path) =>
      (dashes === undefined || path.dashes === dashes) &&
      pixels.every((pixel) => path.points.some((point) => isAt(point, pixel))),
  );
}

/** Whether an overlay of the card is drawn, as its numbers have it; null for one that is not in the window. */
export function hasOverlay(drawn: Drawing, card: string, name: string): boolean | null {
  const overlay = overlaysOf(card)[name]!;
  const { functions } = JSON.parse(readFileSync(cardPath(card), 'utf8'));
  const lines: Point[][] = overlay.curves ?? [functions[overlay.function!].points];
  const [left, top, right, bottom] = drawn.frame;
  const visible = lines.filter((line) =>
    line.map(drawn.pixelOf).some(([x, y]) => x >= left && x <= right && y >= top && y <= bottom),
  );
  if (visible.length === 0) return null;
  // A point is a diamond of this half height.
  const up = (line: Point[]) => line.map((at): Point => drawn.pixelOf(at)).map(([x, y]): Point => [x, y - 5]);
  if (overlay.region !== 'points') return visible.every((line) => hasLine(drawn, line));
  return visible
    .flatMap(up)
    .every(([x, y]) => drawn.paths.some(({ points: [tip] }) => tip && Math.hypot(tip[0] - x, tip[1] - y) < 0.1));
}
