// The page as one HTML file: the shell, the card and tables of one analysis, and the settings to begin with.

import type { ReadBytes } from 'anyslice';
import type { DroppedCurve } from '../dropped.ts';
import { ADDRESS_FILE, CURVES_FILE, embedded, PLACE } from './embedded_files.ts';
import type { Resources } from './resources.ts';

/** Card by card (an analysis may extend another) every file that the analysis needs, by its address. */
export async function filesOf(card: URL, read: ReadBytes): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const wanted = [card.href];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (files.has(next)) continue;
    const content = await read(next);
    files.set(next, content);
    if (!new URL(next).pathname.endsWith('.json')) continue;
    const {
      extends: base,
      tables,
      display,
    } = JSON.parse(new TextDecoder().decode(content)) as {
      extends?: string;
      tables?: Record<string, { url?: string } | null>;
      display?: { table?: { url?: string } } | null;
    };
    const named = [base, ...Object.values(tables ?? {}).map((table) => table?.url), display?.table?.url];
    for (const name of named) if (name) wanted.push(new URL(name, next).href);
  }
  return files;
}

/** The page with this analysis alone, opening with this address (`#…`) and with curves from files. */
export async function pageAsOneFile(
  resources: Resources,
  card: string,
  address: string,
  curves: DroppedCurve[],
): Promise<Blob> {
  const [shell, files] = await Promise.all([
    resources.shell(),
    filesOf(new URL(`${card}.json`, resources.folder), resources.read),
  ]);
  const text = (content: string) => new TextEncoder().encode(content);
  const parts = [
    embedded(ADDRESS_FILE, text(address)),
    embedded(CURVES_FILE, text(JSON.stringify(curves))),
    embedded('data/analyses/index.json', text(JSON.stringify([`${card}.json`]))),
    ...[...files].map(([url, content]) => embedded(`data/${url.slice(resources.root.href.length)}`, content)),
  ];
  const [before, after, ...more] = shell.split(PLACE);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the template of the page has no place for its files');
  }
  return new Blob([before, ...(await Promise.all(parts)), PLACE, after], { type: 'text/html' });
}
