// The page as one file: everything it needs is inside it.

import InlineWorker from '../../wasm/src/worker.ts?worker&inline';
import { startPage } from './page.ts';
import { ADDRESS_FILE, CURVES_FILE, embeddedFiles, INSIDE, readEmbedded } from './ship/embedded_files.ts';
import { LICENCES } from './ship/licences.ts';

// As it was written, before anything is changed in it: what it is saved as again.
const page = document.documentElement.cloneNode(true) as HTMLElement;
const CORE = 'anyslice.wasm';
const root = new URL('data/', INSIDE);
const has = (name: string) => embeddedFiles(page).some((script) => script.dataset['file'] === name);

async function begin(): Promise<void> {
  const textOf = async (name: string) =>
    has(name) ? new TextDecoder().decode(await readEmbedded(page, name)) : undefined;
  const [address = '', curves = 'null'] = [await textOf(ADDRESS_FILE), await textOf(CURVES_FILE)];
  await startPage({
    root,
    folder: new URL('analyses/', root),
    read: (url) => readEmbedded(page, url),
    compile: async () => WebAssembly.compile(await readEmbedded(page, CORE)),
    createWorker: () => new InlineWorker({ name: 'anyslice' }),
    site: null,
    address,
    curves: JSON.parse(curves),
    shell: async () => shellOf(page),
  });
}

/** The page without its analyses. */
function shellOf(page: Element): string {
  const copy = page.cloneNode(true) as Element;
  for (const script of embeddedFiles(copy)) {
    if ([CORE, LICENCES].includes(script.dataset['file']!)) continue;
    script.nextSibling?.remove();
    script.remove();
  }
  return `<!doctype html>\n${copy.outerHTML}\n`;
}

begin();
