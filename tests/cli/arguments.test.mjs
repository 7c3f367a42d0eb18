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

/// `anyslice likelihood` with options changed, or left out where undefined.
const likelihood = (options) => [
  'likelihood',
  ...Object.entries({ observed: '2', mu: '1.9', sigma2: '0.64', ...options })
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

  ['a likelihood of a negative count', likelihood({ observed: '-1' }), ['--observed', '-1']],
  ['a likelihood of infinitely many', likelihood({ observed: 'inf' }), ['--observed', 'inf']],
  ['a likelihood of NaN', likelihood({ observed: 'nan' }), ['--observed', 'nan']],
  ['a likelihood of a word', likelihood({ observed: 'some' }), ['--observed', 'some']],
  ['a likelihood of nothing observed', likelihood({ observed: undefined }), ['--observed']],
  ['a likelihood at a negative expectation', likelihood({ mu: '-0.5' }), ['--mu', '-0.5']],
  ['a likelihood at an infinite expectation', likelihood({ mu: 'inf' }), ['--mu', 'inf']],
  ['a likelihood without an expectation', likelihood({ mu: undefined }), ['--mu']],
  ['a likelihood with a negative variance', likelihood({ sigma2: '-1e-9' }), ['--sigma2', '-1e-09']],
  ['a likelihood with a variance that is NaN', likelihood({ sigma2: 'nan' }), ['--sigma2', 'nan']],
  ['a likelihood without a variance', likelihood({ sigma2: undefined }), ['--sigma2']],

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

test('likelihood prints numbers, and -inf (null in JSON) for a count that cannot be', async () => {
  const json = async (options) => {
    const result = await anyslice(...likelihood(options), '--json');
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  };
  const { effective, poisson } = await json({});
  assert.ok(Math.abs(effective + 1.451205193926971) < 1e-12, `${effective}`);
  assert.ok(Math.abs(poisson - (2 * Math.log(1.9) - 1.9 - Math.log(2))) < 1e-12, `${poisson}`);
  const exact = await json({ sigma2: '0' });
  assert.equal(exact.effective, exact.poisson);
  assert.deepEqual(await json({ mu: '0', sigma2: '0' }), { effective: null, poisson: null });
  assert.deepEqual(await json({ observed: '0', mu: '0', sigma2: '0' }), { effective: 0, poisson: 0 });
  const halves = await json({ observed: '1.5' });
  assert.ok(halves.effective < 0 && halves.poisson < 0, JSON.stringify(halves));

  const text = await anyslice(...likelihood({}));
  assert.ok(text.stdout.includes('-1.451205194'), text.stdout);
  const impossible = await anyslice(...likelihood({ mu: '0' }));
  assert.equal(impossible.status, 0, impossible.stderr);
  assert.equal(impossible.stdout.match(/-inf/g)?.length, 2, impossible.stdout);
});

test('finds the built-in cards from any folder', async () => {
  const result = await run(binary, ['list'], { cwd: tmpdir() });
  assert.equal(result.status, 0, result.stderr);
  assert.ok(result.stdout.includes(cardName), result.stdout);
});
