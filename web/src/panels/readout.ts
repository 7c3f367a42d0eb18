// The numbers of the point under the crosshair, or of the pinned one.

import type { Card, Rate } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import { symbolNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';

export class Readout {
  constructor(
    private readonly title: HTMLElement,
    private readonly body: HTMLElement,
  ) {}

  show(card: Card, rate: Rate, shown: string[], cl: number, what: string): void {
    this.title.textContent = what;
    const items: [Node | string, string][] = shown.map((name) => {
      const { symbol, unit } = card.parameters[name]!;
      const label = element('span', {}, ...symbolNodes(symbol.text));
      return [label, withUnit(formatNumber(rate.point[name], 4), unit)];
    });
    items.push(['signal events', formatWithError(rate.mu, rate.mu_mc_error)]);
    items.push([element('span', {}, 'CL', element('sub', {}, 's')), formatNumber(rate.CLs, 3)]);
    items.push([`at ${formatPercent(cl)} CL`, verdict(rate.CLs, cl)]);
    items.push(['effective events', Math.round(rate.effective_events).toLocaleString('en')]);
    for (const [name, { value, unit, label }] of Object.entries(rate.derived)) {
      const text = label ?? card.derived?.[name]?.label;
      if (text) items.push([typeset(text), withUnit(formatNumber(value, 4), unit)]);
    }
    replaceContent(
      this.body,
      items.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, value))),
    );
  }

  /** The point has no prediction. The numbers of the last one stay, to keep the page still, but are not shown. */
  fail(message: string): void {
    this.title.textContent = message;
    for (const value of this.body.querySelectorAll('dd')) value.textContent = '–';
  }
}

function verdict(cls: number | null | undefined, cl: number): string {
  if (cls === null || cls === undefined) return '–';
  return cls < 1 - cl ? 'excluded' : 'not excluded';
}
