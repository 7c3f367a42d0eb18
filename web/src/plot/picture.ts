// The picture to take away: the plot with its key above and its caption below, since it leaves the page without them.

import { type Colours, dashOf, faint } from './colours.ts';
import type { KeyItem } from './key.ts';
import { drawText, parseText, type TextStyle, textWidth } from './rich_text.ts';

const MARGIN = 14;
const LINE_HEIGHT = 1.5;
const MARK_WIDTH = 30;
const MARK_GAP = 8;
const ITEM_GAP = 20;
const SEPARATOR = ' · ';

/** `caption`: parts between which a line may break; symbols in braces. */
export function pictureOf(
  plot: HTMLCanvasElement,
  items: KeyItem[],
  caption: string[],
  colours: Colours,
  style: TextStyle,
): HTMLCanvasElement {
  const made = document.createElement('canvas');
  const context = made.getContext('2d')!;
  const scale = plot.width / plot.clientWidth;
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  const room = width - 2 * MARGIN;
  const measure = (text: string) => textWidth(context, parseText(text), style);

  const keyLines = broken(
    items,
    (item) => (item.mark ? MARK_WIDTH + MARK_GAP : 0) + measure(item.text),
    ITEM_GAP,
    room,
  );
  const captionLines = broken(caption, measure, measure(SEPARATOR), room);
  const line = Math.round(LINE_HEIGHT * style.size);
  const top = keyLines.length * line + (keyLines.length > 0 ? MARGIN : 0);
  const bottom = captionLines.length * line + (captionLines.length > 0 ? MARGIN : 0);

  // Setting the size clears the canvas and its state: only now is it drawn on.
  made.width = plot.width;
  made.height = Math.round((top + height + bottom) * scale);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(plot, 0, Math.round(top * scale));
  context.scale(scale, scale);

  const write = (text: string, x: number, y: number) => {
    const pieces = parseText(text);
    const length = textWidth(context, pieces, style);
    drawText(context, pieces, x + length / 2, y, style, colours.ink);
    return x + length;
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
    write(row.join(SEPARATOR), MARGIN, top + height + MARGIN / 3 + (i + 0.5) * line);
  });
  return made;
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
