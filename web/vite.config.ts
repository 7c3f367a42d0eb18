// Builds the page: finds the core and the data, copies what the page fetches, and sets the security policy.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { type CardTitles, TITLES, titlesOf } from './src/titles.ts';
import { symbolsPlugin } from './symbols.ts';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '..');
const core = process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm');
const data = process.env['ANYSLICE_DATA'] ?? join(repository, 'data');
const site = process.env['ANYSLICE_SITE'] ?? join(repository, 'build/site');

// Everything comes from the page's own place; 'wasm-unsafe-eval' lets it compile the core and nothing else.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Files that the page fetches: all cards of the list, the cards they extend, and their tables. */
function dataFiles(): string[] {
  const folder = join(data, 'analyses');
  const files = new Set<string>([join(folder, 'index.json')]);
  const visit = (file: string) => {
    if (files.has(file)) return;
    need(file, 'It is named in data/analyses/index.json or by another card.');
    files.add(file);
    const card = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof card.extends === 'string') visit(resolve(dirname(file), card.extends));
    for (const table of [...Object.values<{ url: string } | null>(card.tables ?? {}), card.display?.table]) {
      if (!table) continue;
      const path = resolve(dirname(file), table.url);
      need(path, 'Make the tables first: ./dev tables');
      files.add(path);
    }
  };
  need(join(folder, 'index.json'), 'It lists the built-in analyses.');
  for (const name of JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))) visit(join(folder, name));
  return [...files];
}

function need(file: string, hint: string): void {
  if (existsSync(file)) return;
  console.error(`The page cannot be built: ${file} is missing. ${hint}`);
  process.exit(1);
}

function dataPlugin(): Plugin {
  return {
    name: 'anyslice-data',
    buildStart() {
      for (const file of ['anyslice.mjs', 'anyslice.wasm']) {
        need(join(core, file), 'Build the core first: cmake --preset wasm && cmake --build --preset wasm');
      }
      dataFiles();
    },
    writeBundle() {
      for (const file of dataFiles()) {
        const target = join(site, 'data', file.slice(data.length + 1));
        mkdirSync(dirname(target), { recursive: true });
        cpSync(file, target);
      }
      const folder = join(data, 'analyses');
      const listed: Record<string, CardTitles> = {};
      for (const name of JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as string[]) {
        listed[name.replace(/\.json$/, '')] = titlesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      }
      writeFileSync(join(site, 'data/analyses', TITLES), JSON.stringify(listed));
    },
    configureServer(server) {
      server.middlewares.use('/data', (request, response, next) => {
        const file = resolve(data, `.${decodeURIComponent((request.url ?? '').split('?')[0]!)}`);
        if (!file.startsWith(data) || !existsSync(file)) return next();
        response.end(readFileSync(file));
      });
    },
  };
}

function policyPlugin(): Plugin {
  return {
    name: 'anyslice-policy',
    // The development server injects styles and scripts that the policy of the built page forbids.
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
    ],
  };
}

export default defineConfig({
  root: here,
  base: './',
  resolve: {
    alias: [
      { find: /^anyslice$/, replacement: join(repository, 'wasm/src/index.ts') },
      { find: '#module', replacement: join(core, 'anyslice.mjs') },
      { find: /^#core/, replacement: join(core, 'anyslice.wasm') },
    ],
  },
  worker: { format: 'es' },
  build: {
    outDir: site,
    emptyOutDir: true,
    target: 'es2022',
    // Styles and the core stay files: the policy allows no inlined ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Without this every module that the first visit shares with an export would become a file of its own.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
  server: { fs: { allow: [repository, core] } },
  plugins: [symbolsPlugin(join(data, 'analyses')), dataPlugin(), policyPlugin()],
});
