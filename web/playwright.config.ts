// Tests of the built page in a real browser: npm run build first.

import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const port = Number(process.env['ANYSLICE_TEST_PORT'] ?? 8173);
const system = process.env['ANYSLICE_CHROMIUM'] ?? '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const MEASURED = /without holding up the page/;

export default defineConfig({
  testDir: '../tests/web',
  testMatch: '*.spec.ts',
  // Where the tests, which lie outside this folder, find their tools.
  tsconfig: './tsconfig.e2e.json',
  outputDir: '../build/playwright',
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 2,
  // A busy machine may stop a browser for longer than a test waits: a second attempt tells that from a fault, and ./dev
  // names what needed one.
  retries: 1,
  // What measures how the page keeps up with its reader has the machine for itself.
  projects: [
    { name: 'together', grepInvert: MEASURED },
    { name: 'alone', grep: MEASURED, workers: 1, dependencies: ['together'] },
  ],
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}/`,
    // What a test intercepts must reach the network.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 800 },
    // A Chromium of the system where there is one, else the one that Playwright installs.
    launchOptions: existsSync(system) ? { executablePath: system, args: flags } : {},
  },
  webServer: {
    command: `node serve.mjs --port ${port}`,
    port,
    reuseExistingServer: false,
  },
});
