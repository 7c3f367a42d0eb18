// The folder for other people's pages: the script of <any-slice> with its worker in it, and the core beside it; and pages
// that show how it is used.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled } from './scripts.mjs';

const demo = join(dirname(fileURLToPath(import.meta.url)), '../demo');
const sha384 = (content) => `sha384-${createHash('sha384').update(content).digest('base64')}`;

export async function writeEmbed(site, core) {
  const folder = join(site, 'embed');
  mkdirSync(folder, { recursive: true });
  const file = `anyslice-${createHash('sha256').update(core).digest('hex').slice(0, 8)}.wasm`;
  // With the digest of the core in the script, one digest of the script is enough for those who want to be sure of both.
  const define = { EMBEDDED_CORE: JSON.stringify({ file, integrity: sha384(core) }) };
  const { script } = await bundled('src/embed/any_slice.ts', 'es', { preserveEntrySignatures: 'strict' }, define);
  writeFileSync(join(folder, file), core);
  writeFileSync(join(folder, 'any-slice.js'), script);
  cpSync(demo, join(site, 'demo'), { recursive: true });
  for (const file of ['dist/reveal.esm.js', 'dist/reveal.css', 'LICENSE']) {
    cpSync(join(demo, '../node_modules/reveal.js', file), join(site, 'demo/reveal', basename(file)));
  }
}
