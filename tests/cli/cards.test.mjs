// Bad cards, each one edit away from a good one: refused with one line that names the card and the place in it.
import { test } from 'node:test';
import { anyslice, assertRefused, card, cardName, workspace } from './command.mjs';

const bin = (edited) => edited.channels['signal-region'].bins[0];

/// what is wrong, the edit, what the line must contain beside the name of the card
const edits = [
  ['no version', (c) => delete c.anyslice, ['anyslice']],
  ['another version', (c) => (c.anyslice = '2'), ['anyslice', '2']],
  ['no name', (c) => delete c.name, ['name']],
  ['an unknown field', (c) => (c.colour = 'red'), ['colour']],
  ['an unknown field inside', (c) => (c.parameters.mS.colour = 'red'), ['parameters.mS', 'colour']],
  ['a wrong type', (c) => (c.parameters.mS.range = 'wide'), ['parameters.mS.range']],
  ['a number as text', (c) => (c.parameters.mS.default = '140'), ['parameters.mS.default']],
  ['no unit', (c) => delete c.parameters.mS.unit, ['parameters.mS', 'unit']],
  ['an unknown scale', (c) => (c.parameters.mS.scale = 'cubic'), ['parameters.mS.scale']],
  ['a reversed range', (c) => (c.parameters.mS.range = [210, 1.1]), ['parameters.mS.range']],
  ['a default outside the range', (c) => (c.parameters.mS.default = 500), ['parameters.mS.default']],
  ['a logarithmic range from zero', (c) => (c.parameters.theta.range = [0, 1]), ['parameters.theta']],
  [
    'a benchmark of an unknown parameter',
    (c) => (c.benchmarks['KCV-120'].point.mass = 1),
    ['benchmarks.KCV-120', 'mass'],
  ],

  ['a syntax error', (c) => (c.derived.m.expression = 'mS/*1000'), ['derived.m']],
  ['an unknown name', (c) => (c.derived.p_S.expression = 'm_K/2*sqrt(kahlen)'), ['derived.p_S', 'kahlen']],
  ['an unknown function', (c) => (c.derived.p_S.expression = 'm_K/2*root(kallen)'), ['derived.p_S', 'root']],
  ['too few arguments', (c) => (c.derived.p_S.expression = 'pow(m_K)'), ['derived.p_S', 'pow']],
  ['a circle', (c) => (c.derived.m.expression = 'p_S/1000'), ['derived.']],
  ['an expression without end', (c) => (c.derived.m.expression = `${'('.repeat(100000)}mS`), ['derived.m']],
  ['a name taken twice', (c) => (c.constants.mS = { value: 1, unit: '1', source: 'none' }), ['mS']],
  ['a table that does not increase', (c) => (c.functions.efficiency.points[3][0] = 5), ['functions.efficiency']],
  ['a table of one point', (c) => c.functions.efficiency.points.splice(1), ['functions.efficiency']],

  ['an unknown factor', (c) => (c.weight[0].factor = 'sprinkle'), ['weight[0]', 'sprinkle']],
  ['a factor without its column', (c) => delete c.weight[0].column, ['weight[0]', 'column']],
  ['an unknown column', (c) => (c.weight[2].segments[0].entry = 'nothing'), ['weight[2]', 'nothing']],
  ['an unknown name in a factor', (c) => (c.weight[1].expression = 'kaons*nothing'), ['weight[1]', 'nothing']],
  ['a decay length in the wrong unit', (c) => (c.derived.ctau0.unit = 'GeV'), ['ctau0', 'GeV']],
  ['a malformed digest', (c) => (c.tables.events.sha256 = 'abc'), ['tables.events.sha256']],

  ['a negative background', (c) => (bin(c).backgrounds.neutrino.expected = -1), ['backgrounds.neutrino.expected']],
  ['half an event observed', (c) => (bin(c).observed = 1.5), ['observed']],
  ['a negative observation', (c) => (bin(c).observed = -1), ['observed']],
  ['a systematic of an unknown component', (c) => (c.systematics[0].on = ['nothing']), ['systematics[0]', 'nothing']],
  ['a negative uncertainty', (c) => (c.systematics[0].relative = -0.3), ['systematics[0].relative']],

  ['an unknown constraint', (c) => (c.limits.constraint = 'flat'), ['limits.constraint', 'flat']],
  ['an unknown method', (c) => (c.limits.method = 'guess'), ['limits.method', 'guess']],
  ['a level in percent', (c) => (c.limits.level = 95), ['limits.level']],
  ['a limit on an unknown parameter', (c) => (c.limits.on = 'mass'), ['limits.on', 'mass']],
  [
    'a variant with an unknown switch',
    (c) => (c.variants.published.switches = { nothing: 1 }),
    ['variants.published', 'nothing'],
  ],
  [
    'a variant with an unknown method',
    (c) => (c.variants.published.limits.method = 'guess'),
    ['variants.published', 'guess'],
  ],
  [
    'a preset of an unknown parameter',
    (c) => (c.presets['figure-3'].versus = 'mass'),
    ['presets.figure-3.versus', 'mass'],
  ],
  [
    'a preset of an unknown overlay',
    (c) => (c.presets['figure-3'].overlays = ['nothing']),
    ['presets.figure-3.overlays[0]'],
  ],
  [
    'an overlay of an unknown function',
    (c) => (c.overlays['KOTO-KCV'].function = 'nothing'),
    ['overlays.KOTO-KCV.function'],
  ],
  [
    'a projection of negative exposure',
    (c) => (c.projections['all-NuMI'].exposure_scale = -1),
    ['projections.all-NuMI'],
  ],
  ['a base that does not exist', (c) => (c.extends = 'nowhere.json'), ['extends', 'nowhere.json']],
  ['itself as base', (c) => (c.extends = 'edited.json'), ['extends']],
];

for (const [what, edit, texts] of edits)
  test(`refuses a card with ${what}`, async (context) => {
    const edited = card();
    edit(edited);
    const path = workspace(context).write('analyses/edited.json', edited);
    for (const command of ['check', 'rate']) assertRefused(await anyslice(command, path), ['edited.json', ...texts]);
  });

/// What is not a card at all: what it is, the text of the file.
const files = [
  ['plain text', 'this is not JSON\n'],
  ['nothing', ''],
  ['half a card', JSON.stringify(card()).slice(0, 1000)],
  ['a list', '[]'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ['lists without end', '['.repeat(100000)],
];
for (const [what, content] of files)
  test(`refuses a file that holds ${what}`, async (context) => {
    const path = workspace(context).write('analyses/edited.json', content);
    assertRefused(await anyslice('rate', path), ['edited.json']);
  });

test('refuses cards that extend each other', async (context) => {
  const { write } = workspace(context);
  const base = { $schema: '../schema/card.schema.json', anyslice: '1' };
  const path = write('analyses/first.json', { ...base, name: 'first', extends: 'second.json' });
  write('analyses/second.json', { ...base, name: 'second', extends: 'first.json' });
  assertRefused(await anyslice('rate', path), ['extends', 'first.json']);
});

test('names the card that extends, not its base, where the extension is wrong', async (context) => {
  const path = workspace(context).write('analyses/edited.json', {
    anyslice: '1',
    name: 'edited',
    extends: `${cardName}.json`,
    derived: { m: { expression: 'nothing/1000' } },
  });
  assertRefused(await anyslice('rate', path), ['edited.json', 'derived.m', 'nothing']);
});
