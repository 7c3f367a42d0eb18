// What painters of the plot are given: where to draw, and how values become pixels.

import type { Colours } from './colours.ts';
import type { Frame, Pixel } from './label_placement.ts';
import type { Point } from './regions.ts';
import type { TextStyle } from './rich_text.ts';

export interface Surface {
  context: CanvasRenderingContext2D;
  /** The inside of the axes, in pixels. */
  frame: Frame;
  pixelOf: (point: Point) => Pixel;
  colours: Colours;
  text: TextStyle;
}

/** Outlines in pixels; what is far outside stays far outside but finite. */
export function pathOf(surface: Surface, rings: Point[][], close = true): Path2D {
  const path = newPath(surface.context);
  const bounded = (pixel: number) => Math.max(-1e5, Math.min(1e5, pixel));
  for (const ring of rings) {
    ring.forEach((point, i) => {
      const [x, y] = surface.pixelOf(point);
      if (i === 0) path.moveTo(bounded(x), bounded(y));
      else path.lineTo(bounded(x), bounded(y));
    });
    if (close) path.closePath();
  }
  return path;
}

/** What writes paths down instead of painting them has paths of its own. */
function newPath(context: CanvasRenderingContext2D): Path2D {
  return (context as { createPath?: () => Path2D }).createPath?.() ?? new Path2D();
}

/** Paints nothing outside the axes. */
export function clipped({ context, frame: { left, right, top, bottom } }: Surface, paint: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  paint();
  context.restore();
}
