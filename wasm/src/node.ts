// The package for Node: the same API in this thread, reading cards and tables from files.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Anyslice } from './analysis.ts';
import { DirectRunner } from './direct.ts';
import { readByFetch } from './download.ts';
import { AnysliceError } from './errors.ts';

export { Analysis, Anyslice } from './analysis.ts';
export { AnysliceError, type ErrorDetail } from './errors.ts';
export type * from './types.ts';

/** Starts the core from the file `core` (anyslice.wasm), by default the one of this package. */
export function startInNode(core: string | URL = new URL('./anyslice.wasm', import.meta.url)): Anyslice {
  const module = readFile(core).then((bytes) => WebAssembly.compile(bytes));
  return new Anyslice(new DirectRunner(module), readFileOrFetch);
}

async function readFileOrFetch(url: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!url.startsWith('file:')) return readByFetch(url);
  try {
    return new Uint8Array(await readFile(fileURLToPath(url)));
  } catch (error) {
    throw new AnysliceError({
      source: url,
      expected: 'a readable file',
      message: `${url} could not be read: ${error instanceof Error ? error.message : String(error)}.`,
    });
  }
}
