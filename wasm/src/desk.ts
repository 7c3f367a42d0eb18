// Carries out work on one engine; used inside a worker, and directly where there are no workers.

import { Engine } from './engine.ts';
import { AnysliceError } from './errors.ts';
import type { OpenValue, Work } from './protocol.ts';

export class Desk {
  private readonly handles = new Map<string, number>();

  constructor(private readonly engine: Engine) {}

  static async start(compiled: WebAssembly.Module): Promise<Desk> {
    return new Desk(await Engine.start(compiled));
  }

  do(work: Work): unknown {
    switch (work.action) {
      case 'open': {
        this.close(work.analysis);
        const opened = this.engine.open(work.documents, work.root);
        if ('missing' in opened) return { missing: opened.missing } satisfies OpenValue;
        this.handles.set(work.analysis, opened.handle);
        return { missing: [], card: opened.card, tables: opened.tables } satisfies OpenValue;
      }
      case 'attach':
        return this.engine.attach(this.handle(work.analysis), work.table, work.bytes, work.source);
      case 'call':
        return this.engine.call(this.handle(work.analysis), work.method, work.request);
      case 'close':
        this.close(work.analysis);
        return null;
    }
  }

  private close(analysis: string): void {
    const handle = this.handles.get(analysis);
    if (handle === undefined) return;
    this.engine.close(handle);
    this.handles.delete(analysis);
  }

  private handle(analysis: string): number {
    const handle = this.handles.get(analysis);
    if (handle === undefined) {
      throw new AnysliceError({ source: analysis, message: `The analysis ${analysis} is not open.` });
    }
    return handle;
  }
}
