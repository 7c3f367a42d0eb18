// The key of the plot: what its areas and marks are, and the curves of a series. Other curves carry their own labels.

import type { Parameter, PublishedLimits } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import { CURVES, dashOf } from '../plot/colours.ts';
import { symbolNodes } from '../symbols.ts';

export interface LegendContent {
  cl: number;
  observed: boolean;
  bands: boolean;
  /** The parameter that tells the curves apart, and its values. */
  series: { parameter: Parameter; values: number[] } | null;
  published: PublishedLimits | null;
}

export function showLegend(root: HTMLElement, { cl, observed, bands, series, published }: LegendContent): void {
  const items: [Element | null, (Node | string)[]][] = [];
  const area = (kind: string, text: string) =>
    items.push([element('span', { class: `key key-${kind}`, 'aria-hidden': 'true' }), [text]]);
  if (series) {
    items.push([null, [`${observed ? 'Observed' : 'Expected'} limits, ${formatPercent(cl)} CL, at `]]);
    series.values.forEach((value, index) => {
      const { symbol, unit } = series.parameter;
      items.push([lineKey(index), [...symbolNodes(symbol.text), ` = ${withUnit(formatNumber(value, 4), unit)}`]]);
    });
  } else {
    if (observed) area('excluded', `excluded at ${formatPercent(cl)} CL`);
    if (bands || !observed) area('expected', 'expected (median)');
    if (bands) {
      area('band-1', '±1 s.d.');
      area('band-2', '±2 s.d.');
    }
  }
  if (published) {
    const level = published.level === cl ? '' : ` (${formatPercent(published.level)} CL)`;
    area('published', `published: ${published.source}${level}`);
  }
  replaceContent(
    root,
    items.map(([key, content]) => element('li', {}, key, content)),
  );
}

/** A piece of the curve with its colour and dashes. */
function lineKey(index: number): SVGElement {
  const make = (name: string, attributes: Record<string, string>) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const svg = make('svg', {
    viewBox: '0 0 34 10',
    width: '34',
    height: '10',
    class: 'key-curve',
    'aria-hidden': 'true',
  });
  const line = make('line', { x1: '0', x2: '34', y1: '5', y2: '5', 'stroke-width': '2.2' });
  line.setAttribute('stroke-dasharray', dashOf(index).join(' '));
  line.style.setProperty('stroke', `var(--plot-curve-${(index % CURVES) + 1})`);
  svg.append(line);
  return svg;
}
