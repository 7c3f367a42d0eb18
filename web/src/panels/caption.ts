// What a curve stands on, in one line: for the reader of a print or a picture, who does not see the settings.

import type { Card } from 'anyslice';
import { replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Results } from '../results.ts';
import { type ContourState, kernelAxes, parameterValue } from '../state/contour.ts';
import { type CurveState, isByLikelihood, throwsToys } from '../state/curve.ts';
import { switchValue } from '../state/shared.ts';
import type { State } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { CONSTRAINT_LABELS, METHOD_LABELS } from './construction.ts';

/** The construction of a limit in a few parts: variant, construction, constraint, level, and exposure if it is not 1. */
function constructionParts(card: Card, state: State): string[] {
  const { variant } = state;
  const { label = variant } = card.variants?.[variant] ?? {};
  const special = state.kind === 'curve' ? curveParts(state) : contourParts(card, state);
  return [`variant “${label}”`, ...changedSwitches(card, state), ...special];
}

function curveParts({ method, constraint, cl, exposure, toys, seed }: CurveState): string[] {
  const parts = [METHOD_LABELS[method]];
  if (throwsToys(method)) parts.push(`${toys.toLocaleString('en')} toys per tested signal, seed ${seed}`);
  if (method !== 'cls-exact' && !isByLikelihood(method)) parts.push(`constraint ${CONSTRAINT_LABELS[constraint]}`);
  parts.push(`${formatPercent(cl)} CL`);
  if (exposure !== 1) parts.push(`exposure × ${formatNumber(exposure, 4)}`);
  return parts;
}

function contourParts(card: Card, state: ContourState): string[] {
  const { method, cl, projection, channels, part, bandwidth } = state;
  const parts = [METHOD_LABELS[method], `${formatPercent(cl)} CL`];
  if (projection) parts.push(`projection ${card.projections?.[projection]?.label ?? projection}`);
  if (channels.length < Object.keys(card.channels ?? {}).length) {
    parts.push(`only ${channels.map((name) => card.channels?.[name]?.label ?? name).join(', ')}`);
  }
  if (part) parts.push(`only ${card.parts?.[part]?.label ?? part}`);
  for (const { parameter, bandwidth: own } of kernelAxes(card)) {
    const value = bandwidth[parameter] ?? own;
    if (value !== own) {
      parts.push(`bandwidth in {${card.parameters[parameter]!.symbol.text}} ${formatNumber(value, 3)}`);
    }
  }
  return parts;
}

/** Switches that are neither as the card nor as the variant or the projection has them. */
function changedSwitches(card: Card, state: State): string[] {
  const projection = state.kind === 'contour' ? state.projection : '';
  return Object.entries(state.switches)
    .filter(([name, value]) => value !== switchValue(card, name, state.variant, projection))
    .map(([name, value]) => {
      const { label = name, choices } = card.switches![name]!;
      return `${label}: ${choices?.find((choice) => choice.value === value)?.label ?? formatNumber(value, 5)}`;
    });
}

/** The values of all parameters that are on no axis; symbols are in braces. */
function valueParts(card: Card, state: State): string[] {
  const named = (name: string) => `{${card.parameters[name]!.symbol.text}}`;
  const given = ([name, value]: [string, number]) =>
    `${named(name)} = ${withUnit(formatNumber(value, 4), card.parameters[name]!.unit)}`;
  if (state.kind === 'curve') return Object.entries(state.set).map(given);
  return Object.entries(card.parameters).flatMap(([name, { follows }]) => {
    if (name === state.axes.x || name === state.axes.y) return [];
    if (name === state.profile) return [`${named(name)} profiled within its bounds`];
    if (follows && state.set[name] === undefined) return [`${named(name)} = ${named(follows)}`];
    return [given([name, parameterValue(card, state, name) ?? Number.NaN])];
  });
}

// A line does not begin with the dot between two parts.
const SEPARATOR = '\u00a0· ';

/** The construction in one line. */
export function constructionLine({ analysis: { card }, state }: Results): string {
  return constructionParts(card, state).join(SEPARATOR);
}

/** The parts of the caption; symbols are in braces. */
export function captionParts({ analysis: { card }, state }: Pick<Results, 'analysis' | 'state'>): string[] {
  const title = typeset(card.about.short_title ?? card.about.title);
  return [title, ...valueParts(card, state), ...constructionParts(card, state)];
}

// Up to this many letters a part is not broken between lines.
const WHOLE = 28;

export function showCaption(root: HTMLElement, results: Results): void {
  // Only where nothing better is on its way; what is exported is always complete.
  const isCoarse = results.kind === 'contour' && results.stopped && !results.complete;
  const parts = [...(isCoarse ? ['coarse: not computed to its end'] : []), ...captionParts(results)];
  const kept = parts.map((part) => (part.length > WHOLE ? part : part.replaceAll(' ', '\u00a0')));
  replaceContent(root, labelNodes(kept.join(SEPARATOR)));
}
