// Where a page's files come from: a server, or the page itself when it is one file.

import type { ReadBytes, WorkerLike } from 'anyslice';

export interface Resources {
  /** The folder of the cards; every other file of an analysis is named relative to its card. */
  folder: URL;
  /** The folder that holds all data: names of files in a page that is one file begin there. */
  root: URL;
  read: ReadBytes;
  compile(): Promise<WebAssembly.Module>;
  createWorker(): WorkerLike;
  /** The markup of the page as one file without any analysis, to be filled. */
  shell(): Promise<string>;
  /** The folder of the site, for those who refer to it; null for a page that is one file. */
  site: URL | null;
  /** The address that is shown when the page is opened without one; empty for the first analysis of the list. */
  address: string;
  /** Curves from files that the page was saved with, as they were read; null for a page that is not saved. */
  curves: unknown;
}
