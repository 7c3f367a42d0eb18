// Files of two columns: what is understood, and what is said about the rest.

import { describe, expect, it } from 'vitest';
import { type Column, readCurves } from '../../web/src/plot/curve_file.ts';

const columns: [Column, Column] = [
  { title: 'mass m_S [MeV]', log: false },
  { title: 'angle θ', log: true },
];
const read = (text: string) => readCurves('mine.csv', text, columns);
const curve = [
  [100, 1e-3],
  [150.5, 2e-4],
];

describe('a file of two columns', () => {
  it('is read whatever separates them', () => {
    for (const separator of [',', ', ', ';', '\t', ' ', '   ', ' \t ']) {
      expect(read(`100${separator}1e-3\n150.5${separator}2e-4\n`), JSON.stringify(separator)).toEqual([curve]);
    }
  });

  it('may have comments, names of columns, quotes, a mark of its encoding and any ends of lines', () => {
    expect(read('\uFEFF# from Fig. 3\r\n"mass","theta"\r\n100,1e-3\r\n# middle\r\n150.5,2e-4')).toEqual([curve]);
    expect(read('# c\nm4 theta\n100,1e-3\n150.5,2e-4')).toEqual([curve]);
    expect(read('100,"1e-3"\r150.5,"2e-4"')).toEqual([curve]);
  });

  it('may have decimal commas where they separate nothing', () => {
    expect(read('100,0;0,001\n150,5;2e-4')).toEqual([curve]);
    expect(read('100,0\t0,001\n150,5\t0,0002')).toEqual([curve]);
    expect(read('100,0 0,001\n150,5 0,0002')).toEqual([curve]);
  });

  it('has a curve for each block between empty lines', () => {
    expect(read('\n100 1e-3\n150.5 2e-4\n\n\n100 1e-3\n150.5 2e-4\n\n')).toEqual([curve, curve]);
  });

  it('with minus signs and powers of ten as people write them', () => {
    expect(readCurves('a', '−1 2×10^3', [columns[0], { title: 'y', log: false }])).toEqual([[[-1, 2000]]]);
  });
});

describe('a file that is not', () => {
  const message = (text: string) => {
    try {
      return JSON.stringify(read(text));
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is refused with its line and column', () => {
    expect(message('# c\nm,t\n100,1e-3\n150,abc')).toBe(
      'mine.csv, line 4, column 2: expected a number for angle θ; found “abc”.',
    );
    expect(message('100,1e-3\nm,2')).toBe(
      'mine.csv, line 2, column 1: expected a number for mass m_S [MeV]; found “m”.',
    );
    expect(message('100,1e-3\n120,0')).toBe(
      'mine.csv, line 2, column 2: expected a number above 0 for angle θ, whose axis is logarithmic; found 0.',
    );
    expect(message('100,NaN')).toMatch(/^mine.csv, line 1, column 2: expected a number/);
  });

  it('says how many columns there are', () => {
    expect(message('1,2,3')).toBe(
      'mine.csv, line 1: expected two columns, mass m_S [MeV] and angle θ; found 3 columns.',
    );
    expect(message('100,1\n\n200')).toBe(
      'mine.csv, line 3: expected two columns, mass m_S [MeV] and angle θ; found only “200”.',
    );
  });

  it('says that there is nothing in it', () => {
    const nothing = 'mine.csv: expected lines of two numbers, mass m_S [MeV] and angle θ; there are none.';
    expect(message('')).toBe(nothing);
    expect(message('# only\n\n# comments')).toBe(nothing);
    expect(message('mass,theta\n')).toBe(nothing);
  });

  it('never gives a point that is no number', () => {
    const texts = ['\0\u0001PNG', '1e999,1', 'Infinity 1', '1,1e-400', ',', ';;', '1 2 3\n', '0x10,1'];
    for (const text of texts) expect(message(text)).toMatch(/^mine.csv/);
  });
});
