// Starts the page: the core starts compiling, the list of analyses is read, and the app takes over.

import './theme.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/toolbar.css';
import './styles/controls.css';
import './styles/plot.css';
import './styles/plot_tools.css';
import './styles/wheel_hint.css';
import './styles/panels.css';
import './styles/chain.css';
import './styles/export.css';
import './styles/guide.css';
import './styles/ship.css';
import './styles/print.css';
import { start } from 'anyslice';
import { App } from './app.ts';
import { byId } from './dom.ts';
import { drawIcons } from './icons.ts';
import { Library } from './library.ts';
import { startFramed } from './ship/framed.ts';
import { LICENCES, offerLicences } from './ship/licences.ts';
import type { Resources } from './ship/resources.ts';
import { offerSharing } from './ship/sharing.ts';

export async function startPage(resources: Resources): Promise<void> {
  drawIcons(document);
  offerLicences(resources.read, new URL(`../${LICENCES}`, resources.root).href);
  let app: App | null = null;
  startFramed(() => app?.address ?? location.hash);
  const anyslice = start({
    module: resources.compile(),
    createWorker: resources.createWorker,
    read: resources.read,
    onWorkerReplaced: ({ redone }) =>
      app?.status.tell(
        `A computation worker stopped and was replaced${redone ? '; its work was redone' : ''}.`,
        'note',
      ),
  });
  try {
    const library = await Library.read(anyslice, resources.folder, resources.read);
    app = new App(library, resources.address);
    app.keepCurves(resources.curves);
    offerSharing(app, resources);
    document.body.classList.remove('starting');
    await app.goTo(location.hash, 'replace');
    await library.readTitles();
    app.refreshTitles();
  } catch (error) {
    byId('message-text').textContent = error instanceof Error ? error.message : String(error);
    byId('message').hidden = false;
  }
}
