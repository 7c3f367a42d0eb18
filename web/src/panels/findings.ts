// What the limit says, in words and small tables: overlays, limits in events, and the published values beside ours.

import type { Card, Comparison, Limit, Quantile } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatDifference, formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import type { Results } from '../session.ts';
import { symbolNodes } from '../symbols.ts';

const QUANTILES: Quantile[] = ['-2', '-1', '0', '+1', '+2'];

export const QUANTITY_LABELS: Record<Quantile | 'observed', string> = {
  observed: 'observed',
  '-2': '−2 s.d.',
  '-1': '−1 s.d.',
  '0': 'median',
  '+1': '+1 s.d.',
  '+2': '+2 s.d.',
};

/** Sentences about where overlays that are functions lie inside the exclusion. */
export function showStatements(root: HTMLElement, card: Card, results: Results): void {
  const [first] = results.limits;
  const sentences = Object.entries(results.findings?.along ?? {}).map(([name, { parameter, intervals, range }]) => {
    const { symbol, unit } = card.parameters[parameter]!;
    const overlay = card.overlays?.[name];
    const within = ([low, high]: [number | null, number | null]) =>
      `${formatNumber(low ?? range[0], 4)} to ${withUnit(formatNumber(high ?? range[1], 4), unit)}`;
    const level = formatPercent(first!.limit.cl);
    const given = `(the curve is given for ${within(range)})`;
    const label = element('b', {}, overlay?.label ?? name);
    const subject = element('span', {}, ...symbolNodes(symbol.text));
    return intervals.length === 0
      ? element('p', {}, label, ` is not excluded at ${level} CL anywhere in `, subject, ` from ${within(range)}.`)
      : element(
          'p',
          {},
          label,
          ` is excluded at ${level} CL for `,
          subject,
          ` from ${intervals.map(within).join(' and from ')} `,
          given,
          '.',
        );
  });
  const errors = results.limits.flatMap(({ limit }) =>
    limit.points.map(({ observed, expected, mc_error }) => (mc_error ?? 0) / (observed ?? expected['0'] ?? Infinity)),
  );
  const error = Math.max(0, ...errors);
  if (error > 0) {
    sentences.push(
      element('p', {}, `The Monte Carlo statistical error of the limit is at most ${formatNumber(100 * error, 2)} %.`),
    );
  }
  const reasons = new Set(
    results.limits.flatMap(({ limit }) => [
      ...limit.signal_limits.warnings,
      ...limit.points.flatMap(({ warnings }) => warnings),
    ]),
  );
  for (const reason of reasons) sentences.push(element('p', { class: 'warning' }, reason));
  replaceContent(root, sentences);
}

/** The limits in signal events. */
export function showEvents(root: HTMLElement, limit: Limit): void {
  const { observed, expected } = limit.signal_limits;
  const columns: [string, { value: number | null; error?: number; reason?: string | null }][] = [
    ['observed', observed],
    ...QUANTILES.map((quantile): [string, typeof observed] => [QUANTITY_LABELS[quantile], expected[quantile]]),
  ];
  const text = ({ value, error }: typeof observed) => (value === null ? '–' : formatWithError(value, error));
  const reason = columns.find(([, { value, reason }]) => value === null && reason)?.[1].reason;
  replaceContent(
    root,
    element('h2', {}, 'Upper limit in signal events'),
    scrolling(
      element(
        'table',
        {},
        element('caption', {}, `${formatPercent(limit.cl)} CL; the same for all parameter values`),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            columns.map(([name]) => element('th', { scope: 'col' }, name)),
          ),
        ),
        element(
          'tbody',
          {},
          element(
            'tr',
            {},
            columns.map(([, value]) => element('td', {}, text(value))),
          ),
        ),
      ),
    ),
    reason ? element('p', { class: 'note' }, reason) : null,
  );
}

/** Published values, ours, and the difference. */
export function showComparison(root: HTMLElement, card: Card, limit: Limit, comparison: Comparison | null): void {
  root.hidden = comparison === null;
  if (!comparison) {
    replaceContent(root);
    return;
  }
  const { symbol, unit } = card.parameters[limit.versus]!;
  const on = card.parameters[limit.on]!;
  const { published } = card.limits;
  const levels =
    published && published.level !== limit.cl
      ? `, ${formatPercent(published.level)} CL, while ours is at ${formatPercent(limit.cl)} CL`
      : '';
  const masses = [...new Set(comparison.rows.map((row) => row.versus))];
  const quantities = (['observed', ...QUANTILES] as const).filter((quantity) =>
    comparison.rows.some((row) => row.quantity === quantity),
  );
  const find = (versus: number, quantity: string) =>
    comparison.rows.find((row) => row.versus === versus && row.quantity === quantity);
  replaceContent(
    root,
    element('h2', {}, 'Beside the published limits'),
    scrolling(
      element(
        'table',
        { class: 'comparison' },
        element(
          'caption',
          {},
          element('span', {}, ...symbolNodes(on.symbol.text)),
          `: published (${comparison.source}${levels}), ours, and ours / published − 1`,
        ),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, ...symbolNodes(symbol.text)),
            quantities.map((quantity) => element('th', { scope: 'col' }, QUANTITY_LABELS[quantity])),
          ),
        ),
        element(
          'tbody',
          {},
          masses.map((mass) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, withUnit(formatNumber(mass, 4), unit)),
              quantities.map((quantity) => {
                const row = find(mass, quantity);
                return element(
                  'td',
                  {},
                  element('span', { class: 'published' }, formatNumber(row?.published, 3)),
                  element('span', { class: 'ours' }, formatNumber(row?.ours, 3)),
                  element('span', { class: 'difference' }, formatDifference(row?.difference)),
                );
              }),
            ),
          ),
        ),
      ),
    ),
  );
}

/** A wide table scrolls by itself, the page does not. */
export function scrolling(table: HTMLElement): HTMLElement {
  return element('div', { class: 'scrolling', tabindex: 0, role: 'region', 'aria-label': 'table' }, table);
}
