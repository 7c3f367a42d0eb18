// Help: a short guide and the keys, in a dialog that opens with "?".

import { element } from './dom.ts';

const GUIDE: [string, string][] = [
  [
    'Read the plot',
    'The shaded side is excluded at the confidence level stated. Move over the plot, or move a point with the arrow keys, to read the numbers there; click or press Enter to keep the point.',
  ],
  [
    'Ask for your model',
    'Choose what is on the axes and set every other parameter: simulated events are re-weighted to it and the limit follows at once.',
  ],
  [
    'Look closer and compare',
    'Zoom with Ctrl (⌘) and the wheel, with the wheel alone once the plot has been clicked, with two fingers, by dragging a rectangle with Shift, or with the buttons: the window is computed anew. Pin a curve to see how far the next one is from it; drop a file of two columns on the plot to draw it, too.',
  ],
  [
    'Know what it stands on',
    'The line under the plot names everything the curve depends on. Errors that are left by the finite number of simulated events stand beside each number; where events are too few, the plot is hatched.',
  ],
  [
    'Take it with you',
    'The address of the page holds all settings: a link to it shows the same. Curves, pictures and workspaces can be exported.',
  ],
];

const KEYS: [string[], string][] = [
  [['?'], 'this help'],
  [['Ctrl', 'Z'], 'undo the last change'],
  [['Ctrl', 'Shift', 'Z'], 'redo it'],
  [['←', '→', '↑', '↓'], 'on the plot: move the point; with Shift, further'],
  [['Enter'], 'on the plot: pin the point'],
  [['+', '−', '0'], 'on the plot: zoom in, zoom out, show the whole figure'],
  [['Ctrl', 'wheel'], 'over the plot: zoom; the wheel alone once the plot has been clicked'],
  [['PgUp', 'PgDn', 'Home', 'End'], 'on the plot: move the window'],
  [['Esc'], 'on the plot: release the point; elsewhere: close'],
];

/** Opens with the button; the function that is returned opens it, too. */
export function startHelp(button: HTMLElement): () => void {
  let dialog: HTMLDialogElement | null = null;
  const open = () => {
    dialog ??= makeDialog();
    if (!dialog.open) dialog.showModal();
  };
  button.addEventListener('click', open);
  return open;
}

function makeDialog(): HTMLDialogElement {
  const close = element('button', { type: 'button', class: 'small' }, 'Close');
  const dialog = element(
    'dialog',
    { id: 'help', 'aria-labelledby': 'help-title' },
    element('header', {}, element('h2', { id: 'help-title' }, 'How to use this page'), close),
    element(
      'dl',
      {},
      GUIDE.flatMap(([head, text]) => [element('dt', {}, head), element('dd', {}, text)]),
    ),
    element('h3', {}, 'Keys'),
    element(
      'table',
      { class: 'keys' },
      element(
        'tbody',
        {},
        KEYS.map(([keys, text]) =>
          element(
            'tr',
            {},
            element(
              'th',
              { scope: 'row' },
              keys.flatMap((key, i) => [i > 0 ? ' ' : '', element('kbd', {}, key)]),
            ),
            element('td', {}, text),
          ),
        ),
      ),
    ),
  );
  close.addEventListener('click', () => dialog.close());
  // Outside of what the dialog shows lies its backdrop.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  return dialog;
}
