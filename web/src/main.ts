// The page on a server: its files lie beside it.

import { compile, createWorker, readByFetch } from 'anyslice';
import coreUrl from '#core?url';
import { startPage } from './page.ts';

const root = new URL('data/', document.baseURI);

startPage({
  root,
  folder: new URL('analyses/', root),
  read: readByFetch,
  compile: () => compile(coreUrl),
  createWorker,
  address: '',
  shell: async () => new TextDecoder().decode(await readByFetch(new URL('shell.html', document.baseURI).href)),
});
