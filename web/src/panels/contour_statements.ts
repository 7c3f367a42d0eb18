// What a contour says, in words: the best point, how far −ln L may rise, and what the core warns of.

import { element, replaceContent } from '../dom.ts';
import { formatNumber, withUnit } from '../format.ts';
import type { ContourResults } from '../results.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';

export function showContourStatements(root: HTMLElement, results: ContourResults): void {
  const { contour, beside } = results;
  const warnings = new Set([contour, ...beside.map((other) => other.contour)].flatMap((one) => one.warnings));
  replaceContent(
    root,
    element('p', {}, ...bestPoint(results)),
    [...warnings].map((warning) => element('p', { class: 'warning' }, typeset(warning))),
  );
}

function bestPoint({ analysis: { card }, contour }: ContourResults): Node[] {
  const { minimum, level } = contour;
  if (!minimum) return labelNodes(`Excluded is where more than ${formatNumber(level, 3)} signal events are expected.`);
  const rise = `Excluded is where −ln L lies more than ${formatNumber(level, 3)} above its smallest value, which is`;
  if (minimum.without_signal || minimum.x === null || minimum.y === null) {
    return labelNodes(`${rise} that without any signal.`);
  }
  const named = (name: string, value: number) => {
    const { symbol, unit } = card.parameters[name]!;
    return `{${symbol.text}} = ${withUnit(formatNumber(value, 3), unit)}`;
  };
  return labelNodes(`${rise} at ${named(contour.x, minimum.x)}, ${named(contour.y, minimum.y)}.`);
}
