// A worker thread of Node as the pool wants its workers.

import { Worker } from 'node:worker_threads';
import type { WorkerLike } from './pool.ts';
import type { Answer, Message } from './protocol.ts';

/** Keeps the process alive only while an answer is awaited: a program ends by itself when it has what it asked for. */
export class Thread implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  private readonly worker: Worker;
  private awaited = 0;

  constructor(script: URL) {
    this.worker = new Worker(script, { name: 'anyslice' });
    this.worker.on('message', (data: Answer) => {
      this.onmessage?.({ data } as MessageEvent<Answer>);
      if (--this.awaited === 0) this.worker.unref();
    });
    this.worker.on('error', (error) => this.onerror?.({ message: error.message } as ErrorEvent));
    this.worker.on('messageerror', (error) => this.onmessageerror?.({ data: error } as MessageEvent));
  }

  postMessage(message: Message): void {
    if (++this.awaited === 1) this.worker.ref();
    this.worker.postMessage(message);
  }

  terminate(): void {
    this.worker.terminate();
  }
}
