// The page is put together here: the core starts compiling, the list of analyses is read, and the app takes over.

import './theme.css';
import './styles/plot.css';
import './styles/export.css';
import { compile, createWorker, start } from 'anyslice';
import coreUrl from '#core?url';
import { App } from './app.ts';
import { byId } from './dom.ts';
import { Library } from './library.ts';

let app: App | null = null;

const anyslice = start({
  module: compile(coreUrl),
  createWorker,
  onWorkerReplaced: ({ redone }) =>
    app?.status.tell(`A computation worker stopped and was replaced${redone ? '; its work was redone' : ''}.`, 'note'),
});

try {
  const library = await Library.read(anyslice, new URL('data/analyses/', document.baseURI));
  app = new App(library);
  await app.goTo(location.hash, 'replace');
  await library.readTitles();
  app.refreshTitles();
} catch (error) {
  byId('message-text').textContent = error instanceof Error ? error.message : String(error);
  byId('message').hidden = false;
}
