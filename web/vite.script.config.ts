// Builds one entry as a single classic script that brings its worker along: for the page as one file, and for scripts
// that must be one file. The entry and the place of the result come from bundle/scripts.mjs.

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { symbolsPlugin } from './symbols.ts';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '..');
const data = process.env['ANYSLICE_DATA'] ?? join(repository, 'data');
const core = process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm');

export default defineConfig({
  root: here,
  base: './',
  publicDir: false,
  resolve: {
    alias: [
      { find: /^anyslice$/, replacement: join(repository, 'wasm/src/index.ts') },
      { find: '#module', replacement: join(core, 'anyslice.mjs') },
      { find: /^#core/, replacement: join(core, 'anyslice.wasm') },
    ],
  },
  plugins: [symbolsPlugin(join(data, 'analyses'))],
  worker: { format: 'iife' },
  build: {
    write: false,
    target: 'es2022',
    // Whatever a style sheet names goes into it.
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
