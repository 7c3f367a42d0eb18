// The picture to take away: the plot with its key above and its caption below, since it leaves the page without them.

import { type Colours, dashOf, faint } from '../plot/colours.ts';
import type { KeyItem } from '../plot/key.ts';
import type { PlotModel } from '../plot/model.ts';
import { fontSizeAt, Plot, type Sheet } from '../plot/plot.ts';
import type { Point } from '../plot/regions.ts';
import { drawText, parseText, type TextStyle, textWidth } from '../plot/rich_text.ts';
import { SvgContext } from './svg_context.ts';

const MARGIN = 14;
const LINE_HEIGHT = 1.5;
const MARK_WIDTH = 30;
const MARK_GAP = 8;
const ITEM_GAP = 20;
const SEPARATOR = ' · ';

/** What goes into a picture: the plot, its key, and a caption of parts between which a line may break, with symbols in
 * braces. */
export interface Figure {
  model: PlotModel;
  pin: Point | null;
  key: KeyItem[];
  caption: string[];
}

/** How the lines of key and caption are laid out around the plot, in CSS pixels. */
interface Layout {
  keyLines: KeyItem[][];
  captionLines: string[][];
  line: number;
  top: number;
  width: number;
  /** Of the whole picture. */
  height: number;
}

/** The picture as pixels: `sheet.ratio` of them for one CSS pixel. */
export function paintedPicture(figure: Figure, sheet: Sheet): HTMLCanvasElement {
  const plot = document.createElement('canvas');
  drawnPlot(plot, figure, sheet);
  const made = document.createElement('canvas');
  const context = made.getContext('2d')!;
  const layout = layoutOf(context, figure, sheet);
  // Setting the size clears the canvas and its state: only now is it drawn on.
  made.width = layout.width * sheet.ratio;
  made.height = layout.height * sheet.ratio;
  context.fillStyle = sheet.colours.paper;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(plot, 0, layout.top * sheet.ratio);
  context.scale(sheet.ratio, sheet.ratio);
  drawLines(context, layout, sheet);
  return made;
}

/** The picture as the text of an SVG. */
export function writtenPicture(figure: Figure, sheet: Sheet, title: string, description: string): string {
  const plot = document.createElement('canvas');
  const inner = new SvgContext(plot, 'plot-');
  // The library asks a canvas for what it draws on.
  plot.getContext = (() => inner) as unknown as HTMLCanvasElement['getContext'];
  drawnPlot(plot, figure, { ...sheet, ratio: 1 });
  const outer = new SvgContext(document.createElement('canvas'), 'key-');
  const context = outer as unknown as CanvasRenderingContext2D;
  const layout = layoutOf(document.createElement('canvas').getContext('2d')!, figure, sheet);
  context.fillStyle = sheet.colours.paper;
  context.fillRect(0, 0, layout.width, layout.height);
  outer.embed(inner, 0, layout.top);
  drawLines(context, layout, sheet);
  return outer.document(layout.width, layout.height, title, description, sheet.family);
}

function drawnPlot(canvas: HTMLCanvasElement, { model, pin }: Figure, sheet: Sheet): void {
  canvas.width = sheet.width;
  canvas.height = sheet.height;
  new Plot(canvas, sheet).show(model, pin);
}

function layoutOf(
  context: CanvasRenderingContext2D,
  { key, caption }: Figure,
  { width, height, family }: Sheet,
): Layout {
  const style = styleOf({ width, family });
  const room = width - 2 * MARGIN;
  const measure = (text: string) => textWidth(context, parseText(text), style);
  const keyLines = broken(key, (item) => (item.mark ? MARK_WIDTH + MARK_GAP : 0) + measure(item.text), ITEM_GAP, room);
  const captionLines = broken(caption, measure, measure(SEPARATOR), room);
  const line = Math.round(LINE_HEIGHT * style.size);
  const top = keyLines.length * line + (keyLines.length > 0 ? MARGIN : 0);
  const bottom = captionLines.length * line + (captionLines.length > 0 ? MARGIN : 0);
  return { keyLines, captionLines, line, top, width, height: Math.ceil(top + height + bottom) };
}

function drawLines(context: CanvasRenderingContext2D, layout: Layout, sheet: Sheet): void {
  const { colours } = sheet;
  const { keyLines, captionLines, line, top, width } = layout;
  const style = styleOf(sheet);
  const write = (text: string, x: number, y: number) => {
    const pieces = parseText(text);
    const natural = textWidth(context, pieces, style);
    // What is longer than a line shrinks to it.
    const size = Math.min(1, (width - MARGIN - x) / natural) * style.size;
    drawText(context, pieces, x, y, { ...style, size }, colours.ink, undefined, 'start');
    return x + (natural * size) / style.size;
  };
  keyLines.forEach((row, i) => {
    const y = MARGIN / 2 + (i + 0.5) * line;
    let x = MARGIN;
    for (const { mark, text } of row) {
      if (mark) {
        drawMark(context, mark, x, y, colours);
        x += MARK_WIDTH + MARK_GAP;
      }
      x = write(text, x, y) + ITEM_GAP;
    }
  });
  captionLines.forEach((row, i) => {
    write(row.join(SEPARATOR), MARGIN, top + sheet.height + MARGIN / 3 + (i + 0.5) * line);
  });
}

function styleOf({ width, family }: Pick<Sheet, 'width' | 'family'>): TextStyle {
  return { size: fontSizeAt(width), family };
}

/** Items put into lines that are not longer than `room`. */
export function broken<Item>(items: Item[], lengthOf: (item: Item) => number, gap: number, room: number): Item[][] {
  const lines: Item[][] = [];
  let length = 0;
  for (const item of items) {
    const own = lengthOf(item);
    const line = lines.at(-1);
    if (line && length + gap + own <= room) {
      line.push(item);
      length += gap + own;
    } else {
      lines.push([item]);
      length = own;
    }
  }
  return lines;
}

function drawMark(
  context: CanvasRenderingContext2D,
  mark: NonNullable<KeyItem['mark']>,
  x: number,
  y: number,
  colours: Colours,
): void {
  context.save();
  const bar = (colour: string) => {
    context.fillStyle = colour;
    context.fillRect(x, y - 6, MARK_WIDTH, 12);
  };
  const stroke = (colour: string, width: number, dashes: number[], at: number) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dashes);
    context.beginPath();
    context.moveTo(x, at);
    context.lineTo(x + MARK_WIDTH, at);
    context.stroke();
  };
  if (typeof mark !== 'string') {
    stroke(colours.curves[mark.curve % colours.curves.length]!, 2.2, dashOf(mark.curve), y);
  } else if (mark === 'excluded') {
    bar(colours.excluded);
    stroke(colours.observed, 2, [], y + 6);
  } else if (mark === 'excluded-edge') {
    stroke(colours.ink, 2, [], y - 3);
    stroke(faint(colours.ink, 0.6), 8, [1, 9], y + 2);
  } else if (mark === 'uncertainty') {
    bar(faint(colours.observed, 0.3));
  } else if (mark === 'blank') {
    bar(faint(colours.ink, 0.12));
  } else if (mark === 'hatched') {
    context.beginPath();
    context.rect(x, y - 6, MARK_WIDTH, 12);
    context.clip();
    context.strokeStyle = colours.ink;
    for (let at = x - 12; at < x + MARK_WIDTH; at += 7) {
      context.beginPath();
      context.moveTo(at, y + 6);
      context.lineTo(at + 12, y - 6);
      context.stroke();
    }
  } else if (mark === 'elsewhere') {
    stroke(faint(colours.ink, 0.4), 2, [], y);
  } else if (mark === 'expected') {
    stroke(colours.expected, 1.6, [6, 4], y);
  } else if (mark === 'published') {
    context.strokeStyle = colours.published;
    context.lineWidth = 1.5;
    context.translate(x + MARK_WIDTH / 2, y);
    context.rotate(Math.PI / 4);
    context.strokeRect(-4, -4, 8, 8);
  } else {
    bar(mark === 'band-1' ? colours.band1 : colours.band2);
  }
  context.restore();
}
