// Shapes, distances and widths of the kernel in mN, flattened or not: bias against direct simulations and effective
// events (Sec. IV C of arXiv:2205.12273). Writes KERNELS.md and its plot.
// Run from anywhere after ./dev tables: node tests/validation/nd280/kernels.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curvePlot } from '../plots.mjs';
import { direct } from './closure_points.mjs';
import { channelSums, command, rate, withFolder, writeVariant } from './core.mjs';
import { benchmarks } from './prediction.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const recipes = resolve(here, '../../../data/recipes');

const masses = [0.02, 0.1, 0.3, 0.6, 0.9];
/** Half-width over standard deviation, by which shapes are comparable. */
const reach = { epanechnikov: Math.sqrt(5), gaussian: 1, 'top-hat': Math.sqrt(3) };
const distances = ['log10', 'ln', 'linear'];
/** Standard deviations in log10 mN; 0.0447 is that of the cards' kernel. */
const widths = [0.0224, 0.0447, 0.0626];
/** Rows have weights per unit of log10 mN: what makes them weights per unit of another distance. */
const density = { log10: undefined, ln: `${1 / Math.LN10}`, linear: '1/(event.mN*log(10))' };

const events = 30e6;
const rows = 600e3;

/** A table around one mass, by the recipe of the shipped one but many times denser and with numbers of its own. */
function tableAround(mN, folder) {
  const recipe = JSON.parse(readFileSync(join(recipes, 'nd280-heavy.json'), 'utf8'));
  for (const [name, address] of Object.entries(recipe.inputs)) recipe.inputs[name] = join(recipes, address);
  recipe.parameters.mN = { unit: 'GeV', low: mN * 10 ** -0.25, high: mN * 10 ** 0.25 };
  recipe.roulette.rows = rows;
  const path = join(folder, `recipe-${mN}.json`);
  const table = join(folder, `table-${mN}.safetensors`);
  writeFileSync(path, JSON.stringify(recipe));
  execFileSync(command, ['generate', path, '-o', table, '--events', String(events), '--seed', '11'], {
    stdio: 'ignore',
  });
  return table;
}

const variant = (shape, distance, flat) => (kernel) => {
  kernel.shape = shape;
  kernel.axes[0].distance = distance;
  if (density[distance]) kernel.sampling_density = density[distance];
  if (!flat) delete kernel.flatten;
};

/** The half-width of a kernel in the units of its distance. */
function bandwidth(shape, distance, width, mN) {
  const half = width * reach[shape];
  return { log10: half, ln: half * Math.LN10, linear: half * Math.LN10 * mN }[distance];
}

function study(folder) {
  const results = [];
  masses.forEach((mN, m) => {
    const point = { ...benchmarks.B, mN };
    const simulation = direct('heavy', point, mN < 0.5 ? 3e6 : 9e6, 500 + m).I;
    const dense = tableAround(mN, folder);
    for (const flat of [true, false])
      for (const distance of distances)
        for (const shape of Object.keys(reach)) {
          const kernel = variant(shape, distance, flat);
          const cards = [undefined, dense].map((table, i) =>
            writeVariant(folder, `variant-${i}`, 'heavy', { table, kernel }),
          );
          for (const width of widths) {
            const words = ['--bandwidth', `mN=${bandwidth(shape, distance, width, mN)}`];
            const [shipped, many] = cards.map((card) => channelSums(rate(card, point, ...words))['analysis-I']);
            results.push({
              ...{ mN, flat, distance, shape, width },
              bias: many.mu / simulation.mu - 1,
              error: Math.hypot(many.error / many.mu, simulation.error / simulation.mu),
              effective: shipped.effective,
              mu: many.mu,
            });
          }
        }
  });
  return results;
}

const percent = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`;

function report(folder) {
  const results = study(folder);
  const find = (wanted) =>
    results.find((result) => Object.entries(wanted).every(([key, value]) => result[key] === value));
  const same = Math.max(
    ...results
      .filter(({ distance }) => distance === 'ln')
      .map((result) => {
        const { mN, flat, shape, width } = result;
        return Math.abs(result.mu / find({ mN, flat, shape, width, distance: 'log10' }).mu - 1);
      }),
  );
  const out = ['# Kernels in mN', ''];
  out.push(
    'Events in the TPCs at the couplings and the mZ′ of benchmark B and five values of mN, from variants of the card',
    '`nd280-dark-neutrino-heavy` whose kernel has another shape, distance or width, with and without flattening by the selected',
    'rate. Shapes are compared at equal standard deviation σ in log10 mN: the half-width is √5 σ (Epanechnikov) or √3 σ (top-hat); a',
    'linear distance has σ · ln 10 · mN in GeV. The card’s kernel is the flattened Epanechnikov in log10 with σ = 0.0447, h = 0.1.',
    '',
    `Bias: relative difference from a simulation at the very mass (3 or 9 million events), in percent, with tables made for this by the recipe around each mass (${(events / 1e6).toFixed(0)} million events thrown in half a decade),`,
    'so that the kernel shows and not the statistics of the shipped table. Errors are statistical, and common to all kernels',
    'of a column but for their width: differences between them are known better. Effective events: of the shipped table, both beams.',
    '',
    `A kernel in ln mN is the one in log10 mN with another unit: the core’s results agree to ${same.toExponential(0)}. It is left out below.`,
    '',
    'Made by `node tests/validation/nd280/kernels.mjs`; a test checks what it says of shapes, distances and flattening.',
  );
  for (const flat of [true, false]) {
    out.push('', `## ${flat ? 'Flattened' : 'Not flattened'}: bias [%]`, '');
    out.push(
      `| shape | distance | σ | ${masses.map((mN) => `mN = ${mN}`).join(' | ')} |`,
      `|---|---|---:|${masses.map(() => '---:|').join('')}`,
    );
    for (const distance of ['log10', 'linear'])
      for (const shape of Object.keys(reach))
        for (const width of widths) {
          const cells = masses.map((mN) => {
            const { bias, error } = find({ mN, flat, distance, shape, width });
            return `${percent(bias)} ± ${(100 * error).toFixed(1)}`;
          });
          out.push(`| ${shape} | ${distance} | ${width} | ${cells.join(' | ')} |`);
        }
  }
  for (const flat of [true, false]) {
    out.push('', `## ${flat ? 'Flattened' : 'Not flattened'}: effective events of the shipped table`, '');
    out.push(
      `| shape | distance | σ | ${masses.map((mN) => `mN = ${mN}`).join(' | ')} |`,
      `|---|---|---:|${masses.map(() => '---:|').join('')}`,
    );
    for (const distance of ['log10', 'linear'])
      for (const shape of Object.keys(reach))
        for (const width of widths) {
          const cells = masses.map((mN) => find({ mN, flat, distance, shape, width }).effective.toFixed(0));
          out.push(`| ${shape} | ${distance} | ${width} | ${cells.join(' | ')} |`);
        }
  }
  const colours = { epanechnikov: '#2166ac', gaussian: '#b2182b', 'top-hat': '#4d9221' };
  const curves = [true, false].flatMap((flat) =>
    Object.keys(reach).map((shape) => ({
      name: { epanechnikov: 'Epan.', gaussian: 'Gauss', 'top-hat': 'top-hat' }[shape] + (flat ? '' : '*'),
      colour: colours[shape],
      dash: flat ? '' : '5 4',
      points: masses.map((mN) => [mN, 100 * find({ mN, flat, distance: 'log10', shape, width: 0.0447 }).bias]),
    })),
  );
  const x = { label: 'mN [GeV]', low: 0.01, high: 1, log: true };
  const y = { label: 'bias [%]', low: -15, high: 60, log: false };
  writeFileSync(
    join(here, 'kernels.svg'),
    curvePlot('Bias of kernels in log10 mN, σ = 0.0447 (* not flattened)', x, y, curves),
  );
  out.push('', '![bias of kernels](kernels.svg)');
  writeFileSync(join(here, 'KERNELS.md'), `${out.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) withFolder(report);
