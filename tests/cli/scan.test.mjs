// The likelihood along one parameter, and limits against the exposure, on the command line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { anyslice, assertRefused, binary, card, cardName, root, run, workspace } from './command.mjs';

const heavy = 'nd280-dark-neutrino-heavy';

async function json(...words) {
  const { status, stdout, stderr } = await anyslice(...words, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const near = (value, expected, tolerance) =>
  assert.ok(Math.abs(value / expected - 1) < tolerance, `${value} is not ${expected} within ${tolerance}`);

/// The rows of comma-separated values under their header, as numbers; and the comments above.
function rowsOf(csv) {
  const lines = csv.trim().split('\n');
  const comments = lines.filter((line) => line.startsWith('#'));
  const [header, ...rows] = lines.slice(comments.length).map((line) => line.split(','));
  return { comments, header, rows };
}

describe('scan', () => {
  test('has the likelihood of evaluate, as json, csv and a table', async (context) => {
    const words = ['scan', cardName, '--on', 'theta=1e-4:1e-3:5:log', '--set', 'mS=150'];
    const scan = await json(...words);
    assert.equal(scan.on, 'theta');
    assert.equal(scan.likelihood, 'effective');
    assert.deepEqual(scan.point, { mS: 150 });
    assert.equal(scan.values.length, 5);
    const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const points = join(folder, 'points.csv');
    writeFileSync(points, `theta\n${scan.values.join('\n')}\n`);
    const { rows } = await json('evaluate', cardName, '--points', points, '--set', 'mS=150');
    for (const [i, row] of rows.entries()) near(-row.log_likelihood, scan.minus_log_likelihood[i], 1e-9);
    assert.deepEqual(
      scan.levels.map(({ name }) => name),
      ['1 sigma', '90 %', '95 %'],
    );
    const csv = rowsOf((await anyslice(...words, '--format', 'csv')).stdout);
    assert.equal(csv.header[0], 'theta');
    assert.equal(csv.header[1], 'minus_two_delta_lnl');
    for (const [i, row] of csv.rows.entries()) near(Number(row[1]), scan.minus_two_delta_lnl[i], 1e-8);
    const { stdout } = await anyslice(...words);
    assert.match(stdout, /^microboone-kdar-scalar: -2 Delta ln L along theta, effective likelihood/);
    const [level] = scan.levels.filter(({ name }) => name === '95 %');
    assert.match(stdout, new RegExp(`95 % \\(3\\.841\\): excluded ${level.excluded[0].low.toPrecision(6)}`));
  });

  test('names gaps, profiles, and starts from a benchmark', async () => {
    const scan = await json('scan', heavy, '--at', 'B', '--on', 'mZ=0.05:5:21:log', '--profile', 'VN2');
    assert.equal(scan.profile, 'VN2');
    assert.equal(scan.point.mN, 0.1);
    assert.ok(!('VN2' in scan.point) && !('mZ' in scan.point));
    near(scan.current.value, 1.25, 1e-12);
    assert.equal(scan.gaps[0].status, 'outside');
    assert.equal(scan.gaps[0].low, 0.05);
    assert.ok(scan.gaps[0].reason.length > 0);
    const fixed = await json('scan', heavy, '--at', 'B', '--on', 'mZ=0.05:5:21:log');
    for (const [i, status] of scan.status.entries()) {
      if (status !== 'known') assert.equal(scan.minus_two_delta_lnl[i], null);
      else if (fixed.status[i] === 'known') {
        // The fixed value is one of those tried, but as a point of an interpolated curve.
        const single = fixed.minus_log_likelihood[i];
        assert.ok(scan.minus_log_likelihood[i] <= single + 1e-6 * Math.max(1, single));
      }
    }
    const { stdout } = await anyslice('scan', heavy, '--at', 'B', '--on', 'mZ=0.05:5:21:log');
    assert.match(stdout, /\nnothing is said from 0\.05 to [\d.]+: .+\n$/);
  });

  test('says what is wrong', async () => {
    const refused = async (expected, ...words) => assertRefused(await anyslice('scan', cardName, ...words), expected);
    await refused(['--on', 'mass', 'mS'], '--on', 'mass');
    await refused(['--on', 'PARAM=LO:HI:N'], '--on', 'theta=1e-4:1e-3');
    await refused(['--on', 'LO < HI'], '--on', 'theta=1e-3:1e-4:5');
    await refused(['--on', 'within that of theta'], '--on', 'theta=1e-9:1e-4:5:log');
    await refused(['--on', '2001'], '--on', 'theta=1e-5:1e-4:5000');
    await refused(['--profile', 'axis'], '--on', 'theta', '--profile', 'theta');
    await refused(['--at', 'C'], '--at', 'C');
    await refused(['--cl'], '--cl', '2');
    await refused(['--format', 'csv'], '--format', 'xml');
    await refused(['--format', 'csv', '--json'], '--format', 'csv', '--json');
  });
});

describe('limit --exposure', () => {
  test('agrees with limits at single exposures, as json, csv and a table', async () => {
    const words = ['limit', cardName, '--set', 'mS=140', '--exposure', '0.1:10:3:log'];
    const limit = await json(...words);
    assert.deepEqual(
      limit.points.map(({ exposure }) => Number(exposure.toPrecision(12))),
      [0.1, 1, 10],
    );
    near(limit.points[2].amount, 1.93e21, 1e-12);
    for (const { exposure, expected } of limit.points) {
      const single = await json('limit', cardName, '--versus', 'mS=140', '--exposure-scale', String(exposure));
      assert.deepEqual(single.points[0].expected, expected);
    }
    const today = await json('limit', cardName, '--versus', 'mS=140');
    assert.equal(limit.today.observed, today.points[0].observed);
    assert.equal(limit.projections[0].name, 'all-NuMI');
    const csv = rowsOf((await anyslice(...words, '--format', 'csv')).stdout);
    assert.deepEqual(csv.header.slice(0, 3), ['exposure', 'POT', 'expected']);
    for (const [i, row] of csv.rows.entries()) near(Number(row[2]), limit.points[i].expected['0'], 1e-9);
    const { stdout } = await anyslice(...words);
    assert.match(stdout, /projection all-NuMI\n/);
    assert.match(stdout, /today: observed 0\.0003776, expected 0\.000\d+\n$/);
  });

  test('refuses a format that it cannot write', async () => {
    const words = ['limit', cardName, '--set', 'mS=140', '--exposure', '1'];
    assertRefused(await anyslice(...words, '--format', 'hepdata'), [
      '--format: ',
      'expected json, csv or table with --exposure',
      '"hepdata"',
    ]);
    assertRefused(await anyslice(...words, '--output', 'folder'), ['--output: ', '--format hepdata']);
  });

  test('takes cards with several bins by their likelihood', async () => {
    const limit = await json('limit', heavy, '--at', 'B', '--on', 'UmuN2', '--exposure', '1:10:2:log');
    assert.equal(limit.method, 'delta-lnl-2');
    assert.ok(limit.points[1].expected['0'] < limit.points[0].expected['0']);
    assert.equal(limit.points[0].expected['+1'], null);
    assert.deepEqual(
      limit.projections.map(({ name, exposure }) => [name, Number(exposure.toPrecision(6))]),
      [
        ['T2K-I', 2.02147],
        ['T2K-II', 8.7139],
      ],
    );
  });

  test('says what is wrong', async () => {
    const refused = async (expected, ...words) =>
      assertRefused(await anyslice('limit', cardName, '--exposure', ...words), expected);
    await refused(['--exposure', 'LO:HI:N'], '1:2');
    await refused(['--exposure', '0.001'], '0');
    await refused(['--versus', '--exposure'], '1', '--versus', 'mS=140');
    await refused(['--projection', '--exposure'], '1', '--projection', 'all-NuMI');
    await refused(['--on', 'mass'], '1', '--on', 'mass');
  });
});

describe('limit', () => {
  test('starts from a benchmark, the axis apart', async () => {
    const limit = await json('limit', heavy, '--at', 'B', '--on', 'UmuN2', '--versus', 'mZ=1.25');
    const { point } = await json('rate', heavy, '--at', 'B');
    assert.equal(limit.set.mN, point.mN);
    assert.ok(!('mZ' in limit.set));
  });

  test('prints the errors that toys leave', async () => {
    const words = ['limit', cardName, '--versus', 'mS=140', '--method', 'cls-toys', '--toys', '2000', '--expected'];
    const { signal_limits: limits } = await json(...words);
    const { stdout } = await anyslice(...words);
    const { value, error } = limits.observed;
    const line = stdout.split('\n').find((text) => text.startsWith('in events, with the errors of the toys: '));
    assert.ok(line, stdout);
    const [, printed, printedError] = line.match(/observed (\S+) \+- ([^,]+),/);
    near(Number(printed), value, 1e-3);
    near(Number(printedError), error, 0.06);
    assert.match(line, /median \S+ \+- \S+/);
  });
});

describe('evaluate', () => {
  test('takes the rest from a benchmark, and columns for themselves', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const points = join(folder, 'points.csv');
    writeFileSync(points, 'UmuN2\n1e-7\n2.2e-7\n');
    const { rows } = await json('evaluate', heavy, '--at', 'B', '--points', points);
    near(rows[1].mu, (await json('rate', heavy, '--at', 'B')).mu, 1e-4);
    near(rows[0].mu, (await json('rate', heavy, '--at', 'B', '--set', 'UmuN2=1e-7')).mu, 1e-4);
    assertRefused(await anyslice('evaluate', heavy, '--at', 'C', '--points', points), ['--at', 'C']);
  });
});

describe('show', () => {
  test('lists what can be asked for', async () => {
    const { stdout } = await anyslice('show', heavy);
    for (const text of ['pair-energy', 'vertex', 'selection-efficiency', 'made', 'T2K-II'])
      assert.match(stdout, new RegExp(`\n  ${text} `), text);
  });

  test('lists the names that --channels, --part and --projection take', async () => {
    for (const name of ['nd280-dark-neutrino-heavy', 'nd280-dark-neutrino-light']) {
      const { stdout } = await anyslice('show', name);
      for (const [option, field] of [
        ['--channels', 'channels'],
        ['--part', 'parts'],
        ['--projection', 'projections'],
      ]) {
        const [, listed] = stdout.match(new RegExp(`\\(${option}\\)\n((?:  .*\n)*)`)) ?? [null, ''];
        const names = listed.split('\n').flatMap((line) => line.match(/^ {2}(\S+) /)?.[1] ?? []);
        assert.deepEqual(names.sort(), Object.keys(card(name)[field] ?? {}).sort(), `${name} ${option}`);
      }
    }
  });
});

describe('the README', () => {
  test('has a likelihood for samplers in Python that runs', async (context) => {
    if ((await run('python3', ['--version']).catch(() => null))?.status !== 0)
      return context.skip('there is no python3');
    const [, program] = readFileSync(join(root, 'README.md'), 'utf8').match(/```python\n(.*?)```/s);
    // The command that has been built: ./dev would look for things to build.
    const { status, stdout, stderr } = await run('python3', [
      '-c',
      program.replace('"./dev", "anyslice"', JSON.stringify(binary)),
    ]);
    assert.equal(status, 0, stderr);
    const [first, second, none] = stdout.trim().slice(1, -1).split(', ');
    assert.ok(Number(first) < Number(second), 'more signal fits no observed event worse');
    assert.equal(none, '-inf');
    const at = await json('scan', heavy, '--at', 'B', '--on', 'epsilon', '--set', 'epsilon=0.02');
    near(Number(first), -(at.current.minus_two_delta_lnl / 2 + at.minimum.minus_log_likelihood), 1e-6);
  });
});

describe('contour --at', () => {
  test('takes from the benchmark what is neither on an axis, profiled nor set', async (context) => {
    const { write } = workspace(context);
    const { point } = card(heavy).benchmarks.B;
    // The benchmark of the card itself is its defaults.
    const other = { ...point, mN: 0.15, UmuN2: 1e-6, VN2: 0.5, mZ: 2 };
    const own = write('analyses/own.json', {
      anyslice: '1',
      extends: `${heavy}.json`,
      name: 'own',
      benchmarks: { C: { label: 'C', point: other } },
    });
    const words = ['contour', own, '--x', 'mZ', '--y', 'epsilon', '--resolution', 'coarse'];
    const set = (names) => names.flatMap((name) => ['--set', `${name}=${other[name]}`]);
    const at = await json(...words, '--at', 'C');
    assert.deepEqual(at.set, { mN: 0.15, alphaD: 0.4, UmuN2: 1e-6, VN2: 0.5 });
    assert.ok(at.rings.length > 0);
    assert.deepEqual(at, await json(...words, ...set(['mN', 'alphaD', 'UmuN2', 'VN2'])));
    const profiled = await json(...words, '--at', 'C', '--profile', 'VN2', '--set', 'UmuN2=1e-7');
    assert.deepEqual(
      profiled,
      await json(...words, '--profile', 'VN2', ...set(['mN', 'alphaD']), '--set', 'UmuN2=1e-7'),
    );
  });
});
