// Fetches cards and tables: text, and bytes that may or may not arrive gzipped.

import { AnysliceError } from './errors.ts';

/** Reads what an address points to. The default uses `fetch`. */
export type ReadBytes = (url: string) => Promise<Uint8Array<ArrayBuffer>>;

export async function readByFetch(url: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new AnysliceError({
      source: url,
      expected: 'an address that can be reached',
      message: `${url} could not be fetched: ${error instanceof Error ? error.message : String(error)}.`,
    });
  }
  if (!response.ok) {
    throw new AnysliceError({
      source: url,
      expected: 'a file',
      message: `${url} could not be fetched: the server answered ${response.status} ${response.statusText}`.trimEnd(),
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** The bytes themselves, unpacked if they are gzipped: a server may have decoded them already. */
export async function gunzipped(bytes: Uint8Array<ArrayBuffer>, source: string): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch {
    throw new AnysliceError({
      source,
      expected: 'a complete gzip file',
      message: `${source} is damaged: it could not be unpacked.`,
    });
  }
}

/** What a card will ask for, read early so that nothing is fetched one after the other. The core decides in the end. */
export function foreseen(card: string, url: string): { cards: string[]; tables: string[] } {
  try {
    const { extends: base, tables } = JSON.parse(card) as { extends?: unknown; tables?: unknown };
    const entries = typeof tables === 'object' && tables !== null ? Object.values(tables) : [];
    const urls = entries.map((table) => (table as { url?: unknown } | null)?.url);
    const absolute = (list: unknown[]) =>
      list.filter((item) => typeof item === 'string').map((item) => new URL(item, url).href);
    return { cards: absolute([base]), tables: absolute(urls) };
  } catch {
    return { cards: [], tables: [] };
  }
}
