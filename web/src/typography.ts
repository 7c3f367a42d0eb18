// Prose of the cards is plain ASCII; on the page arrows, signs and particle charges look as in print.

import { superscript } from './format.ts';

const LETTERS: Record<string, string> = { pi: 'π', mu: 'μ', K: 'K', e: 'e' };
const CHARGES: Record<string, string> = { '+': '⁺', '-': '⁻' };

export function typeset(text: string): string {
  return text
    .replaceAll('->', '→')
    .replaceAll('-ln L', '−ln L')
    .replaceAll(/\^(-?\d+)/g, (_, exponent: string) => superscript(exponent))
    .replaceAll(/\bnu\b/g, 'ν')
    .replaceAll(/\bc tau\b/g, 'cτ')
    .replaceAll(/ ?\+- ?/g, ' ± ')
    .replaceAll(/(?<![A-Za-z])(?:pi|mu|K|e)[+-](?:(?:pi|mu|K|e)[+-])*(?![\w])/g, (particles) =>
      particles.replaceAll(
        /(pi|mu|K|e)([+-])/g,
        (_, name: string, charge: string) => `${LETTERS[name]}${CHARGES[charge]}`,
      ),
    )
    .replaceAll(/(?<=^|\s)x (?=\d)/g, '× ');
}
