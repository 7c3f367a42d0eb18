// What the native command makes of the ND280 cards, variants of them, and tables that are denser than the shipped ones.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const command = join(root, 'build/native/anyslice');

export const builtIn = (mediator) => `nd280-dark-neutrino-${mediator}`;
/** The heavy mediator with the sampling and the kernel of the paper, which is no built-in analysis. */
export const paperKernel = 'heavy-paper-kernel';
const cardPath = (mediator) => join(root, `data/analyses/${builtIn(mediator)}.json`);

/** The JSON that the native command prints. */
export const anyslice = (...words) =>
  JSON.parse(execFileSync(command, [...words, '--json'], { encoding: 'utf8', maxBuffer: 1e8 }));

/** `anyslice rate` at a point { mN, mZ, epsilon, alphaD, UmuN2, VN2 }. */
export const rate = (card, point, ...words) =>
  anyslice('rate', card, ...Object.entries(point).flatMap(([name, value]) => ['--set', `${name}=${value}`]), ...words);

/** Sums over the bins of each channel: { 'analysis-I': { mu, error, effective }, ... }; bins share no row. */
export function channelSums({ bins }) {
  const sums = {};
  for (const { channel, mu, mu_mc_error: error } of bins) {
    sums[channel] ??= { mu: 0, error: 0 };
    sums[channel].mu += mu;
    sums[channel].error = Math.hypot(sums[channel].error, error);
  }
  for (const sum of Object.values(sums)) sum.effective = (sum.mu / sum.error) ** 2;
  return sums;
}

/** Runs `work` with a folder that is removed again. */
export function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a card that extends the built-in one: `table` is used in place of the shipped one, `kernel` changes the factor. */
export function writeVariant(folder, name, mediator, { table, kernel } = {}) {
  const card = { extends: relative(folder, cardPath(mediator)), name };
  if (table) {
    const sha256 = createHash('sha256').update(readFileSync(table)).digest('hex');
    card.tables = { events: { url: relative(folder, table), sha256 } };
  }
  if (kernel) {
    // A merge patch replaces arrays as a whole.
    card.weight = JSON.parse(readFileSync(cardPath(mediator), 'utf8')).weight;
    kernel(card.weight.find(({ factor }) => factor === 'kernel'));
  }
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(card));
  return path;
}

export const denseTables = {
  heavy: { recipe: 'nd280-heavy', events: 90e6, rows: 3e6 },
  light: { recipe: 'nd280-light', events: 36e6, rows: 3e6 },
  vegas: { recipe: 'nd280-heavy-vegas', events: 6e6 },
};

export const builtInRecipe = (mediator) => join(root, `data/recipes/nd280-${mediator}.json`);

/** Makes a table by a recipe with more words of the command, and returns its path. */
export function generated(recipe, path, words) {
  execFileSync(command, ['generate', recipe, '-o', path, ...words], { stdio: 'ignore' });
  return path;
}

/** Path of a table that shares no random number with the shipped ones, of other size with `changes`, of which `change` may
 * edit the recipe; made in the folder if it is not there yet. Its rows are kept one by one, so that their weights say how
 * well it is known. */
export function denseTable(name, folder, changes = {}) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.safetensors`);
  if (!existsSync(path)) {
    const { recipe, events, rows, change } = { ...denseTables[name], ...changes };
    const document = JSON.parse(readFileSync(join(root, `data/recipes/${recipe}.json`), 'utf8'));
    for (const [input, address] of Object.entries(document.inputs))
      document.inputs[input] = join(root, 'data/recipes', address);
    if (rows) document.roulette.rows = rows;
    delete document.roulette?.systematic;
    change?.(document);
    const independent = join(folder, `recipe-${name}.json`);
    writeFileSync(independent, JSON.stringify(document));
    const unfinished = join(folder, `unfinished-${name}.safetensors`);
    generated(independent, unfinished, ['--events', String(events), '--seed', '7']);
    renameSync(unfinished, path);
  }
  return path;
}

/**
 * The cell of each row of a table whose rows are kept by systematic sampling: those of one beam, detector, set of cuts
 * passed, and bin of each mass. Nothing for other tables.
 */
export function cellsOf({ rows, columns, labels, metadata }) {
  const recipe = JSON.parse(metadata.recipe);
  const { systematic } = recipe.roulette ?? {};
  if (!systematic) return null;
  const axes = ['mN', 'mZ'].flatMap((mass) => {
    const { low, high } = recipe.parameters[mass] ?? {};
    if (!low || !columns[mass]) return [];
    const count = Math.ceil(systematic.bins_per_decade * Math.log10(high / low) - 1e-9);
    return [{ column: columns[mass], low, count, perUnit: count / Math.log(high / low) }];
  });
  const uncut = labels.region.map((name) => recipe.rows.without_cuts_in?.includes(name) ?? false);
  const parts = labels.region.map((name) => name.match(/^[A-Z]+/)[0]);
  const numbers = new Map();
  return Uint32Array.from({ length: rows }, (_, i) => {
    const region = columns.region[i];
    const passed = uncut[region] ? '' : Object.keys(recipe.cuts).map((cuts) => columns[`pass_${cuts}`][i]);
    const bins = axes.map(({ column, low, count, perUnit }) =>
      Math.min(count - 1, Math.max(0, Math.floor(Math.log(column[i] / low) * perUnit))),
    );
    const name = [columns.beam[i], parts[region], ...passed, ...bins].join(' ');
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name);
  });
}
