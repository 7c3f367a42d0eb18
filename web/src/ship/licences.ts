// The licences of everything in the page, which are shown when asked for.

import type { ReadBytes } from 'anyslice';
import { element } from '../dom.ts';

export const LICENCES = 'THIRD_PARTY_LICENSES.txt';

export function offerLicences(read: ReadBytes, url: string): void {
  // It scrolls by itself, so that the keyboard has to reach it.
  const text = element('pre', { tabindex: '0', role: 'region', 'aria-label': 'Texts of the licences' });
  const details = element(
    'details',
    { id: 'licences' },
    element('summary', {}, 'Licences of the software in this page'),
    text,
  );
  details.addEventListener('toggle', async () => {
    if (!details.open || text.textContent) return;
    try {
      text.textContent = new TextDecoder().decode(await read(url));
    } catch (error) {
      text.textContent = error instanceof Error ? error.message : String(error);
    }
  });
  (document.getElementById('panels-about') ?? document.querySelector('.below'))?.append(details);
}
