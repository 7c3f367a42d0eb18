// What the page and its workers say to each other.

import type { TableNeed } from './engine.ts';
import type { ErrorDetail } from './errors.ts';
import type { Card } from './types.ts';

/** A piece of work for one engine. `analysis` is a key chosen by the page, the same in every worker. */
export type Work =
  | { action: 'open'; analysis: string; documents: Record<string, string>; root: string }
  | { action: 'attach'; analysis: string; table: string; bytes: Uint8Array<ArrayBuffer>; source: string }
  | { action: 'call'; analysis: string; method: string; request: object }
  | { action: 'close'; analysis: string };

export type Message = { id: number } & ({ action: 'start'; module: WebAssembly.Module } | Work);

export type Answer = { id: number } & ({ ok: true; value: unknown } | { ok: false; error: ErrorDetail });

/** The value of `open`. */
export interface OpenValue {
  missing: string[];
  card?: Card;
  tables?: TableNeed[];
}
