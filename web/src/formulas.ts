// Formulas in MathML, which browsers draw by themselves, from the LaTeX that cards and answers of the core use for them:
// letters, indices, fractions, roots, sums, upright names, spaces. What is beyond that is drawn from its plain text.

import type { MathTree } from 'virtual:symbols';
import { mathElement, symbolNodes } from './symbols.ts';

const LETTERS: Record<string, string> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ϵ',
  varepsilon: 'ε',
  eta: 'η',
  theta: 'θ',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  phi: 'ϕ',
  varphi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Sigma: 'Σ',
  Phi: 'Φ',
  Omega: 'Ω',
  ell: 'ℓ',
  hbar: 'ℏ',
  infty: '∞',
};

const OPERATORS: Record<string, string> = {
  times: '×',
  cdot: '·',
  to: '→',
  pm: '±',
  le: '≤',
  ge: '≥',
  approx: '≈',
  sum: '∑',
  int: '∫',
  prod: '∏',
  langle: '⟨',
  rangle: '⟩',
  mid: '∣',
  ldots: '…',
};

const NAMES = new Set(['ln', 'log', 'exp', 'min', 'max', 'sin', 'cos']);
const SPACES: Record<string, string> = { ',': '0.17em', ';': '0.28em', ' ': '0.4em' };

/** The formula as a tree of MathML; null where it uses what is not known here. */
export function formulaTree(latex: string): MathTree | null {
  try {
    return ['math', {}, new Reader(latex).all()];
  } catch (error) {
    if (error instanceof Unknown) return null;
    throw error;
  }
}

/** The formula as DOM nodes. */
export function formulaNodes({ text, latex }: { text: string; latex?: string }): Node[] {
  const tree = latex === undefined ? null : formulaTree(latex);
  if (!tree) return symbolNodes(text);
  const math = mathElement(tree);
  math.setAttribute('aria-label', text);
  return [math];
}

class Unknown extends Error {}

class Reader {
  private readonly tokens: string[];
  private next = 0;

  constructor(latex: string) {
    this.tokens = latex.match(/\\[A-Za-z]+|\\.|\s+|\d+(?:\.\d+)?|./gu) ?? [];
  }

  all(): MathTree {
    const row = this.row(undefined);
    if (this.next < this.tokens.length) throw new Unknown();
    return row;
  }

  /** What stands before `end`, which is consumed; undefined for the end of the formula. */
  private row(end: string | undefined): MathTree {
    const children: MathTree[] = [];
    for (;;) {
      const token = this.tokens[this.next];
      if (token === end) break;
      if (token === undefined || token === '}' || token === '\\right') throw new Unknown();
      if (/^\s/.test(token)) this.next++;
      else children.push(spaced(this.withScripts(this.atom()), children.at(-1)));
    }
    if (end !== undefined) this.next++;
    return children.length === 1 ? children[0]! : ['mrow', {}, ...children];
  }

  private withScripts(base: MathTree): MathTree {
    let below: MathTree | null = null;
    let above: MathTree | null = null;
    for (;;) {
      const token = this.tokens[this.next];
      if (token === '_' && !below) below = this.script();
      else if (token === '^' && !above) above = this.script();
      else break;
    }
    if (below && above) return ['msubsup', {}, base, below, above];
    if (below) return ['msub', {}, base, below];
    return above ? ['msup', {}, base, above] : base;
  }

  private script(): MathTree {
    this.next++;
    return this.atom();
  }

  private atom(): MathTree {
    const token = this.tokens[this.next++];
    if (token === undefined) throw new Unknown();
    if (token === '{') return this.row('}');
    if (token.startsWith('\\')) return this.command(token.slice(1));
    if (/^\d/.test(token)) return ['mn', {}, token];
    if (/^\p{L}$/u.test(token)) return ['mi', {}, token];
    if (token === "'") return ['mo', {}, '′'];
    if (/^[-+=/()[\],;:|<>!]$/.test(token)) return ['mo', fence(token), token === '-' ? '−' : token];
    throw new Unknown();
  }

  private command(name: string): MathTree {
    const letter = LETTERS[name];
    if (letter) return ['mi', /^\p{Lu}$/u.test(letter) ? { mathvariant: 'normal' } : {}, letter];
    const operator = OPERATORS[name];
    if (operator) return ['mo', {}, operator];
    if (NAMES.has(name)) return ['mrow', {}, ['mi', { mathvariant: 'normal' }, name], ['mspace', { width: '0.17em' }]];
    const space = SPACES[name];
    if (space) return ['mspace', { width: space }];
    if (name === 'frac' || name === 'tfrac') return ['mfrac', {}, this.atom(), this.atom()];
    if (name === 'sqrt') return ['msqrt', {}, this.atom()];
    if (name === 'bar') return ['mover', { accent: 'true' }, this.atom(), ['mo', { stretchy: 'false' }, '¯']];
    if (name === 'mathrm') return upright(this.atom());
    if (name === 'left') {
      const open = this.tokens[this.next++];
      const inner = this.row('\\right');
      const close = this.tokens[this.next++];
      return ['mrow', {}, this.fenceOf(open), inner, this.fenceOf(close)];
    }
    throw new Unknown();
  }

  private fenceOf(token: string | undefined): MathTree {
    const sign = token?.startsWith('\\') ? OPERATORS[token.slice(1)] : token;
    if (!sign) throw new Unknown();
    return ['mo', { stretchy: 'true' }, sign];
  }
}

const RELATIONS = new Set(['=', '<', '>', '≤', '≥', '≈', '→']);
const BINARY = new Set(['+', '−', '×', '·', '±']);

/** Operators are told apart by the space around them; a sign before all else has none. */
function spaced(tree: MathTree, before: MathTree | undefined): MathTree {
  const [name, attributes, sign] = tree;
  if (name !== 'mo' || typeof sign !== 'string') return tree;
  if (RELATIONS.has(sign)) return ['mo', { ...attributes, class: 'relation' }, sign];
  if (BINARY.has(sign) && before && before[0] !== 'mo') return ['mo', { ...attributes, class: 'binary' }, sign];
  return tree;
}

/** Brackets that are written without \left stay as small as letters. */
function fence(token: string): Record<string, string> {
  return /^[()[\]|]$/.test(token) ? { stretchy: 'false' } : {};
}

/** Letters that stand together are one upright name. */
function upright(tree: MathTree): MathTree {
  const [name, attributes, ...children] = tree;
  if (name === 'mi') return ['mi', { ...attributes, mathvariant: 'normal' }, ...children];
  if (name !== 'mrow')
    return [name, attributes, ...children.map((child) => (typeof child === 'string' ? child : upright(child)))];
  const joined: (MathTree | string)[] = [];
  for (const child of children) {
    if (typeof child === 'string') continue;
    const last = joined.at(-1);
    const isLetter = child[0] === 'mi' && typeof child[2] === 'string';
    if (isLetter && typeof last === 'object' && last[0] === 'mi')
      joined[joined.length - 1] = ['mi', { mathvariant: 'normal' }, `${String(last[2])}${String(child[2])}`];
    else joined.push(upright(child));
  }
  return joined.length === 1 && typeof joined[0] === 'object' ? joined[0] : [name, attributes, ...joined];
}
