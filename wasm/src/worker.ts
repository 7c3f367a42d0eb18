// The script of a computation worker: one engine, answering one message at a time.

import { Desk } from './desk.ts';
import { AnysliceError, type ErrorDetail } from './errors.ts';
import type { Answer, Message } from './protocol.ts';

interface Port {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(answer: Answer): void;
}

const port = globalThis as unknown as Port;
let desk: Promise<Desk> | undefined;

// Messages are answered in order: each waits for the engine, which is started by the first.
port.onmessage = async ({ data }) => {
  try {
    if (data.action === 'start') {
      desk = Desk.start(data.module);
      await desk;
      port.postMessage({ id: data.id, ok: true, value: null });
      return;
    }
    if (!desk) throw new Error('The worker was not started.');
    port.postMessage({ id: data.id, ok: true, value: (await desk).do(data) });
  } catch (error) {
    // Bad input is an answer. Anything else means that the engine can no longer be trusted: the worker fails visibly
    // and the page replaces it.
    if (!(error instanceof AnysliceError)) {
      setTimeout(() => {
        throw error;
      });
      return;
    }
    const detail: ErrorDetail = error.toDetail();
    port.postMessage({ id: data.id, ok: false, error: detail });
  }
};
