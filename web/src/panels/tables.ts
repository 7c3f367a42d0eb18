// What the tables of the page have in common: names of the quantities of a limit, and a frame that scrolls.

import type { Quantile } from 'anyslice';
import { element } from '../dom.ts';

/** In the order of the columns. */
export const QUANTILES: Quantile[] = ['-2', '-1', '0', '+1', '+2'];

export const QUANTITY_LABELS: Record<Quantile | 'observed', string> = {
  observed: 'observed',
  '-2': '−2 s.d.',
  '-1': '−1 s.d.',
  '0': 'median',
  '+1': '+1 s.d.',
  '+2': '+2 s.d.',
};

/** A wide table scrolls by itself, the page does not. Its caption names what scrolls. */
export function scrolling(table: HTMLElement): HTMLElement {
  const label = `Table: ${table.querySelector('caption')?.textContent ?? ''}`;
  return element('div', { class: 'scrolling', tabindex: 0, role: 'region', 'aria-label': label }, table);
}

/** Stands before the first row of a group, and leaves an empty cell before the others. */
export function rowHead(text: string): HTMLElement {
  return text === '' ? element('td') : element('th', { scope: 'row' }, text);
}

/** The head of a column of counts: in a projection they are what to expect. */
export const countsHead = ({ warnings = [] }: { warnings?: string[] }): string =>
  warnings.length > 0 ? 'expected without signal' : 'observed';
