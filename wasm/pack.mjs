// Assembles the npm package in build/package/anyslice: compiled sources, the core, small analyses to begin with, README
// and licences.
// Run by `npm run package` in web/, whose TypeScript it uses.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licences } from '../web/bundle/licences.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '..');
const core = process.env.ANYSLICE_WASM ?? join(repository, 'build/wasm/wasm');
const target = join(repository, 'build/package/anyslice');
const dist = join(target, 'dist');
const SMALL = 1_000_000; // bytes of tables

for (const file of ['anyslice.mjs', 'anyslice.wasm']) {
  if (existsSync(join(core, file))) continue;
  console.error(`The package cannot be made: ${join(core, file)} is missing. Build the core first.`);
  process.exit(1);
}

rmSync(target, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const compiler = join(repository, 'web/node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', here], { stdio: 'inherit' });
for (const file of ['anyslice.mjs', 'anyslice.wasm']) cpSync(join(core, file), join(dist, file));
for (const file of [join(here, 'package.json'), join(here, 'README.md'), join(repository, 'LICENSE')])
  cpSync(file, join(target, basename(file)));
writeFileSync(join(target, 'THIRD_PARTY_LICENSES.txt'), licences([]));
copySmallAnalyses();

// The sources name the core and the worker as the page's build needs them; a browser needs plain addresses.
for (const file of readdirSync(dist).filter((name) => /\.(js|d\.ts)$/.test(name))) {
  const text = readFileSync(join(dist, file), 'utf8');
  const plain = text.replaceAll("'#module'", "'./anyslice.mjs'").replaceAll(/'(\.\/\w+)\.ts'/g, "'$1.js'");
  if (plain !== text) writeFileSync(join(dist, file), plain);
}

/** Built-in cards with their tables where these are small: a program can begin with them, and nobody waits for the rest. */
function copySmallAnalyses() {
  const data = join(repository, 'data');
  const analyses = join(data, 'analyses');
  mkdirSync(join(target, 'analyses'));
  mkdirSync(join(target, 'tables'));
  for (const name of JSON.parse(readFileSync(join(analyses, 'index.json'), 'utf8'))) {
    const chain = [name];
    const tables = [];
    for (const card of chain) {
      const { extends: base, tables: own, display } = JSON.parse(readFileSync(join(analyses, card), 'utf8'));
      if (base) chain.push(base);
      tables.push(...[...Object.values(own ?? {}), display?.table].filter(Boolean).map(({ url }) => basename(url)));
    }
    const size = tables.reduce((sum, table) => sum + statSync(join(data, 'tables', table)).size, 0);
    if (size > SMALL) continue;
    for (const card of chain) cpSync(join(analyses, card), join(target, 'analyses', card));
    for (const table of tables) cpSync(join(data, 'tables', table), join(target, 'tables', table));
  }
}
console.log(`${target}: npm pack there makes the file to publish.`);
