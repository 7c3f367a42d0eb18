// The built-in analyses: their list, their titles, and the opened ones.

import type { Analysis, Anyslice } from 'anyslice';
import { AnysliceError } from 'anyslice';

export class Library {
  private readonly opened = new Map<string, Promise<Analysis>>();
  /** Titles by name, in the order of the list; the name itself until the card is read. */
  readonly titles = new Map<string, string>();

  private constructor(
    private readonly anyslice: Anyslice,
    private readonly folder: URL,
  ) {}

  static async read(anyslice: Anyslice, folder: URL): Promise<Library> {
    const library = new Library(anyslice, folder);
    const files = await json(new URL('index.json', folder));
    if (!Array.isArray(files) || files.length === 0 || files.some((file) => typeof file !== 'string')) {
      throw new AnysliceError({
        source: 'index.json',
        message: 'The list of analyses (index.json) is not a list of file names.',
      });
    }
    for (const file of files as string[]) library.titles.set(nameOf(file), nameOf(file));
    return library;
  }

  get names(): string[] {
    return [...this.titles.keys()];
  }

  open(name: string): Promise<Analysis> {
    let analysis = this.opened.get(name);
    if (!analysis) {
      analysis = this.anyslice.load(new URL(`${name}.json`, this.folder).href);
      this.opened.set(name, analysis);
      // A failed download may succeed the next time.
      analysis.catch(() => this.opened.delete(name));
    }
    return analysis;
  }

  /** Reads the titles for the picker. An analysis that cannot be read keeps its file name: choosing it says why. */
  async readTitles(): Promise<void> {
    await Promise.all(
      this.names.map(async (name) => {
        const card = (await json(new URL(`${name}.json`, this.folder)).catch(() => null)) as {
          about?: { title?: unknown; short_title?: unknown };
        } | null;
        const title = card?.about?.short_title ?? card?.about?.title;
        if (typeof title === 'string') this.titles.set(name, title);
      }),
    );
  }
}

function nameOf(file: string): string {
  return file.replace(/\.json$/, '');
}

async function json(url: URL): Promise<unknown> {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) {
    throw new AnysliceError({
      source: url.href,
      message: `${url.pathname} could not be fetched${response ? ` (${response.status})` : ''}.`,
    });
  }
  return response.json().catch(() => {
    throw new AnysliceError({ source: url.href, message: `${url.pathname} is not JSON.` });
  });
}
