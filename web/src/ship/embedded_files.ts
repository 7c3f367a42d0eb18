// Files inside a page: <script> elements of types that no browser runs, named by `data-file`. Cards stay readable;
// everything else is packed and written as dense text.

import { AnysliceError, gunzipped } from 'anyslice';
import { fromPlanes, toPlanes } from './column_planes.ts';
import { bytesOfDenseText, denseText } from './dense_text.ts';

/** Addresses of files inside the page begin like this; relative ones are resolved against it as against any other. */
export const INSIDE = 'embedded://page/';

/** The address that a page which is one file shows by itself. */
export const ADDRESS_FILE = 'address';

/** Curves that the reader had added from files when the page was saved. */
export const CURVES_FILE = 'curves.json';

/** Where files go in the markup of a page. */
export const PLACE = '<!-- files -->';

export function embeddedFiles(page: Element): HTMLScriptElement[] {
  return [...page.querySelectorAll<HTMLScriptElement>('script[data-file]')];
}

/** The content of a file inside the page, unpacked; `url` may be its name or its address. */
export async function readEmbedded(page: Element, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = url.startsWith(INSIDE) ? url.slice(INSIDE.length) : url;
  const found = embeddedFiles(page).find((script) => script.dataset['file'] === name);
  if (!found) {
    throw new AnysliceError({
      source: name,
      expected: 'a file inside this page',
      message: `${name} could not be fetched: this page is one file, and it was saved without it.`,
    });
  }
  const text = found.textContent ?? '';
  const { bytes: length, order } = found.dataset;
  if (length === undefined) return new TextEncoder().encode(text);
  const packed = bytesOfDenseText(text, Number(length));
  const unpacked = packed && (await gunzipped(packed, name));
  const content = unpacked && order === 'planes' ? fromPlanes(unpacked) : unpacked;
  if (!content) {
    throw new AnysliceError({
      source: name,
      expected: 'the text that was saved',
      message: `${name} is damaged: this page was changed after it was saved.`,
    });
  }
  return content;
}

/** The markup of a file inside a page. */
export async function embedded(name: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  if (name === ADDRESS_FILE) return textElement('text/plain', name, plain(content).replaceAll('<', '%3C'));
  // "<" could end the element: JSON has another way to write it.
  if (name.endsWith('.json')) return textElement('application/json', name, plain(content).replaceAll('<', '\\u003c'));
  const bytes = await gunzipped(content, name);
  return packedElement(name, bytes, gzipped);
}

/** The same for bytes that are not text, packed by `pack`. */
export async function packedElement(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  pack: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<string> {
  const isTable = name.includes('.safetensors');
  const packed = await pack(isTable ? toPlanes(bytes) : bytes);
  const order = isTable ? ' data-order="planes"' : '';
  return `<script type="application/octet-stream" data-file="${name}" data-bytes="${packed.length}"${order}>${denseText(packed)}</script>\n`;
}

function textElement(type: string, name: string, text: string): string {
  return `<script type="${type}" data-file="${name}">${text}</script>\n`;
}

function plain(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
