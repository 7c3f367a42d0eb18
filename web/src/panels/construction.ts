// Words about constructions, constraints and variants: their names, and why a card chose them.

import type { Card, Constraint, ContourMethod } from 'anyslice';
import { element } from '../dom.ts';
import type { ContourState } from '../state/contour.ts';
import { isByLikelihood } from '../state/curve.ts';
import type { State } from '../state.ts';
import { typeset } from '../typography.ts';

export const METHOD_LABELS: Record<ContourMethod, string> = {
  'cls-hybrid': 'CLs, hybrid (exact)',
  'cls-toys': 'CLs, frequentist toys',
  'cls-asymptotic': 'CLs, asymptotic',
  'cls-exact': 'CLs without uncertainties',
  'bayes-flat': 'Bayesian, flat prior in the signal',
  'feldman-cousins': 'Unified intervals (Feldman-Cousins)',
  'delta-lnl-2': 'Likelihood, two parameters free',
  'delta-lnl-1': 'Likelihood, one parameter free',
};

const METHOD_NOTES: Record<ContourMethod, string> = {
  'cls-hybrid': 'Counts averaged over the uncertainties by quadrature: no toys, no large-number approximation.',
  'cls-toys': 'Profile likelihood ratio with simulated experiments; the result has a statistical error.',
  'cls-asymptotic': 'Large-number formulae for the profile likelihood ratio; approximate when few events are expected.',
  'cls-exact': 'Poisson counts with every yield taken as known: no systematic uncertainty is part of the limit.',
  'bayes-flat':
    'The signal below which the posterior probability is the confidence level, with a prior constant in the signal and the uncertainties integrated over.',
  'feldman-cousins':
    'Counts ordered by their likelihood ratio; the upper end of the interval. With uncertainties the ratio is profiled and its distribution simulated.',
  'delta-lnl-2':
    'Excluded is where −ln L lies further above its smallest value, over the full ranges of what is free and without signal, than a fit of two parameters allows.',
  'delta-lnl-1':
    'Excluded is where −ln L lies further above its smallest value than a fit of one parameter allows: for one number, with the other axis taken as known.',
};

const LIKELIHOOD_NOTE =
  'Along a curve the smallest value is that over the limited parameter. There are no expected bands; at another exposure than that of the data the limit is that for the counts expected without signal.';

export const CONSTRAINT_LABELS: Record<Constraint, string> = {
  lognormal: 'lognormal',
  gaussian: 'Gaussian, up to 3 s.d.',
  truncated: 'Gaussian, truncated at zero yield',
};

export function constructionNote(card: Card, state: State): HTMLElement[] {
  const { method, constraint, why } = card.limits;
  if (state.kind === 'contour') return contourNote(card, state);
  const notes = [element('p', {}, METHOD_NOTES[state.method])];
  if (isByLikelihood(state.method)) notes.push(element('p', {}, LIKELIHOOD_NOTE));
  const isDefault = state.method === method && (state.constraint === constraint || state.method === 'cls-exact');
  if (why && isDefault) notes.push(element('p', {}, element('b', {}, 'Why this one: '), why));
  if (!isDefault) {
    const names = [METHOD_LABELS[method], ...(constraint ? [CONSTRAINT_LABELS[constraint]] : [])].join(', ');
    notes.push(element('p', {}, element('b', {}, 'The default is another: '), `${names}. ${why ?? ''}`));
  }
  return notes;
}

function contourNote({ limits }: Card, { method }: ContourState): HTMLElement[] {
  const notes = [element('p', {}, METHOD_NOTES[method])];
  if (limits.why) {
    const head = method === limits.method ? 'Why this one: ' : `The default is “${METHOD_LABELS[limits.method]}”: `;
    notes.push(element('p', {}, element('b', {}, head), limits.why));
  }
  return notes;
}

/** What a variant is, in words of the card. The switches that it sets are listed with all others. */
export function variantNote(card: Card, state: State): HTMLElement[] {
  const description = card.variants?.[state.variant]?.description;
  return description ? [element('p', {}, typeset(description))] : [];
}
