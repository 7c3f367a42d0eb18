// Zooming the plot: wheel, two fingers, a rectangle, dragging, keys and buttons. Every gesture is one step back in history.

import type { Scale } from 'anyslice';
import type { Plot } from '../plot/plot.ts';
import type { Point } from '../plot/regions.ts';
import { cutOut, moved, sameWindow, type Zoomable, zoomedAbout } from '../plot/zoom.ts';
import type { Range } from '../state/ranges.ts';
import type { Hint } from './wheel_hint.ts';

/** The visible ranges of both axes. */
export interface AxesWindow {
  x: Range;
  y: Range;
}

export interface ZoomingEvents {
  /** What both axes show now, how far they may go, and what they show by themselves; null without axes. */
  axes: () => { x: Zoomable; y: Zoomable; whole: AxesWindow } | null;
  /** Another window; `moving` while the gesture goes on. */
  zoom: (window: AxesWindow, moving: boolean) => void;
  /** The place on the canvas that the reader looks at; null for none. */
  focus: () => Point | null;
  /** A double click: this window again, and the point as it was before the click. */
  restore: (window: AxesWindow) => void;
}

export interface ZoomButtons {
  closer: HTMLButtonElement;
  farther: HTMLButtonElement;
  whole: HTMLButtonElement;
  /** While it is pressed a finger draws a rectangle. */
  box: HTMLButtonElement;
}

const STEP = 1.5;
// A mouse wheel moves by about a hundred pixels a notch.
const PER_PIXEL = 0.0022;
const PER_PIXEL_PINCHED = 0.01;
// A wheel has no end: it is over when it has not moved for this long, in milliseconds.
const PAUSE = 220;
// What moves less than this is a click, in pixels.
const CLICK = 5;
// A key moves the window by this share of it.
const SHIFT = 0.15;

type Axes = NonNullable<ReturnType<ZoomingEvents['axes']>>;

interface Gesture {
  kind: 'waiting' | 'pan' | 'box' | 'pinch';
  from: Point;
  axes: Axes;
}

export class Zooming {
  private readonly pointers = new Map<number, Point>();
  private gesture: Gesture | null = null;
  /** The last pointer that went up had moved: what follows is no click. */
  private moved = false;
  private latest: AxesWindow | null = null;
  private wheelEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly area: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly plot: Plot,
    private readonly buttons: ZoomButtons,
    private readonly events: ZoomingEvents,
    private readonly hint: Hint,
  ) {
    const { closer, farther, whole, box } = buttons;
    closer.addEventListener('click', () => this.step(1 / STEP));
    farther.addEventListener('click', () => this.step(STEP));
    whole.addEventListener('click', () => this.zoomOut());
    box.addEventListener('click', () => {
      const pressed = box.getAttribute('aria-pressed') !== 'true';
      box.setAttribute('aria-pressed', String(pressed));
      // With a rectangle to draw, a finger does not scroll the page.
      canvas.classList.toggle('boxing', pressed);
    });
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', (event) => this.up(event));
    canvas.addEventListener('pointercancel', (event) => this.up(event));
    // Before others learn of it.
    canvas.addEventListener(
      'click',
      (event) => {
        // Who has just been told to click for the wheel does not mean to pin a point.
        if (this.moved || hint.shown) event.stopImmediatePropagation();
        this.moved = false;
        hint.hide();
      },
      { capture: true },
    );
    canvas.addEventListener('dblclick', () => {
      const axes = events.axes();
      if (axes && !this.isWhole()) events.restore(axes.whole);
    });
    area.addEventListener('keydown', (event) => this.key(event));
  }

  /** The settings have this window. Where it is not that of the gesture, somebody else has changed it: the gesture is
   * over, and its end must not bring its window back. */
  expect({ x, y }: AxesWindow): void {
    const { latest } = this;
    if (!latest || (isSame(latest.x, x) && isSame(latest.y, y))) return;
    clearTimeout(this.wheelEnds);
    this.latest = null;
    this.gesture = null;
    this.canvas.classList.remove('panning');
  }

  /** Buttons that would change nothing are disabled. */
  update(): void {
    const { closer, farther, whole, box } = this.buttons;
    const axes = this.events.axes();
    for (const button of [closer, box]) button.disabled = !axes;
    whole.disabled = this.isWhole();
    farther.disabled = !axes || (isAll(axes.x) && isAll(axes.y));
  }

  private isWhole(): boolean {
    const axes = this.events.axes();
    if (!axes) return true;
    const same = (name: 'x' | 'y') => sameWindow(axes[name].range, axes.whole[name], axes[name].scale);
    return same('x') && same('y');
  }

  private zoomOut(): void {
    const axes = this.events.axes();
    if (axes && !this.isWhole()) this.events.zoom(axes.whole, false);
  }

  /** One step about the point that is looked at, or else the middle of the plot. */
  private step(factor: number): void {
    const axes = this.events.axes();
    const at = this.events.focus();
    if (axes) this.events.zoom(about(axes, factor, (at && this.shareOf(at)) ?? [0.5, 0.5]), false);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      '+': () => this.step(1 / STEP),
      '=': () => this.step(1 / STEP),
      '-': () => this.step(STEP),
      '0': () => this.zoomOut(),
      PageUp: () => this.shift([0, SHIFT]),
      PageDown: () => this.shift([0, -SHIFT]),
      Home: () => this.shift([-SHIFT, 0]),
      End: () => this.shift([SHIFT, 0]),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  private shift(shares: Point): void {
    const axes = this.events.axes();
    if (axes) this.events.zoom(movedBy(axes, shares), false);
  }

  /** With the control key, as two fingers on a touchpad also send it; without, once the plot has been clicked or focused:
   * else a page that scrolls would be caught. */
  private wheel(event: WheelEvent): void {
    const pinched = event.ctrlKey || event.metaKey;
    const axes = this.events.axes();
    const share = this.shareOf([event.offsetX, event.offsetY]);
    if (!axes || !share) return;
    // Over the whole screen there is nothing else to scroll.
    if (!pinched && document.activeElement !== this.area && !this.area.closest('.full')) {
      this.hint.show();
      return;
    }
    this.hint.hide();
    event.preventDefault();
    // A wheel counts lines or pages in some browsers.
    const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1);
    const speed = pinched && Math.abs(pixels) < 50 ? PER_PIXEL_PINCHED : PER_PIXEL;
    this.send(about(axes, Math.exp(speed * Math.max(-300, Math.min(300, pixels))), share));
    clearTimeout(this.wheelEnds);
    this.wheelEnds = setTimeout(() => this.end(), PAUSE);
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at: Point = [event.offsetX, event.offsetY];
    const axes = this.events.axes();
    if (!axes) return;
    if (this.pointers.size === 0) this.moved = false;
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      this.plot.outline(null);
      this.gesture = { kind: 'pinch', from: at, axes };
      this.moved = true;
      return;
    }
    const boxed = event.shiftKey || this.buttons.box.getAttribute('aria-pressed') === 'true';
    // One finger moves the crosshair and scrolls the page.
    if (event.pointerType === 'touch' && !boxed) return;
    if (this.shareOf(at)) this.gesture = { kind: boxed ? 'box' : 'waiting', from: at, axes };
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    const { gesture } = this;
    if (!before) return;
    // It was let go where nobody looked.
    if (event.buttons === 0) {
      this.up(event);
      return;
    }
    const at: Point = [event.offsetX, event.offsetY];
    this.pointers.set(event.pointerId, at);
    if (!gesture) return;
    if (gesture.kind === 'pinch') {
      this.pinch(event.pointerId, before, at);
      return;
    }
    const far = Math.hypot(at[0] - gesture.from[0], at[1] - gesture.from[1]) > CLICK;
    if (far && !this.moved) {
      this.moved = true;
      this.canvas.setPointerCapture(event.pointerId);
      if (gesture.kind === 'waiting') gesture.kind = 'pan';
    }
    if (!this.moved) return;
    if (gesture.kind === 'box') {
      this.plot.outline([gesture.from, at]);
      return;
    }
    const frame = this.plot.frame();
    if (!frame) return;
    this.canvas.classList.add('panning');
    const shares: Point = [
      (gesture.from[0] - at[0]) / (frame.right - frame.left),
      (at[1] - gesture.from[1]) / (frame.bottom - frame.top),
    ];
    this.send(movedBy(gesture.axes, shares));
  }

  /** One of two fingers has moved: what lay under each of them stays there, as far as both axes can. */
  private pinch(id: number, before: Point, at: Point): void {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    const axes = this.events.axes();
    const frame = this.plot.frame();
    if (!other || !axes || !frame) return;
    const gap = (point: Point) => Math.max(20, Math.hypot(point[0] - other[0], point[1] - other[1]));
    const middle: Point = [(before[0] + other[0]) / 2, (before[1] + other[1]) / 2];
    const shares: Point = [
      (before[0] - at[0]) / 2 / (frame.right - frame.left),
      (at[1] - before[1]) / 2 / (frame.bottom - frame.top),
    ];
    const share = this.shareOf(middle, true)!;
    const zoomed = about(axes, gap(before) / gap(at), share);
    const both = {
      ...axes,
      x: { ...axes.x, range: zoomed.x },
      y: { ...axes.y, range: zoomed.y },
    };
    this.send(movedBy(both, shares));
  }

  private up(event: PointerEvent): void {
    const at = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    const { gesture } = this;
    if (!gesture || !at) return;
    this.gesture = null;
    this.canvas.classList.remove('panning');
    this.plot.outline(null);
    if (gesture.kind === 'box' && this.moved && event.type === 'pointerup') this.cut(gesture, at);
    this.end();
  }

  private cut({ from, axes }: Gesture, to: Point): void {
    const [a, b] = [this.shareOf(from, true), this.shareOf(to, true)];
    if (!a || !b) return;
    // A stroke along one axis zooms that axis alone.
    const flat = (i: 0 | 1) => Math.abs(from[i] - to[i]) <= 2 * CLICK;
    this.latest = {
      x: flat(0) ? axes.x.range : cutOut(axes.x, a[0], b[0]),
      y: flat(1) ? axes.y.range : cutOut(axes.y, a[1], b[1]),
    };
  }

  private send(window: AxesWindow): void {
    this.latest = window;
    this.events.zoom(window, true);
  }

  private end(): void {
    const { latest } = this;
    this.latest = null;
    if (latest) this.events.zoom(latest, false);
  }

  /** A place on the canvas as shares of the axes from their low ends; null outside the frame, unless `clamped`. */
  private shareOf([x, y]: Point, clamped = false): Point | null {
    const frame = this.plot.frame();
    if (!frame) return null;
    const share: Point = [
      (x - frame.left) / (frame.right - frame.left),
      (frame.bottom - y) / (frame.bottom - frame.top),
    ];
    if (clamped) return [Math.min(1, Math.max(0, share[0])), Math.min(1, Math.max(0, share[1]))];
    return share.every((part) => part >= 0 && part <= 1) ? share : null;
  }
}

function isSame(one: Range, other: Range): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function about({ x, y }: Axes, factor: number, share: Point): AxesWindow {
  return { x: zoomedAbout(x, factor, share[0]), y: zoomedAbout(y, factor, share[1]) };
}

function movedBy({ x, y }: Axes, shares: Point): AxesWindow {
  return { x: moved(x, shares[0]), y: moved(y, shares[1]) };
}

function isAll({ range, bounds, scale }: { range: Range; bounds: Range; scale: Scale }): boolean {
  return sameWindow(range, bounds, scale);
}
