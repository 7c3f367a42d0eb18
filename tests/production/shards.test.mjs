// Tables made in shards, as production makes them, against the same tables made in one process.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { anyslice, assertRefused } from '../cli/command.mjs';

const shards = [1, 2, 3, 4];
// Small: adaptation is quick.
const numbers = { pilot_events: 50000, 'roulette.rows': 4000 };
const maps = { 'maps.mN_bins_per_decade': 2, 'maps.points': 512 };
const changesOf = (fields) => Object.entries(fields).flatMap(([field, number]) => ['--set', `${field}=${number}`]);
const changes = changesOf({ ...numbers, ...maps });
const events = 40003; // not divisible by the shards, so that they differ in size
const run = ['--events', `${events}`, ...changes];
const runWithoutMaps = ['--events', `${events}`, ...changesOf(numbers)];

function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/// What the command says in JSON; it must succeed.
async function answer(...words) {
  const result = await anyslice('--json', ...words);
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

for (const [recipe, settings] of [
  ['nd280-heavy', run],
  ['nd280-light', run],
  ['nd280-heavy-display', runWithoutMaps],
])
  test(`the table of ${recipe} is the same from one process and from shards`, async (context) => {
    const folder = temporaryFolder(context);
    const file = (name) => join(folder, name);
    const path = `data/recipes/${recipe}.json`;

    const single = await answer('generate', path, ...settings, '-o', file('single.safetensors.gz'));
    assert.ok(single.rows > 1000, `rows that say something were expected, there are ${single.rows}`);

    await answer('adapt', path, ...settings, '-o', file('adaptation.json'));
    const ways = { adapted: ['--adaptation', file('adaptation.json')], alone: [] };
    for (const [way, adaptation] of Object.entries(ways)) {
      const parts = [];
      let rows = 0;
      for (const shard of shards) {
        parts.push(file(`${way}-${shard}.safetensors`));
        const words = ['--shard', `${shard}/${shards.length}`, '-o', parts.at(-1)];
        const part = await answer('generate', path, ...settings, ...adaptation, ...words);
        assert.ok(part.rows > 0, `shard ${shard} has no rows`);
        rows += part.rows;
      }
      assert.equal(rows, single.rows);

      // The order in which shards are named is that of a shell or of a batch system.
      const merged = await answer('merge', ...parts.reverse(), '-o', file(`${way}.safetensors.gz`));
      assert.equal(merged.sha256, single.sha256, way);
      assert.deepEqual(readFileSync(file(`${way}.safetensors.gz`)), readFileSync(file('single.safetensors.gz')), way);
      const { rows: read, events_thrown, sha256 } = await answer('info', file(`${way}.safetensors.gz`));
      assert.deepEqual({ read, events_thrown, sha256 }, { read: rows, events_thrown: events, sha256: single.sha256 });

      for (const missing of shards) {
        const others = parts.filter((part) => part !== file(`${way}-${missing}.safetensors`));
        assertRefused(await anyslice('merge', ...others, '-o', file('less.safetensors')), ['shard', 'missing']);
      }
      assertRefused(await anyslice('merge', ...parts, parts[0], '-o', file('less.safetensors')), [parts[0]]);
    }
    assert.ok(!existsSync(file('less.safetensors')), 'a refused merge leaves nothing');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('.part')),
      [],
    );
  });

test('an adaptation for another run is refused', async (context) => {
  const folder = temporaryFolder(context);
  const adaptation = join(folder, 'adaptation.json');
  const path = 'data/recipes/nd280-light.json';
  await answer('adapt', path, ...run, '-o', adaptation);
  for (const other of [
    ['--events', `${events}`, '--seed', '1'],
    ['--events', `${events + 1}`],
  ]) {
    const words = [...changes, ...other];
    const table = join(folder, 'table.safetensors');
    const result = await anyslice('generate', path, ...words, '--adaptation', adaptation, '-o', table);
    assertRefused(result, ['adaptation', 'recipe']);
    assert.ok(!existsSync(table));
  }
});
