// Assembles the npm package in build/package/anyslice: compiled sources, the core, package.json.
// Run by `npm run package` in web/, whose TypeScript it uses.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '..');
const core = process.env.ANYSLICE_WASM ?? join(repository, 'build/wasm/wasm');
const target = join(repository, 'build/package/anyslice');
const dist = join(target, 'dist');

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
cpSync(join(here, 'package.json'), join(target, 'package.json'));

// The sources name the core and the worker as the page's build needs them; a browser needs plain addresses.
for (const file of readdirSync(dist).filter((name) => /\.(js|d\.ts)$/.test(name))) {
  const text = readFileSync(join(dist, file), 'utf8');
  const plain = text.replaceAll("'#module'", "'./anyslice.mjs'").replaceAll(/'(\.\/\w+)\.ts'/g, "'$1.js'");
  if (plain !== text) writeFileSync(join(dist, file), plain);
}
console.log(`${target}: npm pack there makes the file to publish.`);
