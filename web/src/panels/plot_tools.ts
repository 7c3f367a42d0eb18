// The buttons of the plot.

import { element } from '../dom.ts';

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
  const button = (id: string, text: string, title: string, label?: string) =>
    element('button', { type: 'button', class: 'small', id, title, 'aria-label': label }, text);
  const tools: PlotTools = {
    closer: button(
      'zoom-in',
      '+',
      'Zoom in (key +; Ctrl and the wheel, or the wheel alone once the plot has been clicked)',
      'Zoom in',
    ),
    farther: button('zoom-out', '−', 'Zoom out (key −)', 'Zoom out'),
    whole: button('zoom-whole', 'Whole figure', 'The ranges of the figure again (key 0, or a double click)'),
    box: button('zoom-box', 'Box', 'Drag a rectangle to zoom into it (or drag with Shift)', 'Zoom into a rectangle'),
    keep: button('pin-curve', 'Pin curve', 'Keep what is drawn now, to compare it with what the settings give next'),
    file: button('add-overlay', 'Add a curve…', 'Draw a curve from a file of two columns; it can also be dropped here'),
    full: button('full-screen', 'Full screen', 'The plot over the whole screen (Escape leaves it)'),
  };
  tools.box.setAttribute('aria-pressed', 'false');
  root.append(
    element('span', { class: 'together' }, tools.closer, tools.farther, tools.whole, tools.box),
    tools.keep,
    tools.file,
    tools.full,
  );
  return tools;
}
