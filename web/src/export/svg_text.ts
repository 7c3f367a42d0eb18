// Text as elements of SVG: real letters, with subscripts and superscripts that any program shows.

import type { Piece } from '../symbols.ts';
import { short } from './svg_path.ts';

/** What a canvas calls a font. */
export interface Font {
  size: number;
  family: string;
  attributes: string;
}

export function parseFont(font: string): Font {
  const [, before = '', size = '10', family = 'sans-serif'] = /^(.*?)\s*([\d.]+)px\s+(.*)$/.exec(font) ?? [];
  const words = before.split(' ');
  const style = words.includes('italic') ? ' font-style="italic"' : '';
  const weight = words.find((word) => /^(\d+|bold)$/.test(word) && word !== '400');
  return { size: Number(size), family, attributes: style + (weight ? ` font-weight="${weight}"` : '') };
}

export function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Nothing else below a space may stand in XML.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to leave out
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  );
}

const RAISED: Record<string, string> = {
  '⁻': '−',
  '⁺': '+',
  '⁰': '0',
  '¹': '1',
  '²': '2',
  '³': '3',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
};

// Of the font size: how small a subscript or superscript is, and how far it is from the line.
const SMALL = 0.74;
const DOWN = 0.19;
const UP = 0.37;

/** Pieces as the content of a text element. Superscripts become raised figures, since many fonts have no such letters. */
export function spans(pieces: Piece[], size: number): string {
  let text = '';
  let shift = 0;
  const span = (content: string, attributes: string, to: number) => {
    const move = to === shift ? '' : ` dy="${short(to - shift)}"`;
    shift = to;
    text += attributes || move ? `<tspan${move}${attributes}>${escaped(content)}</tspan>` : escaped(content);
  };
  for (const piece of pieces) {
    const slant = piece.italic ? ' font-style="italic"' : '';
    if (piece.subscript) {
      span(piece.text, `${slant} font-size="${short(SMALL * size)}"`, DOWN * size);
      continue;
    }
    for (const part of piece.text.split(/([⁻⁺⁰¹²³⁴-⁹]+)/)) {
      if (part === '') continue;
      if (RAISED[part[0]!] === undefined) span(part, slant, 0);
      else {
        const raised = [...part].map((letter) => RAISED[letter]).join('');
        span(raised, ` font-size="${short(SMALL * size)}"`, -UP * size);
      }
    }
  }
  return text;
}
