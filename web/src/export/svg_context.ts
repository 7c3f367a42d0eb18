// What the painters of the plot need of a canvas, written down as SVG: lines and areas as paths, text as text.

import type { Piece } from '../symbols.ts';
import { IDENTITY, type Matrix, product, SvgPath, scaleOf, short } from './svg_path.ts';
import { escaped, parseFont, spans } from './svg_text.ts';

/** An element, and the clip paths that it lies in, the outermost first. */
interface Item {
  clips: string[];
  markup: string;
}

interface Style {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: CanvasLineCap;
  lineJoin: CanvasLineJoin;
  lineDashOffset: number;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
}

interface Kept {
  style: Style;
  dashes: number[];
  matrix: Matrix;
  clips: string[];
}

/** How a line of text is to be written. */
export interface Writing {
  size: number;
  family: string;
  weight?: number;
  colour: string;
  anchor: 'start' | 'middle' | 'end';
  /** The colour of an outline that keeps text readable on lines. */
  halo?: string;
}

/** Stands in for the context of a canvas; what no painter uses is missing. */
export class SvgContext implements Style {
  fillStyle = '#000000';
  strokeStyle = '#000000';
  lineWidth = 1;
  lineCap: CanvasLineCap = 'butt';
  lineJoin: CanvasLineJoin = 'miter';
  lineDashOffset = 0;
  globalAlpha = 1;
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  imageSmoothingEnabled = true;
  private dashes: number[] = [];
  private matrix: Matrix = IDENTITY;
  private clips: string[] = [];
  private readonly kept: Kept[] = [];
  private path = new SvgPath();
  private items: Item[] = [];
  /** Clip paths by their content. */
  private readonly known = new Map<string, string>();
  private readonly measuring = document.createElement('canvas').getContext('2d')!;

  /** `prefix` keeps the names of clip paths apart where drawings are joined. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly prefix: string,
  ) {}

  // ------------------------------------------------------------ state

  save(): void {
    this.kept.push({
      style: { ...styleOf(this) },
      dashes: this.dashes,
      matrix: this.matrix,
      clips: this.clips,
    });
  }

  restore(): void {
    const last = this.kept.pop();
    if (!last) return;
    Object.assign(this, last.style);
    this.dashes = last.dashes;
    this.matrix = last.matrix;
    this.clips = last.clips;
  }

  setLineDash(dashes: number[]): void {
    this.dashes = dashes;
  }

  setTransform(...matrix: [number, number, number, number, number, number]): void {
    this.matrix = matrix;
  }

  resetTransform(): void {
    this.matrix = IDENTITY;
  }

  translate(x: number, y: number): void {
    this.matrix = product(this.matrix, [1, 0, 0, 1, x, y]);
  }

  scale(x: number, y: number): void {
    this.matrix = product(this.matrix, [x, 0, 0, y, 0, 0]);
  }

  rotate(angle: number): void {
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    this.matrix = product(this.matrix, [cosine, sine, -sine, cosine, 0, 0]);
  }

  // ------------------------------------------------------------ paths

  /** What `new Path2D()` is to a canvas. */
  createPath(): SvgPath {
    return new SvgPath();
  }

  beginPath(): void {
    this.path = new SvgPath();
  }

  moveTo(x: number, y: number): void {
    this.path.moveTo(...this.placed(x, y));
  }

  lineTo(x: number, y: number): void {
    this.path.lineTo(...this.placed(x, y));
  }

  closePath(): void {
    this.path.closePath();
  }

  rect(...box: [number, number, number, number]): void {
    const own = new SvgPath();
    own.rect(...box);
    this.path.add(own, this.matrix);
  }

  arc(...circle: [number, number, number, number, number, boolean?]): void {
    const own = new SvgPath();
    own.arc(...circle);
    this.path.add(own, this.matrix);
  }

  fill(...given: [SvgPath | CanvasFillRule | undefined, CanvasFillRule?]): void {
    const [path, rule] = this.read(given);
    if (path.empty) return;
    const evenOdd = rule === 'evenodd' ? ' fill-rule="evenodd"' : '';
    this.add(`<path d="${path}"${colour('fill', this.fillStyle, this.globalAlpha)}${evenOdd}/>`);
  }

  stroke(given?: SvgPath): void {
    const [path] = this.read([given]);
    if (path.empty) return;
    this.add(`<path d="${path}" fill="none"${this.stroking()}/>`);
  }

  clip(...given: [SvgPath | CanvasFillRule | undefined, CanvasFillRule?]): void {
    const [path, rule] = this.read(given);
    const content = `<path d="${path}"${rule === 'evenodd' ? ' clip-rule="evenodd"' : ''}/>`;
    let id = this.known.get(content);
    if (!id) {
      id = `${this.prefix}${this.known.size + 1}`;
      this.known.set(content, id);
    }
    this.clips = [...this.clips, id];
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const own = new SvgPath();
    own.rect(x, y, width, height);
    this.fill(own);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    const own = new SvgPath();
    own.rect(x, y, width, height);
    this.stroke(own);
  }

  /** Chart.js clears everything before it draws. */
  clearRect(): void {
    this.items = [];
  }

  // ------------------------------------------------------------ pictures and text

  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    const sharp = this.imageSmoothingEnabled ? '' : ' style="image-rendering:pixelated"';
    this.add(
      `<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none"${sharp} xlink:href="${image.toDataURL('image/png')}"/>`,
    );
  }

  measureText(text: string): TextMetrics {
    this.measuring.font = this.font;
    this.measuring.textBaseline = this.textBaseline;
    return this.measuring.measureText(text);
  }

  fillText(text: string, x: number, y: number): void {
    const { size, family, attributes } = parseFont(this.font);
    const anchor = { center: 'middle', right: 'end', end: 'end' }[this.textAlign as string] ?? 'start';
    const content = spans([{ text, italic: false, subscript: false }], size);
    this.write(content, x, y, { size, family, attributes, anchor }, colour('fill', this.fillStyle, this.globalAlpha));
  }

  /** Symbols and words as one line of text, its middle at the height `y`. */
  writePieces(pieces: Piece[], x: number, y: number, writing: Writing): void {
    const { size, family, weight = 400, anchor, halo } = writing;
    const attributes = weight === 400 ? '' : ` font-weight="${weight}"`;
    this.save();
    this.font = `${weight} ${size}px ${family}`;
    this.textBaseline = 'middle';
    const content = spans(pieces, size);
    const font = { size, family, attributes, anchor };
    // The outline is a text of its own: programs that do not know another order would paint it over the letters.
    if (halo) {
      const outline = ` fill="none"${colour('stroke', halo, 1)} stroke-width="4" stroke-linejoin="round" aria-hidden="true"`;
      this.write(content, x, y, font, outline);
    }
    this.write(content, x, y, font, colour('fill', writing.colour, 1));
    this.restore();
  }

  // ------------------------------------------------------------ the document

  /** Puts another drawing into this one, its corner at (x, y). */
  embed(other: SvgContext, x: number, y: number): void {
    this.add(`<g transform="translate(${short(x)} ${short(y)})">${other.definitions()}${other.body()}</g>`);
  }

  document(width: number, height: number, title: string, description: string, family: string): string {
    return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(family)}">
<title>${escaped(title)}</title>
<desc>${escaped(description)}</desc>
${this.definitions()}${this.body()}</svg>
`;
  }

  private definitions(): string {
    if (this.known.size === 0) return '';
    const clips = [...this.known].map(([content, id]) => `<clipPath id="${id}">${content}</clipPath>\n`);
    return `<defs>\n${clips.join('')}</defs>\n`;
  }

  private body(): string {
    let text = '';
    let open: string[] = [];
    for (const { clips, markup } of [...this.items, { clips: [], markup: '' }]) {
      let common = 0;
      while (common < open.length && common < clips.length && open[common] === clips[common]) ++common;
      text += '</g>\n'.repeat(open.length - common);
      for (const id of clips.slice(common)) text += `<g clip-path="url(#${id})">\n`;
      open = clips;
      if (markup) text += `${markup}\n`;
    }
    return text;
  }

  // ------------------------------------------------------------ helpers

  private add(markup: string): void {
    this.items.push({ clips: this.clips, markup });
  }

  private placed(x: number, y: number): [number, number] {
    const [a, b, c, d, e, f] = this.matrix;
    return [a * x + c * y + e, b * x + d * y + f];
  }

  /** A path that is given lies in the present coordinates; the one of the canvas has been placed as it was made. */
  private read([path, rule]: [SvgPath | CanvasFillRule | undefined, CanvasFillRule?]): [SvgPath, CanvasFillRule?] {
    if (!(path instanceof SvgPath)) return [this.path, path];
    const moved = new SvgPath();
    moved.add(path, this.matrix);
    return [moved, rule];
  }

  private stroking(): string {
    const factor = scaleOf(this.matrix);
    const parts = [colour('stroke', this.strokeStyle, this.globalAlpha)];
    if (this.lineWidth * factor !== 1) parts.push(` stroke-width="${short(this.lineWidth * factor)}"`);
    if (this.lineCap !== 'butt') parts.push(` stroke-linecap="${this.lineCap}"`);
    if (this.lineJoin !== 'miter') parts.push(` stroke-linejoin="${this.lineJoin}"`);
    if (this.dashes.length > 0) {
      parts.push(` stroke-dasharray="${this.dashes.map((length) => short(length * factor)).join(' ')}"`);
      if (this.lineDashOffset !== 0) parts.push(` stroke-dashoffset="${short(this.lineDashOffset * factor)}"`);
    }
    return parts.join('');
  }

  private write(
    content: string,
    x: number,
    y: number,
    { size, family, attributes, anchor }: { size: number; family: string; attributes: string; anchor: string },
    paint: string,
  ): void {
    // Programs disagree about all baselines but the alphabetic one.
    const base = y + this.belowBaseline();
    const [a, b, c, d] = this.matrix;
    const [left, top] = this.placed(x, base);
    const turned = Math.abs(b) > 1e-9 || Math.abs(c) > 1e-9 || a !== 1 || d !== 1;
    const place = turned
      ? ` transform="matrix(${[a, b, c, d].map((value) => short(value)).join(' ')} ${short(left)} ${short(top)})"`
      : ` x="${short(left)}" y="${short(top)}"`;
    const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
    // Without the wish to preserve it, some programs drop the space at either end of a span.
    this.add(
      `<text xml:space="preserve"${place} font-family="${escaped(family)}" font-size="${short(size)}"${attributes}${anchored}${paint}>${content}</text>`,
    );
  }

  /** How far the alphabetic baseline lies below the one in use. */
  private belowBaseline(): number {
    const { measuring } = this;
    measuring.font = this.font;
    measuring.textBaseline = this.textBaseline;
    const above = measuring.measureText('x').actualBoundingBoxAscent;
    measuring.textBaseline = 'alphabetic';
    return measuring.measureText('x').actualBoundingBoxAscent - above;
  }
}

function styleOf(from: Style): Style {
  const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, lineDashOffset } = from;
  const { globalAlpha, font, textAlign, textBaseline, imageSmoothingEnabled } = from;
  return {
    fillStyle,
    strokeStyle,
    lineWidth,
    lineCap,
    lineJoin,
    lineDashOffset,
    globalAlpha,
    font,
    textAlign,
    textBaseline,
    imageSmoothingEnabled,
  };
}

/** A colour as attributes: opacity by itself, since not every program reads #rrggbbaa. */
function colour(what: 'fill' | 'stroke', value: string, alpha: number): string {
  const [, opaque = value, transparency = 'ff'] = /^(#[0-9a-f]{6})([0-9a-f]{2})$/i.exec(value) ?? [];
  const opacity = (alpha * Number.parseInt(transparency, 16)) / 255;
  return ` ${what}="${escaped(opaque)}"${opacity < 1 ? ` ${what}-opacity="${Number(opacity.toFixed(3))}"` : ''}`;
}
