// Table III of arXiv:2106.00568 beside six constructions: prints tests/validation/microboone/TABLE_III.md.
// Run from anywhere: node tests/validation/table_iii.mjs > tests/validation/microboone/TABLE_III.md
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const quantities = ['observed', '-2', '-1', '0', '+1', '+2'];

export const constructions = [
  {
    name: 'cls-toys, gaussian (the variant `published`)',
    options: ['--variant', 'published'],
  },
  {
    name: 'cls-hybrid, lognormal, signal x 1.0875',
    options: ['--variant', 'published', '--method', 'cls-hybrid', '--constraint', 'lognormal'],
  },
  {
    name: 'cls-asymptotic, gaussian, signal x 1.0875',
    options: ['--variant', 'published', '--method', 'cls-asymptotic', '--constraint', 'gaussian'],
  },
  {
    name: 'cls-hybrid, lognormal (the variant `physics`, the default)',
    options: ['--variant', 'physics'],
  },
  {
    name: 'bayes-flat, lognormal, signal x 1.0875',
    options: ['--variant', 'published', '--method', 'bayes-flat', '--constraint', 'lognormal'],
  },
  {
    name: 'feldman-cousins (profiled, 20000 toys), lognormal, signal x 1.0875',
    options: ['--variant', 'published', '--method', 'feldman-cousins', '--constraint', 'lognormal', '--toys', '20000'],
  },
];

/** The paper's rows as the card holds them: [{ versus, observed, expected }]. */
export function published() {
  const card = JSON.parse(readFileSync(join(root, 'data/analyses/microboone-kdar-scalar.json'), 'utf8'));
  return card.limits.published.points;
}

export const value = (row, quantity) => (quantity === 'observed' ? row.observed : row.expected[quantity]);

/** Our limits at the paper's masses, and those in signal events. */
export function ours(options) {
  const words = ['limit', 'microboone-kdar-scalar', '--versus', 'mS=120:160:3', '--json', ...options];
  const output = execFileSync(join(root, 'build/native/anyslice'), words, { stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output);
}

const heading = ['observed', '−2 s.d.', '−1 s.d.', 'median', '+1 s.d.', '+2 s.d.'];
const line = (cells) => `| ${cells.join(' | ')} |`;
const signed = (difference) => `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)} %`;

function report() {
  const text = readFileSync(join(root, 'tests/validation/microboone/explanation.md'), 'utf8');
  const out = ['# Table III of arXiv:2106.00568, by six constructions', ''];
  out.push(
    '95 % CL limits on theta in units of 10⁻⁴: ours, and ours / paper − 1. The paper prints two digits, which is',
  );
  out.push('±1.3 % to ±1.5 %. Made by `node tests/validation/table_iii.mjs`; checked by the test beside it.');
  for (const { name, options } of constructions) {
    const limit = ours(options);
    out.push('', `## ${name}`, '', line(['mS [MeV]', ...heading]), line(['---', ...heading.map(() => '---:')]));
    published().forEach((paper, i) => {
      out.push(line([`${paper.versus}, paper`, ...quantities.map((q) => (1e4 * value(paper, q)).toFixed(1))]));
      out.push(
        line([
          `${paper.versus}, ours`,
          ...quantities.map((q) => {
            const found = value(limit.points[i], q);
            return found === null ? 'none' : `${(1e4 * found).toFixed(2)} (${signed(found / value(paper, q) - 1)})`;
          }),
        ]),
      );
    });
    const events = limit.signal_limits;
    const inEvents = (entry) => (entry.value === null ? 'none' : entry.value.toFixed(2));
    out.push(line(['signal events', ...quantities.map((q) => inEvents(value(events, q)))]));
  }
  return `${out.join('\n')}\n\n${text}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(report());
