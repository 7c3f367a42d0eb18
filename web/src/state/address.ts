// The address of the page read field by field, and written: what cannot be used is replaced by a default and reported.

import { exactNumber, parseNumber } from '../format.ts';
import { clamp, inside, type Range } from './ranges.ts';

/** A field of an address that could not be used, in words. */
export type Problem = string;

/** The fields of an address; each is taken once, and what is left in the end was not understood. */
export class AddressReader {
  private readonly fields: Map<string, string>;

  constructor(
    hash: string,
    readonly problems: Problem[] = [],
  ) {
    // URLSearchParams never throws, whatever it is given.
    this.fields = new Map(new URLSearchParams(hash.replace(/^#/, '')));
  }

  get empty(): boolean {
    return this.fields.size === 0;
  }

  take(name: string): string | undefined {
    const text = this.fields.get(name);
    this.fields.delete(name);
    return text;
  }

  /** A field that stays there to be taken. */
  peek(name: string): string | undefined {
    return this.fields.get(name);
  }

  choice<Name extends string>(name: string, allowed: readonly Name[], fallback: Name): Name;
  choice<Name extends string>(name: string, allowed: readonly Name[], fallback: undefined): Name | undefined;
  choice<Name extends string>(name: string, allowed: readonly Name[], fallback: Name | undefined): Name | undefined {
    const text = this.take(name);
    if (text === undefined) return fallback;
    if ((allowed as readonly string[]).includes(text)) return text as Name;
    this.problems.push(`there is no ${name} “${shorten(text)}”`);
    return fallback;
  }

  /** Names separated by commas, in the order in which they are `known`; `what` is one of them in words. */
  list(name: string, known: string[], fallback: string[], what: string): string[] {
    const text = this.take(name);
    if (text === undefined) return fallback;
    const asked = text.split(',').filter((word) => word !== '');
    const unknown = asked.filter((word) => !known.includes(word));
    if (unknown.length > 0) this.problems.push(`there is no ${what} “${shorten(unknown.join(', '))}” in this figure`);
    return known.filter((word) => asked.includes(word));
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.take(name);
    if (text === undefined) return fallback;
    if (text === '0' || text === '1') return text === '1';
    this.problems.push(`${name} is “${shorten(text)}”, expected 0 or 1`);
    return fallback;
  }

  number(name: string, range: Range, fallback: number): number {
    const text = this.take(name);
    if (text === undefined) return fallback;
    const value = parseNumber(text);
    if (value === null) {
      this.problems.push(`${name} is “${shorten(text)}”, expected a number`);
      return fallback;
    }
    if (!inside(value, range)) this.problems.push(`${name} = ${shorten(text)} is outside ${range[0]} to ${range[1]}`);
    return clamp(value, range);
  }

  pair(name: string, range: Range, fallback: Range): Range {
    const text = this.take(name);
    if (text === undefined) return fallback;
    const found = twoNumbers(text);
    if (!found) {
      this.problems.push(`${name} is “${shorten(text)}”, expected two numbers like ${range[0]}:${range[1]}`);
      return fallback;
    }
    const clamped: Range = [clamp(found[0], range), clamp(found[1], range)];
    if (!(clamped[0] < clamped[1])) {
      this.problems.push(
        `${name} = ${shorten(text)} is not a range within ${range[0]} to ${range[1]}, the lower end first`,
      );
      return fallback;
    }
    if (clamped[0] !== found[0] || clamped[1] !== found[1]) {
      this.problems.push(`${name} = ${shorten(text)} is outside ${range[0]} to ${range[1]}`);
    }
    return clamped;
  }

  /** A point that lies within both ranges. */
  point(name: string, x: Range, y: Range): Range | null {
    const text = this.take(name);
    if (text === undefined) return null;
    const found = twoNumbers(text);
    if (!found) {
      this.problems.push(`${name} is “${shorten(text)}”, expected two numbers like ${x[0]}:${y[0]}`);
      return null;
    }
    if (inside(found[0], x) && inside(found[1], y)) return found;
    this.problems.push(`${name} = ${shorten(text)} is outside the figure, ${x[0]} to ${x[1]} and ${y[0]} to ${y[1]}`);
    return null;
  }

  /** Reports a value of a parameter that the figure has on an axis, if there is one. */
  onAxis(name: string): void {
    const text = this.take(name);
    if (text !== undefined) this.problems.push(`${name} = ${shorten(text)} is left out: it is on an axis of the plot`);
  }

  /** Reports whatever was not taken. */
  finish(): void {
    for (const name of this.fields.keys()) this.problems.push(`there is no setting “${shorten(name)}”`);
    this.fields.clear();
  }
}

/** Fields as an address. */
export function addressOf(fields: [name: string, value: string][]): string {
  // Colons, commas and the like are legal in a fragment and easier to read than their codes.
  const coded = (value: string) => encodeURIComponent(value).replace(/%(3A|2C|3B|3D)/g, decodeURIComponent);
  return `#${fields.map(([name, value]) => `${name}=${coded(value)}`).join('&')}`;
}

export function rangeText(range: Range): string {
  return range.map(exactNumber).join(':');
}

/** One sentence about everything that could not be used. */
export function sentence(problems: Problem[]): string {
  return problems.length === 0 ? '' : `This link was adjusted: ${problems.join('; ')}.`;
}

export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function twoNumbers(text: string): Range | null {
  const parts = text.split(':').map(parseNumber);
  const [first, second] = parts;
  return parts.length === 2 && typeof first === 'number' && typeof second === 'number' ? [first, second] : null;
}
