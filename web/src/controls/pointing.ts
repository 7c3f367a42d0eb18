// Pointing at the plot with mouse, finger or arrow keys; a click or Enter pins the point.

import type { Plot } from '../plot/plot.ts';
import type { Point } from '../plot/regions.ts';

export interface PointingEvents {
  /** A point in the units of the axes and its place on the canvas; null when the pointer leaves. `blind`: it was moved
   * by keyboard, perhaps by someone who does not see it. */
  move: (at: Point | null, pixel: Point | null, blind?: boolean) => void;
  pin: (at: Point | null) => void;
}

const STEP = 4;
const BIG_STEP = 24;

/** The pointer moves over `canvas`; the keyboard moves a point while `area` around it has the focus. */
export function followPointer(area: HTMLElement, canvas: HTMLCanvasElement, plot: Plot, events: PointingEvents): void {
  let keyboard: Point | null = null;

  canvas.addEventListener('pointermove', (event) => {
    keyboard = null;
    events.move(plot.valuesAt(event.offsetX, event.offsetY), [event.offsetX, event.offsetY]);
  });
  canvas.addEventListener('pointerleave', () => {
    if (!keyboard) events.move(null, null);
  });
  canvas.addEventListener('click', (event) => {
    // The second click of two means something else.
    if (event.detail > 1) return;
    const at = plot.valuesAt(event.offsetX, event.offsetY);
    if (at) events.pin(at);
  });
  area.addEventListener('blur', () => {
    keyboard = null;
    events.move(null, null);
  });
  area.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? BIG_STEP : STEP;
    const moves: Record<string, Point> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      const from = keyboard ?? [canvas.clientWidth / 2, canvas.clientHeight / 2];
      const next: Point = [from[0] + move[0], from[1] + move[1]];
      const at = plot.valuesAt(...next);
      if (!at) return;
      keyboard = next;
      events.move(at, next, true);
    } else if (event.key === 'Enter' && keyboard) {
      const at = plot.valuesAt(...keyboard);
      if (at) events.pin(at);
    } else if (event.key === 'Escape') {
      keyboard = null;
      events.pin(null);
      events.move(null, null);
    }
  });
}
