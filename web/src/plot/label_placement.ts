// Places one label beside each curve so that labels hide neither each other nor the curves more than they must.

export type Pixel = [number, number];

export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface LabelRequest {
  /** The curve in pixels, in order; breaks between the parts. */
  lines: Pixel[][];
  width: number;
  height: number;
  /** Where the label was: it stays there unless another place is much better, so that it does not jump while the curve
   * moves. */
  previous?: Placed;
}

export interface Placed {
  /** Centre of the label. */
  x: number;
  y: number;
}

const CELL = 4;
const STEP = 14;
const MARGIN = 4;
// A label stays where it was if it is no further than this from its curve, in pixels, and no worse than this.
const LEASH = 14;
const PATIENCE = 45;

/** One place per request, in the same order; null where the curve is not in the frame or no place is free. */
export function placeLabels(requests: LabelRequest[], frame: Frame, obstacles: Pixel[][] = []): (Placed | null)[] {
  const ink = new Ink(frame);
  for (const { lines } of requests) for (const line of lines) ink.draw(line);
  for (const line of obstacles) ink.draw(line);
  const taken: Frame[] = [];
  return requests.map((request) => {
    const best = bestPlace(request, frame, ink, taken);
    if (!best) return null;
    taken.push(box(best.x, best.y, request.width + 8, request.height + 6));
    return best;
  });
}

function bestPlace(request: LabelRequest, frame: Frame, ink: Ink, taken: Frame[]): Placed | null {
  const { width, height } = request;
  const runs = request.lines.flatMap((line) => along(line, frame));
  const longest = Math.max(0, ...runs.map((run) => run.length));
  const anchors = runs.flatMap((run) =>
    run.map((point, i) => ({
      point,
      // Best in the middle of the longest visible piece of the curve.
      remote: 4 * Math.abs((i + 0.5) / run.length - 0.5) + 3 * (1 - run.length / longest),
    })),
  );
  const isFree = (area: Frame) =>
    area.left >= frame.left + MARGIN &&
    area.right <= frame.right - MARGIN &&
    area.top >= frame.top + MARGIN &&
    area.bottom <= frame.bottom - MARGIN &&
    !taken.some((other) => overlap(area, other));
  const { previous } = request;
  const before = previous ? box(previous.x, previous.y, width, height) : null;
  const stays = before !== null && isFree(before) && anchors.some(({ point }) => distance(point, before) <= LEASH);
  // No other place can be so much better than this.
  if (previous && before && stays && 10 * ink.under(before) <= PATIENCE) return previous;
  let best: (Placed & { cost: number }) | null = null;
  anchors.forEach(({ point: [anchorX, anchorY], remote }) => {
    const places: Pixel[] = [2, 6, 12].flatMap((gap): Pixel[] => [
      [anchorX, anchorY - height / 2 - gap],
      [anchorX, anchorY + height / 2 + gap],
      [anchorX + width / 2 + gap + 3, anchorY - height / 2 - gap / 2],
      [anchorX - width / 2 - gap - 3, anchorY - height / 2 - gap / 2],
      [anchorX + width / 2 + gap + 3, anchorY + height / 2 + gap / 2],
      [anchorX - width / 2 - gap - 3, anchorY + height / 2 + gap / 2],
      [anchorX + width / 2 + gap + 4, anchorY],
      [anchorX - width / 2 - gap - 4, anchorY],
    ]);
    places.forEach(([x, y], position) => {
      const area = box(x, y, width, height);
      if (!isFree(area)) return;
      // Ink under the text matters most; then where along the curve, and how close to it.
      const cost = 10 * ink.under(area) + remote + Math.floor(position / 8) * 1.5 + 0.05 * (position % 8);
      if (!best || cost < best.cost) best = { x, y, cost };
    });
  });
  if (best === null || !previous || !before || !stays) return best;
  const found: Placed & { cost: number } = best;
  return 10 * ink.under(before) <= found.cost + PATIENCE ? previous : found;
}

/** From a point to the nearest point of an area. */
function distance([x, y]: Pixel, { left, right, top, bottom }: Frame): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}

/** Points every few pixels along a line, one list for each piece of it that is visible. */
function along(line: Pixel[], frame: Frame): Pixel[][] {
  const runs: Pixel[][] = [[]];
  for (const point of walk(line, STEP)) {
    const [x, y] = point;
    const visible = x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom;
    if (visible) runs.at(-1)!.push(point);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function* walk(line: Pixel[], step: number): Generator<Pixel> {
  for (let i = 1; i < line.length; ++i) {
    const [x0, y0] = line[i - 1]!;
    const [x1, y1] = line[i]!;
    const length = Math.hypot(x1 - x0, y1 - y0);
    // Points far outside the canvas come from values far outside the axes.
    if (!(length < 1e5)) continue;
    const count = Math.max(1, Math.ceil(length / step));
    for (let k = 0; k < count; ++k) yield [x0 + ((x1 - x0) * k) / count, y0 + ((y1 - y0) * k) / count];
  }
  if (line.length > 0) yield line.at(-1)!;
}

/** Which cells of the frame have a line in them. */
class Ink {
  private readonly columns: number;
  private readonly rows: number;
  private readonly cells: Uint8Array;

  constructor(private readonly frame: Frame) {
    this.columns = Math.max(1, Math.ceil((frame.right - frame.left) / CELL));
    this.rows = Math.max(1, Math.ceil((frame.bottom - frame.top) / CELL));
    this.cells = new Uint8Array(this.columns * this.rows);
  }

  draw(line: Pixel[]): void {
    for (const [x, y] of walk(line, CELL / 2)) {
      const column = Math.floor((x - this.frame.left) / CELL);
      const row = Math.floor((y - this.frame.top) / CELL);
      if (column >= 0 && column < this.columns && row >= 0 && row < this.rows) {
        this.cells[row * this.columns + column] = 1;
      }
    }
  }

  /** Number of inked cells under an area. */
  under(area: Frame): number {
    let count = 0;
    const lastRow = Math.min(this.rows - 1, Math.floor((area.bottom - this.frame.top) / CELL));
    const lastColumn = Math.min(this.columns - 1, Math.floor((area.right - this.frame.left) / CELL));
    for (let row = Math.max(0, Math.floor((area.top - this.frame.top) / CELL)); row <= lastRow; ++row) {
      for (let column = Math.max(0, Math.floor((area.left - this.frame.left) / CELL)); column <= lastColumn; ++column) {
        count += this.cells[row * this.columns + column]!;
      }
    }
    return count;
  }
}

function box(x: number, y: number, width: number, height: number): Frame {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Frame, b: Frame): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
