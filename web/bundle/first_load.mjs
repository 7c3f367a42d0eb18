// What a visit without an address asks for before its limit and the list of analyses are on display, by path from the folder
// of the site. A test compares it with what a browser asks for.

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export function firstLoad(site) {
  const textOf = (path) => readFileSync(join(site, path), 'utf8');
  const page = textOf('index.html');
  const files = new Set(['index.html']);
  // Scripts, styles and the icon are named in the page, relative to it; the worker and the core by the scripts.
  for (const [, url] of page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) files.add(url);
  for (const script of [...files].filter((file) => file.endsWith('.js'))) {
    for (const [name] of textOf(script).matchAll(/[\w-]+\.wasm\b|\bworker-[\w-]+\.js\b/g)) {
      if (/-/.test(name)) files.add(posix.join(posix.dirname(script), name));
    }
  }
  const cards = JSON.parse(textOf('data/analyses/index.json'));
  for (const file of ['index.json', 'titles.json', cards[0]]) files.add(posix.join('data/analyses', file));
  const { tables } = JSON.parse(textOf(posix.join('data/analyses', cards[0])));
  for (const { url } of Object.values(tables ?? {})) files.add(posix.join('data/analyses', url));
  return [...files];
}
