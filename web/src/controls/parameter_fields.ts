// Sliders of the parameters that are on no axis; one may follow another parameter, or be profiled within its bounds.

import type { Card } from 'anyslice';
import { element } from '../dom.ts';
import { shortLabel } from '../plot/model.ts';
import { type ContourState, contourDefaults, parameterValue, profilable } from '../state/contour.ts';
import { labelNodes, symbolNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import type { FieldSet } from './field_set.ts';
import { checkField, inLine, selectField, showReset, sliderField } from './fields.ts';

type Fields = FieldSet<ContourState>;

export function parameterFields(fields: Fields, preset: string, axes: ContourState['axes']): HTMLElement[] {
  // What the figure gives to a parameter that has left its axes is the card's own value.
  const { set } = contourDefaults(fields.card, '', preset);
  return Object.keys(fields.card.parameters)
    .filter((name) => name !== axes.x && name !== axes.y)
    .map((name) => parameterField(fields, name, axes, set[name]));
}

function parameterField(
  fields: Fields,
  name: string,
  axes: ContourState['axes'],
  given: number | undefined,
): HTMLElement {
  const { card } = fields;
  const { symbol, label, unit, range, scale, follows, default: fallback } = card.parameters[name]!;
  const set = (value: number, moving: boolean) =>
    fields.make((state) => ({ ...state, set: { ...state.set, [name]: value } }), moving);
  const own = given ?? (follows ? undefined : fallback);
  const reset = () =>
    fields.make((state) => {
      const { [name]: _old, ...others } = state.set;
      return { ...state, set: own === undefined ? others : { ...others, [name]: own } };
    });
  const slider = fields.follow(
    sliderField({
      label: `{${symbol.text}}, ${typeset(shortLabel(label))}`,
      unit,
      range,
      scale,
      onChange: (value) => set(value, false),
      onInput: (value) => set(value, true),
      onReset: reset,
      id: `choose-${name}`,
    }),
    (state) => parameterValue(card, state, name) ?? fallback,
  );
  const inputs = [...slider.querySelectorAll('input')];
  const following = follows ? followField(fields, name, follows) : null;
  const profile = profilable(card, axes).includes(name) ? profileField(fields, name) : null;
  fields.watch((state) => {
    const free = state.profile !== name && !(follows && state.set[name] === undefined);
    for (const input of inputs) input.disabled = !free;
    slider.classList.toggle('inactive', !free);
    showReset(slider, state.profile !== name && state.set[name] !== own);
    if (following) following.hidden = state.profile === name;
  });
  slider.title = label;
  return element('div', { class: 'parameter' }, slider, following, profile);
}

/** A parameter that follows another one has no value of its own until the reader gives it one. */
function followField(fields: Fields, name: string, follows: string): HTMLElement {
  const { card } = fields;
  const label = element('span', {}, '= ', ...symbolNodes(card.parameters[follows]!.symbol.text));
  const field = checkField(
    label,
    (on) =>
      fields.make((state) => {
        const { [name]: _old, ...others } = state.set;
        if (on) return { ...state, set: others };
        const value = parameterValue(card, state, name) ?? card.parameters[name]!.default;
        return { ...state, set: { ...others, [name]: value } };
      }),
    `follow-${name}`,
  );
  return fields.follow(field, (state) => state.set[name] === undefined);
}

function profileField(fields: Fields, name: string): HTMLElement {
  const { card } = fields;
  const { symbol, bounds } = card.parameters[name]!;
  const { low, high } = bounds!;
  const field = selectField(
    `{${symbol.text}} in the likelihood`,
    [
      { value: 'fixed', label: 'fixed' },
      { value: 'profiled', label: 'profiled within its bounds' },
    ],
    (choice) => fields.change({ profile: choice === 'profiled' ? name : '' }),
    `profile-${name}`,
  );
  const root = fields.follow(field, (state) => (state.profile === name ? 'profiled' : 'fixed'));
  inLine(root).append(
    element('p', { class: 'note' }, 'Bounds: ', ...formula(card, low), ' to ', ...formula(card, high), '.'),
  );
  return root;
}

/** An expression with the symbols of its parameters in place of their names. */
function formula({ parameters }: Card, expression: string): Node[] {
  const named = expression.replaceAll(/[A-Za-z_]\w*/g, (name) =>
    Object.hasOwn(parameters, name) ? `{${parameters[name]!.symbol.text}}` : name,
  );
  return labelNodes(named);
}
