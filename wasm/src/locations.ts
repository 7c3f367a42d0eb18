// Where the package finds its own files: the compiled core and the worker script.

import { AnysliceError } from './errors.ts';
import type { WorkerLike } from './pool.ts';

/** Fetches and compiles the core; by default the file beside the package. `integrity`: its digest, as in a <script>. */
export async function compile(url: string | URL = coreUrl(), integrity = ''): Promise<WebAssembly.Module> {
  const response = await fetch(url, { integrity });
  if (!response.ok) {
    throw new AnysliceError({
      source: String(url),
      message: `The computation core could not be fetched: the server answered ${response.status} for ${url}.`,
    });
  }
  // Servers that do not know the type of .wasm files would make streaming compilation fail.
  if (response.headers.get('content-type')?.startsWith('application/wasm')) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

export function createWorker(): WorkerLike {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'anyslice' });
}

function coreUrl(): URL {
  return new URL(/* @vite-ignore */ './anyslice.wasm', import.meta.url);
}
