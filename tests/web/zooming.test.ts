// Gestures on the plot against whatever else changes the window, and the wheel against a page that scrolls.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AxesWindow, Zooming } from '../../web/src/controls/zooming.ts';
import { Addresses } from '../../web/src/history.ts';
import type { Plot } from '../../web/src/plot/plot.ts';

const whole: AxesWindow = { x: [0, 100], y: [0, 10] };

/** As much of an element as is listened to. */
function part() {
  const attributes = new Map<string, string>();
  return Object.assign(new EventTarget(), {
    disabled: false,
    classList: { add: () => {}, remove: () => {}, toggle: () => {} },
    getAttribute: (name: string) => attributes.get(name) ?? null,
    setAttribute: (name: string, value: string) => attributes.set(name, value),
    closest: () => null,
  });
}

function parts() {
  const [area, canvas] = [part(), part()];
  const buttons = { closer: part(), farther: part(), whole: part(), box: part() };
  const plot = { frame: () => ({ left: 0, right: 100, top: 0, bottom: 100 }), outline: () => {} };
  const hint = {
    shown: false,
    show: () => {
      hint.shown = true;
    },
    hide: () => {
      hint.shown = false;
    },
  };
  let now = whole;
  const changes: { window: AxesWindow; moving: boolean }[] = [];
  const axis = (name: 'x' | 'y') => ({ range: now[name], bounds: whole[name], scale: 'lin' as const });
  const zooming = new Zooming(
    area as unknown as HTMLElement,
    canvas as unknown as HTMLCanvasElement,
    plot as unknown as Plot,
    buttons as unknown as ConstructorParameters<typeof Zooming>[3],
    {
      axes: () => ({ x: axis('x'), y: axis('y'), whole }),
      // The page tells of every window that the settings get.
      zoom: (window, moving) => {
        changes.push({ window, moving });
        settle(window);
      },
      focus: () => null,
      restore: () => {},
    },
    hint,
  );
  const settle = (window: AxesWindow) => {
    now = window;
    zooming.expect(window);
  };
  const wheel = (ctrlKey: boolean) => {
    const event = Object.assign(new Event('wheel', { cancelable: true }), {
      ...{ offsetX: 50, offsetY: 50, deltaY: -100, deltaMode: 0 },
      ...{ ctrlKey, metaKey: false },
    });
    canvas.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { area, canvas, hint, changes, settle, wheel, window: () => now };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { activeElement: null });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('the end of a wheel commits its window', () => {
  const { changes, wheel } = parts();
  expect(wheel(true)).toBe(true);
  expect(wheel(true)).toBe(true);
  vi.runAllTimers();
  expect(changes.map(({ moving }) => moving)).toEqual([true, true, false]);
  expect(changes[2]!.window).toEqual(changes[1]!.window);
  expect(changes[1]!.window.x[0]).toBeGreaterThan(changes[0]!.window.x[0]);
});

it('a step back right after a wheel is not overtaken by the end of the wheel', () => {
  const { changes, wheel, settle, window } = parts();
  wheel(true);
  vi.advanceTimersByTime(100);
  settle(whole);
  vi.runAllTimers();
  expect(changes).toHaveLength(1);
  expect(window()).toEqual(whole);
  // The next wheel is a gesture of its own.
  wheel(true);
  vi.runAllTimers();
  expect(changes.map(({ moving }) => moving)).toEqual([true, true, false]);
});

it('a wheel over a plot without the focus is left to the page, with a hint; the click on it pins nothing', () => {
  const { area, canvas, hint, changes, wheel } = parts();
  const clicks: string[] = [];
  canvas.addEventListener('click', () => clicks.push('pinned'));
  expect(wheel(false)).toBe(false);
  expect(hint.shown).toBe(true);
  canvas.dispatchEvent(new Event('click'));
  expect(clicks).toEqual([]);
  expect(hint.shown).toBe(false);
  vi.stubGlobal('document', { activeElement: area });
  expect(wheel(false)).toBe(true);
  expect(hint.shown).toBe(false);
  expect(changes).toHaveLength(1);
  canvas.dispatchEvent(new Event('click'));
  expect(clicks).toEqual(['pinned']);
});

it('whoever steps back from a move that is behind in the address finds its end again', () => {
  const written: string[] = [];
  const location = { hash: '#0' };
  const note = (_state: unknown, _title: string, hash?: string) => {
    if (hash) location.hash = hash;
    if (hash) written.push(hash);
  };
  const back = vi.fn(() => written.push('back'));
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', { state: { position: 3 }, pushState: note, replaceState: note, back });
  const addresses = new Addresses(() => {});
  for (const hash of ['#1', '#2', '#3']) addresses.remember(hash, 'move');
  expect(written).toEqual(['#1']);
  addresses.undo();
  expect(written).toEqual(['#1', '#3', 'back']);
  vi.runAllTimers();
  expect(written).toEqual(['#1', '#3', 'back']);
});
