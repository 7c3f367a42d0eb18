// Runs the native command, for tests that compare with it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const command = process.env['ANYSLICE_NATIVE'] ?? join(repository, 'build/native/anyslice');

/** Output of the native command; a missing binary fails the test, it does not skip it. */
export function native(...words: string[]): string {
  if (!existsSync(command)) {
    throw new Error(`${command} is missing: build the native command first, or name it in ANYSLICE_NATIVE.`);
  }
  return execFileSync(command, words, { encoding: 'utf8', cwd: repository });
}

/** The JSON answer of a command about a built-in card. */
export function answerOf(card: string, name: string, ...words: string[]) {
  return JSON.parse(native(name, cardPath(card), ...words, '--json'));
}

/** The built-in card of this name as a path, so that the command finds it wherever it runs. */
export function cardPath(name: string): string {
  return join(repository, 'data/analyses', `${name}.json`);
}
