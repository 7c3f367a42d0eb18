// Hatching over what is not known, and a plain grey over what does not exist.

import type { Box } from 'anyslice';
import { faint } from './colours.ts';
import { clipped, pathOf, type Surface } from './surface.ts';

const SPACING = 9;

/** `veil`: how much of what is under it is covered. */
export function paintHatching(surface: Surface, boxes: Box[], veil = 0.72): void {
  const { context, frame, colours } = surface;
  within(surface, boxes, () => {
    context.fillStyle = faint(colours.paper, veil);
    context.fillRect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.strokeStyle = faint(colours.ink, 0.4);
    context.lineWidth = 1;
    context.beginPath();
    const height = frame.bottom - frame.top;
    for (let x = frame.left - height; x < frame.right; x += SPACING) {
      context.moveTo(x, frame.bottom);
      context.lineTo(x + height, frame.top);
    }
    context.stroke();
  });
}

export function paintBlank(surface: Surface, boxes: Box[]): void {
  const { context, frame, colours } = surface;
  within(surface, boxes, () => {
    context.fillStyle = colours.paper;
    context.fillRect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.fillStyle = faint(colours.ink, 0.12);
    context.fillRect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  });
}

/** Paints inside boxes. They share edges: every place is inside one of them, none is inside two. */
function within(surface: Surface, boxes: Box[], paint: () => void): void {
  if (boxes.length === 0) return;
  const rings = boxes.map(([x0, y0, x1, y1]): [number, number][] => [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ]);
  clipped(surface, () => {
    surface.context.clip(pathOf(surface, rings), 'nonzero');
    paint();
  });
}
