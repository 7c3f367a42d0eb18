// The key above the plot.

import { element, replaceContent } from '../dom.ts';
import { COMPARED, CURVES, comparedDashOf, dashOf } from '../plot/colours.ts';
import type { KeyItem } from '../plot/key.ts';
import { labelNodes } from '../symbols.ts';

export function showLegend(root: HTMLElement, items: KeyItem[]): void {
  replaceContent(
    root,
    items.map(({ mark, text }) => element('li', {}, markOf(mark), labelNodes(text))),
  );
}

function markOf(mark: KeyItem['mark']): Element | null {
  if (mark === null) return null;
  return typeof mark === 'string'
    ? element('span', { class: `key key-${mark}`, 'aria-hidden': 'true' })
    : lineKey({ kind: 'curve', index: mark.curve });
}

/** A piece of the curve with its colour and dashes. */
export function lineKey({ kind, index }: { kind: 'curve' | 'compared'; index: number }): SVGElement {
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
  line.setAttribute('stroke-dasharray', (kind === 'curve' ? dashOf(index) : comparedDashOf(index)).join(' '));
  line.style.setProperty('stroke', `var(--plot-${kind}-${(index % (kind === 'curve' ? CURVES : COMPARED)) + 1})`);
  svg.append(line);
  return svg;
}
