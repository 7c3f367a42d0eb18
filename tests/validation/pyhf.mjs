// CLs and limits beside pyhf 0.7.6 and beside a closed-form profile: prints tests/validation/pyhf/PYHF.md.
// Run from anywhere: node tests/validation/pyhf.mjs > tests/validation/pyhf/PYHF.md
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const reference = JSON.parse(readFileSync(join(root, 'tests/validation/pyhf/reference.json'), 'utf8'));
export const bands = ['-2', '-1', '0', '+1', '+2'];

/** A model of the reference as pyhf's own workspace: a signal, a background with shapesys. */
export function workspaceOf({ signal, background, background_error, observed }) {
  const modifiers = {
    signal: [{ name: 'mu', type: 'normfactor', data: null }],
    background: [{ name: 'uncorrelated', type: 'shapesys', data: background_error }],
  };
  const samples = Object.entries({ signal, background }).map(([name, data]) => ({
    name,
    data,
    modifiers: modifiers[name],
  }));
  return {
    channels: [{ name: 'channel', samples }],
    observations: [{ name: 'channel', data: observed }],
    measurements: [{ name: 'measurement', config: { poi: 'mu', parameters: [] } }],
    version: '1.0.0',
  };
}

/** Our { CLs, limits } of a model: observed, then expected at -2 to +2 standard deviations. */
export function ours(model, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  try {
    const path = join(folder, 'workspace.json');
    writeFileSync(path, JSON.stringify(workspaceOf(model)));
    const words = ['cls', '--workspace', path, '--cl', String(reference.level), '--json', ...options];
    const output = execFileSync(join(root, 'build/native/anyslice'), words, { stdio: ['ignore', 'pipe', 'ignore'] });
    const result = JSON.parse(output);
    return {
      CLs: [result.CLs, ...bands.map((band) => result.expected_CLs[band])],
      limits: [result.upper_limit, ...bands.map((band) => result.expected[band])],
      errors: [result.CLs_error, ...bands.map((band) => result.expected_CLs_error[band])],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const show = (value) => (value === null ? 'fails' : value.toPrecision(6));
const difference = (value) => (value === null ? '' : value === 0 ? '0' : value.toExponential(1));
const quantities = ['observed', ...bands.map((band) => `expected ${band}`)];

function report() {
  const out = ['# Limits of models of bins, beside pyhf', '', `${reference.about}`, ''];
  out.push(
    'The models have one or five bins, each with a background whose uncertainty is a Poisson auxiliary count. Ours are by',
    '`anyslice cls --workspace`. Differences of CLs are absolute, those of limits relative. The closed form has its own',
    'root finder, whose tolerance is what the differences of the limits show. Where CLs is tiny, so is every difference.',
    'Made by `node tests/validation/pyhf.mjs`; checked by the test beside it.',
  );
  const worst = { CLs: { exact: 0, pyhf: 0 }, limits: { exact: 0, pyhf: 0 } };
  const tables = { CLs: [], limits: [] };
  for (const model of reference.models) {
    const found = ours(model);
    for (const quantity of ['CLs', 'limits'])
      quantities.forEach((name, i) => {
        const value = found[quantity][i];
        const against = (list) => (list === null ? null : quantity === 'CLs' ? value - list[i] : value / list[i] - 1);
        const differences = { exact: against(model.exact[quantity]), pyhf: against(model.pyhf[quantity]) };
        for (const of of ['exact', 'pyhf'])
          worst[quantity][of] = Math.max(worst[quantity][of], Math.abs(differences[of] ?? 0));
        tables[quantity].push(
          line([
            i === 0 ? `${model.name} (${model.signal.length})` : '',
            name,
            show(value),
            show(model.exact[quantity][i]),
            show(model.pyhf[quantity]?.[i] ?? null),
            difference(differences.exact),
            difference(differences.pyhf),
          ]),
        );
      });
  }
  const size = (value) => value.toExponential(1);
  out.push(
    '',
    line(['largest difference', 'to the closed form', 'to pyhf']),
    line(['---', '---:', '---:']),
    line(['CLs at signal strength 1, absolute', size(worst.CLs.exact), size(worst.CLs.pyhf)]),
    line(['95 % CL limit, relative', size(worst.limits.exact), size(worst.limits.pyhf)]),
  );
  const heading = ['model (bins)', 'quantity', 'ours', 'closed form', 'pyhf', 'ours − closed form', 'ours − pyhf'];
  const rule = ['---', '---', ...heading.slice(2).map(() => '---:')];
  out.push('', '## CLs at signal strength 1', '', line(heading), line(rule), ...tables.CLs);
  const relative = [...heading.slice(0, 5), 'ours / closed form − 1', 'ours / pyhf − 1'];
  out.push('', '## 95 % CL upper limits on the signal strength', '', line(relative), line(rule), ...tables.limits);
  out.push(
    '',
    '## Toys',
    '',
    'CLs at signal strength 1 by frequentist toys: ours with 100000 toys, pyhf with as many as given. The last column is',
    'the difference in standard deviations, pyhf’s taken from as many of our toys as it threw.',
    '',
    line(['model', 'toys of pyhf', 'quantity', 'ours', 'error', 'pyhf', 'difference']),
    line(['---', '---:', '---', '---:', '---:', '---:', '---:']),
  );
  for (const toys of reference.toys) {
    const model = reference.models.find(({ name }) => name === toys.name);
    const many = ours(model, ['--method', 'cls-toys', '--toys', '100000']);
    const few = ours(model, ['--method', 'cls-toys', '--toys', String(toys.toys)]);
    quantities.forEach((name, i) => {
      const deviations = (many.CLs[i] - toys.CLs[i]) / Math.hypot(many.errors[i], few.errors[i]);
      const numbers = [many.CLs[i].toFixed(4), many.errors[i].toFixed(4), toys.CLs[i].toFixed(4)];
      out.push(line([toys.name, String(toys.toys), name, ...numbers, deviations.toFixed(1)]));
    });
  }
  process.stdout.write(`${out.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report();
