// The npm package as it would be published: packed, installed into an empty folder, and used as its README says.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardPath, native, repository } from '../web/native.ts';

const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), 'anyslice-package-'));
const installed = join(folder, 'node_modules/anyslice');

/** Blocks of code of a README, in order. */
const blocks = (readme: string, language: string) =>
  [...readFileSync(readme, 'utf8').matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    (match) => match[1]!,
  );

/** What a program prints that is saved in the folder with the package; a warning is a failure. */
function printed(program: string, cwd = folder): string {
  writeFileSync(join(folder, 'program.mjs'), program);
  const words = [join(folder, 'program.mjs')];
  const { status, stdout, stderr } = spawnSync(node, words, { cwd, encoding: 'utf8', timeout: 60_000 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const loaded = (rest: string) => `
  import { startInNode, AnysliceError, isAbort } from 'anyslice/node';
  const anyslice = startInNode(undefined, { threads: 2 });
  const analysis = await anyslice.load('node_modules/anyslice/analyses/microboone-kdar-scalar.json');
  ${rest}`;

beforeAll(() => {
  execFileSync(node, [join(repository, 'wasm/pack.mjs')], { stdio: 'pipe' });
  const npm = (...words: string[]) => execFileSync('npm', [...words, '--offline'], { cwd: folder, encoding: 'utf8' });
  const [{ filename }] = JSON.parse(npm('pack', '--json', join(repository, 'build/package/anyslice')));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm('install', '--no-audit', '--no-fund', `./${filename}`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('prints what its README says', () => {
    const readme = join(installed, 'README.md');
    expect(printed(blocks(readme, 'js')[0]!)).toBe(blocks(readme, 'text')[0]);
  });

  it('prints what the README of the project says, from the folder with the cards', () => {
    const readme = join(repository, 'README.md');
    expect(printed(blocks(readme, 'js')[0]!, repository)).toBe(blocks(readme, 'text')[0]);
  });

  it('has types that its examples compile with, in a project without other types', () => {
    const readme = join(installed, 'README.md');
    writeFileSync(
      join(folder, 'example.mts'),
      blocks(readme, 'js')[0]!.replace("import.meta.resolve('anyslice/", "('./"),
    );
    writeFileSync(join(folder, 'page.mts'), blocks(readme, 'ts')[0]!);
    writeFileSync(join(folder, 'wrong.mts'), "import { startInNode } from 'anyslice/node';\nstartInNode().load(1);\n");
    const compile = (file: string) => {
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', ''];
      const compiler = join(repository, 'web/node_modules/typescript/bin/tsc');
      try {
        return execFileSync(node, [compiler, ...options, file], { cwd: folder, encoding: 'utf8' });
      } catch (error) {
        return String((error as { stdout: string }).stdout);
      }
    };
    expect(compile('example.mts')).toBe('');
    expect(compile('page.mts')).toBe('');
    expect(compile('wrong.mts')).toMatch(/wrong\.mts.*number/);
  }, 60_000);

  it('holds licences, an analysis with its table, and no sources', () => {
    const names = readdirSync(installed, { recursive: true }).map(String);
    for (const file of ['LICENSE', 'README.md', 'dist/anyslice.wasm', 'dist/node_worker.js', 'dist/node.d.ts'])
      expect(names).toContain(file);
    expect(readFileSync(join(installed, 'THIRD_PARTY_LICENSES.txt'), 'utf8')).toMatch(/Boost.*Eigen/is);
    expect(names).toContain('tables/microboone-kdar.safetensors.gz');
    expect(names.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });
});

describe('worker threads', () => {
  it('say what the command says, of many points at the same time', () => {
    const masses = [100, 120, 140, 160, 180, 200];
    const ours = printed(
      loaded(`const rates = await Promise.all(${JSON.stringify(masses)}.map(
        (mS) => analysis.rate({ set: { mS, theta: 4e-4 } })));
      console.log(JSON.stringify([analysis.lanes, ...rates.map(({ mu }) => mu)]));`),
    );
    const [lanes, ...mus] = JSON.parse(ours);
    expect(lanes).toBe(2);
    masses.forEach((mass, i) => {
      const words = ['--set', `mS=${mass}`, '--set', 'theta=4e-4', '--json'];
      const theirs = JSON.parse(native('rate', cardPath('microboone-kdar-scalar'), ...words));
      expect(Math.abs(mus[i] / theirs.mu - 1)).toBeLessThan(1e-6);
    });
  });

  it('are cancelled in the middle of a computation, are replaced, and let the program end', () => {
    const program = loaded(`
      const steps = [];
      const stop = new AbortController();
      const toys = analysis.coverage(
        { set: { mS: 140, theta: 4e-4 }, method: 'cls-toys', toys: 100000, experiments: 1e6 },
        { signal: stop.signal });
      setTimeout(() => stop.abort(), 300);
      const outcome = await toys.then(() => 'finished', (error) => (isAbort(error) ? 'cancelled' : String(error)));
      const after = await analysis.rate({ set: { mS: 140, theta: 4e-4 } });
      console.log(outcome, after.mu.toFixed(3));`);
    expect(printed(program)).toBe('cancelled 5.274\n');
  });

  it('pass refusals on with their source and field', () => {
    const program = loaded(`
      const refusal = (promise) => promise.then(() => null, (error) => error instanceof AnysliceError && error.message);
      console.log(JSON.stringify([
        await refusal(analysis.rate({ set: { mX: 1 } })),
        await refusal(anyslice.load('no-such-card.json')),
      ]));`);
    const [parameter, file] = JSON.parse(printed(program));
    expect(parameter).toContain('mX');
    expect(file).toContain('no-such-card.json could not be read');
  });
});
