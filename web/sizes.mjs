// Prints what a first visit downloads, as files and compressed.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const site = process.env.ANYSLICE_SITE ?? resolve(here, '../build/site');

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
let total = 0;
for (const entry of readdirSync(site, { recursive: true }).sort()) {
  const file = join(site, entry);
  if (!statSync(file).isFile()) continue;
  const bytes = readFileSync(file);
  // Tables are compressed already.
  const sent = extname(file) === '.gz' ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  total += sent;
  console.log(`${kilobytes(bytes.length)} ${kilobytes(sent)} gz  ${relative(site, file)}`);
}
console.log(`${' '.repeat(11)} ${kilobytes(total)} gz  everything`);
