// The numbers of one point bin by bin, with its totals: for cards with more than one bin.

import type { Bin, Card, Rate } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatWithError, withUnit } from '../format.ts';
import { typeset } from '../typography.ts';
import { countsHead, rowHead, scrolling } from './tables.ts';

export function showBins(root: HTMLElement, card: Card, rate: Rate): void {
  replaceContent(root, binTable(card, rate), totalsList(rate));
}

function binTable(card: Card, { bins, mu, mu_mc_error, effective_events, warnings }: Rate): HTMLElement {
  const head = ['channel', 'bin', countsHead({ warnings }), 'background', 'signal', 'effective events'];
  const cell = (text: string) => element('td', {}, text);
  const label = (channel: string | undefined) =>
    channel === undefined ? '' : (card.channels?.[channel]?.label ?? channel);
  const row = (bin: Bin, i: number) =>
    element(
      'tr',
      {},
      rowHead(bin.channel === bins[i - 1]?.channel && i > 0 ? '' : label(bin.channel)),
      cell(bin.name),
      cell(formatNumber(bin.observed, 6)),
      cell(formatWithError(bin.background, bin.background_error)),
      cell(formatWithError(bin.mu, bin.mu_mc_error)),
      cell(events(bin.effective_events)),
    );
  const together = element(
    'tr',
    { class: 'together' },
    element('th', { scope: 'row' }, 'all'),
    cell(''),
    cell(''),
    cell(''),
    cell(formatWithError(mu, mu_mc_error)),
    cell(events(effective_events)),
  );
  return scrolling(
    element(
      'table',
      {},
      element('caption', {}, 'Events; background with its uncertainty, signal with its Monte Carlo error'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          head.map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element('tbody', {}, bins.map(row), bins.length > 1 ? together : null),
    ),
  );
}

function totalsList({ totals }: Rate): HTMLElement | null {
  const entries = Object.entries(totals ?? {});
  if (entries.length === 0) return null;
  return element(
    'ul',
    { class: 'totals' },
    entries.map(([name, { value, unit, label }]) =>
      element('li', {}, `${typeset(label ?? name)}: `, element('b', {}, withUnit(formatNumber(value, 4), unit))),
    ),
  );
}

function events(value: number): string {
  return Math.round(value).toLocaleString('en');
}
