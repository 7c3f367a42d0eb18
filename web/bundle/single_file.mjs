// The page as one file: a shell without any analysis, and the file with all of them.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { imported } from './scripts.mjs';

const LICENCES = 'THIRD_PARTY_LICENSES.txt';
const { packedElement, PLACE } = await imported('src/ship/embedded_files.ts');

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The shell: the page of the site with script, styles, icon and core in it, under a policy that names just those. */
export async function shellOf(page, { script, style }, core, icon, licences) {
  // Neither may end the element that holds it; in JavaScript both spellings mean the same.
  const code = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  if (/<\/style/i.test(style)) throw new Error('The styles contain the end of the element that is to hold them.');
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)} 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src ${hash(style)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  let left = page;
  // Replacements are functions: "$" in what is put in would mean something else.
  const replace = (pattern, text) => {
    if (!pattern.test(left)) throw new Error(`The page is not as the single file expects it: ${pattern} is not there.`);
    left = left.replace(pattern, () => text);
  };
  replace(/(?<=<meta http-equiv="Content-Security-Policy" content=")[^"]*/, policy);
  replace(/<script type="module"[^>]*><\/script>\s*/, '');
  left = left.replace(/<link rel="(modulepreload|manifest)"[^>]*>\s*/g, '');
  replace(/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`);
  replace(/(?<=<link rel="icon" href=")[^"]*/, `data:image/svg+xml;base64,${icon.toString('base64')}`);
  const file =
    (await packedElement('anyslice.wasm', core, packed)) +
    (await packedElement(LICENCES, Buffer.from(licences), packed));
  replace(/<\/body>/, `${file}${PLACE}<script>${code}</script>\n</body>`);
  return left;
}

/** The shell with all cards and tables in the folder `data` of the site. */
export async function filled(shell, site) {
  const folder = join(site, 'data/analyses');
  const files = new Map();
  for (const name of readdirSync(folder).sort()) {
    // The titles are in the cards, which are all there.
    if (name === 'titles.json') continue;
    const text = readFileSync(join(folder, name), 'utf8');
    files.set(`data/analyses/${name}`, text);
    const { tables, display } = JSON.parse(text);
    for (const table of [...Object.values(tables ?? {}), display?.table]) {
      if (table) files.set(posix.join('data/analyses', table.url), null);
    }
  }
  let elements = '';
  for (const [name, text] of files) {
    elements +=
      text === null
        ? await packedElement(name, new Uint8Array(gunzipSync(readFileSync(join(site, name)))), packed)
        : `<script type="application/json" data-file="${name}">${text.replaceAll('<', '\\u003c')}</script>\n`;
  }
  return shell.replace(PLACE, () => elements + PLACE);
}

async function packed(bytes) {
  return gzipSync(bytes, { level: 9 });
}
