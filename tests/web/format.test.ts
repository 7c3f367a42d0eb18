// Numbers and symbols as they are written on the page.

import { describe, expect, it } from 'vitest';
import {
  formatDifference,
  formatNumber,
  formatPercent,
  formatWithError,
  parseNumber,
  powerOfTen,
  withUnit,
} from '../../web/src/format.ts';
import { pieces } from '../../web/src/symbols.ts';
import { typeset } from '../../web/src/typography.ts';

describe('numbers', () => {
  it.each([
    [0.00042134, '4.21×10⁻⁴'],
    [1e-6, '10⁻⁶'],
    [140, '140'],
    [12.345, '12.3'],
    [0.05, '0.05'],
    [-3e-7, '−3×10⁻⁷'],
    [0, '0'],
    [1.2e7, '1.2×10⁷'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
  it('nothing is a dash', () => {
    expect(formatNumber(null)).toBe('–');
  });
  it('have as many decimals as their error needs', () => {
    expect(formatWithError(5.4213, 0.0042)).toBe('5.4213 ± 0.0042');
    expect(formatWithError(5.4213, 0.3)).toBe('5.42 ± 0.30');
    expect(formatWithError(4.1, 0)).toBe('4.1');
    expect(formatWithError(4.2134e-9, 3e-12)).toBe('(4.2134 ± 0.0030)×10⁻⁹');
  });
  it('differences have a sign', () => {
    expect(formatDifference(0.0213)).toBe('+2.1 %');
    expect(formatDifference(-0.05)).toBe('−5.0 %');
    expect(formatDifference(-1e-9)).toBe('0.0 %');
    expect(formatDifference(null)).toBe('–');
  });
  it('percent and units', () => {
    expect(formatPercent(0.95)).toBe('95 %');
    expect(withUnit('5', '1')).toBe('5');
    expect(withUnit('5', 'MeV')).toBe('5 MeV');
    expect(powerOfTen(-4)).toBe('10⁻⁴');
  });
});

describe('typed numbers', () => {
  it.each([
    ['1e-4', 1e-4],
    [' 12.5 ', 12.5],
    ['−3', -3],
    ['.5', 0.5],
    ['2×10^-3', 2e-3],
  ])('%s is %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
  it.each(['', 'abc', '1,5', '0x10', 'Infinity', '1e999', '1 2', '--1'])('"%s" is none', (text) => {
    expect(parseNumber(text)).toBeNull();
  });
});

describe('symbols', () => {
  it('have italic letters and upright subscripts', () => {
    expect(pieces('m_S')).toEqual([
      { text: 'm', italic: true, subscript: false },
      { text: 'S', italic: false, subscript: true },
    ]);
    expect(pieces('θ')).toEqual([{ text: 'θ', italic: true, subscript: false }]);
    expect(pieces('BR(K→πX)')[0]?.italic).toBe(false);
  });
  it('particles have their charges', () => {
    expect(typeset('K+ -> pi+ X, X -> e+e-')).toBe('K⁺ → π⁺ X, X → e⁺e⁻');
    expect(typeset('1.9 +- 0.8 at +1.0 %')).toBe('1.9 ± 0.8 at +1.0 %');
    expect(typeset('the +1 s.d. of 10-33 %')).toBe('the +1 s.d. of 10-33 %');
  });
});
