// Comma-separated values of what is plotted, one block per curve or contour.

import type { Analysis } from 'anyslice';
import { exactNumber } from '../format.ts';
import type { SeriesLimit } from '../plot/curve_model.ts';
import type { ContourResults } from '../results.ts';

/** Limit curves as the core writes them. */
export async function csvOf(analysis: Pick<Analysis, 'csv'>, limits: Pick<SeriesLimit, 'limit'>[]): Promise<string> {
  // What is already computed does not wait behind what is being computed.
  const blocks = await Promise.all(limits.map(({ limit }) => analysis.csv(limit, { urgent: true })));
  return `${blocks.map((block) => block.trimEnd()).join('\n\n')}\n`;
}

/** The rings of the contours: number of the ring, then its points. The excluded side is inside, by the even-odd rule. */
export function contourCsv({ analysis: { card }, contour, beside }: ContourResults, about: string): string {
  const unit = (name: string) => (card.parameters[name]!.unit === '1' ? '' : ` [${card.parameters[name]!.unit}]`);
  const block = (label: string, { rings, x, y, level, cl, method }: ContourResults['contour']) => [
    `# ${label}`,
    `# ${method} at ${cl}: -ln L rises by ${exactNumber(level)}`,
    `# ${x}${unit(x)}, ${y}${unit(y)}; the excluded side is inside the rings (even-odd rule)`,
    `ring,${x},${y}`,
    ...rings.flatMap((ring, i) => ring.map((point) => [i + 1, ...point].map(exactNumber).join(','))),
  ];
  const blocks = [
    block(about, contour),
    ...beside.map((other) => block(`${other.label}; otherwise as above`, other.contour)),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
