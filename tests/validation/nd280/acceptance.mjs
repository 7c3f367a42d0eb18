// The share of N that decay in a TPC against their lifetime, Fig. 4 of arXiv:2205.12273: writes ACCEPTANCE.md and its plot.
// Run from anywhere: node tests/validation/nd280/acceptance.mjs
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curvePlot } from '../plots.mjs';
import { simulate } from './direct.mjs';
import { benchmarks, exposure } from './prediction.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { mN, mZ } = benchmarks.B;

export const lifetimes = Array.from({ length: 25 }, (_, i) => 10 ** (-2 + i / 4)); // cm
/** Of the argon inside the active volumes, 0.010043 t of 0.01602 t lie inside the fiducial ones. */
export const fiducialShare = 0.010043 / 0.01602;

/** Acceptance with its error by element at each lifetime: [{ lifetime, Pb: { value, error }, Ar: ... }]. */
export function acceptance(events) {
  const { columns, labels, rows } = simulate('nd280-heavy', { mN }, events, { all: true });
  return lifetimes.map((lifetime) => {
    const result = { lifetime };
    for (const element of ['Pb', 'Ar']) {
      const code = labels.element.indexOf(element);
      let all = 0;
      const decaying = [];
      for (let i = 0; i < rows; ++i) {
        if (columns.element[i] !== code) continue;
        const y = columns.pair_mass_over_mN[i] ** 2;
        const weight =
          (columns.weight[i] * exposure.I[labels.beam[columns.beam[i]]]) /
          ((columns.Q2[i] + mZ ** 2) * (1 - (mN / mZ) ** 2 * y)) ** 2;
        const lambda = (columns.momentum[i] / mN) * lifetime;
        let probability = 0;
        for (const j of [1, 2, 3])
          probability +=
            Math.exp(-columns[`entry_${j}`][i] / lambda) * -Math.expm1(-columns[`length_${j}`][i] / lambda);
        all += weight;
        decaying.push([weight, probability]);
      }
      const value = decaying.reduce((sum, [weight, probability]) => sum + weight * probability, 0) / all;
      const squares = decaying.reduce((sum, [weight, probability]) => sum + (weight * (probability - value)) ** 2, 0);
      result[element] = { value, error: Math.sqrt(squares) / all };
    }
    return result;
  });
}

function report() {
  const rows = acceptance(1200000);
  const out = ['# Geometrical acceptance against lifetime', ''];
  out.push(
    'The share of N made in lead and in argon that decay inside a fiducial volume of a TPC, before any cut, at the masses of',
    'benchmark B, both beams with their exposure: Fig. 4 of arXiv:2205.12273. At short lifetimes only argon inside the fiducial',
    `volumes counts: the curve tends to their share of the active argon, ${fiducialShare.toFixed(3)}, and lead vanishes. Made by`,
    '`node tests/validation/nd280/acceptance.mjs`.',
    '',
    '| cτ₀ [cm] | lead | argon |',
    '|---:|---:|---:|',
  );
  const cell = ({ value, error }) => (value < 1e-12 ? '0' : `${value.toPrecision(3)} ± ${error.toPrecision(1)}`);
  for (const { lifetime, Pb, Ar } of rows) out.push(`| ${lifetime.toPrecision(3)} | ${cell(Pb)} | ${cell(Ar)} |`);
  out.push('', '![acceptance](acceptance.svg)');
  writeFileSync(join(here, 'ACCEPTANCE.md'), `${out.join('\n')}\n`);
  const curve = (name, colour, dash) => ({
    name,
    colour,
    dash,
    points: rows.map((row) => [row.lifetime, row[name === 'lead' ? 'Pb' : 'Ar'].value]),
  });
  const svg = curvePlot(
    'Share of N that decay in a TPC',
    { label: 'cτ₀ [cm]', low: 1e-2, high: 1e4, log: true },
    { label: 'geometrical acceptance', low: 0, high: 1, log: false },
    [curve('lead', '#444'), curve('argon', '#2166ac', '7 3')],
    [{ name: 'fiducial share of the argon', at: fiducialShare }],
  );
  writeFileSync(join(here, 'acceptance.svg'), svg);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report();
