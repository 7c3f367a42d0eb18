// Named points: a star at the place and its name beside it; and where a point lies that is outside the frame.

import type { Pixel } from './label_placement.ts';
import type { Mark } from './model.ts';
import { drawText, parseText, textWidth } from './rich_text.ts';
import { clipped, type Surface } from './surface.ts';

const OUTER = 6.5;
const INNER = 2.8;

export function paintMarks(surface: Surface, marks: Mark[]): void {
  const { context, colours, frame, text } = surface;
  clipped(surface, () => {
    for (const { at, label, solid } of marks) {
      const [x, y] = surface.pixelOf(at);
      if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) continue;
      context.beginPath();
      for (let i = 0; i < 10; ++i) {
        const radius = i % 2 === 0 ? OUTER : INNER;
        const angle = (Math.PI * i) / 5 - Math.PI / 2;
        context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
      }
      context.closePath();
      context.fillStyle = solid ? colours.ink : colours.paper;
      context.strokeStyle = solid ? colours.paper : colours.ink;
      context.lineWidth = 1;
      context.fill();
      context.stroke();
      const [middle, , above] = nameOf(surface, { at, label });
      drawText(context, parseText(label), middle, y - above, text, colours.ink, colours.paper);
    }
  });
}

/** An arrow at the frame to a point outside it; false for one that is inside. */
export function paintDirection({ context, colours, frame, text }: Surface, [x, y]: Pixel): boolean {
  const tip: Pixel = [Math.min(Math.max(x, frame.left), frame.right), Math.min(Math.max(y, frame.top), frame.bottom)];
  if (tip[0] === x && tip[1] === y) return false;
  const size = 0.8 * text.size;
  context.save();
  context.translate(...tip);
  context.rotate(Math.atan2(Math.sign(y - tip[1]), Math.sign(x - tip[0])));
  context.beginPath();
  context.moveTo(-1, 0);
  context.lineTo(-size, size / 2);
  context.lineTo(-size, -size / 2);
  context.closePath();
  context.fillStyle = colours.ink;
  context.fill();
  context.restore();
  return true;
}

/** Lines through stars and names, for other labels to keep off. */
export function markLines(surface: Surface, marks: Mark[]): Pixel[][] {
  return marks.flatMap((mark) => {
    const [x, y] = surface.pixelOf(mark.at);
    const [middle, half, above] = nameOf(surface, mark);
    const [left, right] = [Math.min(x - OUTER, middle - half), Math.max(x + OUTER, middle + half)];
    return [-1, 0, 1].map((row): Pixel[] => [
      [left, y - above + (row * surface.text.size) / 3],
      [right, y - above + (row * surface.text.size) / 3],
    ]);
  });
}

/** Middle and half the width of a name, and how far above its point it stands: beside it, on the side that has room;
 * over or under it where none has. */
function nameOf(
  { context, frame, pixelOf, text }: Surface,
  { at, label }: Pick<Mark, 'at' | 'label'>,
): [number, number, number] {
  const [x, y] = pixelOf(at);
  const half = textWidth(context, parseText(label), text) / 2 + OUTER + 4;
  if (x + half * 2 <= frame.right) return [x + half, half, 0];
  if (x - half * 2 >= frame.left) return [x - half, half, 0];
  const within = Math.max(Math.min(x, frame.right - half), frame.left + half);
  const away = OUTER + text.size;
  return [within, half, y - away > frame.top + text.size / 2 ? away : -away];
}
