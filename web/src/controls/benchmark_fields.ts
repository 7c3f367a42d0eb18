// Buttons of the card's benchmark points: each sets all parameters, and shows when they have its values.

import { element } from '../dom.ts';
import { isAtBenchmark, withBenchmark } from '../state/benchmarks.ts';
import type { State } from '../state.ts';
import { typeset } from '../typography.ts';
import type { FieldSet } from './field_set.ts';

/** Null for a card without benchmarks. */
export function benchmarkField<Kind extends State>(fields: FieldSet<Kind>): HTMLElement | null {
  const { card } = fields;
  const known = Object.entries(card.benchmarks ?? {});
  if (known.length === 0) return null;
  const buttons = known.map(([name, { label }]) => {
    const button = element(
      'button',
      { type: 'button', class: 'small', id: `benchmark-${name}`, title: typeset(label ?? name) },
      name,
    );
    button.addEventListener('click', () => fields.make((state) => withBenchmark(card, state, name) as Kind));
    fields.watch((state) => button.setAttribute('aria-pressed', String(isAtBenchmark(card, state, name))));
    return button;
  });
  return element(
    'div',
    { class: 'benchmarks', role: 'group', 'aria-label': 'Benchmark points' },
    element('span', {}, 'Benchmarks'),
    buttons,
  );
}
