// anyslice cls --workspace, workspace and strength: answers, refusals, and files that pyhf would take.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { reference, workspaceOf } from '../validation/pyhf.mjs';
import { anyslice, assertRefused, cardName, root, workspace } from './command.mjs';

const Ajv2020 = createRequire(join(root, 'web/package.json'))('ajv/dist/2020').default;
const schema = JSON.parse(readFileSync(join(root, 'tests/validation/pyhf/workspace.schema.json'), 'utf8'));
const isWorkspace = new Ajv2020({ allErrors: true, strictTypes: false }).compile(schema);

async function answer(...words) {
  const result = await anyslice(...words);
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

const simple = () => workspaceOf(reference.models[0]);

test('limits of a workspace have the fields that are documented', async (context) => {
  const path = workspace(context, { tables: false }).write('simple.json', simple());
  const asymptotic = await answer('cls', '--workspace', path, '--method', 'cls-asymptotic', '--json');
  assert.equal(asymptotic.method, 'cls-asymptotic');
  assert.equal(asymptotic.level, 0.95);
  assert.equal(asymptotic.measurement, 'measurement');
  assert.ok(Math.abs(asymptotic.CLs - reference.models[0].exact.CLs[0]) < 1e-10);
  for (const list of [asymptotic.expected_CLs, asymptotic.expected])
    assert.deepEqual(new Set(Object.keys(list)), new Set(['-2', '-1', '0', '+1', '+2']));
  assert.equal(asymptotic.warnings.length, 1);
  assert.match(asymptotic.warnings[0], /fewer than about ten expected events/);

  const withToys = ['cls', '--workspace', path, '--method', 'cls-toys', '--toys', '1000', '--cl', '0.9', '--json'];
  const toys = await answer(...withToys);
  assert.equal(toys.level, 0.9);
  assert.ok(toys.CLs_error > 0 && toys.upper_limit_error > 0);
  assert.deepEqual(toys, await answer(...withToys));

  const interval = await answer('cls', '--workspace', path, '--method', 'delta-lnl-1', '--json');
  assert.equal(interval.CLs, null);
  assert.equal(interval.interval.high, interval.upper_limit);
  assert.equal(interval.interval.low, 0);

  const text = await anyslice('cls', '--workspace', path);
  assert.equal(text.status, 0);
  assert.match(
    text.stdout,
    /^cls-asymptotic, 0.95 CL, limits on mu of measurement measurement \(1 bins, 1 parameters\)/,
  );
});

test('a workspace that cannot be used is refused with file and place', async (context) => {
  const folder = workspace(context, { tables: false });
  const refused = async (content, texts, ...options) => {
    const path = typeof content === 'string' ? content : folder.write('bad.json', content);
    assertRefused(await anyslice('cls', '--workspace', path, ...options, '--json'), texts);
  };
  const edited = (edit) => {
    const copy = structuredClone(simple());
    edit(copy);
    return copy;
  };
  await refused(join(folder.folder, 'nowhere.json'), ['nowhere.json']);
  await refused(folder.write('text.json', '{"channels": ['), ['text.json', 'line 1']);
  await refused(
    edited((w) => delete w.measurements),
    ['bad.json', 'measurements'],
  );
  await refused(
    edited((w) => (w.observations[0].data = [-1])),
    ['bad.json', 'observations[0].data[0]'],
  );
  await refused(
    edited((w) => w.channels[0].samples[1].modifiers.push({ name: 'free', type: 'shapefactor', data: null })),
    ['bad.json', 'channels[0].samples[1].modifiers[1]', '"free"', 'shapefactor'],
  );
  await refused(simple(), ['--method', 'cls-asymptotic', 'cls-hybrid'], '--method', 'cls-hybrid');
  for (const level of ['0', '1']) await refused(simple(), ['--cl', 'between 0 and 1'], '--cl', level);
  await refused(simple(), ['measurements', 'expected measurement'], '--measurement', 'other');
  await refused(simple(), ['--workspace'], '--observed', '3');
  assertRefused(await anyslice('cls', '--observed', '3'), ['--background']);
  assertRefused(await anyslice('cls', '--observed', '3', '--background', '2', '--measurement', 'x'), ['--workspace']);
});

test('a workspace without signal has no limit, and says why', async (context) => {
  const folder = workspace(context, { tables: false });
  const path = folder.write('none.json', workspaceOf({ ...reference.models[0], signal: [0] }));
  const result = await answer('cls', '--workspace', path, '--json');
  assert.equal(result.CLs, 1);
  assert.equal(result.upper_limit, null);
  assert.match(result.reasons.observed, /no signal/);
});

for (const [card, ...options] of [
  [cardName, '--set', 'mS=150', '--set', 'theta=4e-4'],
  [cardName, '--set', 'theta=4e-4', '--exposure-scale', '3', '--constraint', 'gaussian'],
  ['nd280-dark-neutrino-light', '--at', 'A'],
  ['nd280-dark-neutrino-heavy', '--at', 'B', '--constraint', 'truncated', '--channels', 'analysis-I'],
])
  test(`${card} ${options.join(' ')} becomes a workspace that the schema accepts and that has its limits`, async (context) => {
    const path = join(workspace(context, { tables: false }).folder, 'written.json');
    const silent = await anyslice('workspace', card, ...options, '-o', path);
    assert.equal(silent.status, 0, silent.stderr);
    assert.equal(silent.stdout, '');
    const written = JSON.parse(readFileSync(path, 'utf8'));
    assert.ok(isWorkspace(written), JSON.stringify(isWorkspace.errors));
    assert.deepEqual(await answer('workspace', card, ...options), written);
    const samples = written.channels.flatMap((channel) => channel.samples);
    const signal = samples.filter((sample) => sample.name === 'signal');
    assert.ok(signal.some((sample) => sample.modifiers.some(({ type }) => type === 'staterror')));
    for (const sample of signal)
      assert.ok(sample.modifiers.some(({ name, type }) => name === 'mu' && type === 'normfactor'));
    const ofRate = options.filter((word, i) => word !== '--constraint' && options[i - 1] !== '--constraint');
    const rate = await answer('rate', card, ...ofRate, '--json');
    const events = signal.reduce((sum, { data }) => sum + data.reduce((a, b) => a + b), 0);
    assert.ok(Math.abs(events / rate.mu - 1) < 1e-9, `${events} signal events, ${rate.mu} expected`);
    const read = await answer('cls', '--workspace', path, '--cl', '0.9', '--json');
    const direct = await answer('strength', card, ...options, '--cl', '0.9', '--json');
    // Code 4 of pyhf is not quite the lognormal of the card.
    for (const band of Object.keys(direct.expected_CLs)) {
      assert.ok(Math.abs(read.expected_CLs[band] - direct.expected_CLs[band]) < 1e-4);
      assert.ok(Math.abs(read.expected[band] / direct.expected[band] - 1) < 0.01);
    }
  });

test('what is printed has the errors of toys, and one line for limits that are missing for one reason', async (context) => {
  const folder = workspace(context, { tables: false });
  const path = folder.write('one.json', workspaceOf({ ...reference.models[0] }));
  const toys = await anyslice('cls', '--workspace', path, '--method', 'cls-toys', '--toys', '500');
  assert.equal(toys.status, 0, toys.stderr);
  assert.match(toys.stdout, /upper limit +observed [\d.]+ \+- [\d.]+/);
  const likelihood = await anyslice('cls', '--workspace', path, '--method', 'delta-lnl-1');
  assert.match(likelihood.stdout, /no -2, -1, \+1, \+2 limit: delta-lnl-1 has a median only/);
  const help = await anyslice('strength', '--help');
  assert.match(help.stdout, /Construction: cls-asymptotic, cls-toys or delta-lnl-1/);
  assert.doesNotMatch(help.stdout, /bayes-flat/);
});

test('strength and limit combine the pulls of one component alike', async () => {
  // Three pulls of a signal that may each fall by three standard deviations could take all of it away.
  const at = ['--set', 'mX=140', '--method', 'cls-asymptotic', '--constraint', 'gaussian'];
  const found = await answer('strength', 'microboone-kdar-x', ...at, '--no-mc-error', '--json');
  const { signal_limits: limits } = JSON.parse(
    (await anyslice('limit', 'microboone-kdar-x', '--versus', 'mX=140', '--format', 'json', ...at.slice(2))).stdout,
  );
  assert.ok(found.expected['+2'] > 0, JSON.stringify(found.reasons));
  for (const band of ['-2', '-1', '0', '+1', '+2']) {
    const ratio = found.expected[band] / found.expected['0'];
    const wanted = limits.expected[band].value / limits.expected['0'].value;
    assert.ok(Math.abs(ratio / wanted - 1) < 1e-5, `${band}: ${ratio}, ${wanted}`);
  }
});

test('points that do not exist are refused', async () => {
  assertRefused(await anyslice('workspace', cardName, '--set', 'mS=1e9'), ['mS']);
  assertRefused(await anyslice('workspace', cardName, '--constraint', 'cauchy'), ['constraint', 'cauchy']);
  assertRefused(await anyslice('strength', cardName, '--method', 'cls-hybrid'), ['cls-asymptotic']);
});
