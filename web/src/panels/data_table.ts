// The plotted limit as a table, and a summary of the plot for those who do not see it.

import type { Card, Interval } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { SeriesLimit } from '../plot/model.ts';
import type { Results } from '../session.ts';
import { spokenSymbol, symbolNodes } from '../symbols.ts';
import { QUANTILES, QUANTITY_LABELS, scrolling } from './tables.ts';

export function showDataTable(root: HTMLElement, results: Results): void {
  const { card } = results.analysis;
  const series = results.limits.length > 0 && results.limits[0]!.value !== null;
  replaceContent(
    root,
    results.limits.map((entry) => tableOf(card, entry, series)),
  );
}

function tableOf(card: Card, { value, limit }: SeriesLimit, series: boolean): HTMLElement {
  const versus = card.parameters[limit.versus]!;
  const on = card.parameters[limit.on]!;
  const heading = (parameter: typeof versus) =>
    element(
      'th',
      { scope: 'col' },
      ...symbolNodes(parameter.symbol.text),
      parameter.unit === '1' ? '' : ` [${parameter.unit}]`,
    );
  const interval = ([low, high]: Interval) =>
    `${low === null ? '…' : formatNumber(low, 4)} to ${high === null ? '…' : formatNumber(high, 4)}`;
  return scrolling(
    element(
      'table',
      {},
      element(
        'caption',
        {},
        `Limit on ${on.label}, ${formatPercent(limit.cl)} CL, ${limit.method}`,
        series ? ` (curve at ${formatNumber(value, 4)})` : '',
      ),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          heading(versus),
          element('th', { scope: 'col' }, 'observed'),
          QUANTILES.map((quantile) => element('th', { scope: 'col' }, QUANTITY_LABELS[quantile])),
          element('th', { scope: 'col' }, 'excluded'),
        ),
      ),
      element(
        'tbody',
        {},
        limit.points.map((point) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, formatNumber(point[limit.versus] as number, 4)),
            element('td', {}, formatNumber(point.observed, 4)),
            QUANTILES.map((quantile) => element('td', {}, formatNumber(point.expected[quantile], 4))),
            element('td', {}, point.excluded.map(interval).join(', ') || (point.reason ?? 'nothing')),
          ),
        ),
      ),
    ),
  );
}

/** The plot in a few sentences. */
export function summaryText({ analysis: { card }, limits }: Results): string {
  return limits
    .map(({ value, limit }) => {
      const versus = card.parameters[limit.versus]!;
      const on = card.parameters[limit.on]!;
      const kind = limit.exposure_scale === 1 ? 'observed' : 'expected';
      const edge = (point: (typeof limit.points)[number]) =>
        kind === 'observed' ? point.observed : point.expected['0'];
      const found = limit.points.filter((point) => edge(point) !== null);
      const head = `${kind} ${formatPercent(limit.cl)} limit on ${spokenSymbol(on.symbol.text)} against ${spokenSymbol(versus.symbol.text)}${value === null ? '' : ` (curve at ${formatNumber(value, 4)})`}`;
      if (found.length === 0) return `${head}: nothing is excluded here.`;
      const at = (share: number) => found[Math.round(share * (found.length - 1))]!;
      const values = [0, 0.25, 0.5, 0.75, 1].map((share) => {
        const point = at(share);
        return `${formatNumber(edge(point), 3)} at ${withUnit(formatNumber(point[limit.versus] as number, 3), versus.unit)}`;
      });
      return `${head}: ${values.join(', ')}.`;
    })
    .join(' ');
}
