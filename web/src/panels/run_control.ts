// A long computation that the reader starts: a button, its progress, a way to cancel it, and what became of it.

import { isAbort, type RunOptions } from 'anyslice';
import { Announcer } from '../announcer.ts';
import { element } from '../dom.ts';

export interface Run {
  /** On the button. */
  label: string;
  /** Where nothing has been computed. */
  none: string;
  /** Does the work; what it returns is said in the end. */
  work: (options: RunOptions) => Promise<string>;
}

export class RunControl {
  readonly root: HTMLElement;
  private readonly start: HTMLButtonElement;
  private readonly cancel = element('button', { type: 'button', class: 'small' }, 'Cancel');
  private readonly bar: HTMLProgressElement;
  private readonly words = element('p', { class: 'run-words' });
  // Progress is seen; only beginning and end are said.
  private readonly spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly announcer = new Announcer(this.spoken);
  private controller: AbortController | null = null;

  /** `fields`: what the reader may set before the start. */
  constructor(
    private readonly run: Run,
    ...fields: HTMLElement[]
  ) {
    this.start = element('button', { type: 'button' }, run.label);
    this.bar = element('progress', { max: 1, 'aria-label': `Progress: ${run.label}` });
    this.start.addEventListener('click', () => this.begin());
    this.cancel.setAttribute('aria-label', `Cancel: ${run.label}`);
    this.cancel.addEventListener('click', () => {
      this.stop('Cancelled: nothing was computed.');
      this.start.focus();
    });
    this.root = element('div', { class: 'run' }, ...fields, this.start, this.cancel, this.bar, this.words, this.spoken);
    this.rest(run.none);
  }

  /** Ends what is running and forgets what was said: it belonged to something else. */
  reset(possible = true): void {
    const wasRunning = this.controller !== null;
    this.controller?.abort();
    this.controller = null;
    this.rest(wasRunning ? 'Cancelled: the settings or the point have changed.' : this.run.none);
    this.start.disabled = !possible;
  }

  private stop(words: string): void {
    this.controller?.abort();
    this.controller = null;
    this.rest(words);
    this.announcer.say(words);
  }

  private async begin(): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    this.start.hidden = true;
    this.cancel.hidden = this.bar.hidden = false;
    this.bar.removeAttribute('value');
    this.words.textContent = 'Computing…';
    this.announcer.say(`${this.run.label}: computing`);
    this.cancel.focus();
    let words: string;
    try {
      words = await this.run.work({
        signal: controller.signal,
        onProgress: (done, total) => {
          if (this.controller !== controller) return;
          [this.bar.max, this.bar.value] = [total, done];
          this.words.textContent = `Computing: ${done} of ${total}`;
        },
      });
    } catch (error) {
      // Whoever cancelled it has also said so.
      if (this.controller !== controller || isAbort(error)) return;
      words = error instanceof Error ? error.message : String(error);
    }
    if (this.controller !== controller) return;
    this.controller = null;
    const focused = this.cancel === document.activeElement;
    this.rest(words);
    this.announcer.say(words);
    if (focused) this.start.focus();
  }

  private rest(words: string): void {
    this.start.hidden = false;
    this.cancel.hidden = this.bar.hidden = true;
    this.words.textContent = words;
  }
}
