// What an author copies to show the present figure elsewhere: a link, a frame, an element.

import type { Card } from 'anyslice';
import { attributesOfState } from '../embed/attributes.ts';
import { hashOfState, type State } from '../state.ts';
import { typeset } from '../typography.ts';

export interface Snippet {
  title: string;
  note: string;
  code: string;
}

// The frame says how high it is; without this its height stays as it is written.
const RESIZE = `<script>
  addEventListener('message', ({ source, data }) => {
    if (data?.type !== 'anyslice-resize') return;
    for (const frame of document.querySelectorAll('iframe[data-anyslice]'))
      if (frame.contentWindow === source && data.height > 0) frame.height = Math.min(data.height, 4000);
  });
</script>`;

/** `page`: the address of the page; `site`: the folder of the site it belongs to, null for a page that is one file. */
export function snippetsOf(card: Card, state: State, page: URL, site: URL | null): Snippet[] {
  const hash = hashOfState(state, card);
  const link = new URL(page);
  link.search = '';
  link.hash = hash;
  const frame = new URL(link);
  frame.search = '?embed';
  // A file on somebody's disk is found by its name, beside the page that shows it.
  const isFile = frame.protocol === 'file:';
  const source = isFile ? `${frame.pathname.split('/').pop()}?embed${hash}` : frame.href;
  const title = typeset(card.about.short_title ?? card.about.title);
  const sandbox = site ? '' : ' sandbox="allow-scripts allow-popups"';
  const snippets = [
    {
      title: 'Link',
      note: isFile
        ? 'Opens these settings on this computer only: this page is a file. Send the file, or save it with its settings.'
        : 'Opens this page with these settings.',
      code: link.href,
    },
    {
      title: 'Frame',
      note: isFile
        ? 'For a page in the same folder as this file. The script keeps the frame as high as the figure.'
        : 'For any page. The script keeps the frame as high as the figure.',
      code: `<iframe src="${attribute(source)}" title="${attribute(title)}"${sandbox} data-anyslice width="100%" height="620"></iframe>\n${RESIZE}`,
    },
  ];
  if (!site) return snippets;
  const attributes = attributesOfState(state, card).map(({ name, value }) => `${name}="${attribute(value)}"`);
  const script = new URL('embed/any-slice.js', site).href;
  return [
    ...snippets,
    {
      title: 'Element',
      note: 'Computes in your page; several elements share their workers. Sliders go with the attribute readonly.',
      code: `<script type="module" src="${attribute(script)}"></script>\n<any-slice ${attributes.join(' ')}></any-slice>`,
    },
  ];
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
