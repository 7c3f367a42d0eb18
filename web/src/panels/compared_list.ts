// The list of pinned curves under the plot: their names, how far they are from the present limit, rename and remove.

import type { RegionAreas } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import type { Plane } from '../state/plane.ts';
import { labelNodes } from '../symbols.ts';
import { lineKey } from './legend.ts';

export interface ComparedItem {
  /** As the reader calls it; empty for none. */
  name: string;
  /** What it is in words where it has no name. */
  automatic: string;
  busy: boolean;
  problem: string | null;
  /** Where the limits cross the vertical through the point: that on display and the pinned one. */
  present: number[];
  pinned: number[];
  /** How far they differ over the whole plot, the limit shown being the first region; null where that is unknown. */
  areas?: RegionAreas | null;
}

export interface ComparedListEvents {
  rename: (index: number, name: string) => void;
  remove: (index: number) => void;
}

interface Row {
  root: HTMLElement;
  input: HTMLInputElement;
  difference: HTMLElement;
  areas: HTMLElement;
}

export class ComparedList {
  private rows: Row[] = [];
  private readonly title = element('h2', { id: 'pins-title' });
  private readonly list = element('ul', { 'aria-labelledby': 'pins-title' });

  constructor(
    private readonly root: HTMLElement,
    private readonly events: ComparedListEvents,
  ) {
    root.hidden = true;
    root.classList.add('curve-list');
    root.append(this.title, this.list);
  }

  /** `x`: where the limits are compared; `which`: the curve of a family that is compared, symbols in braces. */
  show(items: ComparedItem[], plane: Plane | null, x: number, which = ''): void {
    this.root.hidden = items.length === 0;
    if (this.rows.length !== items.length) {
      this.rows = items.map((_item, i) => this.row(i));
      replaceContent(
        this.list,
        this.rows.map(({ root }) => root),
      );
    }
    if (!plane) return;
    const { symbol, unit } = plane.x.parameter;
    replaceContent(
      this.title,
      'Pinned curves; the limit shown relative to them at ',
      labelNodes(`{${symbol.text}} = ${withUnit(formatNumber(x, 4), unit)}${which && `, ${which}`}`),
    );
    items.forEach((item, i) => {
      const { root, input, difference, areas } = this.rows[i]!;
      root.setAttribute('aria-busy', String(item.busy));
      if (document.activeElement !== input) input.value = item.name;
      input.placeholder = item.automatic;
      replaceContent(difference, labelNodes(differenceText(item, plane)));
      areas.textContent = areasText(item.areas ?? null);
    });
  }

  private row(index: number): Row {
    const id = `pinned-name-${index + 1}`;
    const input = element('input', {
      id,
      type: 'text',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 60,
      'aria-label': `Name of pinned curve ${index + 1}`,
    });
    input.addEventListener('change', () => this.events.rename(index, input.value));
    const remove = element(
      'button',
      { type: 'button', class: 'small', 'aria-label': `Remove pinned curve ${index + 1}` },
      'Remove',
    );
    remove.addEventListener('click', () => this.events.remove(index));
    const difference = element('span', { class: 'difference' });
    const areas = element('span', { class: 'areas' });
    const numbers = element('span', { class: 'numbers' }, difference, areas);
    return {
      root: element('li', {}, lineKey({ kind: 'compared', index }), input, numbers, remove),
      input,
      difference,
      areas,
    };
  }
}

/** How much of the plot one of two limits excludes alone; nothing where that is unknown. */
export function areasText(areas: RegionAreas | null): string {
  if (!areas) return '';
  const share = (area: number) => formatPercent(area / areas.window, 2);
  const left =
    areas.left_out > 0
      ? ` ${share(areas.left_out)} is left out: masked, without a limit, or outside the model, on one of them.`
      : '';
  if (areas.only_first === 0 && areas.only_second === 0) return `Both exclude the same part of the plot.${left}`;
  return `Only one excludes ${share(areas.only_first + areas.only_second)} of the plot: this limit ${share(areas.only_first)}, the pinned one ${share(areas.only_second)}.${left}`;
}

/** "×1.31 (2.1×10⁻⁴ : 1.6×10⁻⁴)" for each pair of limits; symbols in braces. */
export function differenceText({ problem, present, pinned, busy }: ComparedItem, { y }: Plane): string {
  if (problem) return problem;
  if (pinned.length === 0 && busy) return 'computing…';
  if (present.length === 0 && pinned.length === 0) return 'no limit here on either';
  if (present.length === 0) return 'a limit here only on the pinned one';
  if (pinned.length === 0) return 'a limit here only on what is shown';
  const { unit, symbol } = y.parameter;
  const value = (number: number) => withUnit(formatNumber(number, 3), unit);
  const all = (values: number[]) => values.map(value).join(' and ');
  // Limits belong together in their order only where there are as many.
  if (present.length !== pinned.length) return `{${symbol.text}} = ${all(present)}; pinned ${all(pinned)}`;
  return present
    .map((own, i) => {
      const other = pinned[i]!;
      const change =
        y.scale === 'log' && own > 0 && other > 0
          ? `×${formatNumber(own / other, 3)}`
          : `${own >= other ? '+' : ''}${value(own - other)}`;
      return `${change} (${value(own)}; pinned ${value(other)})`;
    })
    .join(' and ');
}
