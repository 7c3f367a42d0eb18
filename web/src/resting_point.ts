// The point that rests on the plot with all its settings: what panels and exports about one point ask the core for.

import type { Card, Rate, Setting } from 'anyslice';
import { formatNumber, withUnit } from './format.ts';
import type { Results } from './results.ts';
import { settingOf } from './session.ts';
import { planeOfState } from './state.ts';

export interface RestingPoint {
  results: Results;
  /** The core's answer at the point. */
  rate: Rate;
}

/** All settings of the figure, with the value of every parameter at the point. */
export function settingAt({ results, rate }: RestingPoint): Setting {
  const { card } = results.analysis;
  const setting = settingOf(card, results.state);
  const values = Object.entries(rate.point).filter(([name]) => card.parameters[name]);
  return { ...setting, set: { ...setting.set, ...Object.fromEntries(values) } };
}

/** The same for a line through the point: a parameter that follows another keeps following it. */
export function settingOfLine({ results, rate }: RestingPoint): Setting {
  const { card } = results.analysis;
  const setting = settingOf(card, results.state);
  const { x, y } = planeOfState(card, results.state);
  const names = Object.keys(card.parameters).filter((name) => {
    return name === x.name || name === y.name || setting.set?.[name] !== undefined || !card.parameters[name]!.follows;
  });
  return { ...setting, set: Object.fromEntries(names.map((name) => [name, rate.point[name]!])) };
}

/** The values at the point in one line, those on the axes first; symbols in braces. */
export function placeLine(at: RestingPoint): string {
  return pointLineOf(at, at.rate.point);
}

/** The same of other values: those of what does not move. */
export function pointLineOf({ results }: RestingPoint, point: Record<string, number>): string {
  const { card } = results.analysis;
  const { x, y } = planeOfState(card, results.state);
  const names = [...new Set([x.name, y.name, ...Object.keys(point)])].filter(
    (name) => card.parameters[name] && point[name] !== undefined,
  );
  return names
    .map((name) => {
      const { symbol, unit } = card.parameters[name]!;
      return `{${symbol.text}} = ${withUnit(formatNumber(point[name], 4), unit)}`;
    })
    .join('\u00a0· ');
}

/** How many bins enter: constructions in events are for a single one. */
export function binsIn(card: Card, { channels }: Setting): number {
  return Object.entries(card.channels ?? {})
    .filter(([name]) => !channels || channels.includes(name))
    .reduce((sum, [, channel]) => sum + (channel.bins?.length ?? 0), 0);
}
