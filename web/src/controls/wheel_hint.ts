// Says how the wheel zooms, when it has passed over a plot that leaves it to the page.

import { element } from '../dom.ts';

// Long enough to be read, in milliseconds.
const SHOWN = 1800;

export interface Hint {
  /** Whether it can be read now. */
  readonly shown: boolean;
  show(): void;
  hide(): void;
}

export class WheelHint implements Hint {
  private readonly root: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(area: HTMLElement) {
    const key = /Mac/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
    // The help says the same; who does not see the plot has no wheel over it.
    this.root = element('p', { id: 'wheel-hint', 'aria-hidden': 'true' }, `Click the plot, or hold ${key}, to zoom`);
    area.append(this.root);
  }

  get shown(): boolean {
    return this.timer !== undefined;
  }

  show(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), SHOWN);
    this.root.classList.add('shown');
  }

  hide(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.root.classList.remove('shown');
  }
}
