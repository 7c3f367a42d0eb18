// Words about constructions, constraints and variants: their names, and why a card chose them.

import type { Card, Constraint, Method } from 'anyslice';
import { element } from '../dom.ts';
import { formatNumber } from '../format.ts';
import type { State } from '../state.ts';
import { typeset } from '../typography.ts';

export const METHOD_LABELS: Record<Method, string> = {
  'cls-hybrid': 'CLs, hybrid (exact)',
  'cls-toys': 'CLs, frequentist toys',
  'cls-asymptotic': 'CLs, asymptotic',
  'cls-exact': 'CLs without uncertainties',
};

const METHOD_NOTES: Record<Method, string> = {
  'cls-hybrid': 'Counts averaged over the uncertainties by quadrature: no toys, no large-number approximation.',
  'cls-toys': 'Profile likelihood ratio with simulated experiments; the result has a statistical error.',
  'cls-asymptotic': 'Large-number formulae for the profile likelihood ratio; approximate when few events are expected.',
  'cls-exact': 'Poisson counts with every yield taken as known: no systematic uncertainty is part of the limit.',
};

export const CONSTRAINT_LABELS: Record<Constraint, string> = {
  lognormal: 'lognormal',
  gaussian: 'Gaussian, up to 3 s.d.',
  truncated: 'Gaussian, truncated at zero yield',
};

export function constructionNote(card: Card, state: State): HTMLElement[] {
  const { method, constraint, why } = card.limits;
  const notes = [element('p', {}, METHOD_NOTES[state.method])];
  const isDefault = state.method === method && (state.constraint === constraint || state.method === 'cls-exact');
  if (why && isDefault) notes.push(element('p', {}, element('b', {}, 'Why this one: '), why));
  if (!isDefault) {
    const names = `${METHOD_LABELS[method]}, ${CONSTRAINT_LABELS[constraint]}`;
    notes.push(element('p', {}, element('b', {}, 'The default is another: '), `${names}. ${why ?? ''}`));
  }
  return notes;
}

/** What a variant changes, named switch by named switch; nothing for the one that changes nothing. */
export function variantNote(card: Card, state: State): HTMLElement[] {
  const variant = card.variants?.[state.variant];
  if (!variant) return [];
  const switches = Object.entries(variant.switches ?? {}).map(([name, value]) => {
    const known = card.switches?.[name];
    const details = typeset([known?.size, known?.reason].filter((text) => text).join('. '));
    return element(
      'li',
      {},
      element('b', {}, `${known?.label ?? name}: ${formatNumber(value, 5)}`),
      known ? ` instead of ${formatNumber(known.value, 5)} (${known.kind ?? 'switch'}). ${details}` : '',
    );
  });
  return [
    element('p', {}, typeset(variant.description ?? '')),
    ...(switches.length > 0 ? [element('ul', {}, ...switches)] : []),
  ];
}
