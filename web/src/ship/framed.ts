// The page inside another one: with `?embed` in its address only the figure is left, and the page around it hears how
// high it is.

import { element } from '../dom.ts';
import { linkTo } from './link.ts';

/** `address`: the settings of the moment, `#…`. */
export function startFramed(address: () => string): void {
  if (!new URLSearchParams(location.search).has('embed')) return;
  const root = document.documentElement;
  root.dataset['embed'] = '';
  // The address changes with the settings.
  const link = element('a', { id: 'whole-page', target: '_blank', rel: 'noopener' }, 'Open in anyslice');
  const update = () => {
    const url = new URL(linkTo(address()));
    url.search = '';
    link.href = url.href;
  };
  for (const event of ['pointerenter', 'focus', 'click']) link.addEventListener(event, update);
  update();
  document.querySelector('.toolbar')?.append(link);
  if (window.parent === window) return;
  new ResizeObserver(() => {
    // Whoever has framed the page may know its height, and nothing else is said.
    window.parent.postMessage({ type: 'anyslice-resize', height: Math.ceil(document.body.offsetHeight) }, '*');
  }).observe(document.body);
}
