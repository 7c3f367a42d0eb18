// A runner without workers: the engine of this thread, for Node and for pages that have no Worker.

import { Desk } from './desk.ts';
import { abortError } from './errors.ts';
import type { Runner, TaskOptions } from './pool.ts';
import type { Work } from './protocol.ts';

export class DirectRunner implements Runner {
  readonly size = 1;
  private readonly desk: Promise<Desk>;

  constructor(module: Promise<WebAssembly.Module>) {
    this.desk = module.then((compiled) => Desk.start(compiled));
    // Reported by whatever waits for it.
    this.desk.catch(() => {});
  }

  async everywhere(work: Work): Promise<unknown> {
    return (await this.desk).do(work);
  }

  forget(analysis: string): void {
    this.desk.then((desk) => desk.do({ action: 'close', analysis })).catch(() => {});
  }

  async run(work: Work, { signal }: TaskOptions = {}): Promise<unknown> {
    const desk = await this.desk;
    if (signal?.aborted) throw abortError();
    return desk.do(work);
  }

  close(): void {}
}
