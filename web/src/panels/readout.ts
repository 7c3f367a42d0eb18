// The numbers of the point under the crosshair, or of the pinned one.

import type { Card, Rate } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import { spokenSymbol, symbolNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';

// A kernel that lies almost wholly where the table has events needs no word.
const FULL_KERNEL = 0.99;

export class Readout {
  constructor(
    private readonly title: HTMLElement,
    private readonly body: HTMLElement,
  ) {}

  /** `byPosterior`: what stands for CLs is the posterior probability of a larger signal. `likelihood`: for limits by −ln L, with how far it may lie above that without signal where that is what decides. */
  show(
    card: Card,
    rate: Rate,
    shown: string[],
    cl: number,
    what: string,
    byPosterior: boolean,
    likelihood: { limit: number | null } | null,
  ): void {
    // Such points are hatched in the plot: what their numbers say is no result.
    this.title.textContent = rate.masked_reason ? `${what} · masked: ${rate.masked_reason}` : what;
    const items: [Node | string, string][] = shown.map((name) => {
      const { symbol, unit } = card.parameters[name]!;
      const label = element('span', {}, ...symbolNodes(symbol.text));
      return [label, withUnit(formatNumber(rate.point[name], 4), unit)];
    });
    items.push(['signal events', formatWithError(rate.mu, rate.mu_mc_error)]);
    if (typeof rate.CLs === 'number') {
      items.push([
        byPosterior ? 'posterior of a larger signal' : element('span', {}, 'CL', element('sub', {}, 's')),
        rate.CLs < 1e-15 ? '< 10⁻¹⁵' : formatNumber(rate.CLs, 3),
      ]);
    }
    if (likelihood) {
      // Of a contour the plot itself shows on which side a point lies.
      const { limit } = likelihood;
      const label = limit === null ? 'Δ(−ln L) to no signal' : `Δ(−ln L), limit ${formatNumber(limit, 3)}`;
      items.push([label, formatNumber(rate.delta_lnl, 3)]);
    } else {
      items.push([`at ${formatPercent(cl)} CL`, verdict(rate) ?? '–']);
    }
    if (typeof rate.kernel_share === 'number' && rate.kernel_share < FULL_KERNEL) {
      items.push(['kernel with events in it', formatPercent(rate.kernel_share, 2)]);
    }
    items.push(['effective events', Math.round(rate.effective_events).toLocaleString('en')]);
    const derived: typeof items = [];
    for (const [name, { value, unit, label }] of Object.entries(rate.derived)) {
      const text = label ?? card.derived?.[name]?.label;
      if (text)
        derived.push([element('span', {}, ...symbolNodes(typeset(text))), withUnit(formatNumber(value, 4), unit)]);
    }
    const list = (kind: string, entries: typeof items) =>
      element(
        'dl',
        { class: kind },
        ...entries.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, value))),
      );
    this.body.style.minHeight = '';
    replaceContent(this.body, list('main-numbers', items), derived.length > 0 && list('derived-numbers', derived));
  }

  /** The point has no prediction. The numbers of the last one stay, to keep the page still, but are not shown. */
  fail(...message: (Node | string)[]): void {
    replaceContent(this.title, message);
    for (const value of this.body.querySelectorAll('dd')) value.textContent = '–';
  }

  /** Why there are no numbers, in their place. */
  explain(reason: string): void {
    this.keepHeight();
    replaceContent(this.body, element('p', { class: 'note' }, reason));
  }

  /** Nothing to tell; the place of the numbers is kept for those to come, so that the page does not jump. */
  clear(): void {
    this.title.textContent = '\u00a0';
    this.keepHeight();
    replaceContent(this.body);
  }

  private keepHeight(): void {
    if (this.body.offsetHeight > 0) this.body.style.minHeight = `${this.body.offsetHeight}px`;
  }
}

/** The point in one sentence, to be read aloud. */
export function spokenRate(card: Card, rate: Rate, shown: string[], cl: number): string {
  const place = shown.map((name) => {
    const { symbol, unit } = card.parameters[name]!;
    return `${spokenSymbol(symbol.text)} ${withUnit(formatNumber(rate.point[name], 4), unit)}`;
  });
  const found = verdict(rate);
  const conclusion = found ? `, ${found} at ${formatPercent(cl)} CL` : '';
  return `${place.join(', ')}: ${formatWithError(rate.mu, rate.mu_mc_error)} signal events${conclusion}.`;
}

/** The core's word on the point, or on what to expect of it where there are no data; null where it has none. */
function verdict({ excluded, expected_excluded }: Rate): string | null {
  if (typeof excluded === 'boolean') return excluded ? 'excluded' : 'not excluded';
  if (typeof expected_excluded === 'boolean') return `expected ${expected_excluded ? '' : 'not '}to be excluded`;
  return null;
}
