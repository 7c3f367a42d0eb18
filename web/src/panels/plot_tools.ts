// The buttons of the plot.

import { element } from '../dom.ts';
import { type IconName, setIcon } from '../icons.ts';

export interface PlotTools {
  closer: HTMLButtonElement;
  farther: HTMLButtonElement;
  whole: HTMLButtonElement;
  box: HTMLButtonElement;
  keep: HTMLButtonElement;
  file: HTMLButtonElement;
  full: HTMLButtonElement;
}

/** Puts the buttons into `root`. */
export function plotTools(root: HTMLElement): PlotTools {
  const button = (id: string, icon: IconName, words: string, title: string) => {
    const made = element('button', { type: 'button', class: 'small', id, title });
    setIcon(made, icon, words);
    return made;
  };
  const tools: PlotTools = {
    closer: button(
      'zoom-in',
      'closer',
      'Zoom in',
      'Zoom in (key +; Ctrl and the wheel, or the wheel alone once the plot has been clicked)',
    ),
    farther: button('zoom-out', 'farther', 'Zoom out', 'Zoom out (key −)'),
    whole: button(
      'zoom-whole',
      'whole',
      'Whole figure',
      'Whole figure: its own ranges again (key 0, or a double click)',
    ),
    box: button('zoom-box', 'box', 'Zoom into a rectangle', 'Drag a rectangle to zoom into it (or drag with Shift)'),
    keep: button(
      'pin-curve',
      'pin',
      'Pin curve',
      'Pin curve: keep what is drawn now, to compare it with what comes next',
    ),
    file: button(
      'add-overlay',
      'file',
      'Add a curve…',
      'Add a curve from a file of two columns; it can also be dropped here',
    ),
    full: button('full-screen', 'full', 'Full screen', 'The plot over the whole screen (Escape leaves it)'),
  };
  tools.box.setAttribute('aria-pressed', 'false');
  root.append(
    element('span', { class: 'together' }, tools.closer, tools.farther, tools.whole, tools.box),
    element('span', { class: 'together' }, tools.keep, tools.file, tools.full),
  );
  return tools;
}
