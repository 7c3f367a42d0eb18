// What a reader must know about the analysis: paper, notes of the card, calibrations, and where overlays come from.

import type { Card } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatPercent } from '../format.ts';
import type { Results } from '../session.ts';
import { overlaysFor, presetOf } from '../state.ts';
import { typeset } from '../typography.ts';

export function showNotes(root: HTMLElement, { analysis: { card }, state }: Results): void {
  const [, preset] = presetOf(card, state.preset);
  const papers = (card.about.papers ?? []).map(({ title, arxiv, doi }) =>
    element(
      'li',
      {},
      title ? `${title}. ` : '',
      arxiv ? link(`https://arxiv.org/abs/${encodeURI(arxiv)}`, `arXiv:${arxiv}`) : null,
      arxiv && doi ? ', ' : '',
      doi ? link(`https://doi.org/${encodeURI(doi)}`, `doi:${doi}`) : null,
    ),
  );
  const notes = (card.about.notes ?? []).map(({ kind, text }) =>
    element('li', {}, element('span', { class: 'kind' }, kind), ' ', typeset(text)),
  );
  const calibrations = Object.entries(card.switches ?? {}).map(([name, entry]) =>
    element(
      'li',
      {},
      element('span', { class: 'kind' }, entry.kind ?? 'switch'),
      ` ${entry.label ?? name}, `,
      element('b', {}, whereOn(card, name, state.variant)),
      `: ${typeset([entry.size, entry.reason].filter((text) => text).join('. '))}`,
    ),
  );
  const overlays = overlaysFor(card, preset)
    .filter((name) => state.overlays.includes(name))
    .map((name) => {
      const { label, kind, level, level_source, citation, how } = card.overlays![name]!;
      const stated =
        level === undefined ? null : `${formatPercent(level)} CL${level_source ? ` (${level_source})` : ''}`;
      const parts = [kind, stated, citation, how].filter((text) => text);
      return element('li', {}, element('b', {}, label), `: ${typeset(parts.join('; '))}`);
    });
  replaceContent(
    root,
    section('Paper', papers),
    section('Notes on this analysis', [...notes, ...calibrations]),
    section('Other curves', overlays),
  );
}

/** Whether a switch differs from the value that changes nothing: in the variant shown, and in which others. */
function whereOn(card: Card, name: string, shown: string): string {
  const off = card.switches![name]!.value;
  const on = Object.entries(card.variants ?? {}).filter(([, { switches }]) => (switches?.[name] ?? off) !== off);
  const mine = on.some(([variant]) => variant === shown) ? 'on in the variant shown' : 'off in the variant shown';
  const others = on.filter(([variant]) => variant !== shown).map(([variant, { label }]) => label ?? variant);
  return others.length > 0 ? `${mine}; on in: ${others.join(', ')}` : mine;
}

function section(title: string, items: HTMLElement[]): HTMLElement | null {
  return items.length === 0 ? null : element('section', {}, element('h2', {}, title), element('ul', {}, items));
}

/** A link to another site: followed only when the reader chooses to. */
function link(address: string, text: string): HTMLElement {
  return element('a', { href: address, rel: 'noopener noreferrer' }, text);
}
