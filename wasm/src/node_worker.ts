// The script of a computation worker in Node.

import { parentPort } from 'node:worker_threads';
import { answering } from './answering.ts';

const port = parentPort!;
port.on(
  'message',
  answering((value) => port.postMessage(value)),
);
