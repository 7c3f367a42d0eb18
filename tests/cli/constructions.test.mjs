// Constructions, coverage, maps of limits and lists of points from the command line: what they say must agree with closed
// forms and with each other, and what is wrong is refused in one line.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { anyslice, assertRefused, cardName } from './command.mjs';

async function json(...words) {
  const result = await anyslice(...words, '--json');
  assert.equal(result.status, 0, `${words.join(' ')}: ${result.stderr}`);
  return JSON.parse(result.stdout);
}
const near = (value, wanted, relative) =>
  assert.ok(Math.abs(value / wanted - 1) <= relative, `${value} is not ${wanted} to ${relative}`);

/// A file in a folder that is removed after the test.
function file(context, text) {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'points.csv');
  writeFileSync(path, text);
  return path;
}

describe('cls', () => {
  const counting = (observed, background, method, ...more) =>
    json('cls', '--observed', observed, '--background', background, '--method', method, ...more);

  test('every construction of a count without uncertainties has its closed form at zero events', async () => {
    const half = 0.5 * 1.959963984540054 ** 2;
    const limits = {
      'cls-hybrid': Math.log(20),
      'bayes-flat': Math.log(20),
      'delta-lnl-1': half,
      'delta-lnl-2': Math.log(20),
    };
    for (const [method, limit] of Object.entries(limits))
      near((await counting('0', '2.5', method)).upper_limit, limit, 1e-10);
    // Feldman and Cousins, Table IV.
    const unified = await counting('6', '3', 'feldman-cousins', '--cl', '0.9');
    assert.ok(Math.abs(unified.upper_limit - 8.47) < 0.0051);
    assert.deepEqual(
      unified.intervals.map(({ kind }) => kind),
      ['feldman-cousins'],
    );
    assert.ok(Math.abs(unified.intervals[0].low - 0.15) < 0.0051);
    const bayes = await counting('6', '3', 'bayes-flat');
    assert.deepEqual(
      bayes.intervals.map(({ kind }) => kind),
      ['central', 'highest-density'],
    );
  });

  test('an asymptotic limit of few events comes with the exact one', async () => {
    const { stderr, status } = await anyslice(
      'cls',
      '--observed',
      '1',
      '--background',
      '1.9',
      '--method',
      'cls-asymptotic',
    );
    assert.equal(status, 0);
    assert.match(stderr, /^anyslice: warning: [^\n]*observed limit 3\.218 asymptotic, 3\.839 by cls-exact[^\n]*\n$/);
  });

  test('what has no answer is refused or explained', async () => {
    for (const method of ['bayes-flat', 'feldman-cousins', 'delta-lnl-1', 'delta-lnl-2']) {
      const words = ['cls', '--background', '2', '--method', method];
      assertRefused(await anyslice(...words, '--observed', '-1'), ['--observed']);
      assertRefused(await anyslice(...words, '--observed', '1.5'), ['--observed']);
      assertRefused(await anyslice(...words, '--observed', '1', '--signal', '0'), ['--signal']);
      assertRefused(await anyslice(...words, '--observed', '1', '--background-error', '-1'), ['--background-error']);
      for (const level of ['0', '1'])
        assertRefused(await anyslice(...words, '--observed', '1', '--cl', level), ['--cl']);
    }
    const options = ['--observed', '1', '--background', '2', '--signal-error', '0.5', '--constraint', 'truncated'];
    assertRefused(await anyslice('cls', '--method', 'bayes-flat', ...options), ['cannot be normalised']);
  });
});

describe('coverage', () => {
  test('of a count without uncertainties is the probability of the counts that do not exclude', async () => {
    // Three events over none: only zero counts exclude them, by -ln(0.05) < 3.
    const found = await json(
      'coverage',
      '--background',
      '0',
      '--signal',
      '3',
      '--method',
      'cls-exact',
      '--toys',
      '20000',
    );
    assert.equal(found.experiments, 20000);
    assert.equal(found.coverage, found.covered / found.experiments);
    assert.ok(Math.abs(found.coverage - (1 - Math.exp(-3))) < 3.5 * found.error);
  });

  test('of a card is at the prediction of its point, and the same each time', async () => {
    const words = ['coverage', cardName, '--set', 'mS=140', '--set', 'theta=4e-4', '--toys', '300'];
    const [one, again] = await Promise.all([json(...words), json(...words)]);
    near(one.signal_events, 5.27443, 1e-4);
    assert.deepEqual(one, again);
    assert.ok(one.coverage > 0.95);
  });

  test('refuses what makes no sense', async () => {
    assertRefused(await anyslice('coverage'), ['expected a card']);
    assertRefused(await anyslice('coverage', cardName, '--background', '3'), ['--background']);
    assertRefused(await anyslice('coverage', '--background', '3', '--mu', '-1'), ['--mu']);
    assertRefused(await anyslice('coverage', '--background', '3', '--toys', '0'), ['--toys: ', 'experiments']);
    const withToys = ['--method', 'cls-toys', '--inner-toys', '1'];
    assertRefused(await anyslice('coverage', '--background', '3', ...withToys), ['--inner-toys: ']);
    assertRefused(await anyslice('coverage', cardName, '--background-error', '3'), ['--background-error: belongs to']);
    const gaussian = ['--background', '3', '--background-error', '1', '--constraint', 'gaussian'];
    assertRefused(await anyslice('coverage', ...gaussian, '--nuisances', 'nominal'), ['--nuisances', 'lognormal']);
  });

  test('of numbers refuses the options of a card', async () => {
    for (const [option, value] of [
      ['--set', 'mS=140'],
      ['--at', 'B'],
      ['--variant', 'physics'],
      ['--projection', 'x'],
      ['--switch', 'x=1'],
      ['--bandwidth', 'mN=1'],
      ['--channels', 'x'],
      ['--part', 'x'],
      ['--exposure-scale', '2'],
    ])
      assertRefused(await anyslice('coverage', '--background', '3', '--toys', '10', option, value), [
        `${option}: belongs to a card`,
      ]);
  });

  test('of a card at a benchmark is at its prediction', async () => {
    const found = await json('coverage', cardName, '--at', 'KCV-120', '--toys', '300');
    near(found.signal_events, (await json('rate', cardName, '--at', 'KCV-120')).mu, 1e-9);
    assertRefused(await anyslice('coverage', cardName, '--at', 'B'), ['--at', 'KCV-120']);
  });

  test('of a card with many bins says that it is for one', async () => {
    for (const words of [[], ['--method', 'cls-hybrid'], ['--method', 'delta-lnl-2']]) {
      const refused = await anyslice('coverage', 'nd280-dark-neutrino-light', ...words);
      assertRefused(refused, ['--channels', 'one bin', '42']);
      assert.ok(!refused.stderr.includes('delta-lnl'), refused.stderr);
    }
  });
});

describe('limit --map', () => {
  const words = ['limit', 'microboone-kdar-x', '--on', 'BR_product'];

  test('is the curve at every second parameter', async () => {
    const map = await json(...words, '--versus', 'tau_X=1e-8:1e-4:5:log', '--map', 'mX=100:200:3');
    assert.deepEqual(map.y.values, [100, 150, 200]);
    assert.equal(map.observed.length, 3);
    const curve = await json(...words, '--versus', 'tau_X=1e-8:1e-4:5:log', '--set', 'mX=150');
    assert.deepEqual(
      map.x.values,
      curve.points.map(({ tau_X }) => tau_X),
    );
    curve.points.forEach((point, i) => {
      near(map.observed[1][i], point.observed, 1e-6);
      near(map.expected['+1'][1][i], point.expected['+1'], 1e-6);
    });
  });

  test('as comma-separated values has a line per point', async () => {
    const { stdout } = await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'mX=100:200:3', '--format', 'csv');
    const lines = stdout
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    assert.equal(lines.length, 4);
    assert.equal(lines[0], 'tau_X,mX,observed,expected_-2,expected_-1,expected_0,expected_+1,expected_+2');
  });

  test('names what is wrong with an axis', async () => {
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'mass=1:2:3'), ['--map', 'mass']);
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'tau_X=1e-6'), ['--map']);
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'mX=100:500:3'), ['--map', 'mX']);
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'mX=200:100:3'), ['--map', 'LO < HI']);
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-6', '--map', 'mX=nan:200:3'), ['--map mX', '"nan"']);
    assertRefused(await anyslice(...words, '--versus', 'tau_X=1e-20', '--map', 'mX=100'), ['--versus', 'tau_X']);
  });

  test('refuses to set what is on an axis', async () => {
    const map = [...words, '--versus', 'tau_X=1e-6', '--map', 'mX=100'];
    assertRefused(await anyslice(...map, '--set', 'mX=100'), ['--set mX', '--map']);
    assertRefused(await anyslice(...map, '--set', 'tau_X=1e-6'), ['--set tau_X', '--versus']);
    assertRefused(await anyslice('limit', cardName, '--versus', 'mS=140', '--set', 'mS=150'), ['--set mS', '--versus']);
    assertRefused(await anyslice('limit', cardName, '--set', 'mS=150'), ['--set mS', '--versus']);
  });
});

describe('evaluate', () => {
  test('gives the prediction and the likelihood of single points', async (context) => {
    const path = file(context, '# from a sampler\nmS,theta\r\n140, 4e-4\n\n150,5e-4\n');
    const { stdout, status } = await anyslice('evaluate', cardName, '--points', path);
    assert.equal(status, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    assert.deepEqual(lines[0], [
      'mS',
      'theta',
      'mu',
      'mu_mc_error',
      'effective_events',
      'log_likelihood',
      'kernel_trusted',
    ]);
    assert.deepEqual(lines[1].slice(0, 2), ['140', '4e-4']);
    const { rows, log_likelihood_without_signal: without } = await json('evaluate', cardName, '--points', path);
    for (const [i, theta] of [4e-4, 5e-4].entries()) {
      const point = await json('rate', cardName, '--set', `mS=${[140, 150][i]}`, '--set', `theta=${theta}`);
      near(rows[i].mu, point.mu, 1e-4);
      near(Number(lines[i + 1][2]), point.mu, 1e-4);
      near(without - rows[i].log_likelihood, point.delta_lnl, 1e-3);
    }
  });

  test('goes on after a point without prediction, and says why there is none', async (context) => {
    const light = 'nd280-dark-neutrino-light';
    const path = file(context, 'mN,mZ\n0.1,0.03\n\n0.1,0.2\n9,0.03\n0.15,0.03\n');
    const { status, stdout, stderr } = await anyslice('evaluate', light, '--points', path);
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 5);
    assert.equal(lines[0], 'mN,mZ,mu,mu_mc_error,effective_events,log_likelihood,kernel_trusted');
    assert.equal(lines[2], '0.1,0.2,nan,nan,nan,-inf,0');
    assert.equal(lines[3], '9,0.03,nan,nan,nan,-inf,0');
    assert.match(
      stderr,
      /points\.csv, line 4: no prediction: .*\n.*points\.csv, line 5: no prediction: mN: .*found 9\n$/,
    );
    const { rows } = await json('evaluate', light, '--points', path);
    assert.equal(rows.length, 4);
    for (const i of [1, 2]) {
      for (const field of ['mu', 'mu_mc_error', 'effective_events', 'log_likelihood'])
        assert.equal(rows[i][field], null);
      assert.equal(rows[i].kernel_trusted, false);
      assert.ok(rows[i].reason.length > 0);
    }
    for (const [i, mN] of [
      [0, 0.1],
      [3, 0.15],
    ]) {
      assert.equal(rows[i].reason, null);
      near(rows[i].mu, (await json('rate', light, '--set', `mN=${mN}`, '--set', 'mZ=0.03')).mu, 1e-4);
    }
    const many = file(context, `mN,mZ\n${'0.1,0.2\n'.repeat(7)}`);
    const answer = await anyslice('evaluate', light, '--points', many);
    assert.equal(answer.stdout.trim().split('\n').length, 8);
    assert.equal(answer.stderr.trim().split('\n').length, 6);
    assert.match(answer.stderr, /no prediction at 7 of 7 points/);
  });

  test('names the line of what is wrong', async (context) => {
    const refused = async (text, expected, ...more) =>
      assertRefused(await anyslice('evaluate', cardName, '--points', file(context, text), ...more), expected);
    await refused('', ['points.csv', 'names of parameters']);
    await refused('mS,theta\n', ['points.csv', 'at least one point']);
    await refused('mS,mass\n140,1\n', ['line 1', 'mass']);
    await refused('mS,mS\n140,140\n', ['line 1', 'twice']);
    await refused('mS,theta\n140,4e-4\n140\n', ['line 3', '2 numbers']);
    await refused('mS,theta\n140,nan\n', ['line 2', 'theta', 'nan']);
    await refused('mS\n140\n', ['--set mS'], '--set', 'mS=100');
    assertRefused(await anyslice('evaluate', cardName, '--points', '/nowhere.csv'), ['/nowhere.csv']);
  });
});
