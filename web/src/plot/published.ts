// Published values as marks: the observed one a diamond, the expected ones a median with two bars.

import type { PublishedLimits } from 'anyslice';
import type { Pixel } from './label_placement.ts';
import { clipped, type Surface } from './surface.ts';

export function paintPublished(surface: Surface, { points }: PublishedLimits): void {
  const { context, colours, pixelOf } = surface;
  clipped(surface, () => {
    context.strokeStyle = colours.published;
    context.fillStyle = colours.published;
    for (const { versus, observed, expected } of points) {
      const at = (value: number | undefined) => (value === undefined ? null : pixelOf([versus, value]));
      const bar = (from: number | undefined, to: number | undefined, width: number) => {
        const [low, high] = [at(from), at(to)];
        if (!low || !high) return;
        context.lineWidth = width;
        context.beginPath();
        context.moveTo(...low);
        context.lineTo(...high);
        context.stroke();
      };
      bar(expected?.['-2'], expected?.['+2'], 1);
      bar(expected?.['-1'], expected?.['+1'], 3);
      context.lineWidth = 1.5;
      for (const [value, half] of [
        [expected?.['-2'], 3],
        [expected?.['0'], 7],
        [expected?.['+2'], 3],
      ] as const) {
        const place = at(value);
        if (!place) continue;
        context.beginPath();
        context.moveTo(place[0] - half, place[1]);
        context.lineTo(place[0] + half, place[1]);
        context.stroke();
      }
      const place = at(observed);
      if (!place) continue;
      const [x, y] = place;
      context.beginPath();
      context.moveTo(x, y - 5);
      context.lineTo(x + 5, y);
      context.lineTo(x, y + 5);
      context.lineTo(x - 5, y);
      context.closePath();
      context.fillStyle = colours.paper;
      context.fill();
      context.stroke();
    }
  });
}

/** The marks as lines, for labels to keep off. */
export function publishedLines({ points }: PublishedLimits, pixelOf: Surface['pixelOf']): Pixel[][] {
  return points.map(({ versus, observed, expected }) =>
    [observed, ...Object.values(expected ?? {})]
      .filter((value) => value !== undefined)
      .sort((a, b) => a - b)
      .map((value) => pixelOf([versus, value])),
  );
}
