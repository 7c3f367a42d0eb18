// The buttons with which a reader takes the page along. What they need comes with the first click.

import type { Card } from 'anyslice';
import { element } from '../dom.ts';
import type { DroppedCurve } from '../dropped.ts';
import { download, fileName } from '../export/download.ts';
import { setIcon } from '../icons.ts';
import type { Status } from '../panels/status.ts';
import { hashOfState, type State } from '../state.ts';
import type { Resources } from './resources.ts';
import type { SnippetDialog } from './snippet_dialog.ts';

/** What the settings of the page are, for those who write them down. */
export interface Place {
  card: Card;
  state: State;
}

export interface Sharer {
  readonly status: Status;
  /** Null before any analysis is open. */
  readonly place: Place | null;
  /** Curves from files that this analysis can show. */
  readonly curves: DroppedCurve[];
}

export function offerSharing(app: Sharer, resources: Resources): void {
  const slot = document.getElementById('toolbar-share') ?? document.querySelector('.actions');
  const save = element('button', {
    type: 'button',
    id: 'save-page',
    class: 'small',
    title:
      'Save as one HTML file: this page with its present settings and data, which opens anywhere without a network',
  });
  setIcon(save, 'save', 'Save as one HTML file');
  save.addEventListener('click', () => savePage(app, resources, save));
  const show = element('button', {
    type: 'button',
    id: 'embed-page',
    class: 'small',
    title: 'Embed: a link, a frame or an element with this figure',
  });
  setIcon(show, 'embed', 'Embed…');
  let dialog: SnippetDialog | null = null;
  show.addEventListener('click', async () => {
    try {
      const [{ SnippetDialog }, { snippetsOf }] = await Promise.all([
        import('./snippet_dialog.ts'),
        import('./snippets.ts'),
      ]);
      if (!app.place) return;
      dialog ??= new SnippetDialog();
      dialog.open(snippetsOf(app.place.card, app.place.state, new URL(location.href), resources.site));
    } catch (error) {
      app.status.tell(`The dialog could not be opened: ${messageOf(error)}`);
    }
  });
  slot?.append(show, save);
}

async function savePage(
  { place, curves, status }: Sharer,
  resources: Resources,
  button: HTMLButtonElement,
): Promise<void> {
  if (!place) {
    status.remark('There is nothing to save yet: no analysis is open.');
    return;
  }
  button.disabled = true;
  try {
    const { card, state } = place;
    const { pageAsOneFile } = await import('./one_file.ts');
    const page = await pageAsOneFile(resources, state.card, hashOfState(state, card), curves);
    download(fileName(state.card, state.preset, 'html'), page);
    status.remark(`The page was saved as one file of ${(page.size / 1e6).toFixed(1)} MB.`);
  } catch (error) {
    status.tell(`The page could not be saved: ${messageOf(error)}`);
  } finally {
    button.disabled = false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
