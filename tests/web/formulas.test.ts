// Formulas of cards and answers as MathML.

import { describe, expect, it } from 'vitest';
import { formulaTree } from '../../web/src/formulas.ts';
import { scalarCard } from './fixtures.ts';

describe('formulas', () => {
  it('have indices, fractions and upright names', () => {
    expect(formulaTree('N_\\mathrm{POT}')).toEqual([
      'math',
      {},
      ['msub', {}, ['mi', {}, 'N'], ['mi', { mathvariant: 'normal' }, 'POT']],
    ]);
    expect(formulaTree('\\frac{1}{2}\\sigma^2')).toEqual([
      'math',
      {},
      ['mrow', {}, ['mfrac', {}, ['mn', {}, '1'], ['mn', {}, '2']], ['msup', {}, ['mi', {}, 'σ'], ['mn', {}, '2']]],
    ]);
    expect(formulaTree('a_i^2')).toEqual([
      'math',
      {},
      ['msubsup', {}, ['mi', {}, 'a'], ['mi', {}, 'i'], ['mn', {}, '2']],
    ]);
  });

  it('have space around operators, but not around signs', () => {
    expect(formulaTree('a=-b-c')).toEqual([
      'math',
      {},
      [
        'mrow',
        {},
        ['mi', {}, 'a'],
        ['mo', { class: 'relation' }, '='],
        ['mo', {}, '−'],
        ['mi', {}, 'b'],
        ['mo', { class: 'binary' }, '−'],
        ['mi', {}, 'c'],
      ],
    ]);
  });

  it('that are not known are left to their plain text', () => {
    for (const latex of ['\\unknown{x}', '{x', 'x}', '\\frac{1}', '\\left( x', 'a_b_c', '#'])
      expect(formulaTree(latex)).toBeNull();
  });

  it('of the built-in card are all known', () => {
    const steps = (scalarCard as unknown as { chain: { steps: { formula: { latex: string } }[] }[] }).chain[0]!.steps;
    expect(steps.length).toBeGreaterThan(8);
    for (const { formula } of steps) expect(formulaTree(formula.latex), formula.latex).not.toBeNull();
  });
});
