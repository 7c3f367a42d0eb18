// Files in one ZIP archive.

import { strToU8, zipSync } from 'fflate';

export interface TextFile {
  /** Without a folder. */
  name: string;
  text: string;
}

export function archiveOf(files: TextFile[]): Blob {
  const entries = Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)]));
  return new Blob([zipSync(entries)], { type: 'application/zip' });
}
