// What the states of all kinds of figure have in common.

import type { Card, Switch } from 'anyslice';
import { exactNumber } from '../format.ts';
import { type AddressReader, rangeText } from './address.ts';
import { LEVEL_RANGE, type Range, SWITCH_RANGE } from './ranges.ts';

export interface SharedState {
  card: string;
  preset: string;
  variant: string;
  /** Confidence level, 0 to 1. */
  cl: number;
  /** Visible ranges of the axes. */
  x: Range;
  y: Range;
  /** Values of the parameters that the reader sets. One that follows another and is not set is left out. */
  set: Record<string, number>;
  /** Switches that differ from those of card, variant and projection. */
  switches: Record<string, number>;
  overlays: string[];
  /** The parameter along which the likelihood is scanned, and the one that is limited against the exposure; empty for the
   * one that the card limits. */
  scan: string;
  exposureOn: string;
  /** The parameter profiled in the scan; empty for that of the plot, `NO_PROFILE` for none. */
  scanProfile: string;
  /** The point whose numbers stay on display. */
  pin: Range | null;
}

export const NO_PROFILE = 'none';

/** What panels below the plot are asked for, before the reader asks for anything else. */
export const PANEL_DEFAULTS: Pick<SharedState, 'scan' | 'scanProfile' | 'exposureOn'> = {
  scan: '',
  scanProfile: '',
  exposureOn: '',
};

/** Parameters with bounds, within which they may be profiled. */
export function boundedParameters(card: Card): string[] {
  return Object.keys(card.parameters).filter((name) => card.parameters[name]!.bounds);
}

/** Level and the rest of what card and variant say about limits. */
export function limitsOf(card: Card, variant: string) {
  return { ...card.limits, ...card.variants?.[variant]?.limits };
}

export function defaultVariant(card: Card): string {
  return card.variants && !('physics' in card.variants) ? (Object.keys(card.variants)[0] ?? '') : 'physics';
}

/** The value a switch has before the reader changes it, in this variant and projection. */
export function switchValue(card: Card, name: string, variant: string, projection = ''): number {
  return (
    card.projections?.[projection]?.switches?.[name] ??
    card.variants?.[variant]?.switches?.[name] ??
    card.switches![name]!.value
  );
}

/** What a switch can be set to: its choices, or off and on, or the values that card, variants and projections give it. */
export function switchChoices(card: Card, name: string): { value: number; label: string }[] {
  const known: Switch = card.switches![name]!;
  if (known.choices) return known.choices;
  const sets = [...Object.values(card.variants ?? {}), ...Object.values(card.projections ?? {})];
  const values = [known.value, ...sets.flatMap(({ switches }) => switches?.[name] ?? [])];
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.every((value) => value === 0 || value === 1)) {
    return [
      { value: 0, label: 'off' },
      { value: 1, label: 'on' },
    ];
  }
  return distinct.map((value) => ({ value, label: exactNumber(value) }));
}

export function readShared(reader: AddressReader, card: Card, state: SharedState): void {
  const parameters = Object.keys(card.parameters);
  state.scan = reader.choice('scan', parameters, state.scan);
  state.scanProfile = reader.choice('scan.profile', [NO_PROFILE, ...boundedParameters(card)], state.scanProfile);
  state.exposureOn = reader.choice('exposure.on', parameters, state.exposureOn);
  state.cl = reader.number('cl', LEVEL_RANGE, state.cl);
  for (const name of Object.keys(card.switches ?? {})) {
    const known = card.switches![name]!;
    const text = `switch.${name}`;
    if (known.choices) {
      const allowed = known.choices.map(({ value }) => exactNumber(value));
      const chosen = reader.choice(text, allowed, undefined);
      if (chosen !== undefined) state.switches[name] = Number(chosen);
    } else {
      const value = reader.number(text, SWITCH_RANGE, Number.NaN);
      if (Number.isFinite(value)) state.switches[name] = value;
    }
  }
}

/** The fields of an address that all kinds of figure write alike, in three places. */
export function sharedFields(state: SharedState): Record<'begin' | 'middle' | 'end', [string, string][]> {
  const numbers = (prefix: string, values: Record<string, number>) =>
    Object.entries(values).map(([name, value]): [string, string] => [`${prefix}${name}`, exactNumber(value)]);
  const chosen: [string, string][] = [
    ['scan', state.scan],
    ['scan.profile', state.scanProfile],
    ['exposure.on', state.exposureOn],
  ];
  return {
    begin: [
      ['card', state.card],
      ['preset', state.preset],
      ['variant', state.variant],
    ],
    middle: [
      ['x', rangeText(state.x)],
      ['y', rangeText(state.y)],
      ...numbers('set.', state.set),
      ...numbers('switch.', state.switches),
    ],
    end: [
      ['overlays', state.overlays.join(',')],
      ...chosen.filter(([, value]) => value !== ''),
      ...(state.pin ? [['pin', rangeText(state.pin)] as [string, string]] : []),
    ],
  };
}
