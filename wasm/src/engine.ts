// One instance of the core: turns its value-or-error JSON into values and AnysliceErrors.

import createModule, { type CoreModule } from '#module';
import { AnysliceError, type ErrorDetail } from './errors.ts';
import type { Card } from './types.ts';

type Reply<Value> = { ok: true; value: Value } | { ok: false; error: ErrorDetail };

/** A table that an opened card asks for. */
export interface TableNeed {
  name: string;
  url: string;
  sha256: string;
}

/** The answer to `open`: either cards that are still missing, or the opened analysis. */
export type Opened = { missing: string[] } | { handle: number; card: Card; tables: TableNeed[] };

export class Engine {
  private constructor(private readonly core: CoreModule) {}

  /** Instantiates a compiled module: some milliseconds, unlike compiling it. */
  static async start(compiled: WebAssembly.Module): Promise<Engine> {
    const core = await new Promise<CoreModule>((resolve, reject) => {
      createModule({
        instantiateWasm: (imports, done) => {
          WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), reject);
          return {};
        },
        // The module never loads a file by itself: what it asks for is returned unchanged.
        locateFile: (file) => file,
      }).then(resolve, reject);
    });
    return new Engine(core);
  }

  open(documents: Record<string, string>, root: string): Opened {
    return read<Opened>(this.core.open(JSON.stringify(documents), root));
  }

  /** `bytes`: the uncompressed table; `source` names it in messages. */
  attach(handle: number, table: string, bytes: Uint8Array, source: string): { rows: number } {
    return read<{ rows: number }>(this.core.attach(handle, table, bytes, source));
  }

  call(handle: number, method: string, request: object): unknown {
    return read<unknown>(this.core.call(handle, method, JSON.stringify(request, finite)));
  }

  close(handle: number): void {
    this.core.close(handle);
  }
}

/** JSON has no NaN and no infinity: it would silently write null, which means "the default". */
function finite(field: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  const message = `request: ${field}: expected a finite number, found ${value}`;
  throw new AnysliceError({ source: 'request', field, expected: 'a finite number', message });
}

function read<Value>(text: string): Value {
  const reply = JSON.parse(text) as Reply<Value>;
  if (!reply.ok) throw new AnysliceError(reply.error);
  return reply.value;
}
