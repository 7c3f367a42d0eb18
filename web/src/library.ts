// The built-in analyses: their list, their titles, and the opened ones.

import type { Analysis, Anyslice, ReadBytes } from 'anyslice';
import { AnysliceError } from 'anyslice';
import { type CardTitles, TITLES, titlesOf } from './titles.ts';

export class Library {
  private readonly opened = new Map<string, Promise<Analysis>>();
  /** Titles by name, in the order of the list; the name itself until the card is read. */
  readonly titles = new Map<string, string>();
  /** Questions of the cards that have a tour, by name in the order of the list. */
  readonly questions = new Map<string, string>();

  private constructor(
    private readonly anyslice: Anyslice,
    private readonly folder: URL,
    private readonly read: ReadBytes,
  ) {}

  static async read(anyslice: Anyslice, folder: URL, read: ReadBytes): Promise<Library> {
    const library = new Library(anyslice, folder, read);
    const files = await library.json('index.json');
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

  /**
   * Reads the titles for the picker: from the list that the build of a site makes of its cards, else from the cards. An
   * analysis that cannot be read keeps its file name: choosing it says why.
   */
  async readTitles(): Promise<void> {
    const listed = ((await this.json(TITLES).catch(() => null)) ?? {}) as Record<string, Partial<CardTitles>>;
    const read = await Promise.all(
      this.names.map(async (name) => ({
        name,
        ...(listed[name] ?? titlesOf(await this.json(`${name}.json`).catch(() => null))),
      })),
    );
    for (const { name, title, question } of read) {
      if (typeof title === 'string') this.titles.set(name, title);
      if (typeof question === 'string') this.questions.set(name, question);
    }
  }

  private async json(name: string): Promise<unknown> {
    const { href } = new URL(name, this.folder);
    const text = new TextDecoder().decode(await this.read(href));
    try {
      return JSON.parse(text);
    } catch {
      throw new AnysliceError({ source: href, message: `${href} is not JSON.` });
    }
  }
}

function nameOf(file: string): string {
  return file.replace(/\.json$/, '');
}
