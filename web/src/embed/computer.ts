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

/** The same figure on the page itself. */
export function pageAddress(address: string): string {
  return new URL(`../${address}`, here).href;
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
