// Comma-separated values of what is plotted, one block per curve or contour, as the core writes them.

import type { Analysis } from 'anyslice';
import type { Results } from '../results.ts';

/** What is already computed does not wait behind what is being computed. */
const NOW = { urgent: true };

export async function csvOf(results: Results): Promise<string> {
  const { analysis } = results;
  const blocks = await Promise.all(
    results.kind === 'curve'
      ? results.limits.map(({ limit }) => analysis.csv(limit, NOW))
      : [results.contour, ...results.beside.map(({ contour }) => contour)].map((contour) =>
          analysis.contourCsv(contour, NOW),
        ),
  );
  return inBlocks(blocks);
}

/** Blocks with an empty line between them. */
export function inBlocks(blocks: string[]): string {
  return `${blocks.map((block) => block.trimEnd()).join('\n\n')}\n`;
}

export type CsvWriter = Pick<Analysis, 'csv' | 'contourCsv'>;
