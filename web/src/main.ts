// The page on a server: its files lie beside it.

import { compile, createWorker, readByFetch } from 'anyslice';
import coreUrl from '#core?url';
import { startPage } from './page.ts';
import { keepOffline } from './ship/offline.ts';

const root = new URL('data/', document.baseURI);

await startPage({
  root,
  folder: new URL('analyses/', root),
  read: readByFetch,
  compile: () => compile(coreUrl),
  createWorker,
  site: new URL('.', document.baseURI),
  address: '',
  curves: null,
  shell: async () => new TextDecoder().decode(await readByFetch(new URL('shell.html', document.baseURI).href)),
});

// The development server changes its files all the time.
if (import.meta.env.PROD) await keepOffline(root);
