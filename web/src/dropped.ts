// Curves that the reader has added from files: kept for the session of this tab and in pages saved as one file, for every
// figure with the same axes.

import type { Card } from 'anyslice';
import { LARGEST_FILE, readCurves } from './plot/curve_file.ts';
import { type Curve, shortLabel } from './plot/model.ts';
import type { Point } from './plot/regions.ts';
import type { Plane, PlaneAxis } from './state/plane.ts';

export interface DroppedCurve {
  /** Of the file. */
  name: string;
  /** Parameters and units of the axes that it was added to. */
  x: string;
  y: string;
  lines: Point[][];
}

const KEY = 'anyslice-curves';

/** The name of a file that is pasted text. */
export const PASTED = 'pasted';

export class DroppedCurves {
  private key = KEY;
  private curves: DroppedCurve[] = [];

  constructor(private readonly onChange: () => void) {}

  /** Brings back what this tab had, or else what the page was saved with; null for a page that was not saved. */
  begin(saved: unknown): void {
    // Saved pages of one folder have their storage in common, and each has its own curves.
    if (saved !== null) this.key = `${KEY} ${location.pathname}`;
    this.curves = curvesIn(restored(this.key) ?? saved);
    if (this.curves.length > 0) this.onChange();
  }

  /** Adds a file to a figure; fails with one message that names the file and what was expected. */
  async add(file: File, plane: Plane): Promise<DroppedCurve> {
    if (file.size > LARGEST_FILE) {
      const limit = LARGEST_FILE / 1e6;
      throw new Error(
        `${file.name}: expected a text file of at most ${limit} MB; it has ${(file.size / 1e6).toFixed(1)} MB.`,
      );
    }
    return this.addText(file.name === PASTED ? this.nameOfPasted() : file.name, await file.text(), plane);
  }

  addText(name: string, text: string, plane: Plane): DroppedCurve {
    const column = (axis: PlaneAxis) => ({ title: titleOf(axis), log: axis.scale === 'log' });
    const lines = readCurves(name, text, [column(plane.x), column(plane.y)]);
    const curve = { name, x: keyOf(plane.x), y: keyOf(plane.y), lines };
    // The same file again replaces what it was.
    const at = this.curves.findIndex((other) => isSame(other, curve));
    this.curves = at < 0 ? [...this.curves, curve] : this.curves.map((other, i) => (i === at ? curve : other));
    this.changed();
    return curve;
  }

  /** Text has no name: the next one must not replace the last. */
  private nameOfPasted(): string {
    const names = new Set(this.curves.map(({ name }) => name));
    let name = PASTED;
    for (let i = 2; names.has(name); ++i) name = `${PASTED} ${i}`;
    return name;
  }

  remove(curve: DroppedCurve): void {
    this.curves = this.curves.filter((other) => !isSame(other, curve));
    this.changed();
  }

  /** Those that belong into a figure. */
  in({ x, y }: Plane): DroppedCurve[] {
    const [a, b] = [keyOf(x), keyOf(y)];
    return this.curves.filter((curve) => (curve.x === a && curve.y === b) || (curve.x === b && curve.y === a));
  }

  /** Those of parameters that a card has. */
  of(card: Card): DroppedCurve[] {
    const known = Object.entries(card.parameters).map(([name, { unit }]) => axisKey(name, unit));
    return this.curves.filter(({ x, y }) => known.includes(x) && known.includes(y));
  }

  private changed(): void {
    store(this.key, this.curves);
    this.onChange();
  }
}

function isSame(one: DroppedCurve, other: DroppedCurve): boolean {
  return one.name === other.name && one.x === other.x && one.y === other.y;
}

/** As a curve of the plot; `index` decides of colour and dashes. */
export function droppedCurve({ name, x, lines }: DroppedCurve, plane: Plane, index: number): Curve {
  const turned = x !== keyOf(plane.x);
  // Another figure may have logarithmic axes where the one that the file was added to had none.
  const isDrawn = ([a, b]: Point) => (plane.x.scale === 'lin' || a > 0) && (plane.y.scale === 'lin' || b > 0);
  const drawn = lines.map((line) => line.map(([a, b]): Point => (turned ? [b, a] : [a, b])).filter(isDrawn));
  return {
    role: 'overlay',
    index,
    label: labelOf(name),
    lines: drawn,
    marks: lines.every((line) => line.length === 1),
  };
}

/** The name of a file without its ending, as a label. */
export function labelOf(name: string): string {
  const plain = name.replace(/\.[A-Za-z0-9]{1,5}$/, '').replaceAll(/[{}]/g, '');
  return plain.length > 32 ? `${plain.slice(0, 31)}…` : plain;
}

/** What a column of a file for this axis must hold, in plain text: "scalar mass m_S [MeV]". */
export function titleOf({ parameter: { label, symbol, unit } }: PlaneAxis): string {
  return `${shortLabel(label)} ${symbol.text}${unit === '1' ? '' : ` [${unit}]`}`;
}

function keyOf({ name, parameter: { unit } }: PlaneAxis): string {
  return axisKey(name, unit);
}

function axisKey(name: string, unit: string): string {
  return `${name} [${unit}]`;
}

// Storage may be forbidden or full; the curves then last as long as the page.
function restored(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function curvesIn(found: unknown): DroppedCurve[] {
  return Array.isArray(found) ? found.filter(isDropped) : [];
}

function store(key: string, curves: DroppedCurve[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(curves));
  } catch {
    // Nothing to do.
  }
}

function isDropped(value: unknown): value is DroppedCurve {
  const { name, x, y, lines } = (value ?? {}) as Partial<Record<keyof DroppedCurve, unknown>>;
  const isPoint = (point: unknown) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
  return (
    [name, x, y].every((text) => typeof text === 'string') &&
    Array.isArray(lines) &&
    lines.every((line) => Array.isArray(line) && line.every(isPoint))
  );
}
