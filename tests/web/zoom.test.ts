// Windows of an axis after zooming, moving and cutting.

import { describe, expect, it } from 'vitest';
import { cutOut, moved, sameWindow, type Zoomable, zoomedAbout } from '../../web/src/plot/zoom.ts';

const linear: Zoomable = { range: [0, 200], bounds: [0, 210], scale: 'lin' };
const logarithmic: Zoomable = { range: [1e-4, 1e-2], bounds: [1e-6, 1], scale: 'log' };

/** The value at a share of a window. */
const at = ([low, high]: [number, number], share: number, scale: 'lin' | 'log') =>
  scale === 'log' ? low * (high / low) ** share : low + share * (high - low);

describe('a window', () => {
  it('keeps the value under the pointer when it is zoomed', () => {
    expect(zoomedAbout(linear, 0.5, 0.25)).toEqual([25, 125]);
    const window = zoomedAbout(logarithmic, 0.5, 0.3);
    expect(at(window, 0.3, 'log') / at([1e-4, 1e-2], 0.3, 'log')).toBeCloseTo(1, 3);
    expect(Math.log(window[1] / window[0])).toBeCloseTo(0.5 * Math.log(100), 3);
  });

  it('ends at the bounds, exactly', () => {
    expect(zoomedAbout(linear, 100, 0.5)).toEqual([0, 210]);
    expect(zoomedAbout(logarithmic, 100, 0.5)).toEqual([1e-6, 1]);
    expect(zoomedAbout({ ...linear, range: [150, 210] }, 2, 1)).toEqual([90, 210]);
  });

  it('moves without changing its width, up to the bounds', () => {
    expect(moved({ ...linear, range: [50, 100] }, 0.1)).toEqual([55, 105]);
    expect(moved(linear, 0.5)).toEqual([10, 210]);
    expect(moved(logarithmic, 0.5)).toEqual([1e-3, 0.1]);
    expect(moved(logarithmic, -9)).toEqual([1e-6, 1e-4]);
  });

  it('is cut out between two shares in any order, within the axis', () => {
    expect(cutOut(linear, 0.75, 0.25)).toEqual([50, 150]);
    expect(cutOut(linear, -1, 0.5)).toEqual([0, 100]);
    expect(cutOut(logarithmic, 0.5, 1)).toEqual([1e-3, 1e-2]);
  });

  it('is never so narrow that its ends are the same', () => {
    for (const axis of [linear, logarithmic]) {
      let window = axis.range;
      for (let i = 0; i < 100; ++i) window = zoomedAbout({ ...axis, range: window }, 0.5, 0.7);
      expect(window[0]).toBeLessThan(window[1]);
      expect(at(axis.range, 0.7, axis.scale)).toBeGreaterThanOrEqual(window[0] * (1 - 1e-3));
      expect(cutOut(axis, 0.3, 0.3)[0]).toBeLessThan(cutOut(axis, 0.3, 0.3)[1]);
    }
  });

  it('is written in few digits', () => {
    const [low, high] = zoomedAbout(logarithmic, 1 / 3, 1 / 3);
    expect(String(low).length).toBeLessThan(12);
    expect(String(high).length).toBeLessThan(12);
  });

  it('is the same but for rounding', () => {
    expect(sameWindow([0, 200], [0.001, 200], 'lin')).toBe(true);
    expect(sameWindow([0, 200], [1, 200], 'lin')).toBe(false);
    expect(sameWindow([1e-4, 1e-2], [1.00001e-4, 1e-2], 'log')).toBe(true);
  });
});
