// What the kernel does to a prediction, on the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyslice, assertRefused } from './command.mjs';

const heavy = 'nd280-dark-neutrino-heavy';

async function json(...words) {
  const { status, stdout, stderr } = await anyslice(...words, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

describe('kernel', () => {
  test('has the predictions of every bandwidth, and the same by other shapes and distances', async () => {
    const words = ['kernel', heavy, '--at', 'B', '--on', 'mN=0.05:0.2:3'];
    const study = await json(...words, '--shapes', 'epanechnikov,gaussian', '--distances', 'log10,ln');
    assert.deepEqual(
      study.curves.map(({ shape, distance }) => [shape, distance]),
      [
        ['epanechnikov', 'log10'],
        ['epanechnikov', 'ln'],
        ['gaussian', 'log10'],
        ['gaussian', 'ln'],
      ],
    );
    const rate = await json('rate', heavy, '--at', 'B', '--bandwidth', 'mN=0.05');
    const [own, natural] = study.curves;
    assert.ok(Math.abs(own.mu[0] / rate.mu - 1) < 1e-4, `${own.mu[0]} is not ${rate.mu}`);
    assert.ok(Math.abs(own.mu_mc_error[0] / rate.mu_mc_error - 1) < 1e-3);
    // The natural logarithm is the same distance in other units.
    for (let i = 0; i < 3; ++i) assert.ok(Math.abs(natural.mu[i] / own.mu[i] - 1) < 1e-9);
    const { stdout } = await anyslice(...words, '--flatten', 'on,off');
    assert.match(stdout, /\nepanechnikov, log10\n/);
    assert.equal(stdout.split('\n').filter((line) => line.includes(' +- ')).length, 1 + 2 * 3);
  });

  const refusals = [
    [
      [heavy, '--on', 'mZ'],
      ['--on', 'expected mN', 'mZ'],
    ],
    [
      [heavy, '--on', 'mN=0.2:0.1:3'],
      ['--on', 'LO < HI'],
    ],
    [
      [heavy, '--on', 'mN=0.1:0.2:99'],
      ['--on', '2 to 50'],
    ],
    [
      [heavy, '--on', 'mN', '--shapes', 'cosine'],
      ['--shapes', 'top-hat', 'cosine'],
    ],
    [
      [heavy, '--on', 'mN', '--distances', ''],
      ['--distances', 'linear'],
    ],
    [
      [heavy, '--on', 'mN', '--flatten', 'maybe'],
      ['--flatten', 'on,off', 'maybe'],
    ],
    [['microboone-kdar-scalar', '--on', 'mS'], ['has no kernel']],
  ];
  for (const [words, texts] of refusals)
    test(`refuses ${words.join(' ')}`, async () => assertRefused(await anyslice('kernel', ...words), texts));
});
