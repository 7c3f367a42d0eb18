// The service worker of a built site, with the list of the files that make up this version.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { bundled } from './scripts.mjs';

// Pages of their own beside the page: they are no part of it.
const APART = /^(service-worker\.js|anyslice\.html|embed\/|demo\/)/;

export async function writeServiceWorker(site) {
  const [card] = JSON.parse(readFileSync(join(site, 'data/analyses/index.json'), 'utf8'));
  const { tables } = JSON.parse(readFileSync(join(site, 'data/analyses', card), 'utf8'));
  const first = new Set(Object.values(tables ?? {}).map(({ url }) => posix.join('data/analyses', url)));
  const files = {};
  for (const entry of readdirSync(site, { recursive: true }).sort()) {
    const path = entry.split(sep).join('/');
    if (APART.test(path) || !statSync(join(site, entry)).isFile()) continue;
    const sha256 = createHash('sha256')
      .update(readFileSync(join(site, entry)))
      .digest('hex');
    const atOnce = first.has(path) || /^(index\.html$|icon\.svg$|assets\/|data\/analyses\/)/.test(path);
    files[path] = { sha256, ...(atOnce && { first: true }) };
  }
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const { script } = await bundled('src/ship/service_worker.ts');
  writeFileSync(join(site, 'service-worker.js'), `self.manifest=${JSON.stringify({ version, files })};\n${script}`);
}
