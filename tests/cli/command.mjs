// Runs the native command and other programs for the tests of the command line, and states what every refusal looks like.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = join(root, 'build/native/anyslice');
export const cardName = 'microboone-kdar-scalar';
export const tablePath = join(root, 'data/tables/microboone-kdar.safetensors.gz');

/// Runs a program to its end: { status, signal, stdout, stderr }. It gets no standard input and two minutes.
export function run(program, programArguments, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, programArguments, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      ...options,
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, ...output }));
  });
}

export const anyslice = (...words) => run(binary, words);

/// Asserts a refusal: status 2, nothing on stdout, one line on stderr that holds every one of the texts.
export function assertRefused(result, texts, prefix = 'anyslice: error: ') {
  const said = `status ${result.status}, signal ${result.signal}, stderr: ${result.stderr.slice(0, 2000)}`;
  assert.equal(result.signal, null, said);
  assert.equal(result.status, 2, said);
  assert.match(result.stderr, /^[^\n]+\n$/, `one line on stderr was expected: ${said}`);
  assert.equal(result.stdout, '', said);
  assert.ok(result.stderr.startsWith(prefix), `'${prefix}' was expected at the start: ${said}`);
  assert.ok(result.stderr.length < 1000, `a line to be read by a person was expected: ${said}`);
  for (const text of texts) assert.ok(result.stderr.includes(text), `'${text}' was expected in: ${said}`);
}

/// A temporary copy of data/ without the tables, which are linked unless `tables` is false; removed after the tests.
export function workspace(context, { tables = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['analyses', 'recipes', 'schema', 'detectors', 'fluxes', 'nuclei', 'responses'])
    if (existsSync(join(root, 'data', part))) cpSync(join(root, 'data', part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, 'tables'));
  if (tables)
    for (const table of readdirSync(dirname(tablePath)))
      symlinkSync(join(dirname(tablePath), table), join(folder, 'tables', table));
  return {
    folder,
    /// Writes a file of the workspace and returns its path; anything but text and bytes becomes JSON.
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(
        path,
        typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 2),
      );
      return path;
    },
  };
}

/// A fresh copy of a built-in card.
export const card = (name = cardName) => JSON.parse(readFileSync(join(root, `data/analyses/${name}.json`), 'utf8'));
