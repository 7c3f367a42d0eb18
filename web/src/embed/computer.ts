// The core for all elements of a page: compiled once, in one pool of workers, with every analysis opened once.

import { type Analysis, compile, start } from 'anyslice';
import InlineWorker from '../../../wasm/src/worker.ts?worker&inline';

/** The core beside this script and its digest; the build puts them in. */
declare const EMBEDDED_CORE: { file: string; integrity: string };

const here = import.meta.url;
let anyslice: ReturnType<typeof start> | undefined;
const opened = new Map<string, Promise<Analysis>>();

/** The address of an analysis: a built-in one by its name, any other by the address of its card. */
export function addressOfCard(analysis: string): string {
  const isAddress = analysis.includes('/') || analysis.endsWith('.json');
  return isAddress
    ? new URL(analysis, document.baseURI).href
    : new URL(`../data/analyses/${encodeURIComponent(analysis)}.json`, here).href;
}

/** The same figure on the page itself, by the address that it has under the page's name of the analysis; null where the
 * page does not have the card. */
export function pageAddress(analysis: string, addressOf: (name: string) => string): string | null {
  const folder = new URL('../data/analyses/', here).href;
  const card = addressOfCard(analysis).replace(/[?#].*/, '');
  const name = card.startsWith(folder) ? card.slice(folder.length).replace(/\.json$/, '') : '';
  return name === '' ? null : new URL(`../${addressOf(decodeURIComponent(name))}`, here).href;
}

export function open(url: string): Promise<Analysis> {
  anyslice ??= start({
    module: compile(new URL(EMBEDDED_CORE.file, here), EMBEDDED_CORE.integrity),
    createWorker: () => new InlineWorker({ name: 'anyslice' }),
  });
  let analysis = opened.get(url);
  if (!analysis) {
    analysis = anyslice.load(url);
    opened.set(url, analysis);
    // A failed download may succeed the next time.
    analysis.catch(() => opened.delete(url));
  }
  return analysis;
}
