// Fields that all kinds of figure have: variant and switches, level, ranges of the axes, overlays.

import type { Overlay } from 'anyslice';
import { element } from '../dom.ts';
import { exactNumber, formatPercent } from '../format.ts';
import { constructionNote, variantNote } from '../panels/construction.ts';
import { type AxisName, overlaysIn, type Plane } from '../state/plane.ts';
import { LEVEL_RANGE, type Range, SWITCH_RANGE } from '../state/ranges.ts';
import { switchChoices, switchValue } from '../state/shared.ts';
import { type State, withVariant } from '../state.ts';
import { typeset } from '../typography.ts';
import type { FieldSet } from './field_set.ts';
import { checkField, type Field, folded, numberField, quickButtons, selectField, setText } from './fields.ts';

/** The choice of the variant with what it is, and every switch with its size and reason. */
export function variantGroup<Kind extends State>(fields: FieldSet<Kind>): HTMLElement {
  const { card } = fields;
  const variants = Object.entries(card.variants ?? {}).map(([value, { label }]) => ({ value, label }));
  const variant = fields.follow(
    selectField(
      'Variant',
      variants,
      (name) => fields.make((state) => withVariant(card, state, name) as Kind),
      'choose-variant',
    ),
    (state) => state.variant,
  );
  const note = element('div', { class: 'note' });
  fields.watch((state) => setText(note, ...variantNote(card, state)));
  return folded(
    'variant',
    'Variant and switches',
    false,
    variants.length > 1 ? variant : null,
    note,
    switchFields(fields),
  );
}

function switchFields<Kind extends State>(fields: FieldSet<Kind>): HTMLElement | null {
  const { card } = fields;
  const names = Object.keys(card.switches ?? {});
  if (names.length === 0) return null;
  const summary = element('summary', {}, 'Switches');
  fields.watch((state) => {
    const changed = names.filter((name) => state.switches[name] !== undefined).length;
    summary.textContent = `Switches (${names.length})${changed > 0 ? `: ${changed} set by hand` : ''}`;
  });
  return element(
    'details',
    { id: 'fold-switches', class: 'switches' },
    summary,
    ...names.map((name) => switchField(fields, name)),
  );
}

function switchField<Kind extends State>(fields: FieldSet<Kind>, name: string): HTMLElement {
  const { card } = fields;
  const { label = name, size, reason, kind, unit } = card.switches![name]!;
  const projectionOf = (state: State) => (state.kind === 'contour' ? state.projection : '');
  const own = (state: State) => switchValue(card, name, state.variant, projectionOf(state));
  const read = (state: State) => state.switches[name] ?? own(state);
  // A switch at the value that it has by itself is not set by hand.
  const set = (value: number) =>
    fields.make((state) => {
      const { [name]: _old, ...others } = state.switches;
      return { ...state, switches: value === own(state) ? others : { ...others, [name]: value } };
    });
  const choices = switchChoices(card, name);
  const id = `switch-${name}`;
  let root: HTMLElement;
  if (!card.switches![name]!.choices && choices.every(({ value }) => value === 0 || value === 1)) {
    root = fields.follow(
      checkField(label, (on) => set(on ? 1 : 0), id),
      (state) => read(state) === 1,
    );
  } else if (card.switches![name]!.choices) {
    const options = choices.map((choice) => ({ value: exactNumber(choice.value), label: choice.label }));
    root = fields.follow(
      selectField(label, options, (value) => set(Number(value)), id),
      (state) => exactNumber(read(state)),
    );
  } else {
    root = fields.follow(numberField({ label, range: SWITCH_RANGE, unit, onChange: set, id }), read);
    const known = choices.map((choice) => ({ label: choice.label, apply: () => set(choice.value) }));
    if (known.length > 1) root.append(quickButtons(known));
  }
  const details = [kind, size, reason].filter((text) => text).join('. ');
  return element('div', { class: 'switch' }, root, details ? element('p', { class: 'note' }, typeset(details)) : null);
}

export function levelField<Kind extends State>(fields: FieldSet<Kind>): HTMLElement {
  const change = (cl: number) => fields.make((state) => ({ ...state, cl }));
  const level = fields.follow(
    numberField({
      label: 'Confidence level',
      range: LEVEL_RANGE,
      factor: 100,
      unit: '%',
      onChange: change,
      id: 'choose-level',
    }),
    (state) => state.cl,
  );
  level.classList.add('level');
  level.append(quickButtons([0.9, 0.95].map((cl) => ({ label: formatPercent(cl), apply: () => change(cl) }))));
  return level;
}

/** What a construction is and why the card chose it, folded away. */
export function whyField<Kind extends State>(fields: FieldSet<Kind>): HTMLElement {
  const note = element('div', { class: 'note' });
  fields.watch((state) => setText(note, ...constructionNote(fields.card, state)));
  return folded('why', 'What this means, and why', false, note);
}

/** The two ends of an axis. */
export function rangeFields<Kind extends State>(fields: FieldSet<Kind>, axis: AxisName, plane: Plane): HTMLElement {
  const { parameter, bounds } = plane[axis];
  const end = (index: 0 | 1, word: string) =>
    fields.follow(
      numberField({
        label: `{${parameter.symbol.text}} ${word}`,
        unit: parameter.unit,
        range: bounds,
        onChange: (value) => fields.make((state) => withEnd(state, axis, index, value, bounds)),
        id: `choose-${axis}-${word}`,
      }),
      (state) => state[axis][index],
    );
  return element('div', { class: 'pair' }, end(0, 'from'), end(1, 'to'));
}

/** One end of an axis; an end beyond the other one moves the other to the end of what is allowed. */
function withEnd<Kind extends State>(state: Kind, axis: AxisName, index: 0 | 1, value: number, bounds: Range): Kind {
  const range: Range = [...state[axis]];
  range[index] = value;
  if (!(range[0] < range[1])) range[1 - index] = bounds[1 - index]!;
  // Both ends at the same end of the allowed range leave nothing to show: the fields go back to what is shown.
  return range[0] < range[1] ? { ...state, [axis]: range } : { ...state };
}

/** One box per overlay that can be drawn in the plane. */
export function overlayFields<Kind extends State>(
  fields: FieldSet<Kind>,
  axes: { x: string; y: string },
): HTMLElement[] {
  const { card } = fields;
  const names = overlaysIn(card, axes);
  return names.map((name) => {
    const field: Field<boolean> = checkField(
      overlayLabel(card.overlays![name]!),
      (shown) =>
        fields.make((state) => ({
          ...state,
          overlays: names.filter((other) => (other === name ? shown : state.overlays.includes(other))),
        })),
      `overlay-${name}`,
    );
    return fields.follow(field, (state) => state.overlays.includes(name));
  });
}

function overlayLabel({ label, kind, citation }: Overlay): HTMLElement {
  return element('span', { title: citation }, label, element('span', { class: 'kind' }, ` ${kind ?? ''}`));
}
