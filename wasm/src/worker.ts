// The script of a computation worker in a browser.

import { answering } from './answering.ts';
import type { Answer, Message } from './protocol.ts';

interface Port {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(answer: Answer): void;
}

const port = globalThis as unknown as Port;
const answer = answering((value) => port.postMessage(value));
port.onmessage = ({ data }) => answer(data);
