// The package for Node: the same API in worker threads, reading cards and tables from files or addresses.

import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Anyslice } from './analysis.ts';
import { DirectRunner } from './direct.ts';
import { readByFetch } from './download.ts';
import { AnysliceError } from './errors.ts';
import { Pool, type TaskOptions, type WorkerReplaced } from './pool.ts';
import type { Work } from './protocol.ts';
import { Thread } from './thread.ts';

export { Analysis, Anyslice } from './analysis.ts';
export { AnysliceError, type ErrorDetail, isAbort } from './errors.ts';
export type { TaskOptions, WorkerReplaced } from './pool.ts';
export type * from './types.ts';

export interface NodeOptions {
  /** Worker threads; by default one less than the machine has cores, from 1 to 8. Each holds the analysis with its tables.
   * With 0 everything is done in the calling thread, where a computation that has begun cannot be cancelled. */
  threads?: number;
  /** A worker was lost and another has taken its place. */
  onWorkerReplaced?: (event: WorkerReplaced) => void;
}

/** Starts the core from the file `core` (anyslice.wasm), by default the one of this package. `load` then takes paths, from
 * the working directory, as well as addresses (http:, https:, file:). The threads do not keep a program from ending. */
export function startInNode(
  core: string | URL = new URL('./anyslice.wasm', import.meta.url),
  { threads = Math.min(8, Math.max(1, availableParallelism() - 1)), onWorkerReplaced }: NodeOptions = {},
): Anyslice {
  if (!Number.isInteger(threads) || threads < 0) {
    throw new AnysliceError({
      field: 'threads',
      expected: 'a whole number from 0',
      message: `threads: ${threads} is not a whole number from 0.`,
    });
  }
  const module = readFile(core).then((bytes) => WebAssembly.compile(bytes));
  const createWorker = () => new Thread(new URL('./node_worker.js', import.meta.url));
  const runner =
    threads === 0
      ? new DirectRunner(module)
      : new ThreadPool({ createWorker, module, size: threads, onWorkerReplaced });
  return new Anyslice(runner, readFileOrFetch, addressOf);
}

class ThreadPool extends Pool {
  override run(work: Work, options: TaskOptions = {}): Promise<unknown> {
    // A run in many pieces listens once for each, which Node takes for a leak.
    if (options.signal) setMaxListeners(0, options.signal);
    return super.run(work, options);
  }
}

/** The address of a path; an address stays as it is. One letter before a colon is a drive of Windows. */
function addressOf(place: string): string {
  return /^[a-z][-+.a-z\d]+:/i.test(place) ? place : pathToFileURL(resolve(place)).href;
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
