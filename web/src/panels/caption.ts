// What a curve stands on, in one line: for the reader of a print or a picture, who does not see the settings.

import type { Card } from 'anyslice';
import { replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Results } from '../session.ts';
import type { State } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { CONSTRAINT_LABELS, METHOD_LABELS } from './construction.ts';

/** The construction of a limit in a few parts: variant, construction, constraint, level, and exposure if it is not 1. */
function constructionParts(card: Card, state: State): string[] {
  const { variant, method, constraint, cl, exposure, toys, seed } = state;
  const { label = variant } = card.variants?.[variant] ?? {};
  const parts = [`variant “${label}”`, METHOD_LABELS[method]];
  if (method === 'cls-toys') parts.push(`${toys.toLocaleString('en')} toys per tested signal, seed ${seed}`);
  if (method !== 'cls-exact') parts.push(`constraint ${CONSTRAINT_LABELS[constraint]}`);
  parts.push(`${formatPercent(cl)} CL`);
  if (exposure !== 1) parts.push(`exposure × ${formatNumber(exposure, 4)}`);
  return parts;
}

// A line does not begin with the dot between two parts.
const SEPARATOR = '\u00a0· ';

/** The construction in one line. */
export function constructionLine({ analysis: { card }, state }: Results): string {
  return constructionParts(card, state).join(SEPARATOR);
}

/** The parts of the caption; symbols are in braces. */
export function captionParts({ analysis: { card }, state }: Results): string[] {
  const values = Object.entries(state.set).map(([name, value]) => {
    const { symbol, unit } = card.parameters[name]!;
    return `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}`;
  });
  return [typeset(card.about.short_title ?? card.about.title), ...values, ...constructionParts(card, state)];
}

export function showCaption(root: HTMLElement, results: Results): void {
  replaceContent(root, labelNodes(captionParts(results).join(SEPARATOR)));
}
