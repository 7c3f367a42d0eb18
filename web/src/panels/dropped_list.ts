// The list of curves that the reader has added from files.

import { element, replaceContent } from '../dom.ts';
import type { DroppedCurve } from '../dropped.ts';
import { lineKey } from './legend.ts';

/** `first`: the index of the first one's colour. */
export function showDropped(
  root: HTMLElement,
  curves: DroppedCurve[],
  first: number,
  remove: (curve: DroppedCurve) => void,
): void {
  // Under a moving slider the list stays as it is.
  const known = JSON.stringify([first, curves.map(({ name, x, y, lines }) => [name, x, y, lines.flat().length])]);
  if (root.dataset['shown'] === known) return;
  root.dataset['shown'] = known;
  root.hidden = curves.length === 0;
  root.classList.add('curve-list');
  if (curves.length === 0) {
    replaceContent(root);
    return;
  }
  const title = element(
    'h2',
    { id: 'dropped-title' },
    'Curves from files, in the units of the axes; not part of the link',
  );
  const items = curves.map((curve, i) => {
    const points = curve.lines.flat().length;
    const button = element(
      'button',
      { type: 'button', class: 'small', 'aria-label': `Remove ${curve.name}` },
      'Remove',
    );
    button.addEventListener('click', () => remove(curve));
    return element(
      'li',
      {},
      lineKey({ kind: 'curve', index: first + i }),
      element('span', {}, curve.name),
      element('span', { class: 'difference' }, `${points} ${points === 1 ? 'point' : 'points'}`),
      button,
    );
  });
  replaceContent(root, title, element('ul', { 'aria-labelledby': 'dropped-title' }, items));
}
