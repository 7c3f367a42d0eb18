// The plotted limit as a table, and a summary of the plot for those who do not see it.

import type { Card, Interval, Parameter } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { SeriesLimit } from '../plot/curve_model.ts';
import { UNSEEN } from '../plot/model.ts';
import type { ContourResults, CurveResults, Results } from '../results.ts';
import { spokenSymbol, symbolNodes } from '../symbols.ts';
import { limitsHead, QUANTILES, QUANTITY_LABELS, rowHead, scrolling } from './tables.ts';

export function showDataTable(root: HTMLElement, results: Results): void {
  if (results.kind === 'curve') showCurveTable(root, results);
  else replaceContent(root, outlineTable(results));
}

function showCurveTable(root: HTMLElement, results: CurveResults): void {
  const { card } = results.analysis;
  const series = results.limits.length > 0 && results.limits[0]!.value !== null;
  replaceContent(
    root,
    results.limits.map((entry) => tableOf(card, entry, series)),
  );
}

/** The outlines of the excluded region, point by point. */
function outlineTable({ analysis: { card }, contour }: ContourResults): HTMLElement {
  const [x, y] = [card.parameters[contour.x]!, card.parameters[contour.y]!];
  const rows = contour.edges.flatMap((line, number) =>
    line.map(([atX, atY], i) =>
      element(
        'tr',
        {},
        rowHead(i === 0 ? String(number + 1) : ''),
        element('td', {}, formatNumber(atX, 4)),
        element('td', {}, formatNumber(atY, 4)),
      ),
    ),
  );
  return scrolling(
    element(
      'table',
      {},
      element('caption', {}, `Edge of the excluded region, ${formatPercent(contour.cl)} CL, ${contour.method}`),
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'line'), columnHead(x), columnHead(y))),
      element('tbody', {}, rows),
    ),
  );
}

function columnHead({ symbol, unit }: Parameter): HTMLElement {
  return element('th', { scope: 'col' }, ...symbolNodes(symbol.text), unit === '1' ? '' : ` [${unit}]`);
}

function tableOf(card: Card, { value, limit }: SeriesLimit, series: boolean): HTMLElement {
  const versus = card.parameters[limit.versus]!;
  const on = card.parameters[limit.on]!;
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
          columnHead(versus),
          element('th', { scope: 'col' }, limitsHead(limit)),
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
export function summaryText(results: Results): string {
  return results.kind === 'curve' ? curveSummary(results) : contourSummary(results);
}

function contourSummary({ analysis: { card }, state, contour }: ContourResults): string {
  const [x, y] = [card.parameters[contour.x]!, card.parameters[contour.y]!];
  const kind = state.projection ? 'expected' : 'observed';
  const head = `${kind} ${formatPercent(contour.cl)} contour in the plane of ${spokenSymbol(x.symbol.text)} and ${spokenSymbol(y.symbol.text)}`;
  const points = contour.edges.flat();
  if (points.length === 0) {
    return `${head}: ${contour.rings.length === 0 ? 'nothing is excluded here' : 'everything here is excluded'}.`;
  }
  const reach = (values: number[], unit: string) => {
    // Not by spreading: a contour may have more points than a call has arguments.
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    return `${formatNumber(low, 3)} to ${withUnit(formatNumber(high, 3), unit)}`;
  };
  const count = contour.edges.length === 1 ? 'one line' : `${contour.edges.length} lines`;
  return `${head}: its edge, ${count}, runs through ${spokenSymbol(x.symbol.text)} from ${reach(
    points.map(([at]) => at),
    x.unit,
  )} and ${spokenSymbol(y.symbol.text)} from ${reach(
    points.map(([, at]) => at),
    y.unit,
  )}.`;
}

function curveSummary({ analysis: { card }, limits }: CurveResults): string {
  return limits
    .map(({ value, limit }) => {
      const versus = card.parameters[limit.versus]!;
      const on = card.parameters[limit.on]!;
      const kind = limit.exposure_scale !== 1 && limit.signal_limits ? 'expected' : limitsHead(limit);
      const edge = (point: (typeof limit.points)[number]) =>
        kind === 'expected' ? point.expected['0'] : point.observed;
      const found = limit.points.filter((point) => edge(point) !== null);
      const what = `${formatPercent(limit.cl)} limit on ${spokenSymbol(on.symbol.text)} against ${spokenSymbol(versus.symbol.text)}${value === null ? '' : ` (curve at ${formatNumber(value, 4)})`}`;
      const head = kind === UNSEEN ? `${what}, ${kind}` : `${kind} ${what}`;
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
