// The plot over the whole screen, and on paper.

import { setIcon } from '../icons.ts';
import type { Plot } from '../plot/plot.ts';
import { KNOWS_POPOVERS } from './popover.ts';

// What lies over the plot while it is open. A selector that a browser does not know is an error.
const OPEN = `dialog[open], details.menu[open]${KNOWS_POPOVERS ? ', :popover-open' : ''}`;

/** `button`, one of `tools`, shows `figure` over the whole screen, or over the whole window where browsers do not allow
 * more. The tools come with it. */
export function fillScreen(figure: HTMLElement, tools: HTMLElement, button: HTMLButtonElement): void {
  const home = document.createComment('');
  tools.after(home);
  const isFull = () => figure.classList.contains('full');
  const set = (full: boolean) => {
    if (full === isFull()) return;
    figure.classList.toggle('full', full);
    document.documentElement.classList.toggle('filled', full);
    if (full) figure.prepend(tools);
    else home.before(tools);
    // What has been moved has lost the focus.
    button.focus();
    button.setAttribute('aria-pressed', String(full));
    setIcon(button, full ? 'leave' : 'full', full ? 'Leave full screen' : 'Full screen');
  };
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', async () => {
    if (isFull()) {
      if (document.fullscreenElement) await document.exitFullscreen();
      set(false);
      return;
    }
    set(true);
    // A refusal leaves the plot over the window.
    await figure.requestFullscreen?.().catch(() => {});
  });
  document.addEventListener('fullscreenchange', () => {
    if (document.fullscreenElement !== figure) set(false);
  });
  // Before others learn of it: one Escape does one thing. What lies over the plot is closed first.
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !isFull() || document.fullscreenElement) return;
      if (document.querySelector(OPEN)) return;
      event.preventDefault();
      event.stopPropagation();
      set(false);
    },
    { capture: true },
  );
}

// As wide as a page of paper, in pixels of the screen; the style sheet gives the plot the same shape.
const PAPER = { width: 960, height: 600 };

export function printLarge(plot: Plot): void {
  matchMedia('print').addEventListener('change', ({ matches }) => plot.forPaper(matches ? PAPER : null));
}
