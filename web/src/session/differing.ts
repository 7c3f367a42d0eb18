// How much of the plot only one of two limits excludes: asked of the core once for each pair.

import type { Box, RegionAreas } from 'anyslice';
import type { Point } from '../plot/regions.ts';
import { modelOf } from '../plot/results_model.ts';
import type { Results } from '../results.ts';
import { planeOfState } from '../state.ts';

export class Differences {
  private readonly known = new WeakMap<Results, WeakMap<Results, RegionAreas | null>>();

  constructor(private readonly onChange: () => void) {}

  /** Areas in the window of `shown`, which is the first region; null while they are unknown, or where a limit is no
   * region (a family of curves) or still coarse. */
  of(shown: Results, pinned: Results): RegionAreas | null {
    const found = this.known.get(shown)?.get(pinned);
    if (found !== undefined) return found;
    const [first, second] = [ringsOf(shown), ringsOf(pinned)];
    if (!first || !second || (shown.kind === 'contour' && !shown.complete)) return null;
    const store = (areas: RegionAreas | null) => {
      const others = this.known.get(shown) ?? new WeakMap<Results, RegionAreas | null>();
      others.set(pinned, areas);
      this.known.set(shown, others);
    };
    store(null);
    const { analysis, state } = shown;
    const plane = planeOfState(analysis.card, state);
    const axis = (name: 'x' | 'y') => ({ range: state[name], scale: plane[name].scale });
    const left_out = [...unknownIn(shown), ...unknownIn(pinned)];
    analysis.regionAreas({ x: axis('x'), y: axis('y'), first, second, left_out }).then(
      (areas) => {
        store(areas);
        this.onChange();
      },
      // Without an answer the row says nothing about areas; the next time it is drawn they are asked for again.
      () => this.known.get(shown)?.delete(pinned),
    );
    return null;
  }
}

/** Where a result says neither that something is excluded nor that it is not. */
function unknownIn(results: Results): Box[] {
  if (results.kind === 'contour') return [...results.contour.masked, ...(results.contour.outside ?? [])];
  const { state, limits } = results;
  const [single] = limits;
  if (!single) return [];
  const { limit, drawn } = single;
  const { versus } = limit;
  // As it is drawn: see the model of the curve.
  const known = drawn.map((point) =>
    limit.exposure_scale === 1 || !limit.signal_limits ? point.known : point.expected_known,
  );
  return columnsWithout(
    drawn.map((point) => point[versus] as number),
    known,
    state.x,
  ).map(([from, to]): Box => [from, state.y[0], to, state.y[1]]);
}

/** Parts of `window` that lie between points at which something is known, or beyond all of them. */
export function columnsWithout(xs: number[], known: boolean[], window: [number, number]): [number, number][] {
  const columns: [number, number][] = [];
  let last = window[0];
  xs.forEach((x, i) => {
    if (!known[i]) return;
    // Between neighbours that are both known the limit goes on.
    if (x > last && !(i > 0 && known[i - 1])) columns.push([last, x]);
    last = x;
  });
  if (last < window[1]) columns.push([last, window[1]]);
  return columns;
}

/** What a result excludes, as rings. */
function ringsOf(results: Results): Point[][] | null {
  if (results.kind === 'contour') return results.contour.rings;
  return modelOf(results).areas.find(({ fill }) => fill === 'excluded')?.rings ?? null;
}
