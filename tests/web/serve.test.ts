// The static server: right types, nothing outside its folder, and one clear line when it cannot start.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './native.ts';

const script = join(repository, 'web/serve.mjs');
const root = mkdtempSync(join(tmpdir(), 'anyslice-site-'));
let server: ChildProcess;
let address: string;

beforeAll(async () => {
  mkdirSync(join(root, 'site/assets'), { recursive: true });
  for (const file of ['secret.txt', 'site/index.html', 'site/assets/a.wasm', 'site/t.safetensors.gz']) {
    writeFileSync(join(root, file), file);
  }
  writeFileSync(join(root, 'site/large.bin'), Buffer.alloc(8 << 20));
  server = spawn(process.execPath, [script, '--port', '0', '--root', join(root, 'site')]);
  address = await new Promise<string>((resolve) => {
    server.stdout!.once('data', (data) => resolve(String(data).trim()));
  });
});
afterAll(() => {
  server.kill();
  rmSync(root, { recursive: true });
});

describe('the server', () => {
  it('prints its address and serves the page', async () => {
    const response = await fetch(address);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('site/index.html');
    // Pages of other origins embed figures from here.
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
  it('knows the types that matter', async () => {
    const type = async (path: string) => (await fetch(address + path)).headers.get('content-type');
    expect(await type('assets/a.wasm')).toBe('application/wasm');
    const table = await fetch(`${address}t.safetensors.gz`);
    expect(table.headers.get('content-encoding')).toBeNull();
    expect(await table.text()).toBe('site/t.safetensors.gz');
  });
  it.each(['nothing', '..%2fsecret.txt', '%2e%2e/secret.txt', '%00', '%E0%A4%A', 'assets'])(
    'refuses %s',
    async (path) => {
      expect((await fetch(address + path)).status).toBe(404);
    },
  );
  it.each(['index.html/below', 'x'.repeat(300), `${'deep/'.repeat(2000)}x`])(
    'survives a path that the file system refuses: %.20s',
    async (path) => {
      expect((await fetch(address + path)).status).toBe(404);
      expect((await fetch(address)).status).toBe(200);
    },
  );
  it('survives a reader that leaves', async () => {
    const leaving = new AbortController();
    const large = fetch(`${address}large.bin`, { signal: leaving.signal });
    await (await large).body!.getReader().read();
    leaving.abort();
    expect((await fetch(address)).status).toBe(200);
  });
  it('answers HEAD without content', async () => {
    const response = await fetch(address, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String('site/index.html'.length));
    expect(await response.text()).toBe('');
  });
  it('refuses to write', async () => {
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
  });
});

describe('a server that cannot start', () => {
  const run = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
  it('names the port that is in use and the option', () => {
    const { port } = new URL(address);
    const { status, stderr } = run('--port', port, '--root', join(root, 'site'));
    expect(status).toBe(2);
    expect(stderr).toBe(`Port ${port} is in use: choose another with --port NUMBER.\n`);
  });
  it.each([
    [['--port', 'x'], '--port is "x"'],
    [['--port', '99999'], 'from 0 to 65535'],
    [['--prot', '1'], 'known options'],
    [['--root', '/nowhere'], 'There is no page in /nowhere'],
  ])('%j is one line', (words, text) => {
    const { status, stderr } = run(...words);
    expect(status).toBe(2);
    expect(stderr).toContain(text);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
