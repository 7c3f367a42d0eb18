// Bad cards, each one edit away from a good one: refused with one line that names the card and the place in it.
import assert from 'node:assert/strict';
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
    'a tour of an unknown benchmark',
    (c) => (c.tour = { question: 'Why?', steps: [{ text: 'So.', benchmark: 'C' }] }),
    ['tour.steps[0].benchmark', 'not a benchmark'],
  ],
  [
    'a tour with a number that is not computed',
    (c) => (c.tour = { question: 'Why?', steps: [{ text: 'For {mS}.' }, { text: '{hope} is left.' }] }),
    ['tour.steps[1].text', 'hope'],
  ],
  [
    'a tour outside the range of a parameter',
    (c) => (c.tour = { question: 'Why?', steps: [{ text: 'So.', set: { mS: 999 } }] }),
    ['tour.steps[0].set.mS'],
  ],
  ['a tour without steps', (c) => (c.tour = { question: 'Why?', steps: [] }), ['tour.steps']],
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
    'an overlay at a value of its own axis',
    (c) => (c.overlays['KOTO-KCV'].at = { mS: 100 }),
    ['overlays.KOTO-KCV.at.mS', 'neither axis'],
  ],
  [
    'an overlay at an unknown parameter',
    (c) => (c.overlays['KOTO-KCV'].at = { mass: 100 }),
    ['overlays.KOTO-KCV.at.mass'],
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

const heavy = 'nd280-dark-neutrino-heavy';
const light = 'nd280-dark-neutrino-light';

/// Where the kernel stands in the weight of a card.
const kernelOf = (name) => card(name).weight.findIndex((factor) => factor.factor === 'kernel');
const kernelField = { [heavy]: `weight[${kernelOf(heavy)}]`, [light]: `weight[${kernelOf(light)}]` };
/// The weight of a card with its kernel changed.
function withKernel(name, edit) {
  const { weight } = card(name);
  edit(weight[kernelOf(name)]);
  return { weight };
}
/// The weight of a card with one more factor.
const withFactor = (name, factor) => ({ weight: [...card(name).weight, factor] });
const added = { [heavy]: `weight[${card(heavy).weight.length}]`, [light]: `weight[${card(light).weight.length}]` };
/// A channel of a card with its bins changed.
function withBins(name, channel, edit) {
  const { bins } = card(name).channels[channel];
  edit(bins);
  return { channels: { [channel]: { bins } } };
}
const someTotal = { label: 'all', unit: 'events', rate: 'interactions' };
const heavyPreset = 'figure-9-mZ-epsilon';

/// what is wrong, the card that is extended, what the merge patch says, what the line must contain
const patches = [
  [
    'a kernel over an unknown column',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.axes[0].column = 'mass')),
    [`${kernelField[heavy]}.axes[0].column`, 'mass'],
  ],
  [
    'a kernel over an unknown parameter',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.axes[0].parameter = 'mass')),
    [`${kernelField[heavy]}.axes[0].parameter`, 'mass'],
  ],
  [
    'a kernel without width',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.axes[0].bandwidth = 0)),
    [`${kernelField[heavy]}.axes[0].bandwidth`, '> 0'],
  ],
  [
    'a kernel of negative width',
    light,
    () => withKernel(light, (kernel) => (kernel.axes[1].bandwidth = -0.1)),
    [`${kernelField[light]}.axes[1].bandwidth`, '> 0'],
  ],
  [
    'a kernel of unknown shape',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.shape = 'round')),
    [`${kernelField[heavy]}.shape`, 'round', 'epanechnikov'],
  ],
  [
    'a kernel with an unknown distance',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.axes[0].distance = 'miles')),
    [`${kernelField[heavy]}.axes[0].distance`, 'miles', 'log10'],
  ],
  [
    'a kernel without axes',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.axes = [])),
    [`${kernelField[heavy]}.axes`, 'one to three'],
  ],
  [
    'a kernel with one parameter twice',
    light,
    () => withKernel(light, (kernel) => (kernel.axes[1].parameter = 'mN')),
    [`${kernelField[light]}.axes[1].parameter`],
  ],
  [
    'a kernel with another unit than the table',
    heavy,
    () => ({ parameters: { mN: { unit: 'MeV' } } }),
    [`${kernelField[heavy]}.axes`, 'MeV', 'GeV'],
    ['rate'],
  ],
  [
    'two kernels',
    heavy,
    () => withFactor(heavy, card(heavy).weight[kernelOf(heavy)]),
    [added[heavy], 'at most one kernel'],
  ],
  ['two decays', light, () => withFactor(light, card(light).weight.at(-1)), [added[light], 'at most one decay']],
  [
    'a border of the events made of a derived quantity',
    light,
    () => withKernel(light, (kernel) => (kernel.inside = 'mass_ratio < 1')),
    [`${kernelField[light]}.inside`, 'mass_ratio'],
  ],
  [
    'a sampling density of an unknown column',
    light,
    () => withKernel(light, (kernel) => (kernel.sampling_density = 'event.density')),
    [`${kernelField[light]}.sampling_density`, 'event.density'],
  ],
  [
    'a flattening by an unknown rate',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.flatten[0].rate = 'nothing')),
    [`${kernelField[heavy]}.flatten[0].rate`, 'nothing', 'interactions'],
  ],
  [
    'a flattening in what is no axis of the kernel',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.flatten[1].vary = ['mZ'])),
    [`${kernelField[heavy]}.flatten[1].vary[0]`],
  ],
  [
    'a flattening in nothing',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.flatten[1].vary = [])),
    [`${kernelField[heavy]}.flatten[1].vary`],
  ],
  [
    'a flattening at an unknown parameter',
    heavy,
    () => withKernel(heavy, (kernel) => (kernel.flatten[0].at = { mass: 1 })),
    [`${kernelField[heavy]}.flatten[0].at.mass`, 'mass'],
  ],
  [
    'a flattening of rows by an unknown column',
    light,
    () => withKernel(light, (kernel) => (kernel.flatten[1].where = { nothing: ['TPC1 fiducial'] })),
    [`${kernelField[light]}.flatten[1].where.nothing`],
  ],

  [
    'a ratio of an unknown column',
    heavy,
    () => withFactor(heavy, { factor: 'ratio', expression: 'event.nothing/mZ' }),
    [`${added[heavy]}.expression`, 'event.nothing'],
  ],
  [
    'a ratio switched by a parameter',
    heavy,
    () => withFactor(heavy, { factor: 'ratio', expression: 'event.Q2', when: 'mZ > 1' }),
    [`${added[heavy]}.when`, 'mZ'],
  ],
  [
    'a column in a factor that is the same for all events',
    heavy,
    () => withFactor(heavy, { factor: 'scale', expression: 'event.Q2*mZ' }),
    [`${added[heavy]}.expression`, 'event.Q2'],
  ],
  [
    'a selection in two ways',
    heavy,
    () => withFactor(heavy, { factor: 'select', column: 'region', in: ['FGD1'], range: [0, 1] }),
    [added[heavy], 'one of "expression"'],
  ],
  [
    'a selection in no way',
    heavy,
    () => withFactor(heavy, { factor: 'select', column: 'region' }),
    [added[heavy], 'one of "expression"'],
  ],
  [
    'a selection by expression and column',
    heavy,
    () => withFactor(heavy, { factor: 'select', column: 'region', expression: 'event.Q2 > 1' }),
    [`${added[heavy]}.column`],
  ],
  [
    'a selection of nothing',
    heavy,
    () => withFactor(heavy, { factor: 'select', column: 'region', in: [] }),
    [`${added[heavy]}.in`],
  ],

  [
    'bins that overlap',
    light,
    () => withBins(light, 'analysis-II', (bins) => (bins[1].range = [0.005, 0.02])),
    ['channels.analysis-II.bins[1].range'],
  ],
  [
    'a bin of reversed range',
    light,
    () => withBins(light, 'analysis-II', (bins) => (bins[1].range = [0.02, 0.01])),
    ['channels.analysis-II.bins[1].range'],
  ],
  [
    'a range without a histogram',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[0].range = [0, 1])),
    ['channels.analysis-I.bins[0]', 'histogram'],
  ],
  [
    'a histogram without a range',
    light,
    () => withBins(light, 'analysis-II', (bins) => delete bins[2].range),
    ['channels.analysis-II.bins[2]', 'range'],
  ],
  [
    'a histogram of an unknown column',
    light,
    () => ({ channels: { 'analysis-II': { histogram: { expression: 'event.nothing*mZ' } } } }),
    ['channels.analysis-II.histogram.expression', 'event.nothing'],
  ],
  [
    'a bin of events by an unknown column',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[1].events = { colour: ['red'] })),
    ['channels.analysis-I.bins[1].events.colour'],
  ],
  [
    'two bins of one name',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[1].name = bins[0].name)),
    ['channels.analysis-I.bins[1].name'],
  ],
  [
    'a bin scaled event by event',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[1].scale = 'event.Q2')),
    ['channels.analysis-I.bins[1].scale', 'event.Q2'],
  ],
  [
    'a background that depends on a parameter',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[0].backgrounds.background.expected = '0.5*mN')),
    ['channels.analysis-I.bins[0].backgrounds.background.expected', 'mN'],
  ],
  [
    'a background called signal',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[0].backgrounds = { signal: { expected: 1 } })),
    ['channels.analysis-I.bins[0].backgrounds.signal'],
  ],
  [
    'a negative background by expression',
    heavy,
    () => withBins(heavy, 'analysis-I', (bins) => (bins[0].backgrounds.background.expected = '-pot_FHC')),
    ['channels.analysis-I.bins', 'FHC', 'non-negative'],
    ['rate'],
  ],
  [
    'a systematic in an unknown bin',
    heavy,
    () => ({ systematics: [{ ...card(heavy).systematics[0], bins: ['FHC', 'THC'] }] }),
    ['systematics[0].bins[1]', 'THC'],
  ],
  [
    'a systematic in an unknown channel',
    heavy,
    () => ({ systematics: [{ name: 'yields', on: ['signal'], relative: 0.2, channels: ['analysis-X'], source: '' }] }),
    ['systematics[0].channels[0]', 'analysis-X'],
  ],
  [
    'a systematic in bins and channels',
    heavy,
    () => ({ systematics: [{ ...card(heavy).systematics[0], channels: ['analysis-I'] }] }),
    ['systematics[0]', 'not both'],
  ],

  [
    'a parameter that follows a follower',
    light,
    () => ({ parameters: { mN: { follows: 'VN2' } } }),
    ['parameters.mN.follows'],
  ],
  [
    'a parameter that follows itself',
    heavy,
    () => ({ parameters: { mN: { follows: 'mN' } } }),
    ['parameters.mN.follows'],
  ],
  [
    'a parameter that follows nobody known',
    heavy,
    () => ({ parameters: { mN: { follows: 'mass' } } }),
    ['parameters.mN.follows', 'mass'],
  ],
  [
    'a parameter bounded by itself',
    heavy,
    () => ({ parameters: { VN2: { bounds: { high: '2*VN2' } } } }),
    ['parameters.VN2.bounds', 'VN2'],
  ],
  [
    'a parameter bounded by a derived quantity',
    heavy,
    () => ({ parameters: { VN2: { bounds: { high: 'coupling' } } } }),
    ['parameters.VN2.bounds.high', 'coupling'],
  ],

  [
    'a total of an unknown rate',
    heavy,
    () => ({ totals: { interactions: { rate: 'nothing' } } }),
    ['totals.interactions.rate', 'nothing'],
  ],
  [
    'a total that needs rates and has none',
    cardName,
    () => ({ totals: { interactions: someTotal } }),
    ['totals.interactions.rate', '"rates"'],
  ],
  [
    'a total per two columns',
    heavy,
    () => ({ totals: { interactions: { per: { beam: { FHC: '1' }, element: { C: '1' } } } } }),
    ['totals.interactions.per'],
  ],
  [
    'a total switched by a parameter',
    heavy,
    () => ({ totals: { interactions: { when: 'mN > 1' } } }),
    ['totals.interactions.when', 'mN'],
  ],
  [
    'a rate over an unknown parameter',
    heavy,
    () => ({ rates: { interactions: { axes: { mass: 'mN_GeV' } } } }),
    ['rates.interactions.axes.mass', 'mass'],
  ],
  [
    'a rate grouped by an unknown column',
    heavy,
    () => ({ rates: { interactions: { groups: { colour: 'colours' } } } }),
    ['rates.interactions.groups.colour'],
  ],
  [
    'a rate without its path',
    heavy,
    () => ({ rates: { interactions: { product: ['interactions'] } } }),
    ['rates.interactions.product[0]', 'interactions'],
  ],

  [
    'a contour preset of one axis',
    heavy,
    () => ({ presets: { [heavyPreset]: { y: 'mZ' } } }),
    [`presets.${heavyPreset}.y`],
  ],
  [
    'a contour preset of an unknown axis',
    heavy,
    () => ({ presets: { [heavyPreset]: { x: 'mass' } } }),
    [`presets.${heavyPreset}.x`, 'mass'],
  ],
  [
    'a contour preset outside the range',
    heavy,
    () => ({ presets: { [heavyPreset]: { set: { mN: 7 } } } }),
    [`presets.${heavyPreset}.set.mN`, '7'],
  ],
  [
    'a contour preset of an unknown part',
    heavy,
    () => ({ presets: { [heavyPreset]: { parts: ['P0D', 'roof'] } } }),
    [`presets.${heavyPreset}.parts[1]`, 'roof'],
  ],
  [
    'a contour preset of an unknown channel',
    heavy,
    () => ({ presets: { [heavyPreset]: { channels: ['roof'] } } }),
    [`presets.${heavyPreset}.channels[0]`, 'roof'],
  ],
  [
    'a part of events by an unknown column',
    heavy,
    () => ({ parts: { P0D: { events: { colour: ['red'] } } } }),
    ['parts.P0D.events.colour'],
  ],
  [
    'a projection with an unknown switch',
    heavy,
    () => ({ projections: { 'T2K-I': { switches: { nothing: 1 } } } }),
    ['projections.T2K-I.switches.nothing'],
  ],
  [
    'a projection that counts in no known way',
    heavy,
    () => ({ projections: { 'T2K-I': { counts: 'half' } } }),
    ['projections.T2K-I.counts', 'half', 'whole'],
  ],
  ['a negative variance', heavy, () => ({ limits: { poisson_below_variance: -1 } }), ['limits.poisson_below_variance']],
  ['a base that is a word', heavy, () => ({ limits: { base_offset: 'low' } }), ['limits.base_offset']],
  [
    'a construction that needs a constraint and none',
    heavy,
    () => ({ variants: { published: { limits: { method: 'cls-hybrid' } } } }),
    ['variants.published.limits.method', 'constraint'],
  ],
];

/// A card that extends a built-in one by a merge patch.
const extension = (base, patch) => ({ anyslice: '1', name: 'edited', extends: `${base}.json`, ...patch });

for (const [what, base, patch, texts, commands = ['check', 'rate']] of patches)
  test(`refuses an extension with ${what}`, async (context) => {
    const path = workspace(context).write('analyses/edited.json', extension(base, patch()));
    for (const command of commands) assertRefused(await anyslice(command, path), ['edited.json', ...texts]);
  });

test('accepts extensions that say nothing wrong', async (context) => {
  const { write } = workspace(context);
  const patch = {
    parameters: { VN2: { follows: null, bounds: { high: '1' } } },
    totals: null,
    // Its steps name totals.
    chain: null,
    display: { ratios: null },
  };
  for (const [base, more] of [
    [heavy, patch],
    [light, withKernel(light, (kernel) => (kernel.axes[0].bandwidth = 0.2))],
    [light, withBins(light, 'analysis-II', (bins) => (bins[1].range = [0.012, 0.018]))],
  ]) {
    const result = await anyslice('rate', write('analyses/edited.json', extension(base, more)), '--json');
    assert.equal(result.status, 0, result.stderr);
    assert.ok(JSON.parse(result.stdout).mu > 0, result.stdout.slice(0, 300));
  }
});
