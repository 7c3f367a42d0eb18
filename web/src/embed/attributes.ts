// Attributes of <any-slice> as an address of the page, and back. They are the fields of an address, by the same names;
// HTML does not tell capitals apart, so neither do they.

import type { Card } from 'anyslice';
import { AddressReader, addressOf } from '../state/address.ts';
import { isContour, presetsOf } from '../state/plane.ts';
import { defaults, hashOfState, type State } from '../state.ts';

/** Attributes that the element has for itself. */
const OWN = ['analysis', 'address', 'readonly', 'theme'];

// Attributes that any element may have.
const GLOBAL =
  /^(id|class|style|title|lang|dir|hidden|slot|part|exportparts|tabindex|role|inert|is|itemprop|nonce|draggable|translate|contenteditable|spellcheck|data-.*|aria-.*|on.*)$/;

// Fields of two values, for which a comma will do, too.
const PAIRS = ['plane', 'x', 'y', 'pin'];

export interface Attribute {
  name: string;
  value: string;
}

/** The address that attributes describe for a card whose file is `file`. An `address` goes before everything else. */
export function addressOfAttributes(attributes: Attribute[], card: Card, file: string): string {
  const whole = attributes.find(({ name }) => name === 'address')?.value;
  if (whole) return withCard(whole, file);
  const known = knownFields(card, file);
  const fields = attributes
    // Some fields, such as the part of the events, have the name of an attribute that any element may have.
    .filter(({ name }) => !OWN.includes(name) && (known.has(name.toLowerCase()) || !GLOBAL.test(name)))
    .map(({ name, value }): [string, string] => [
      known.get(name.toLowerCase()) ?? name,
      PAIRS.includes(name) ? value.replaceAll(/\s*,\s*/g, ':') : value,
    ]);
  const given = new Set(fields.map(([name]) => name));
  if (given.has('plane') && !given.has('preset')) {
    const contour = Object.entries(presetsOf(card)).find(([, preset]) => isContour(preset));
    if (contour) fields.unshift(['preset', contour[0]]);
  }
  return addressOf([['card', file], ...fields]);
}

/** The attributes that make an element show a state; those that the figure has by itself are left out. */
export function attributesOfState(state: State, card: Card): Attribute[] {
  const usual = new Map(fieldsOf(hashOfState(defaults(card, state.card, state.preset), card)));
  const changed = fieldsOf(hashOfState(state, card)).filter(
    ([name, value]) => !['v', 'card'].includes(name) && (name === 'preset' || usual.get(name) !== value),
  );
  return [['analysis', state.card] as const, ...changed].map(([name, value]) => ({ name, value }));
}

function withCard(address: string, file: string): string {
  const fields = fieldsOf(address).filter(([name]) => name !== 'card');
  return addressOf([['card', file], ...fields]);
}

function fieldsOf(address: string): [string, string][] {
  return [...new URLSearchParams(address.replace(/^#/, ''))];
}

/** Names of fields with capitals, by the same without. */
function knownFields(card: Card, file: string): Map<string, string> {
  const names = [
    ...Object.keys(card.parameters).flatMap((name) => [`set.${name}`, `bandwidth.${name}`]),
    ...Object.keys(card.switches ?? {}).map((name) => `switch.${name}`),
    ...Object.keys(presetsOf(card)).flatMap((preset) =>
      fieldsOf(hashOfState(defaults(card, file, preset), card)).map(([name]) => name),
    ),
  ];
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

/** The name of the analysis that an address asks for; undefined without one. */
export function cardOfAddress(address: string): string | undefined {
  return new AddressReader(address).take('card');
}
