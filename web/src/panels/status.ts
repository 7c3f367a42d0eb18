// The status line: what is being computed, how far it is, a way to cancel it, and messages that stay.

import type { Announcer } from '../announcer.ts';
import { formatNumber } from '../format.ts';

// Faster computations show no progress: it would only flicker.
const PATIENCE = 100;

export class Status {
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The beginning has been shown and announced; so will be the end. */
  private begun = false;
  /** The last word was that of a cancellation. */
  private cancelled = false;

  constructor(
    private readonly line: HTMLElement,
    private readonly bar: HTMLProgressElement,
    private readonly cancel: HTMLButtonElement,
    private readonly message: HTMLElement,
    private readonly messageText: HTMLElement,
    onCancel: () => void,
    dismiss: HTMLButtonElement,
    private readonly announcer: Announcer,
  ) {
    cancel.addEventListener('click', onCancel);
    dismiss.addEventListener('click', () => this.clearMessage());
  }

  start(what: string): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.line.textContent = what;
      this.bar.removeAttribute('value');
      this.bar.hidden = false;
      this.cancel.hidden = false;
      this.begun = true;
      this.announcer.say(what);
    }, PATIENCE);
  }

  progress(done: number, total: number): void {
    if (this.bar.hidden) return;
    this.bar.max = total;
    this.bar.value = done;
    this.line.textContent = `Computing: ${done} of ${total}`;
  }

  done(duration: number): void {
    const text = `Computed in your browser in ${formatNumber(duration / 1000, 2)} s`;
    // What is there at once needs no announcement: it would follow every small change.
    if (this.begun) this.announcer.say(text);
    this.begun = false;
    this.stop();
    this.line.textContent = text;
  }

  /** What has been computed before is shown again. After a cancellation nothing was computed: its word stays. */
  doneBefore(duration: number): void {
    if (!this.cancelled) this.done(duration);
  }

  /** Something was cancelled, and what became of it. */
  sayCancelled(text: string): void {
    this.say(`Cancelled: ${text}`);
    this.cancelled = true;
  }

  say(text: string): void {
    this.begun = false;
    this.stop();
    this.line.textContent = text;
    this.announcer.say(text);
  }

  /** A word aside, which leaves progress where it is. */
  remark(text: string): void {
    this.line.textContent = text;
    this.announcer.say(text);
  }

  /** One message that stays until the reader dismisses it or another takes its place. */
  tell(text: string, kind: 'error' | 'note' = 'error'): void {
    if (text === '') return;
    this.messageText.textContent = text;
    this.message.dataset['kind'] = kind;
    this.message.hidden = false;
  }

  clearMessage(): void {
    this.message.hidden = true;
    this.messageText.textContent = '';
  }

  private stop(): void {
    this.cancelled = false;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.bar.hidden = true;
    this.cancel.hidden = true;
  }
}
