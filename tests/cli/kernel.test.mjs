// What the kernel does to a prediction, on the command line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { anyslice, assertRefused, root } from './command.mjs';

const heavy = 'nd280-dark-neutrino-heavy';

async function json(...words) {
  const { status, stdout, stderr } = await anyslice(...words, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/// The properties of the factor "kernel", wherever the schema has them.
function namedKernel(part) {
  if (part?.properties?.factor?.const === 'kernel') return part.properties;
  if (typeof part !== 'object' || part === null) return undefined;
  for (const inner of Object.values(part)) {
    const found = namedKernel(inner);
    if (found) return found;
  }
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

  test('knows every shape and distance that a card may have, by the same names', async () => {
    const schema = JSON.parse(readFileSync(join(root, 'data/schema/card.schema.json'), 'utf8'));
    const kernel = namedKernel(schema);
    const lists = [kernel.shape.enum, kernel.axes.items.properties.distance.enum];
    const words = ['kernel', heavy, '--at', 'B', '--on', 'mN=0.1:0.2:2'];
    const { curves } = await json(...words, '--shapes', lists[0].join(), '--distances', lists[1].join());
    const named = curves.map(({ shape, distance }) => `${shape} ${distance}`);
    assert.deepEqual(
      named,
      lists[0].flatMap((shape) => lists[1].map((distance) => `${shape} ${distance}`)),
    );
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
