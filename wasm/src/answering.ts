// What a computation worker does, in a browser or in Node: one engine, answering one message at a time.

import { Desk } from './desk.ts';
import { AnysliceError, type ErrorDetail } from './errors.ts';
import type { Answer, Message } from './protocol.ts';

/** Answers messages by `post`. They are answered in order: each waits for the engine, which is started by the first. */
export function answering(post: (answer: Answer) => void): (message: Message) => Promise<void> {
  let desk: Promise<Desk> | undefined;
  return async (message) => {
    try {
      if (message.action === 'start') {
        desk = Desk.start(message.module);
        await desk;
        post({ id: message.id, ok: true, value: null });
        return;
      }
      if (!desk) throw new Error('The worker was not started.');
      post({ id: message.id, ok: true, value: (await desk).do(message) });
    } catch (error) {
      // Bad input is an answer. Anything else means that the engine can no longer be trusted: the worker fails visibly
      // and the pool replaces it.
      if (!(error instanceof AnysliceError)) {
        setTimeout(() => {
          throw error;
        });
        return;
      }
      const detail: ErrorDetail = error.toDetail();
      post({ id: message.id, ok: false, error: detail });
    }
  };
}
