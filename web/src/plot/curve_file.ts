// Reads a file of two columns as curves to draw over the plot.
//
// Two numbers a line, separated by commas, semicolons, tabs or blanks. Lines that begin with # are comments, one line of
// names may come first, and empty lines separate curves. With semicolons, tabs or blanks a decimal comma is understood.

import { parseNumber } from '../format.ts';
import type { Point } from './regions.ts';

/** What a column holds, for messages: "m_S [MeV]", and whether its axis is logarithmic. */
export interface Column {
  title: string;
  log: boolean;
}

/** Largest file that is read, in bytes: far more than any curve has. */
export const LARGEST_FILE = 4_000_000;

/** Lines of points; throws an Error that names file, line and column and says what was expected. */
export function readCurves(name: string, text: string, columns: [Column, Column]): Point[][] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const separator = separatorOf(lines);
  const curves: Point[][] = [[]];
  let first = true;
  lines.forEach((line, i) => {
    const content = line.trim();
    if (content.startsWith('#')) return;
    if (content === '') {
      if (curves.at(-1)!.length > 0) curves.push([]);
      return;
    }
    // Names of the columns, whatever separates them.
    const names = first && content.split(/[,;\s]+/).every((word) => numberOf(word, separator) === null);
    first = false;
    if (names) return;
    const cells = content.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const where = `${name}, line ${i + 1}`;
    const expected = `two columns, ${columns[0].title} and ${columns[1].title}`;
    if (cells.length !== 2) {
      const found = cells.length === 1 ? `found only “${shorten(content)}”` : `found ${cells.length} columns`;
      throw new Error(`${where}: expected ${expected}; ${found}.`);
    }
    const values = cells.map((cell) => numberOf(cell, separator));
    const [x, y] = values.map((value, k) => checked(value, cells[k]!, columns[k]!, `${where}, column ${k + 1}`));
    curves.at(-1)!.push([x!, y!]);
  });
  const found = curves.filter((curve) => curve.length > 0);
  if (found.length === 0) {
    throw new Error(
      `${name}: expected lines of two numbers, ${columns[0].title} and ${columns[1].title}; there are none.`,
    );
  }
  return found;
}

function checked(value: number | null, cell: string, { title, log }: Column, where: string): number {
  if (value === null) throw new Error(`${where}: expected a number for ${title}; found “${shorten(cell)}”.`);
  if (log && !(value > 0)) {
    throw new Error(`${where}: expected a number above 0 for ${title}, whose axis is logarithmic; found ${cell}.`);
  }
  return value;
}

/** What separates the columns of a file: that of its first line of numbers. */
function separatorOf(lines: string[]): RegExp {
  const content = lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const sample = content.find((line) => /^\s*"?[-+−]?\.?\d/.test(line)) ?? content[0] ?? '';
  if (sample.includes(';')) return /;/;
  if (sample.trim().includes('\t')) return /\t+/;
  // "0,1 0,2" has decimal commas.
  if (/^\s*[-+\d.e]*\d,\d+[^,]*\s+[^,]*\d,\d+[^,]*$/i.test(sample)) return /\s+/;
  return sample.includes(',') ? /,/ : /\s+/;
}

function numberOf(cell: string, separator: RegExp): number | null {
  const decimalComma = !separator.test(',') && /^[-+]?\d+,\d+(e[-+]?\d+)?$/i.test(cell);
  return parseNumber(decimalComma ? cell.replace(',', '.') : cell);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
