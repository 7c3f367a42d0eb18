// What the limit says, in words and small tables: overlays, limits in events, and the published values beside ours.

import type { LimitValue } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatDifference, formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import type { CurveResults } from '../results.ts';
import { labelNodes, symbolNodes } from '../symbols.ts';
import { constructionLine } from './caption.ts';
import { QUANTILES, QUANTITY_LABELS, scrolling } from './tables.ts';

/** Sentences about where overlays that are functions lie inside the exclusion. */
export function showStatements(root: HTMLElement, results: CurveResults): void {
  const { card } = results.analysis;
  const sentences = Object.entries(results.findings?.along ?? {}).map(([name, { parameter, intervals, range }]) => {
    const { symbol, unit } = card.parameters[parameter]!;
    const overlay = card.overlays?.[name];
    const within = ([low, high]: [number | null, number | null]) =>
      `${formatNumber(low ?? range[0], 4)} to ${withUnit(formatNumber(high ?? range[1], 4), unit)}`;
    const level = formatPercent(results.state.cl);
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
  const errors = results.limits.flatMap(({ limit }) => limit.points.map((point) => point.relative_mc_error ?? 0));
  const error = Math.max(0, ...errors);
  if (error > 0) {
    sentences.push(
      element(
        'p',
        {},
        `The Monte Carlo statistical error of the limit is at most ${formatNumber(100 * error, 2)} %. The limit is recomputed from published numbers; the notes below say what that leaves out.`,
      ),
    );
  }
  const reasons = new Set(
    results.limits.flatMap(({ limit }) => [
      ...(limit.signal_limits?.warnings ?? []),
      ...limit.points.flatMap(({ warnings }) => warnings),
    ]),
  );
  for (const reason of reasons) sentences.push(element('p', { class: 'warning' }, reason));
  replaceContent(root, sentences);
}

const INTERVAL_LABELS = {
  'feldman-cousins': 'Unified interval',
  central: 'Central interval',
  'highest-density': 'Interval of highest posterior density',
  likelihood: 'Likelihood interval',
};

/** The limits in signal events. */
export function showEvents(root: HTMLElement, results: CurveResults): void {
  const [first] = results.limits;
  const limits = first?.limit.signal_limits;
  if (!limits) {
    replaceContent(root);
    return;
  }
  const { observed, expected, intervals = [] } = limits;
  const columns: [string, LimitValue][] = [
    ['observed', observed],
    ...QUANTILES.map((quantile): [string, LimitValue] => [QUANTITY_LABELS[quantile], expected[quantile]]),
  ];
  const text = ({ value, error }: LimitValue) => (value === null ? '–' : formatWithError(value, error));
  const reason = columns.find(([, { value, reason }]) => value === null && reason)?.[1].reason;
  replaceContent(
    root,
    element('h3', {}, 'Upper limit in signal events'),
    scrolling(
      element(
        'table',
        {},
        element('caption', {}, `${constructionLine(results)}; the same for all parameter values`),
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
    ...intervals.map(({ kind, low, high }) =>
      element(
        'p',
        { class: 'note' },
        `${INTERVAL_LABELS[kind]} on the data: ${formatNumber(low, 4)} to ${formatNumber(high, 4)} signal events.`,
      ),
    ),
    reason ? element('p', { class: 'note' }, reason) : null,
  );
}

/** Published values, ours, and the difference. */
export function showComparison(root: HTMLElement, results: CurveResults): void {
  const comparison = results.findings?.comparison;
  const limit = results.limits[0]?.limit;
  root.hidden = !comparison;
  if (!comparison || !limit) {
    replaceContent(root);
    return;
  }
  const { card } = results.analysis;
  const { symbol, unit } = card.parameters[limit.versus]!;
  const on = card.parameters[limit.on]!;
  const { published } = card.limits;
  const levels =
    published && published.level !== limit.cl
      ? `, ${formatPercent(published.level)} CL, while ours is at ${formatPercent(limit.cl)} CL`
      : '';
  const places = [...new Set(comparison.rows.map((row) => row.versus))];
  const quantities = (['observed', ...QUANTILES] as const).filter((quantity) =>
    comparison.rows.some((row) => row.quantity === quantity),
  );
  const find = (versus: number, quantity: string) =>
    comparison.rows.find((row) => row.versus === versus && row.quantity === quantity);
  replaceContent(
    root,
    element('h3', {}, 'Beside the published limits'),
    scrolling(
      element(
        'table',
        { class: 'comparison' },
        element(
          'caption',
          {},
          labelNodes(withUnit(`{${on.symbol.text}}`, on.unit === '1' ? '1' : `[${on.unit}]`)),
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
          places.map((place) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, withUnit(formatNumber(place, 4), unit)),
              quantities.map((quantity) => {
                const row = find(place, quantity);
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
