// Builds everything that is deployed: the page, and the page as one file.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundled } from './bundle/scripts.mjs';
import { writeServiceWorker } from './bundle/service_worker.mjs';
import { filled, shellOf } from './bundle/single_file.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const site = process.env.ANYSLICE_SITE ?? resolve(here, '../build/site');
const core = process.env.ANYSLICE_WASM ?? resolve(here, '../build/wasm/wasm');

await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });

const shell = await shellOf(
  readFileSync(join(site, 'index.html'), 'utf8'),
  await bundled('src/single.ts'),
  readFileSync(join(core, 'anyslice.wasm')),
  readFileSync(join(here, 'public/icon.svg')),
);
writeFileSync(join(site, 'shell.html'), shell);
writeFileSync(join(site, 'anyslice.html'), await filled(shell, site));
await writeServiceWorker(site);
