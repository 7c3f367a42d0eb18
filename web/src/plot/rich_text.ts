// Text with italic letters and subscripts on a canvas: measured and drawn piece by piece.

import { type Piece, pieces } from '../symbols.ts';

export interface TextStyle {
  size: number;
  family: string;
  weight?: number;
}

/** Words and symbols mixed: symbols are given in braces, as in "scalar mass {m_S} [MeV]". */
export function parseText(text: string): Piece[] {
  return text
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .flatMap((part) =>
      part.startsWith('{') ? pieces(part.slice(1, -1)) : [{ text: part, italic: false, subscript: false }],
    );
}

export function textWidth(context: CanvasRenderingContext2D, text: Piece[], style: TextStyle): number {
  let width = 0;
  for (const piece of text) {
    context.font = fontOf(piece, style);
    width += context.measureText(piece.text).width;
  }
  return width;
}

/** A context that keeps a line of text together instead of painting its pieces. */
interface Writer {
  writePieces(
    text: Piece[],
    x: number,
    y: number,
    style: TextStyle & { colour: string; anchor: 'start' | 'middle'; halo?: string },
  ): void;
}

/** Draws the text with its middle, or its start, at (x, y); with a halo that keeps it readable on lines if `halo` is a
 * colour. */
export function drawText(
  context: CanvasRenderingContext2D,
  text: Piece[],
  x: number,
  y: number,
  style: TextStyle,
  colour: string,
  halo?: string,
  anchor: 'start' | 'middle' = 'middle',
): void {
  if ('writePieces' in context) {
    (context as unknown as Writer).writePieces(text, x, y, { ...style, colour, anchor, halo });
    return;
  }
  context.save();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const start = anchor === 'start' ? x : x - textWidth(context, text, style) / 2;
  for (const outlined of halo ? [true, false] : [false]) {
    let left = start;
    for (const piece of text) {
      context.font = fontOf(piece, style);
      const top = y + (piece.subscript ? 0.28 * style.size : 0);
      if (outlined && halo) {
        context.strokeStyle = halo;
        context.lineWidth = 4;
        context.strokeText(piece.text, left, top);
      } else {
        context.fillStyle = colour;
        context.fillText(piece.text, left, top);
      }
      left += context.measureText(piece.text).width;
    }
  }
  context.restore();
}

function fontOf(piece: Piece, { size, family, weight = 400 }: TextStyle): string {
  const slant = piece.italic ? 'italic ' : '';
  return `${slant}${weight} ${piece.subscript ? 0.74 * size : size}px ${family}`;
}
