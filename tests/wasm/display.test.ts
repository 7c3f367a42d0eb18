// Display tables in the WebAssembly core: the same numbers as the native command, and fetched only when asked for.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Analysis, type Anyslice, startInNode } from 'anyslice/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cardPath, native, repository } from '../web/native.ts';

const core = join(process.env['ANYSLICE_WASM'] ?? join(repository, 'build/wasm/wasm'), 'anyslice.wasm');
const HEAVY = 'nd280-dark-neutrino-heavy';
let anyslice: Anyslice;
let heavy: Analysis;

beforeAll(async () => {
  anyslice = startInNode(core, { threads: 0 });
  heavy = await anyslice.load(pathToFileURL(cardPath(HEAVY)).href);
});
afterAll(() => anyslice.close());

const theirs = (...words: string[]) => JSON.parse(native(words[0]!, cardPath(HEAVY), ...words.slice(1), '--json'));

/** Equal but for the last digits of numbers. */
function expectSame(ours: unknown, expected: unknown, where = 'answer'): void {
  if (typeof expected === 'number') {
    expect(typeof ours, where).toBe('number');
    expect(Math.abs((ours as number) - expected), where).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
  } else if (expected !== null && typeof expected === 'object') {
    expect(Object.keys(ours as object), where).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expectSame((ours as Record<string, unknown>)[name], value, `${where}.${name}`);
    }
  } else {
    expect(ours, where).toBe(expected);
  }
}

it('has the stages, maps, ratios and cross sections of the native command', async () => {
  const setting = { set: { mN: 0.06, VN2: 0.3 } };
  const set = ['--set', 'mN=0.06', '--set', 'VN2=0.3'];
  expectSame(
    await heavy.stageDistributions({ ...setting, observable: 'beam-angle', stages: [] }),
    theirs('distribution', '--observable', 'beam-angle', '--stages', 'all', ...set),
  );
  expectSame(
    await heavy.distributionMap({ ...setting, map: 'vertex', stage: 'selected' }),
    theirs('map', '--map', 'vertex', '--stage', 'selected', ...set),
  );
  expectSame(
    await heavy.ratioMap({ ...setting, ratio: 'selection-efficiency', columns: 7, rows: 5 }),
    theirs('ratio', '--ratio', 'selection-efficiency', '--columns', '7', '--rows', '5', ...set),
  );
  expectSame(await heavy.interactions(setting), theirs('interactions', ...set));
});

it('says so where a card has no display', async () => {
  const other = await anyslice.load(pathToFileURL(cardPath('microboone-kdar-scalar')).href);
  await expect(other.interactions({})).rejects.toThrow('has no display table');
});
