// Comma-separated values of what is plotted: written by the core, one block per curve.

import type { Analysis } from 'anyslice';
import type { SeriesLimit } from '../plot/model.ts';

export async function csvOf(analysis: Pick<Analysis, 'csv'>, limits: Pick<SeriesLimit, 'limit'>[]): Promise<string> {
  // What is already computed does not wait behind what is being computed.
  const blocks = await Promise.all(limits.map(({ limit }) => analysis.csv(limit, { urgent: true })));
  return `${blocks.map((block) => block.trimEnd()).join('\n\n')}\n`;
}
