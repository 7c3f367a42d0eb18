// What the tables of the page have in common: names of the quantities of a limit, and a frame that scrolls.

import type { Limit, Quantile } from 'anyslice';
import { element } from '../dom.ts';
import { UNSEEN } from '../plot/model.ts';

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

/** The head of a column of counts, or of limits by them: in a projection they are what to expect. */
export const countsHead = ({ warnings = [] }: { warnings?: string[] }): string =>
  warnings.length > 0 ? UNSEEN : 'observed';

/** The same of a curve: by CLs its limits for the counts are missing where there are none. */
export const limitsHead = ({
  exposure_scale,
  signal_limits,
}: Pick<Limit, 'exposure_scale' | 'signal_limits'>): string =>
  exposure_scale !== 1 && !signal_limits ? UNSEEN : 'observed';
