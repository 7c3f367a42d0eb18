// The page as one file in Firefox: it opens from a disk, computes what the command line computes, and asks nobody.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { Firefox, firefoxProgram } from './firefox.ts';
import { cardPath, native, repository } from './native.ts';

const site = process.env['ANYSLICE_SITE'] ?? join(repository, 'build/site');
const SETTINGS = '#card=microboone-kdar-scalar&preset=figure-2&x=110:190&points=9&cl=0.9&method=cls-exact';
const COMMAND = ['--on', 'theta', '--versus', 'mS=110:190:9', '--cl', '0.9', '--method', 'cls-exact'];

/** Runs in the page: violations become errors of the console, and what is offered for download is kept. */
const PRELUDE = `() => {
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    if (blob.type === 'text/csv') globalThis.taken = blob;
    return make(blob);
  };
}`;

/** The value of an expression as soon as it is true, for a minute at most. */
const once = (expression: string) => `(async () => {
  for (let i = 0; i < 600; ++i) {
    const value = await (${expression});
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return '';
})()`;

/** Rows of numbers, without comments; null for an empty cell. */
function rowsOf(csv: string): { header: string; rows: (number | null)[][] } {
  const [header = '', ...lines] = csv.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { header, rows: lines.map((line) => line.split(',').map((cell) => (cell === '' ? null : Number(cell)))) };
}

test('one file from a disk in Firefox gives the limit of the command line', async () => {
  // Chromium is what all other tests need; this is said, not hidden, where Firefox is not to be had.
  test.skip(!firefoxProgram, 'Firefox is not installed (or name it in ANYSLICE_FIREFOX)');
  test.setTimeout(150_000);
  const firefox = await Firefox.start(firefoxProgram!, PRELUDE);
  try {
    await firefox.open(pathToFileURL(join(site, 'anyslice.html')).href + SETTINGS);
    const status = "document.querySelector('#status-line').textContent.match(/^Computed in your browser.*/)?.[0]";
    expect(await firefox.read(once(status))).toMatch(/^Computed/);
    await firefox.read("document.querySelector('#export-csv').click()");
    const csv = await firefox.read(once('globalThis.taken?.text()'));

    const ours = rowsOf(csv);
    const theirs = rowsOf(native('limit', cardPath('microboone-kdar-scalar'), ...COMMAND, '--format', 'csv'));
    expect(ours.header).toBe(theirs.header);
    expect(ours.rows).toHaveLength(9);
    for (const [i, row] of theirs.rows.entries()) {
      for (const [k, value] of row.entries()) {
        if (value === null) expect(ours.rows[i]![k]).toBeNull();
        else expect(Math.abs(ours.rows[i]![k]! - value)).toBeLessThanOrEqual(1e-6 * Math.abs(value));
      }
    }
    expect(firefox.errors).toEqual([]);
    expect(firefox.requests.length).toBeGreaterThan(0);
    expect(firefox.requests.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
  } finally {
    await firefox.stop();
  }
});
