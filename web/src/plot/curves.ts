// Curves as lines, and data as single points.

import type { Curve } from './model.ts';
import { clipped, pathOf, type Surface } from './surface.ts';

export interface Stroke {
  colour: string;
  width: number;
  dashes: number[];
}

const DATA_RADIUS = 3.5;
const DIAMOND_RADIUS = 5;

/** The first curves come last, over the others. */
export function paintCurves(surface: Surface, curves: Curve[], strokeOf: (curve: Curve) => Stroke): void {
  const { context } = surface;
  clipped(surface, () => {
    context.lineJoin = 'round';
    for (const curve of curves.toReversed()) {
      const { colour, width, dashes } = strokeOf(curve);
      context.strokeStyle = colour;
      context.fillStyle = colour;
      context.lineWidth = width;
      context.setLineDash(dashes);
      if (curve.marks) paintPoints(surface, curve);
      else context.stroke(pathOf(surface, curve.lines, false));
    }
  });
}

function paintPoints({ context, pixelOf }: Surface, { role, lines }: Curve): void {
  for (const [x, y] of lines.flat().map(pixelOf)) {
    context.beginPath();
    if (role === 'data') context.arc(x, y, DATA_RADIUS, 0, 2 * Math.PI);
    else {
      context.moveTo(x, y - DIAMOND_RADIUS);
      context.lineTo(x + DIAMOND_RADIUS, y);
      context.lineTo(x, y + DIAMOND_RADIUS);
      context.lineTo(x - DIAMOND_RADIUS, y);
      context.closePath();
    }
    context.fill();
    context.stroke();
  }
}
