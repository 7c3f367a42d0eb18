// Results as one JSON document that says where they come from; data/schema/results.schema.json describes it.

import type { Card, Provenance } from 'anyslice';
import type { Results } from '../results.ts';
import { settingOf } from '../session.ts';
import { switchValue } from '../state/shared.ts';
import { planeOfState, type State } from '../state.ts';

/** Goes up when a program that reads the document would have to change. */
export const DOCUMENT_VERSION = 1;

export interface Occasion {
  provenance: Provenance;
  /** The address that shows the same. */
  permalink: string;
  /** When the document was made. */
  date: Date;
}

export function documentOf(results: Results, { provenance, permalink, date }: Occasion): Record<string, unknown> {
  const { analysis, state, duration } = results;
  const { card } = analysis;
  const plane = planeOfState(card, state);
  const { software, card: files, tables } = provenance;
  return {
    format: 'anyslice-results',
    format_version: DOCUMENT_VERSION,
    date: date.toISOString(),
    software,
    card: { ...files, title: card.about.title, papers: card.about.papers ?? [] },
    tables,
    permalink,
    state,
    request: settingOf(card, state),
    axes: { x: plane.x.name, y: plane.y.name },
    variant: { name: state.variant, label: card.variants?.[state.variant]?.label ?? state.variant },
    switches: switchesOf(card, state),
    method: state.method,
    cl: state.cl,
    parameters: Object.fromEntries(
      Object.entries(card.parameters).map(([name, { label, unit, symbol }]) => [
        name,
        { label, unit, symbol: symbol.text },
      ]),
    ),
    computed_in_milliseconds: Math.round(duration),
    results: valuesOf(results),
  };
}

/** Every switch with the value in force, and whether the reader set it. */
function switchesOf(card: Card, state: State): Record<string, unknown> {
  const projection = state.kind === 'contour' ? state.projection : '';
  return Object.fromEntries(
    Object.entries(card.switches ?? {}).map(([name, { label, reason, size }]) => {
      const own = switchValue(card, name, state.variant, projection);
      const value = state.switches[name] ?? own;
      return [name, { value, changed: value !== own, label, reason, size }];
    }),
  );
}

function valuesOf(results: Results): Record<string, unknown> {
  if (results.kind === 'curve') {
    const { limits, findings } = results;
    return {
      kind: 'limits',
      // The core computes more points where a curve is steep: those are in `drawn` only.
      curves: limits.map(({ value, limit, drawn }) => ({ series_value: value, limit, drawn })),
      published_comparison: findings?.comparison ?? null,
    };
  }
  const { contour, beside, signalLimits, field, state } = results;
  return {
    kind: 'contours',
    contour,
    beside,
    signal_limits: signalLimits,
    field: field && { ...field, shows: state.layer },
  };
}
