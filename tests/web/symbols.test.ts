// Symbols as they are typeset when the page is built.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type MathTree, typesetSymbol, typesetSymbols } from '../../web/symbols.ts';

const analyses = join(dirname(fileURLToPath(import.meta.url)), '../../data/analyses');

function textOf([, , ...children]: MathTree): string {
  return children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

describe('symbols', () => {
  it('are MathML with upright indices', () => {
    expect(typesetSymbol('m_N')).toEqual([
      'math',
      {},
      ['msub', {}, ['mi', {}, 'm'], ['mi', { mathvariant: 'normal' }, 'N']],
    ]);
    expect(typesetSymbol('\\theta')).toEqual(['math', {}, ['mi', {}, 'θ']]);
  });

  it('keep a prime beside its letter and words upright', () => {
    const prime = JSON.stringify(typesetSymbol("m_{Z'}"));
    expect(prime).not.toContain('msup');
    expect(textOf(typesetSymbol("m_{Z'}"))).toBe('mZ′');
    expect(JSON.stringify(typesetSymbol('\\mathrm{BR}'))).toContain('["mi",{"mathvariant":"normal"},"BR"]');
  });

  it('are there for every parameter of the built-in cards', () => {
    const symbols = typesetSymbols(analyses);
    expect(Object.keys(symbols)).toEqual(expect.arrayContaining(['m_S', 'θ', 'τ_X', "m_Z'", 'α_D', '|V_μN|²']));
    expect(textOf(symbols['|V_μN|²']!)).toBe('|VμN|2');
  });

  it('that cannot be read stop the build', () => {
    expect(() => typesetSymbol('m_{')).toThrow();
  });
});
