// What ./dev and the page's server say when they cannot do what is asked.
import assert from 'node:assert/strict';
import { accessSync, constants, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, root, run } from './command.mjs';

const dev = join(root, 'dev');

/// A port of this machine that something listens on until the test ends.
async function takenPort(context, host) {
  const server = createServer();
  await new Promise((done) => server.listen(0, host, done));
  context.after(() => new Promise((done) => server.close(done)));
  return server.address().port;
}

/// The path of a program, or nothing.
function find(program) {
  for (const folder of process.env.PATH.split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
}

function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const host of ['127.0.0.1', 'localhost'])
  test(`./dev run refuses a port in use on ${host} before it builds`, async (context) => {
    const port = await takenPort(context, host);
    const started = Date.now();
    for (const words of [['--port', `${port}`], [`--port=${port}`]])
      assertRefused(await run(dev, ['run', ...words]), [`port ${port}`, '--port'], 'dev: error: ');
    assert.ok(Date.now() - started < 5000, 'an answer within 5 s was expected');
  });

test('the server refuses a port in use', async (context) => {
  const port = await takenPort(context, 'localhost');
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'index.html'), '<!doctype html>\n');
  const words = ['web/serve.mjs', '--port', `${port}`, '--root', folder];
  assertRefused(await run(process.execPath, words), [`${port}`, '--port'], '');
});

for (const port of ['0', '65536', '-1', 'http', '80.5', ''])
  test(`./dev run refuses '${port}' as a port`, async () => {
    assertRefused(await run(dev, ['run', '--port', port]), ['--port', `'${port}'`], 'dev: error: ');
  });

test('./dev run --port refuses to go without a number', async () => {
  assertRefused(await run(dev, ['run', '--port']), ['--port'], 'dev: error: ');
});

for (const words of [
  ['frobnicate'],
  ['run', 'frobnicate'],
  ['test', 'frobnicate'],
  ['site', 'frobnicate'],
  ['package', 'frobnicate'],
  ['release', 'frobnicate'],
])
  test(`./dev ${words.join(' ')} is refused`, async () => {
    assertRefused(await run(dev, words), ['frobnicate', 'help'], 'dev: error: ');
  });

test('./dev release refuses a tag of another version before it builds', async () => {
  const answer = await run('env', ['ANYSLICE_TAG=v99.0.0', dev, 'release']);
  assertRefused(answer, ["'v99.0.0'", 'is version', 'CONTRIBUTING.md'], 'dev: error: ');
});

test('./dev help lists every command', async () => {
  const result = await run(dev, ['help']);
  assert.equal(result.status, 0);
  for (const command of [
    'run',
    'test',
    'bench',
    'screenshots',
    'site',
    'package',
    'release',
    'tables',
    'anyslice',
    'format',
  ])
    assert.ok(result.stdout.includes(`./dev ${command}`), command);
});

// On a path that holds nothing but the basic tools, everything is missing and nothing can be installed.
for (const command of ['run', 'test', 'site', 'anyslice'])
  test(`./dev ${command} names a missing compiler`, async (context) => {
    const folder = temporaryFolder(context);
    for (const tool of ['bash', 'basename', 'cat', 'dirname', 'env', 'mkdir', 'rm', 'sort', 'uname'])
      if (find(tool)) symlinkSync(find(tool), join(folder, tool));
    // A free port: this test is not about it.
    const words = command === 'run' ? ['run', '--port', '48123'] : [command];
    const result = await run(find('bash'), [dev, ...words], { env: { PATH: folder, ANYSLICE_NO_INSTALL: '1' } });
    assertRefused(result, ['missing', 'C++', 'cmake'], 'dev: error: ');
  });
