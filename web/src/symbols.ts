// Mathematical symbols: "m_S" as an italic letter with an upright subscript, in HTML and on a canvas. In HTML the symbols
// of built-in cards are MathML, typeset when the page was built.

import typesetSymbols, { type MathTree } from 'virtual:symbols';

export interface Piece {
  text: string;
  italic: boolean;
  subscript: boolean;
}

/** Splits a plain symbol into pieces: a letter or name before "_" is italic, what follows is its subscript. */
export function pieces(symbol: string): Piece[] {
  const found: Piece[] = [];
  const pattern = /(\p{L}+)_(\p{L}+\d*|\d+)/gu;
  let end = 0;
  for (const match of symbol.matchAll(pattern)) {
    if (match.index > end) found.push(...plain(symbol.slice(end, match.index)));
    found.push({ text: match[1] ?? '', italic: true, subscript: false });
    found.push({ text: match[2] ?? '', italic: false, subscript: true });
    end = match.index + match[0].length;
  }
  if (end < symbol.length) found.push(...plain(symbol.slice(end)));
  return found;
}

/** The symbol as DOM nodes. */
export function symbolNodes(symbol: string): Node[] {
  const tree = Object.hasOwn(typesetSymbols, symbol) ? typesetSymbols[symbol] : undefined;
  if (tree) {
    const math = mathElement(tree);
    math.setAttribute('aria-label', spokenSymbol(symbol));
    return [math];
  }
  return pieces(symbol).map(({ text, italic, subscript }) => {
    if (!italic && !subscript) return document.createTextNode(text);
    const element = document.createElement(subscript ? 'sub' : 'i');
    element.textContent = text;
    return element;
  });
}

/** Text in which parts in braces are symbols, as DOM nodes. */
export function labelNodes(text: string): Node[] {
  return text
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .flatMap((part) => (part.startsWith('{') ? symbolNodes(part.slice(1, -1)) : [document.createTextNode(part)]));
}

/** Without markup, for labels that are read aloud: "m S". */
export function spokenSymbol(symbol: string): string {
  return symbol.replaceAll('_', ' ');
}

export function mathElement([name, attributes, ...children]: MathTree): Element {
  const made = document.createElementNS('http://www.w3.org/1998/Math/MathML', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (typeof child === 'string' ? child : mathElement(child))));
  return made;
}

// A symbol of one letter is a quantity; anything longer is text.
function plain(text: string): Piece[] {
  return [{ text, italic: /^\p{L}$/u.test(text), subscript: false }];
}
