// Builds everything that is deployed: the page, the page as one file, the element for other pages, and what belongs to them.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { writeEmbed } from './bundle/embed.mjs';
import { licences } from './bundle/licences.mjs';
import { bundled } from './bundle/scripts.mjs';
import { writeServiceWorker } from './bundle/service_worker.mjs';
import { filled, shellOf } from './bundle/single_file.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const site = process.env.ANYSLICE_SITE ?? resolve(here, '../build/site');

await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });

const core = readFileSync(join(process.env.ANYSLICE_WASM ?? resolve(here, '../build/wasm/wasm'), 'anyslice.wasm'));

// The script of the single file holds everything that the scripts of the site hold.
const single = await bundled('src/single.ts');
const texts = licences(single.modules);
writeFileSync(join(site, 'THIRD_PARTY_LICENSES.txt'), texts);

const shell = await shellOf(
  readFileSync(join(site, 'index.html'), 'utf8'),
  single,
  core,
  readFileSync(join(here, 'public/icon.svg')),
  texts,
);
writeFileSync(join(site, 'shell.html'), shell);
writeFileSync(join(site, 'anyslice.html'), await filled(shell, site));
await writeEmbed(site, core);
await writeServiceWorker(site);
