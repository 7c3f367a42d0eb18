// Direct simulations at one point, made by the native command in a folder that is removed again.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTable } from '../event_tables.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/**
 * The table of the recipe with parameters fixed: { mN, mZ }; `all` keeps the events that fail the cuts too, `seed` is
 * for simulations that must share no random number with the shipped tables.
 */
export function simulate(recipeName, parameters, events, { all = false, seed } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  try {
    const recipe = JSON.parse(readFileSync(join(root, `data/recipes/${recipeName}.json`), 'utf8'));
    for (const [name, address] of Object.entries(recipe.inputs))
      recipe.inputs[name] = join(root, 'data/recipes', address);
    if (all) recipe.rows = { which: 'all' };
    // Weights of events that cannot be selected reach further down than a quantised column.
    for (const name of ['weight', 'legacy_weight']) recipe.columns[name] = { unit: 'GeV^4', type: 'F64' };
    const path = join(folder, 'recipe.json');
    const table = join(folder, 'table.safetensors');
    writeFileSync(path, JSON.stringify(recipe));
    const fixed = Object.entries(parameters).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const words = ['generate', path, '-o', table, '--events', String(events), ...fixed];
    if (seed) words.push('--seed', String(seed));
    execFileSync(join(root, 'build/native/anyslice'), words, { stdio: 'ignore' });
    return readTable(table);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
