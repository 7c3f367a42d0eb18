// Bad arguments: each is refused with status 2 and one line that names the argument.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { anyslice, assertRefused, binary, cardName, run } from './command.mjs';

const limit = ['limit', cardName, '--on', 'theta'];
/// `anyslice cls` with options changed, or left out where undefined.
const cls = (options) => [
  'cls',
  ...Object.entries({ observed: '1', background: '1.9', 'background-error': '0.8', signal: '1', ...options })
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [`--${name}`, value]),
];

/// what is wrong, the arguments, what the line must contain
const cases = [
  ['an unknown command', ['frobnicate'], ['frobnicate']],
  ['an unknown option', ['rate', cardName, '--frobnicate'], ['--frobnicate']],
  ['no card', ['rate'], ['CARD']],
  ['a built-in card that does not exist', ['rate', 'no-such-card'], ['no-such-card']],
  ['a card file that does not exist', ['rate', '/nowhere/card.json'], ['/nowhere/card.json']],
  ['a folder as card', ['rate', tmpdir()], [tmpdir()]],

  ['an unknown parameter', ['rate', cardName, '--set', 'mass=120'], ['mass']],
  ['--set without a value', ['rate', cardName, '--set', 'mS'], ['--set', 'mS']],
  ['--set with an empty value', ['rate', cardName, '--set', 'mS='], ['mS']],
  ['--set with a word', ['rate', cardName, '--set', 'mS=heavy'], ['mS', 'heavy']],
  ['--set with something behind the number', ['rate', cardName, '--set', 'mS=120MeV'], ['mS', '120MeV']],
  ['--set with NaN', ['rate', cardName, '--set', 'mS=nan'], ['mS']],
  ['--set with infinity', ['rate', cardName, '--set', 'theta=inf'], ['theta']],
  ['a parameter above its range', ['rate', cardName, '--set', 'mS=1e6'], ['mS', '210']],
  ['a parameter below its range', ['rate', cardName, '--set', 'theta=0'], ['theta', '1e-06']],

  ['an unknown benchmark', ['rate', cardName, '--at', 'nowhere'], ['nowhere']],
  ['an unknown variant', ['rate', cardName, '--variant', 'imaginary'], ['imaginary', 'published']],
  ['an unknown column to break down by', ['rate', cardName, '--breakdown', 'colour'], ['colour']],

  ['no parameter to limit', ['limit', cardName, '--on'], ['--on']],
  ['an unknown parameter to limit', ['limit', cardName, '--on', 'mass'], ['mass']],
  ['an unknown method', [...limit, '--method', 'guess'], ['guess', 'cls-hybrid']],
  ['an unknown constraint', [...limit, '--constraint', 'flat'], ['flat', 'lognormal']],
  ['an unknown format', [...limit, '--format', 'excel'], ['excel', 'csv']],
  ['level 0', [...limit, '--cl', '0'], ['level']],
  ['level 1', [...limit, '--cl', '1'], ['level']],
  ['a level in percent', [...limit, '--cl', '95'], ['level']],
  ['a level that is a word', [...limit, '--cl', 'abc'], ['cl', 'abc']],
  ['a level that is NaN', [...limit, '--cl', 'nan'], ['cl']],
  ['no toys', [...limit, '--method', 'cls-toys', '--toys', '0'], ['toys']],
  ['a negative number of toys', [...limit, '--method', 'cls-toys', '--toys', '-5'], ['toys']],
  ['a seed that is a word', [...limit, '--method', 'cls-toys', '--seed', 'lucky'], ['--seed', 'lucky']],

  ['--versus without a range', [...limit, '--versus', 'mS'], ['--versus', 'PARAM=LO:HI:N']],
  ['--versus without a count', [...limit, '--versus', 'mS=100:200'], ['--versus', 'PARAM=LO:HI:N']],
  ['--versus with a word as bound', [...limit, '--versus', 'mS=low:200:5'], ['--versus', 'low']],
  ['--versus with an unknown spacing', [...limit, '--versus', 'mS=100:200:5:cubic'], ['--versus', 'cubic']],
  ['--versus with no points', [...limit, '--versus', 'mS=100:200:0'], ['--versus', '0']],
  ['--versus with half a point', [...limit, '--versus', 'mS=100:200:2.5'], ['--versus', '2.5']],
  ['--versus with too many points', [...limit, '--versus', 'mS=100:200:99999999999'], ['--versus', '99999999999']],
  ['--versus with reversed bounds', [...limit, '--versus', 'mS=200:100:5'], ['--versus', '200']],
  ['--versus outside the range', [...limit, '--versus', 'mS=100:900:5'], ['mS', '210']],
  ['--versus an unknown parameter', [...limit, '--versus', 'mass=100:200:5'], ['mass']],
  ['--versus the parameter of the limit', [...limit, '--versus', 'theta=1e-4:1e-3:5'], ['versus']],
  ['--versus logarithmic from zero', [...limit, '--versus', 'mS=0:200:5:log'], ['--versus', 'mS']],

  ['a fraction of an event observed', cls({ observed: '1.5' }), ['observed']],
  ['a negative observation', cls({ observed: '-1' }), ['observed']],
  ['a negative background', cls({ background: '-2' }), ['background']],
  ['a negative background error', cls({ 'background-error': '-1' }), ['--background-error']],
  ['a negative signal', cls({ signal: '-1' }), ['signal']],
  ['a background that is a word', cls({ background: 'some' }), ['--background', 'some']],
  ['no observation', cls({ observed: undefined }), ['--observed']],
  ['a method that does not exist', cls({ method: 'guess' }), ['guess', 'cls-hybrid']],

  [
    'a recipe that does not exist',
    ['generate', '/nowhere/recipe.json', '-o', '/tmp/x.safetensors'],
    ['/nowhere/recipe.json'],
  ],
  ['no table to write', ['generate', 'data/recipes/microboone-kdar.json'], ['-o']],
  [
    'a shard of none',
    ['generate', 'data/recipes/microboone-kdar.json', '-o', '/tmp/x.safetensors', '--shard', '3/2'],
    ['--shard', '3/2'],
  ],
  [
    'no events',
    ['generate', 'data/recipes/microboone-kdar.json', '-o', '/tmp/x.safetensors', '--events', '0'],
    ['events'],
  ],
  ['a table that does not exist', ['info', '/nowhere/table.safetensors'], ['/nowhere/table.safetensors']],
];

for (const [what, words, texts] of cases)
  test(`refuses ${what}`, async () => {
    assertRefused(await anyslice(...words), texts);
  });

test('finds the built-in cards from any folder', async () => {
  const result = await run(binary, ['list'], { cwd: tmpdir() });
  assert.equal(result.status, 0, result.stderr);
  assert.ok(result.stdout.includes(cardName), result.stdout);
});
