// What a reader must know about the analysis: paper, notes of the card, calibrations, and where overlays come from.

import type { Card } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Results } from '../results.ts';
import { overlaysIn } from '../state/plane.ts';
import { switchChoices, switchValue } from '../state/shared.ts';
import { planeOfState, type State } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';

const FEW = 12;

export function showNotes(root: HTMLElement, { analysis: { card }, state }: Results): void {
  const { x, y } = planeOfState(card, state);
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
      element('b', {}, whereOn(card, name, state)),
      typeset(['', entry.size, entry.reason].filter((text) => text !== undefined).join('. ')),
    ),
  );
  const overlays = overlaysIn(card, { x: x.name, y: y.name })
    .filter((name) => state.overlays.includes(name))
    .map((name) => {
      const { label, kind, level, level_source, citation, how, at } = card.overlays![name]!;
      const stated =
        level === undefined ? null : `${formatPercent(level)} CL${level_source ? ` (${level_source})` : ''}`;
      const joined = (parts: (string | null | undefined)[]) => typeset(parts.filter((text) => text).join('; '));
      const holds = at ? element('span', {}, '; for ', ...labelNodes(valuesOf(card, at))) : null;
      const from = joined([citation, how]);
      return element(
        'li',
        {},
        element('b', {}, label),
        `: ${joined([kind, stated])}`,
        holds,
        from ? `; ${from}` : null,
      );
    });
  const open = root.querySelector<HTMLDetailsElement>('#all-notes')?.open ?? false;
  replaceContent(
    root,
    card.about.summary ? element('p', {}, typeset(card.about.summary)) : null,
    section('Paper', papers),
    foldable('Notes on this analysis', [...notes, ...calibrations]),
    section('Other curves', overlays),
  );
  const all = root.querySelector<HTMLDetailsElement>('#all-notes');
  if (all) all.open = open;
}

/** The value of a switch in what is shown, and the variants in which it has another. */
function whereOn(card: Card, name: string, state: State): string {
  const projection = state.kind === 'contour' ? state.projection : '';
  const shown = state.switches[name] ?? switchValue(card, name, state.variant, projection);
  const text = (value: number) =>
    switchChoices(card, name).find((choice) => choice.value === value)?.label ?? formatNumber(value, 5);
  const others = Object.entries(card.variants ?? {})
    .filter(([variant]) => variant !== state.variant)
    .map(([variant, { label }]) => ({ label: label ?? variant, value: switchValue(card, name, variant) }))
    .filter(({ value }) => value !== shown);
  return [`${text(shown)} as shown`, ...others.map(({ label, value }) => `${text(value)} in: ${label}`)].join('; ');
}

function valuesOf(card: Card, point: Record<string, number>): string {
  return Object.entries(point)
    .map(([name, value]) => {
      const { symbol, unit } = card.parameters[name]!;
      return `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}`;
    })
    .join(', ');
}

/** Many notes are folded away: they would push apart what stands around them. */
function foldable(title: string, items: HTMLElement[]): HTMLElement | null {
  if (items.length <= FEW) return section(title, items);
  const summary = element('summary', {}, element('h3', {}, `${title} (${items.length})`));
  return element('details', { id: 'all-notes' }, summary, element('ul', {}, items));
}

function section(title: string, items: HTMLElement[]): HTMLElement | null {
  return items.length === 0 ? null : element('section', {}, element('h3', {}, title), element('ul', {}, items));
}

/** A link to another site: followed only when the reader chooses to. */
function link(address: string, text: string): HTMLElement {
  return element('a', { href: address, rel: 'noopener noreferrer' }, text);
}
