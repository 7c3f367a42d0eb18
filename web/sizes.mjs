// Prints what is deployed, as files and compressed, and the digests for those who refer to it; fails where it has become
// larger than it should be.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { firstLoad } from './bundle/first_load.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const site = process.env.ANYSLICE_SITE ?? resolve(here, '../build/site');

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
const contentOf = (path) => readFileSync(join(site, path));
const files = readdirSync(site, { recursive: true })
  .filter((entry) => statSync(join(site, entry)).isFile())
  .map((entry) => relative(site, join(site, entry)).split(sep).join('/'))
  .sort();

for (const file of files) {
  const bytes = contentOf(file);
  console.log(`${kilobytes(bytes.length)} ${kilobytes(sent(file, 'gzip'))} gz  ${file}`);
}

const first = firstLoad(site);
const total = (compression) => first.reduce((sum, file) => sum + sent(file, compression), 0);
console.log(`\nfirst load (${first.length} files): ${kilobytes(total('gzip'))} gz, ${kilobytes(total('brotli'))} br`);

console.log('\ndigests for the attribute integrity:');
for (const file of files.filter((name) => /^embed\/.*\.(js|wasm)$/.test(name))) {
  console.log(`sha384-${createHash('sha384').update(contentOf(file)).digest('base64')}  ${file}`);
}

const BUDGETS = [
  ['the first load, as gzip', total('gzip'), 1.0e6],
  ['anyslice.html', contentOf('anyslice.html').length, 12e6],
];
for (const [what, bytes, limit] of BUDGETS) {
  if (bytes <= limit) continue;
  console.error(
    `${what} is ${kilobytes(bytes).trim()}, more than the ${kilobytes(limit).trim()} it should have at most`,
  );
  process.exitCode = 1;
}

/** Bytes on the way to the browser; tables are compressed already. */
function sent(file, compression) {
  const bytes = contentOf(file);
  if (extname(file) === '.gz') return bytes.length;
  return compression === 'brotli' ? brotliCompressSync(bytes).length : gzipSync(bytes, { level: 9 }).length;
}
