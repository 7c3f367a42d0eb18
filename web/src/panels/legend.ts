// The key of the plot: what its areas and marks are. Curves carry their own labels.

import type { PublishedLimits } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatPercent } from '../format.ts';

export interface LegendContent {
  cl: number;
  observed: boolean;
  bands: boolean;
  series: boolean;
  published: PublishedLimits | null;
}

export function showLegend(root: HTMLElement, { cl, observed, bands, series, published }: LegendContent): void {
  const items: [string, string][] = [];
  if (observed && !series) items.push(['excluded', `excluded at ${formatPercent(cl)} CL`]);
  if (series) items.push(['line', `${observed ? 'observed' : 'expected'} limits, ${formatPercent(cl)} CL`]);
  if ((bands || !observed) && !series) items.push(['expected', 'expected (median)']);
  if (bands && !series) items.push(['band-1', '±1 s.d.'], ['band-2', '±2 s.d.']);
  if (published)
    items.push([
      'published',
      `published: ${published.source}${published.level === cl ? '' : ` (${formatPercent(published.level)} CL)`}`,
    ]);
  replaceContent(
    root,
    items.map(([kind, text]) =>
      element('li', {}, element('span', { class: `key key-${kind}`, 'aria-hidden': 'true' }), text),
    ),
  );
}
