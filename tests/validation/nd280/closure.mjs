// Predictions from the shipped tables beside direct simulations at the same masses: writes CLOSURE.md.
// Run from anywhere after ./dev tables: node tests/validation/nd280/closure.mjs
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulate } from './direct.mjs';
import { open } from './effective_events.mjs';
import { benchmarks, HeavyTable, LightTable } from './prediction.mjs';

const here = dirname(fileURLToPath(import.meta.url));

export const points = [
  ...[
    [0.01, 0.2],
    [0.05, 1.25],
    [0.1, 0.13],
    [0.1, 1.25],
    [0.2, 1.25],
    [0.3, 0.34],
    [0.3, 1.25],
    [0.6, 1.25],
    [0.9, 1.25],
  ].map(([mN, mZ]) => ({ mediator: 'heavy', mN, mZ })),
  ...[
    [0.01, 0.005],
    [0.05, 0.02],
    [0.05, 0.045],
    [0.1, 0.01],
    [0.1, 0.03],
    [0.1, 0.09],
    [0.3, 0.03],
    [0.3, 0.2],
    [0.6, 0.1],
    [0.9, 0.3],
  ].map(([mN, mZ]) => ({ mediator: 'light', mN, mZ })),
];

const total = (sums) => {
  let mu = 0;
  let squares = 0;
  for (const beam of Object.values(sums)) {
    mu += beam.mu;
    squares += beam.squares;
  }
  return { mu, error: Math.sqrt(squares) };
};

/** Predictions of both kinds at one point: [{ what, direct: { mu, error }, table: { mu, error } }]. */
export function compare({ mediator, mN, mZ }, tables, events) {
  const rows = [];
  const add = (what, direct, table) => rows.push({ what, direct: total(direct), table: total(table) });
  if (mediator === 'heavy') {
    const direct = new HeavyTable(simulate('nd280-heavy', { mN }, events), { bandwidth: 0 });
    const point = { ...benchmarks.B, mN, mZ };
    add('selected, on its way through a TPC', direct.predict(point, false), tables.heavy.predict(point, false));
    for (const VN2 of [1, 1e-3])
      add(`decays, VN2 = ${VN2}`, direct.predict({ ...point, VN2 }), tables.heavy.predict({ ...point, VN2 }));
  } else {
    const direct = new LightTable(simulate('nd280-light', { mN, mZ }, events / 4), { bandwidths: null });
    const point = { ...benchmarks.A, mN, mZ, VN2: 1 };
    for (const analysis of ['I', 'II'])
      add(`analysis ${analysis}`, direct.predict(point, [analysis]), tables.light.predict(point, [analysis]));
  }
  return rows;
}

/** Relative difference of table and simulation, and its error. */
export function difference({ direct, table }) {
  return { value: table.mu / direct.mu - 1, error: Math.hypot(direct.error / direct.mu, table.error / table.mu) };
}

function report() {
  const tables = { heavy: open('heavy'), light: open('light') };
  const percent = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`;
  const out = ['# Tables against direct simulations', ''];
  out.push(
    'Events from the shipped tables, with their kernels (0.1 in log10 mN, flattened by the rate; light mediators also 0.3 in',
    'log10 mZ′), beside simulations at the very masses (`--set mN=…`, light: `--set mN=… --set mZ=…`). Errors are statistical. Made by',
    '`node tests/validation/nd280/closure.mjs`; a test checks some of the points.',
    '',
    '| mediator | mN [GeV] | mZ′ [GeV] | what | direct | table | difference [%] |',
    '|---|---:|---:|---|---:|---:|---:|',
  );
  for (const point of points) {
    for (const row of compare(point, tables, 1600000)) {
      const { value, error } = difference(row);
      const cells = [point.mediator, point.mN, point.mZ, row.what];
      out.push(
        `| ${cells.join(' | ')} | ${row.direct.mu.toPrecision(4)} | ${row.table.mu.toPrecision(4)} | ${percent(value)} ± ${(100 * error).toFixed(1)} |`,
      );
    }
  }
  writeFileSync(join(here, 'CLOSURE.md'), `${out.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report();
