// The numbers of a small chart as comma-separated values: its curves point by point, or the cells of its colours.

import type { PlotModel } from '../plot/model.ts';

const DIGITS = 10;

/** `names`: what each curve is, in their order; by default their labels. `said`: lines on what the chart is of. */
export function chartCsv(model: PlotModel, title: string, names: string[] = [], said: string[] = []): string {
  const { x, y, heat, curves } = model;
  const head = [...said, title, `x: ${x.title}`, `y: ${y.title}`].filter((line) => line !== '');
  const lines = head.map((line) => `# ${plain(line)}`);
  if (heat) {
    lines.push(`x,y,${quoted(plain(heat.title))}`);
    heat.field.y.forEach((row, j) => {
      heat.field.x.forEach((column, i) => {
        const value = heat.field.values[j]?.[i] ?? null;
        lines.push(`${number(column)},${number(row)},${value === null ? '' : number(value)}`);
      });
    });
    return `${lines.join('\n')}\n`;
  }
  lines.push('curve,x,y');
  curves.forEach((curve, i) => {
    const name = quoted(plain(names[i] || curve.label || `${curve.role} ${i + 1}`));
    for (const line of curve.lines) for (const [px, py] of line) lines.push(`${name},${number(px)},${number(py)}`);
  });
  return `${lines.join('\n')}\n`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

/** Without the braces around symbols. */
function plain(text: string): string {
  return text.replaceAll(/[{}]/g, '').replaceAll(/\s+/g, ' ');
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
