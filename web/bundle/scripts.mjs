// One entry of the page as one script, with the styles it brings.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A module of the page, to be used by the build as well. */
export async function imported(entry) {
  const { script } = await bundled(entry, 'es', { preserveEntrySignatures: 'strict' });
  return import(`data:text/javascript;base64,${Buffer.from(script).toString('base64')}`);
}

/** { script, style, modules }: two texts, and the paths of what the script is made of. `format` is iife for a classic script, es for a module. */
export async function bundled(entry, format = 'iife', options = {}, define = {}) {
  const built = await build({
    configFile: join(web, 'vite.script.config.ts'),
    logLevel: 'warn',
    define,
    build: {
      rolldownOptions: {
        ...options,
        input: join(web, entry),
        output: { format, codeSplitting: false, entryFileNames: 'script.js', assetFileNames: '[name][extname]' },
      },
    },
  });
  const { output } = Array.isArray(built) ? built[0] : built;
  const script = output.find((file) => file.type === 'chunk' && file.isEntry);
  const styles = output.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
  return {
    script: script.code,
    modules: Object.keys(script.modules),
    style: styles.map(({ source }) => String(source)).join('\n'),
  };
}
