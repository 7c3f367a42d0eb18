// Unit tests of the page and of the package, in Node.

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { symbolsPlugin } from './symbols.ts';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '..');
const core = process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm');

export default defineConfig({
  root: repository,
  cacheDir: join(here, 'node_modules/.vite'),
  resolve: {
    alias: [
      // The tests lie outside this folder, where its packages would not be found.
      { find: /^vitest$/, replacement: join(here, 'node_modules/vitest/dist/index.js') },
      { find: /^anyslice$/, replacement: join(repository, 'wasm/src/index.ts') },
      { find: /^anyslice\/node$/, replacement: join(repository, 'wasm/src/node.ts') },
      { find: '#module', replacement: join(core, 'anyslice.mjs') },
    ],
  },
  plugins: [symbolsPlugin(join(repository, 'data/analyses'))],
  test: {
    include: ['tests/web/**/*.test.ts', 'tests/wasm/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
