// Typesets the symbols of the cards when the page is built: LaTeX becomes MathML, which browsers draw by themselves.
// Symbols of other cards are drawn from their plain text.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import temml from 'temml';
import type { Plugin } from 'vite';

/** An element of MathML: its name, attributes, and children, of which those that are texts are written as such. */
export type MathTree = [name: string, attributes: Record<string, string>, ...children: (MathTree | string)[]];

const NAME = 'virtual:symbols';

interface Symbols {
  parameters?: Record<string, { symbol?: { text?: unknown; latex?: unknown } } | null> | null;
}

/** The symbols of all cards in a folder, by their plain text. */
export function typesetSymbols(folder: string): Record<string, MathTree> {
  const found: Record<string, MathTree> = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json')) {
    const { parameters } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Symbols;
    for (const parameter of Object.values(parameters ?? {})) {
      const { text, latex } = parameter?.symbol ?? {};
      if (typeof text === 'string' && typeof latex === 'string') found[text] ??= typesetSymbol(latex);
    }
  }
  return found;
}

export function typesetSymbol(latex: string): MathTree {
  return upright(parse(temml.renderToString(latex, { throwOnError: true })));
}

export function symbolsPlugin(folder: string): Plugin {
  return {
    name: 'anyslice-symbols',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(typesetSymbols(folder))};` : null),
  };
}

/** What is upright in print: indices, which are names of particles, and names of several letters. A prime stands beside
 * its letter by the shape of the sign. */
function upright(tree: MathTree, index = false): MathTree {
  const [name, attributes, ...children] = tree;
  const [base, sign] = children;
  if (name === 'msup' && typeof base === 'object' && typeof sign === 'object' && sign[2] === '′') {
    return upright(['mrow', {}, base, ['mo', {}, '′']], index);
  }
  const word = typeof base === 'string' && [...base].length > 1;
  const own = name === 'mi' && (index || word) ? { ...attributes, mathvariant: 'normal' } : attributes;
  return [
    name,
    own,
    ...children.map((child, i) =>
      typeof child === 'string' ? child : upright(child, index || (i === 1 && name.startsWith('msub'))),
    ),
  ];
}

/** Reads the markup that the typesetter writes: elements with quoted attributes, and text. */
function parse(markup: string): MathTree {
  const stack: MathTree[] = [['', {}]];
  for (const [, closing, name, attributes = '', text] of markup.matchAll(/<(\/?)(\w+)([^>]*)>|([^<]+)/g)) {
    const top = stack.at(-1)!;
    if (text !== undefined) top.push(decoded(text));
    else if (closing) stack.pop();
    else {
      const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, decoded(value!)]);
      // Class names belong to style sheets that the page does not have.
      const made: MathTree = [name!, Object.fromEntries(pairs.filter(([key]) => key !== 'class' && key !== 'style'))];
      top.push(made);
      stack.push(made);
    }
  }
  const [, , root] = stack[0]!;
  if (stack.length !== 1 || typeof root !== 'object') throw new Error(`This MathML cannot be read: ${markup}`);
  return root;
}

function decoded(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" };
  return text.replaceAll(/&([^;]+);/g, (whole, name: string) => entities[name] ?? whole);
}
