// Bad recipes of dark neutrinos and bad runs of them, each one edit away from a good one: refused with one line that
// names the file and the field, and with nothing left in the folder of the output.
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { anyslice, assertRefused, binary, run, workspace } from './command.mjs';

const heavy = 'nd280-heavy';
const light = 'nd280-light';
const heavyVegas = 'nd280-heavy-vegas';
const decays = 'microboone-kdar';
const inputs = {
  flux: 'fluxes/t2k-nd280-2016.json',
  nuclei: 'nuclei/fourier-bessel.json',
  detector: 'detectors/nd280.json',
  response: 'responses/nd280-electrons.json',
};

/// Little enough for a tenth of a second.
function reduce(recipe) {
  recipe.events = 20_000;
  if (recipe.pilot_events) recipe.pilot_events = 100_000;
  if (recipe.roulette) recipe.roulette.rows = 1000;
  if (recipe.maps) Object.assign(recipe.maps, { mN_bins_per_decade: 1, mZ_GeV: [0.1], points: 256 });
  if (recipe.vegas) Object.assign(recipe.vegas, { warmup_calls: 100, warmup_iterations: 2, calls: 200, iterations: 3 });
}

const adaptations = {};

/// A copy of data/ with the recipe, reduced unless `whole`, and an empty folder for the table. `edit` gets { recipe,
/// flux, nuclei, detector, response }: each can be changed, replaced by text, or removed.
function prepared(context, name, edit, { whole = false } = {}) {
  const { folder, write } = workspace(context, { tables: false });
  const addresses = { recipe: `recipes/${name}.json`, ...inputs };
  const documents = {};
  for (const [part, address] of Object.entries(addresses))
    documents[part] = JSON.parse(readFileSync(join(folder, address), 'utf8'));
  if (!whole) reduce(documents.recipe);
  edit?.(documents);
  for (const [part, address] of Object.entries(addresses)) {
    if (documents[part] === undefined) rmSync(join(folder, address));
    else write(address, documents[part]);
  }
  const output = join(folder, 'output');
  mkdirSync(output);
  return {
    folder,
    write,
    output,
    recipe: join(folder, addresses.recipe),
    table: join(output, 'table.safetensors'),
    adaptation: join(folder, 'adaptation.json'),
    /// Runs generate with these words more; `to` is the file to write.
    generate(words = [], to = this.table, options = {}) {
      return run(binary, ['generate', this.recipe, '-o', to, ...words], options);
    },
    /// The adaptation of the recipe without edits, also written to `adaptation`. It follows from recipe and inputs
    /// alone, so one for all tests will do.
    async adapt() {
      if (adaptations[name] === undefined) {
        succeeded(await anyslice('adapt', this.recipe, '-o', this.adaptation));
        adaptations[name] = readFileSync(this.adaptation, 'utf8');
      }
      writeFileSync(this.adaptation, adaptations[name]);
      return JSON.parse(adaptations[name]);
    },
    assertNothingLeft() {
      assert.deepEqual(readdirSync(this.output), []);
    },
  };
}

const succeeded = (result) => {
  assert.equal(result.status, 0, `status ${result.status}, signal ${result.signal}, stderr: ${result.stderr}`);
  return result;
};

/// The object at a path of fields and indices, such as "regions[0].box_cm"; the whole document for "".
const at = (document, path) =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce((place, part) => place[part], document);

/// One refusal: what is wrong, the recipe, the edit, what the line must contain, more words of the command.
function refuses(what, name, edit, texts, words = [], options = {}) {
  test(`refuses ${what}`, async (context) => {
    const prepare = prepared(context, name, edit, options);
    assertRefused(await prepare.generate(words, undefined, options.whole ? { timeout: 3000 } : {}), texts);
    prepare.assertNothingLeft();
  });
}

const recipeFile = `${heavy}.json`;
const fluxFile = 't2k-nd280-2016.json';
const nucleiFile = 'fourier-bessel.json';
const detectorFile = 'nd280.json';
const responseFile = 'nd280-electrons.json';

// ---- Files that the recipe names -----------------------------------------------------------------------------------

for (const part of ['flux', 'nuclei', 'detector']) {
  const file = inputs[part].split('/')[1];
  refuses(`a recipe whose ${part} file is missing`, heavy, (d) => delete d[part], [
    recipeFile,
    `inputs.${part}`,
    file,
    'not exist',
  ]);
  refuses(`a recipe that names no ${part} file`, heavy, (d) => delete d.recipe.inputs[part], [
    recipeFile,
    `inputs.${part}`,
    'missing',
  ]);
  refuses(`a recipe whose ${part} file is no JSON`, heavy, (d) => (d[part] = '{"about": oops}'), [
    file,
    'line 1, column 11',
  ]);
  refuses(`a recipe whose ${part} file is empty`, heavy, (d) => (d[part] = ''), [file]);
  refuses(`a recipe whose ${part} file is a list`, heavy, (d) => (d[part] = []), [file]);
  refuses(`a recipe whose ${part} file has another version`, heavy, (d) => (d[part][`anyslice_${part}`] = '2'), [
    file,
    `anyslice_${part}`,
  ]);
  refuses(`a recipe whose ${part} file has no version`, heavy, (d) => delete d[part][`anyslice_${part}`], [
    file,
    `anyslice_${part}`,
    'missing',
  ]);
}
refuses('a recipe whose response file is missing', light, (d) => delete d.response, ['inputs.response', responseFile]);
refuses('a recipe without inputs', heavy, (d) => delete d.recipe.inputs, [recipeFile, 'inputs.']);
refuses('a folder for a flux', heavy, (d) => (d.recipe.inputs.flux = '../fluxes'), ['fluxes', 'folder']);
refuses('a number for the name of a flux', heavy, (d) => (d.recipe.inputs.flux = 3), [recipeFile, 'inputs.flux']);
refuses('no name for a flux', heavy, (d) => (d.recipe.inputs.flux = ''), [recipeFile, 'inputs.flux']);
refuses('the name of a flux that no file can have', heavy, (d) => (d.recipe.inputs.flux = 'f'.repeat(300)), [
  'f'.repeat(300),
]);
refuses(
  'a number out of range in a file',
  heavy,
  (d) => (d.flux = JSON.stringify(d.flux).replace(/"numu":\[[^,]*/, '"numu":[1e999')),
  [fluxFile, 'range'],
);
refuses('a field given twice', heavy, (d) => (d.detector = `{"name": "A", ${JSON.stringify(d.detector).slice(1)}`), [
  detectorFile,
  'name',
  'twice',
]);

/// what is wrong with the input files, the edit, what the line must contain
const inputCases = [
  ['a flux with a bin too few', (d) => d.flux.beams.FHC.numu.pop(), [fluxFile, 'beams.FHC.numu', 'one a bin']],
  ['a flux with a bin too many', (d) => d.flux.beams.FHC.numu.push(1), [fluxFile, 'beams.FHC.numu', 'one a bin']],
  ['a negative flux', (d) => (d.flux.beams.FHC.numu[3] = -1), [fluxFile, 'beams.FHC.numu', 'negative']],
  ['a flux of zero', (d) => d.flux.beams.FHC.numu.fill(0), [fluxFile, 'beams.FHC.numu']],
  ['a flux that is text', (d) => (d.flux.beams.FHC.numu[3] = 'much'), [fluxFile, 'beams.FHC.numu[3]']],
  ['a flux in an unknown unit', (d) => (d.flux.unit = 'per m^2'), [fluxFile, 'unit', 'per m^2']],
  ['energies that fall', (d) => d.flux.energy_edges_GeV.reverse(), [fluxFile, 'energy_edges_GeV']],
  ['an energy twice', (d) => (d.flux.energy_edges_GeV[1] = 0), [fluxFile, 'energy_edges_GeV']],
  ['a negative energy', (d) => (d.flux.energy_edges_GeV[0] = -1), [fluxFile, 'energy_edges_GeV']],
  ['no energies', (d) => (d.flux.energy_edges_GeV = []), [fluxFile, 'energy_edges_GeV']],
  ['a flux without the beam', (d) => delete d.flux.beams.RHC, [fluxFile, 'beams.RHC', 'missing']],

  ['an element not in the file', (d) => delete d.nuclei.elements.C, [recipeFile, 'elements', 'C', nucleiFile]],
  ['a nucleus not in the file', (d) => (d.nuclei.elements.C.nucleus = 'C99'), [nucleiFile, 'elements.C', 'C99']],
  ['no charge', (d) => delete d.nuclei.nuclei[1].charge, [nucleiFile, 'nuclei[1].charge']],
  ['a charge of zero', (d) => (d.nuclei.nuclei[1].charge = 0), [nucleiFile, 'nuclei[1].charge']],
  ['half a proton', (d) => (d.nuclei.nuclei[1].charge = 6.5), [nucleiFile, 'nuclei[1].charge', '6.5']],
  ['a negative mass of a nucleus', (d) => (d.nuclei.nuclei[1].mass_GeV = -1), [nucleiFile, 'nuclei[1].mass_GeV']],
  ['a radius of zero', (d) => (d.nuclei.nuclei[1].radius_fm = 0), [nucleiFile, 'nuclei[1].radius_fm']],
  [
    'no coefficients',
    (d) => (d.nuclei.nuclei[1].coefficients_e_per_fm3 = []),
    [nucleiFile, 'nuclei[1].coefficients_e_per_fm3'],
  ],
  [
    'coefficients of zero',
    (d) => d.nuclei.nuclei[1].coefficients_e_per_fm3.fill(0),
    [nucleiFile, 'nuclei[1].coefficients_e_per_fm3'],
  ],
  ['an unknown shape', (d) => (d.nuclei.nuclei[0].shape = 'cube'), [nucleiFile, 'nuclei[0].shape', 'cube']],
  ['no molar mass', (d) => delete d.nuclei.elements.C.molar_mass_g, [nucleiFile, 'elements.C.molar_mass_g']],
  ['no mass number', (d) => delete d.nuclei.elements.C.mass_number, [nucleiFile, 'elements.C.mass_number']],

  [
    'a box with low above high',
    (d) => (d.detector.regions[0].box_cm.low[1] = 500),
    [detectorFile, 'regions[0].box_cm', 'low < high'],
  ],
  [
    'a flat box',
    (d) => (d.detector.regions[0].box_cm.low = d.detector.regions[0].box_cm.high),
    [detectorFile, 'regions[0].box_cm', 'low < high'],
  ],
  [
    'a box in two dimensions',
    (d) => d.detector.regions[0].box_cm.low.pop(),
    [detectorFile, 'regions[0].box_cm.low', 'three numbers'],
  ],
  [
    'a region given twice',
    (d) => (d.detector.regions[1].name = 'P0D ECAL1'),
    [detectorFile, 'regions[1].name', 'P0D ECAL1', 'twice'],
  ],
  ['a negative mass', (d) => (d.detector.regions[0].mass_t.C = -1), [detectorFile, 'regions[0].mass_t.C']],
  ['a detector without regions', (d) => (d.detector.regions = []), [detectorFile, 'regions']],
];
for (const [what, edit, texts] of inputCases) refuses(what, heavy, edit, texts);

/// The same for the response to electrons.
const responseCases = [
  ['another version', (r) => (r.anyslice_response = '2'), ['anyslice_response']],
  ['a probability of one', (r) => (r.probabilities[4] = 1), ['probabilities']],
  ['probabilities that fall', (r) => r.probabilities.reverse(), ['probabilities']],
  ['a row too few', (r) => r.momentum.reconstructed_over_true.pop(), ['momentum.reconstructed_over_true']],
  ['a quantile too few', (r) => r.angle.shift_rad[2].pop(), ['angle.shift_rad[2]']],
  ['quantiles that fall', (r) => r.angle.shift_rad[2].reverse(), ['angle.shift_rad[2]']],
  ['true values that fall', (r) => r.angle.true_rad.reverse(), ['angle.true_rad']],
];
for (const [what, edit, texts] of responseCases)
  refuses(`a response with ${what}`, light, (d) => edit(d.response), [responseFile, ...texts]);

// ---- Unknown and missing fields ------------------------------------------------------------------------------------

/// the recipe, the part, the objects in it that take no other field
const closed = [
  [heavy, 'recipe', ['', 'inputs', 'parameters', 'parameters.mN', 'parameters.mN.pieces[0]', 'beams.FHC']],
  [heavy, 'recipe', ['mixture[0]', 'detector', 'cuts.printed', 'rows', 'sampling', 'sampling.near_volume']],
  [heavy, 'recipe', ['roulette', 'roulette.ctau0_over_mN_cm_per_GeV', 'maps', 'columns.mN', 'columns.mN.quantisation']],
  [heavyVegas, 'recipe', ['parameters.mZ', 'vegas']],
  [light, 'recipe', ['roulette', 'roulette.systematic']],
  [decays, 'recipe', ['', 'source', 'source.depth_m', 'beam_frame', 'detector', 'detector.box_m', 'proposal']],
  [heavy, 'flux', ['']],
  [heavy, 'nuclei', ['', 'elements.C', 'nuclei[1]']],
  [heavy, 'detector', ['', 'regions[0]', 'regions[0].box_cm']],
  [light, 'response', ['', 'momentum', 'angle']],
];
for (const [name, part, paths] of closed)
  for (const path of paths) {
    const file = part === 'recipe' ? `${name}.json` : inputs[part].split('/')[1];
    const field = path === '' ? 'colour' : `${path}.colour`;
    const put = (d) => (at(d[part], path).colour = '../fluxes/t2k-nd280-2016.json');
    refuses(`the unknown field ${field} in ${file}`, name, put, [file, field]);
  }

/// the recipe, the object, the fields it cannot do without
const required = [
  [heavy, '', ['anyslice_recipe', 'name', 'generator', 'events', 'seed', 'mediator', 'parameters', 'beams']],
  [heavy, '', ['elements', 'detector', 'cuts', 'rows', 'sampling', 'pilot_events', 'columns']],
  [heavy, 'parameters', ['mN']],
  [heavy, 'parameters.mN.pieces[0]', ['low', 'high', 'share']],
  [heavy, 'beams.FHC', ['neutrino']],
  [heavy, 'mixture[0]', ['share']],
  [heavy, 'detector', ['regions', 'volumes']],
  [heavy, 'cuts.printed', ['t_of']],
  [heavy, 'rows', ['which']],
  [heavy, 'sampling', ['largest_Q_GeV']],
  [heavy, 'sampling.near_volume', ['share', 'share_inside', 'smallest_distance_cm']],
  [heavy, 'roulette', ['rows', 'mZ_GeV', 'ctau0_over_mN_cm_per_GeV']],
  [heavy, 'roulette.ctau0_over_mN_cm_per_GeV', ['low', 'high', 'points']],
  [heavy, 'maps', ['mZ_GeV', 'mN_bins_per_decade', 'points']],
  [heavy, 'columns.mN', ['unit']],
  [heavy, 'columns.mN.quantisation', ['kind', 'low', 'step']],
  [heavyVegas, 'parameters.mZ', ['low', 'high']],
  [heavyVegas, 'vegas', ['mZ_power', 'mN_power', 'warmup_iterations', 'warmup_calls', 'iterations', 'calls']],
  [light, 'parameters', ['mN', 'mZ']],
  [light, 'roulette', ['rows']],
  [light, 'roulette.systematic', ['bins_per_decade', 'block_events']],
];
for (const [name, path, fields] of required)
  for (const field of fields) {
    const place = path === '' ? field : `${path}.${field}`;
    refuses(`${name} without ${place}`, name, (d) => delete at(d.recipe, path)[field], [`${name}.json`, place]);
  }

// ---- The recipe ----------------------------------------------------------------------------------------------------

const mass = { unit: 'GeV', low: 0.1, high: 1 };
const tooMany = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`set ${i}`, {}]));
const regions = (d) => d.detector.regions.map((region) => region.name);

/// what is wrong, the recipe, the edit, what the line must contain beside the name of the recipe
const recipeCases = [
  ['a recipe that is no JSON', heavy, (d) => (d.recipe = 'this is not JSON\n'), ['line 1, column 2']],
  ['a recipe that is a list', heavy, (d) => (d.recipe = []), ['object']],
  ['another version', heavy, (r) => (r.anyslice_recipe = '2'), ['anyslice_recipe', '2']],
  ['an unknown generator', heavy, (r) => (r.generator = 'dice'), ['generator', 'dice', 'dark-neutrino']],
  ['an unknown mediator', heavy, (r) => (r.mediator = 'photon'), ['mediator', 'photon', 'heavy', 'light']],
  ['half an event', heavy, (r) => (r.events = 0.5), ['events', '0.5']],
  ['a seed that is text', heavy, (r) => (r.seed = '1'), ['seed']],

  ['mN that is text', heavy, (r) => (r.parameters.mN = '0.1'), ['parameters.mN']],
  ['mN of zero', heavy, (r) => (r.parameters.mN = 0), ['parameters.mN']],
  ['mN in MeV', heavy, (r) => (r.parameters.mN.unit = 'MeV'), ['parameters.mN.unit', 'MeV']],
  ['a reversed range', heavy, (r) => (r.parameters.mN = { low: 1, high: 0.1 }), ['parameters.mN', 'low < high']],
  [
    'both a range and pieces',
    heavy,
    (r) => Object.assign(r.parameters.mN, { low: 0.1, high: 1 }),
    ['parameters.mN.pieces', 'not both'],
  ],
  ['no pieces', heavy, (r) => (r.parameters.mN.pieces = []), ['parameters.mN', 'piece']],
  ['a gap between pieces', heavy, (r) => (r.parameters.mN.pieces[1].low = 0.6), ['parameters.mN', 'continue']],
  ['mN above the threshold of the flux', heavy, (r) => (r.parameters.mN = 50), ['parameters.mN', '23.0', 'GeV']],
  ['mN below two electron masses', heavy, (r) => (r.parameters.mN = 0.001), ['parameters.mN', '0.00102']],
  ['a range from below two electron masses', heavy, (r) => (r.parameters.mN.pieces[0].low = 0.001), ['parameters.mN']],
  ['a roulette where mZ is sampled', heavy, (r) => (r.parameters.mZ = { ...mass, high: 9 }), ['roulette', 'mZ']],
  ['mZ below mN', heavyVegas, (r) => (r.parameters = { mN: 0.2, mZ: 0.1 }), ['parameters.mZ', 'mZ > mN']],
  ['mZ equal to mN', heavyVegas, (r) => (r.parameters = { mN: 0.2, mZ: 0.2 }), ['parameters.mZ', 'mZ > mN']],
  ['all mZ below mN', heavyVegas, (r) => (r.parameters.mZ.high = 0.005), ['parameters.mZ']],
  ['only mN fixed', heavyVegas, (r) => (r.parameters.mN = 0.1), ['parameters.mZ', 'both']],
  ['mZ in pieces', heavyVegas, (r) => (r.parameters.mZ = pieces), ['parameters.mZ', 'one range']],
  ['mZ above mN', light, (r) => (r.parameters = { mN: 0.1, mZ: 0.2 }), ['parameters.mZ', 'mZ < mN']],
  ['mZ equal to mN', light, (r) => (r.parameters = { mN: 0.1, mZ: 0.1 }), ['parameters.mZ', 'mZ < mN']],
  [
    'all mZ above mN',
    light,
    (r) => Object.assign(r.parameters, { mN: mass, mZ: { ...mass, low: 1, high: 2 } }),
    ['parameters.mZ', 'mZ < mN'],
  ],
  ['only mN fixed', light, (r) => (r.parameters.mN = 0.1), ['parameters.mZ', 'both']],
  ['only mZ fixed', light, (r) => (r.parameters.mZ = 0.1), ['parameters.mZ', 'both']],
  ['mZ below two electron masses', light, (r) => (r.parameters.mZ.low = 0.001), ['parameters.mZ', '0.00102']],

  ['no beams', heavy, (r) => (r.beams = {}), ['beams']],
  ['a beam not in the flux', heavy, (r) => (r.beams.XHC = r.beams.FHC), [fluxFile, 'beams.XHC']],
  ['a neutrino not in the flux', heavy, (r) => (r.beams.FHC.neutrino = 'nutau'), [fluxFile, 'beams.FHC.nutau']],
  ['a beam without share', heavy, (r) => (r.beams.FHC.share = 0), ['beams.FHC.share']],
  ['an element that does not exist', heavy, (r) => r.elements.push('Xx'), ['elements', 'Xx', nucleiFile]],
  ['no elements', heavy, (r) => (r.elements = []), ['elements']],
  ['an element twice', heavy, (r) => r.elements.push('C'), ['elements', 'C']],
  ['a mixture with VEGAS', heavyVegas, (r) => (r.mixture = [{ share: 1 }]), ['mixture', 'vegas']],
  [
    'pieces with VEGAS',
    heavyVegas,
    (r) =>
      (r.parameters.mN = {
        pieces: [
          { low: 0.01, high: 0.1, share: 1 },
          { low: 0.1, high: 1, share: 1 },
        ],
      }),
    ['parameters.mN.pieces'],
  ],
  [
    'a sampled heavy mediator without VEGAS',
    heavy,
    (r) => Object.assign(r.parameters, { mZ: { low: 0.1, high: 1 } }) && delete r.roulette,
    ['parameters.mZ', 'vegas'],
  ],
  [
    'all stages without a roulette',
    heavy,
    (r) => {
      r.rows.which = 'stages';
      delete r.roulette;
    },
    ['rows.which', 'roulette'],
  ],
  ['inputs kept in words', heavy, (r) => (r.keep_inputs = 'yes'), ['keep_inputs']],
  ['all events in a roulette', heavy, (r) => (r.rows.which = 'all'), ['rows.which', 'selected']],
  ['no mixture', heavy, (r) => (r.mixture = []), ['mixture']],
  ['a part of the mixture without share', heavy, (r) => (r.mixture[0].share = 0), ['mixture[0].share']],
  ['a mixture that leaves out elements', heavy, (r) => (r.mixture = [r.mixture[1]]), ['mixture', 'leaves out']],
  ['a mixture of unknown elements', heavy, (r) => (r.mixture[1].elements = ['Xx']), ['mixture[1]']],
  ['a mixture with an unknown element', heavy, (r) => r.mixture[1].elements.push('Xx'), ['mixture[1]', 'Xx']],
  ['a mixture with an unknown region', heavy, (r) => r.mixture[2].regions.push('attic'), ['mixture[2]', 'attic']],

  ['a region not in the detector', heavy, (r) => (r.detector.regions[3] = 'attic'), ['detector.regions[3]', 'attic']],
  ['no regions', heavy, (r) => (r.detector.regions = []), ['detector.regions']],
  ['a region twice', heavy, (r) => r.detector.regions.push('TPC1'), ['detector.regions', 'TPC1']],
  ['a volume not in the detector', heavy, (r) => (r.detector.volumes[1] = 'attic'), ['detector.volumes[1]', 'attic']],
  ['no volumes', heavy, (r) => (r.detector.volumes = []), ['detector.volumes']],
  ['a volume twice', heavy, (r) => r.detector.volumes.push('TPC1 fiducial'), ['detector.volumes', 'TPC1 fiducial']],
  ['nine volumes', heavy, (r, d) => (r.detector.volumes = regions(d).slice(0, 9)), ['detector.volumes']],
  ['volumes of another kind', heavy, (r) => (r.detector.volumes = 'all'), ['detector.volumes', 'own']],
  ['regions that hold no such element', heavy, (r) => (r.detector.regions = ['TPC1']), ['mixture']],
  ['nine sets of cuts', heavy, (r) => (r.cuts = tooMany(9)), ['cuts', 'eight']],
  ['a cut that is text', heavy, (r) => (r.cuts.printed.energy_above_GeV = '1'), ['cuts.printed.energy_above_GeV']],
  ['an unknown kind of t', heavy, (r) => (r.cuts.printed.t_of = 'nobody'), ['cuts.printed.t_of', 'nobody']],
  ['an unknown choice of rows', heavy, (r) => (r.rows.which = 'some'), ['rows.which', 'some', 'selected']],
  [
    'a region without cuts that is not used',
    light,
    (r) => (r.rows.without_cuts_in = ['attic']),
    ['rows.without_cuts_in[0]', 'attic'],
  ],

  ['a Q of zero', heavy, (r) => (r.sampling.largest_Q_GeV = 0), ['sampling.largest_Q_GeV', '0.1']],
  [
    'a negative mN',
    heavy,
    (r) => (r.sampling.high_energies_above_mN_GeV = -1),
    ['sampling.high_energies_above_mN_GeV'],
  ],
  ['all vertices near', heavy, (r) => (r.sampling.near_volume.share = 1), ['sampling.near_volume.share']],
  [
    'a distance of zero',
    heavy,
    (r) => (r.sampling.near_volume.smallest_distance_cm = 0),
    ['sampling.near_volume.smallest_distance_cm'],
  ],
  ['vertices near no volume', light, (r) => (r.sampling.near_volume = {}), ['sampling.near_volume']],
  ['a small pilot', heavy, (r) => (r.pilot_events = 10), ['pilot_events', '1000']],
  ['more rows than events', heavy, (r) => (r.roulette.rows = 20_001), ['roulette.rows', 'number of events']],
  ['no rows', heavy, (r) => (r.roulette.rows = 0), ['roulette.rows']],
  [
    'cells of no size',
    light,
    (r) => (r.roulette.systematic.bins_per_decade = 0),
    ['roulette.systematic.bins_per_decade'],
  ],
  [
    'blocks of few events',
    light,
    (r) => (r.roulette.systematic.block_events = 10),
    ['roulette.systematic.block_events'],
  ],
  ['a mediator without mass', heavy, (r) => (r.roulette.mZ_GeV = [0]), ['roulette.mZ_GeV']],
  ['too many mediators', heavy, (r) => (r.roulette.mZ_GeV = Array(17).fill(1)), ['roulette.mZ_GeV', 'sixteen']],
  [
    'lifetimes that fall',
    heavy,
    (r) => (r.roulette.ctau0_over_mN_cm_per_GeV.low = 1e9),
    ['roulette.ctau0_over_mN_cm_per_GeV', 'low < high'],
  ],
  ['a roulette without volumes', heavy, ownVolumes, ['roulette', 'volumes']],
  ['roulette and VEGAS together', heavyVegas, (r) => (r.roulette = { rows: 10 }), ['vegas', 'roulette']],
  ['VEGAS without mZ', heavyVegas, (r) => delete r.parameters.mZ, ['vegas', 'parameters.mZ']],
  ['VEGAS without calls', heavyVegas, (r) => (r.vegas.calls = 1), ['vegas.calls', '2']],
  ['VEGAS without iterations', heavyVegas, (r) => (r.vegas.iterations = 0), ['vegas.iterations', '1']],
  ['a steep prior', heavyVegas, (r) => (r.vegas.mZ_power = 30), ['vegas.mZ_power', '20']],
  ['a map without masses', heavy, (r) => (r.maps.mZ_GeV = []), ['maps.mZ_GeV']],
  ['a map without bins', heavy, (r) => (r.maps.mN_bins_per_decade = 0), ['maps.mN_bins_per_decade']],
  ['a map of few points', heavy, (r) => (r.maps.points = 10), ['maps.points', '64']],
  ['a propagator apart where none is', heavy, (r) => (r.maps.propagator_over_mZ = [1, 2]), ['maps.propagator_over_mZ']],
  [
    'propagators of other masses only',
    light,
    (r) => (r.maps.propagator_over_mZ = [2, 4]),
    ['maps.propagator_over_mZ', '1 or less'],
  ],
  [
    'propagators that fall',
    light,
    (r) => (r.maps.propagator_over_mZ = [2, 1]),
    ['maps.propagator_over_mZ', 'two to four'],
  ],

  ['no columns', heavy, (r) => (r.columns = {}), ['columns']],
  ['a column that is not made', heavy, (r) => (r.columns.colour = { unit: '1' }), ['columns.colour', 'dark-neutrino']],
  ['a column of mZ where it is not sampled', heavy, (r) => (r.columns.mZ = { unit: 'GeV' }), ['columns.mZ']],
  ['a column that takes a response', light, (r) => delete r.inputs.response, ['columns.reconstructed_over_pair_mass']],
  ['a column of a volume there is not', heavy, (r) => (r.columns.entry_4 = { unit: 'cm' }), ['columns.entry_4']],
  ['a column of cuts there are not', heavy, (r) => (r.columns.pass_other = { unit: '1' }), ['columns.pass_other']],
  ['an unknown type', heavy, (r) => (r.columns.beam.type = 'U9'), ['columns.beam.type', 'U9']],
  [
    'an unknown quantisation',
    heavy,
    (r) => (r.columns.mN.quantisation.kind = 'cubic'),
    ['columns.mN.quantisation.kind', 'cubic'],
  ],
  ['a coarse step', heavy, (r) => (r.columns.mN.quantisation.step = 0.01), ['columns.mN.quantisation.step', '0.001']],
  ['a step of zero', heavy, (r) => (r.columns.mN.quantisation.step = 0), ['columns.mN.quantisation.step']],
  ['a logarithm from zero', heavy, (r) => (r.columns.mN.quantisation.low = 0), ['columns.mN.quantisation.low']],
  ['a type beside a quantisation', heavy, (r) => (r.columns.mN.type = 'F32'), ['columns.mN.type']],
  [
    'names quantised',
    heavy,
    (r) => {
      r.columns.beam = { unit: '1', quantisation: { kind: 'linear', low: 0, step: 1 } };
      delete r.sorted_by;
    },
    ['columns.beam'],
  ],
  [
    'values below their quantisation',
    heavy,
    (r) => (r.columns.energy.quantisation.low = 5),
    ['energy', 'quantisation'],
  ],
  [
    'values that do not fit their type',
    heavy,
    (r) => (r.columns.energy = { unit: 'GeV', type: 'U8' }),
    ['energy', 'U8'],
  ],
  ['sorting by a column there is not', heavy, (r) => (r.sorted_by = 'colour'), ['sorted_by', 'colour']],
  ['a title that is a number', heavy, (r) => (r.about.title = 5), ['about.title']],
];

const pieces = { pieces: [0.1, 1].map((low) => ({ low, high: 10 * low, share: 1 })) };
function ownVolumes(recipe) {
  recipe.detector.volumes = 'own';
  delete recipe.sampling.near_volume;
}

for (const [what, name, edit, texts] of recipeCases)
  refuses(
    `${what} in ${name}`,
    name,
    (d) => (what.startsWith('a recipe that is') ? edit(d) : edit(d.recipe, d)),
    texts.some((text) => text.endsWith('.json')) ? texts : [`${name}.json`, ...texts],
  );

// What is wrong with the table to come is known before an hour of simulation, and before VEGAS reports on its grids.
for (const name of [heavy, heavyVegas])
  for (const [what, edit, texts] of [
    ['a column that is not made', (r) => (r.columns.colour = { unit: '1' }), ['columns.colour']],
    ['sorting by a column there is not', (r) => (r.sorted_by = 'colour'), ['colour']],
    ['a title that is a number', (r) => (r.about.title = 5), ['about.title']],
  ])
    refuses(`${what} in ${name} before it simulates`, name, (d) => edit(d.recipe), [`${name}.json`, ...texts], [], {
      whole: true,
    });

refuses(
  'masses just below the threshold, with which nothing is made',
  heavy,
  undefined,
  [recipeFile],
  ['--set', 'mN=20'],
);

// ---- Arguments -----------------------------------------------------------------------------------------------------

/// what is wrong, the words, what the line must contain
const argumentCases = [
  ['mN above the threshold of the flux', ['--set', 'mN=50'], [recipeFile, 'parameters.mN', '23.0']],
  ['mN below two electron masses', ['--set', 'mN=0.001'], [recipeFile, 'parameters.mN', '0.00102']],
  ['a negative mN', ['--set', 'mN=-1'], [recipeFile, 'parameters.mN', '-1']],
  ['--set of an unknown name', ['--set', 'mass=1'], [recipeFile, 'mass', 'mN']],
  ['--set of an unknown field', ['--set', 'roulette.colour=1'], [recipeFile, 'roulette.colour']],
  ['--set to an unknown text', ['--set', 'rows.which=some'], [recipeFile, 'rows.which', 'some']],
  ['--set of an object', ['--set', 'roulette=1'], [recipeFile, 'roulette']],
  ['--set to a word', ['--set', 'mN=heavy'], ['--set', 'mN', 'heavy']],
  ['--set to nothing', ['--set', 'mN='], ['--set', 'mN']],
  ['--set to infinity', ['--set', 'mN=inf'], ['--set', 'mN', 'inf']],
  ['--set without a value', ['--set', 'mN'], ['--set', 'mN']],
  ['--set to half an event', ['--set', 'events=1.5'], [recipeFile, 'events', '1.5']],
  ['--set to more rows than events', ['--set', 'roulette.rows=1e6'], [recipeFile, 'roulette.rows']],
  ['fewer events than rows', ['--events', '100'], [recipeFile, 'roulette.rows']],
  ['no events', ['--events', '0'], ['events']],
  ['a negative number of events', ['--events', '-5'], ['events', '-5']],
  ['a number of events that is a word', ['--events', 'many'], ['--events', 'many']],
  ['a negative seed', ['--seed', '-1'], ['seed', '-1']],
  ['a seed beyond all numbers', ['--seed', '99999999999999999999'], ['seed', '99999999999999999999']],
  ['--shard 0/4', ['--shard', '0/4'], ['--shard', '0/4']],
  ['--shard 5/4', ['--shard', '5/4'], ['--shard', '5/4']],
  ['--shard 1.5/4', ['--shard', '1.5/4'], ['--shard', '1.5/4']],
  ['--shard -1/4', ['--shard=-1/4'], ['--shard', '-1/4']],
  ['--shard x', ['--shard', 'x'], ['--shard', 'x']],
  ['--shard /', ['--shard', '/'], ['--shard']],
  ['--shard 1/4/2', ['--shard', '1/4/2'], ['--shard', '4/2']],
  ['more shards than events', ['--shard', '1/20001'], [recipeFile, 'shard', '20000']],
  ['an adaptation that does not exist', ['--adaptation', '/nowhere/a.json'], ['/nowhere/a.json']],
];
for (const [what, words, texts] of argumentCases) refuses(what, heavy, undefined, texts, words);
refuses(
  'only mN fixed for a light mediator',
  light,
  undefined,
  [`${light}.json`, 'parameters.mZ'],
  ['--set', 'mN=0.1'],
);
refuses(
  'only mZ fixed for a light mediator',
  light,
  undefined,
  [`${light}.json`, 'parameters.mZ'],
  ['--set', 'mZ=0.1'],
);

test('simulates one mass with --set', async (context) => {
  const prepare = prepared(context, heavy);
  succeeded(await prepare.generate(['--set', 'mN=0.1']));
  const { rows, columns } = JSON.parse(succeeded(await anyslice('info', prepare.table, '--json')).stdout);
  assert.ok(rows > 1000, `${rows} rows`);
  assert.equal(columns.mN.low, columns.mN.high);
  // Half a step of the quantisation.
  assert.ok(Math.abs(columns.mN.low / 0.1 - 1) < 5e-4, `mN ${columns.mN.low}`);
});

test('simulates one mass with fewer events than the roulette would keep', async (context) => {
  const prepare = prepared(context, heavy, (d) => (d.recipe.roulette.rows = 15_000));
  succeeded(await prepare.generate(['--set', 'mN=0.1', '--events', '10000']));
});

test('simulates two masses with --set', async (context) => {
  const prepare = prepared(context, light);
  succeeded(await prepare.generate(['--set', 'mN=0.1', '--set', 'mZ=0.05']));
  const { columns } = JSON.parse(succeeded(await anyslice('info', prepare.table, '--json')).stdout);
  for (const [name, value] of Object.entries({ mN: 0.1, mZ: 0.05 })) {
    assert.equal(columns[name].low, columns[name].high);
    assert.ok(Math.abs(columns[name].low / value - 1) < 5e-4, `${name} ${columns[name].low}`);
  }
});

test('makes do with a small pilot, or says that it is too small', async (context) => {
  for (const seed of [1, 2, 3]) {
    const prepare = prepared(context, heavy, (d) => Object.assign(d.recipe, { pilot_events: 1000, seed }));
    const result = await prepare.generate();
    if (result.status !== 0) assertRefused(result, [recipeFile, 'pilot_events']);
  }
});

// ---- Where the table goes ------------------------------------------------------------------------------------------

/// Where the table cannot go: what it is, the path, what the line must contain beside the path.
const places = [
  ['in a folder that cannot be made', (p) => join(p.recipe, 'table.safetensors'), ['cannot be written', 'directory']],
  ['in a folder below a file', (p) => join(p.recipe, 'folder/table.safetensors'), ['cannot be written', 'directory']],
  ['at a folder', (p) => folderAt(p.table), ['cannot be written', 'folder']],
  ['under a name too long', (p) => join(p.output, `${'t'.repeat(300)}.safetensors`), ['cannot be written']],
  ['under another kind of name', (p) => join(p.output, 'table.csv'), ['.safetensors']],
];
function folderAt(path) {
  mkdirSync(path);
  return path;
}
for (const [what, place, texts] of places)
  test(`refuses to write ${what}`, async (context) => {
    const prepare = prepared(context, heavy, undefined, { whole: true });
    const path = place(prepare);
    const before = readdirSync(prepare.output);
    const result = await prepare.generate([], path, { timeout: 3000 });
    assertRefused(result, [path, ...texts]);
    // The temporary file is nobody's business.
    assert.ok(!result.stderr.includes('.part'), result.stderr);
    assert.deepEqual(readdirSync(prepare.output), before);
  });

test('a run refused after it has tried its output leaves a link there alone', async (context) => {
  const prepare = prepared(context, heavy, undefined, { whole: true });
  const link = join(prepare.folder, 'link.safetensors');
  symlinkSync(join(prepare.folder, 'nowhere'), link);
  assertRefused(await prepare.generate(['--adaptation', '/nowhere.json'], link), ['/nowhere.json']);
  assert.ok(lstatSync(link).isSymbolicLink());
});

test('refuses to read under a name too long', async (context) => {
  const { folder, table } = prepared(context, heavy);
  const path = join(folder, `${'n'.repeat(300)}.safetensors`);
  assertRefused(await anyslice('info', path), [path]);
  assertRefused(await anyslice('merge', path, '-o', table), [path]);
  assertRefused(await anyslice('generate', path, '-o', table), [path]);
  assertRefused(await anyslice('adapt', path, '-o', table), [path]);
});

test('refuses to write in a read-only folder', async (context) => {
  // Root may write anywhere.
  if (process.getuid?.() === 0) return;
  const prepare = prepared(context, heavy, undefined, { whole: true });
  const folder = join(prepare.folder, 'closed');
  mkdirSync(folder, { mode: 0o500 });
  const path = join(folder, 'table.safetensors');
  assertRefused(await prepare.generate([], path, { timeout: 3000 }), [path, 'cannot be written']);
  assert.deepEqual(readdirSync(folder), []);
});

// No file may grow beyond 1 KiB: the table, tens of them, fails like on a full disk. Where the signal that goes with it
// is not ignored from outside, the program must not die of it with half a table left.
for (const [what, prelude] of [
  ['the disk is full', "trap '' XFSZ; ulimit -f 1"],
  ['the limit of a file is reached', 'ulimit -f 1'],
])
  for (const ending of ['safetensors', 'safetensors.gz'])
    test(`says that ${what} for .${ending}, and keeps the table that was there`, async (context) => {
      const prepare = prepared(context, heavy);
      const table = join(prepare.output, `table.${ending}`);
      const limited = () =>
        run('bash', ['-c', `${prelude}; exec "$@"`, 'bash', binary, 'generate', prepare.recipe, '-o', table]);
      assertRefused(await limited(), [table, 'cannot be written']);
      prepare.assertNothingLeft();
      writeFileSync(table, 'an older table');
      assertRefused(await limited(), [table, 'cannot be written']);
      assert.deepEqual(readdirSync(prepare.output), [`table.${ending}`]);
      assert.equal(readFileSync(table, 'utf8'), 'an older table');
    });

test('keeps the table that was there when a recipe is refused', async (context) => {
  const prepare = prepared(context, heavy, (d) => (d.recipe.columns.energy.quantisation.low = 5));
  writeFileSync(prepare.table, 'an older table');
  assertRefused(await prepare.generate(), [recipeFile, 'energy']);
  assert.equal(readFileSync(prepare.table, 'utf8'), 'an older table');
  assert.equal(readdirSync(prepare.output).length, 1);
});

test('makes the folder of the table', async (context) => {
  const prepare = prepared(context, heavy);
  const folder = join(prepare.output, 'new/folder');
  succeeded(await prepare.generate([], join(folder, 'table.safetensors')));
  assert.deepEqual(readdirSync(folder), ['table.safetensors']);
});

// ---- Adaptations ---------------------------------------------------------------------------------------------------

/// what is wrong, the recipe, the edit of the adaptation or what stands in its place, what the line must contain beside
/// the name of its file
const adaptationCases = [
  ['no JSON', heavy, 'this is not JSON\n', ['line 1, column 2']],
  ['a list', heavy, [], []],
  ['an empty object', heavy, {}, []],
  ['another version', heavy, (a) => (a.anyslice_adaptation = '2'), ['anyslice_adaptation']],
  ['another generator', heavy, (a) => (a.generator = 'dark-neutrino 0'), ['generator', 'another version']],
  ['bounds of zero', heavy, (a) => (a.roulette.bounds[3] = 0), ['roulette.bounds']],
  ['no version', heavy, (a) => delete a.anyslice_adaptation, ['anyslice_adaptation']],
  ['no recipe', heavy, (a) => delete a.recipe_sha256, ['recipe_sha256']],
  ['another recipe', heavy, (a) => (a.recipe_sha256 = '0'.repeat(64)), ['recipe_sha256', 'another recipe']],
  ['no roulette', heavy, (a) => delete a.roulette, ['roulette']],
  ['no rates', heavy, (a) => delete a.roulette.rates, ['roulette.rates']],
  ['too few rates', heavy, (a) => a.roulette.rates.pop(), ['roulette.rates']],
  ['a negative rate', heavy, (a) => (a.roulette.rates[0] = -1), ['roulette.rates']],
  ['no factors', heavy, (a) => delete a.roulette.factors, ['roulette.factors']],
  ['a factor too few', heavy, (a) => a.roulette.factors.pop(), ['roulette.factors']],
  ['a negative factor', heavy, (a) => (a.roulette.factors[0] = -1), ['roulette.factors']],
  ['no bounds', heavy, (a) => delete a.roulette.bounds, ['roulette.bounds']],
  ['too few bounds', heavy, (a) => a.roulette.bounds.pop(), ['roulette.bounds']],
  ['no capped share', heavy, (a) => delete a.roulette.capped_share, ['roulette.capped_share']],
  ['no maps', heavy, (a) => delete a.maps, ['maps']],
  ['no grids', heavyVegas, (a) => delete a.vegas, ['vegas']],
  ['an empty list of grids', heavyVegas, (a) => (a.vegas = []), ['vegas']],
  ['a grid too few', heavyVegas, (a) => a.vegas.pop(), ['vegas']],
  ['a grid without edges', heavyVegas, (a) => delete a.vegas[0].edges, ['vegas[0].edges']],
  ['a grid of other dimensions', heavyVegas, (a) => a.vegas[0].edges.pop(), ['vegas[0]']],
  ['a grid that falls', heavyVegas, (a) => a.vegas[0].edges[2].reverse(), ['vegas[0].edges[2]']],
  ['a grid of an unknown beam', heavyVegas, (a) => (a.vegas[0].beam = 9), ['vegas[0]']],
];
for (const [what, name, edit, texts] of adaptationCases)
  test(`refuses an adaptation of ${name} with ${what}`, async (context) => {
    const prepare = prepared(context, name);
    const adaptation = await prepare.adapt();
    if (typeof edit === 'function') edit(adaptation);
    prepare.write('adaptation.json', typeof edit === 'function' ? adaptation : edit);
    assertRefused(await prepare.generate(['--adaptation', prepare.adaptation]), [prepare.adaptation, ...texts]);
    prepare.assertNothingLeft();
  });

/// Words that make another recipe of it.
for (const words of [
  ['--seed', '3'],
  ['--events', '30000'],
  ['--set', 'pilot_events=110000'],
])
  test(`refuses an adaptation made without ${words.join(' ')}`, async (context) => {
    const prepare = prepared(context, heavy);
    await prepare.adapt();
    assertRefused(await prepare.generate(['--adaptation', prepare.adaptation, ...words]), [
      prepare.adaptation,
      'recipe_sha256',
    ]);
    prepare.assertNothingLeft();
  });

test('refuses an adaptation made with other inputs', async (context) => {
  const prepare = prepared(context, heavy);
  await prepare.adapt();
  const detector = JSON.parse(readFileSync(join(prepare.folder, inputs.detector), 'utf8'));
  detector.regions[0].mass_t.C *= 2;
  prepare.write(inputs.detector, detector);
  assertRefused(await prepare.generate(['--adaptation', prepare.adaptation]), [prepare.adaptation, 'recipe_sha256']);
  prepare.assertNothingLeft();
});

test('makes the same table with an adaptation and without', async (context) => {
  const prepare = prepared(context, heavy);
  await prepare.adapt();
  const tables = [];
  for (const words of [[], ['--adaptation', prepare.adaptation]]) {
    succeeded(await prepare.generate(words));
    tables.push(readFileSync(prepare.table));
  }
  assert.ok(tables[0].equals(tables[1]));
});

test('refuses to write an adaptation where it cannot', async (context) => {
  const prepare = prepared(context, heavy, undefined, { whole: true });
  for (const path of [prepare.output, join(prepare.recipe, 'adaptation.json')]) {
    const result = await run(binary, ['adapt', prepare.recipe, '-o', path], { timeout: 3000 });
    assertRefused(result, [path, 'cannot be written']);
  }
  prepare.assertNothingLeft();
});

// ---- Shards --------------------------------------------------------------------------------------------------------

/// Makes shards I/N with words of their own; gives their paths.
async function shards(prepare, runs) {
  const paths = [];
  for (const [i, [shard, ...words]] of runs.entries()) {
    paths.push(join(prepare.output, `shard-${i}.safetensors`));
    succeeded(await prepare.generate(['--shard', shard, ...words], paths[i]));
  }
  return paths;
}

/// what is wrong, the runs, which shards are merged, which one the line must name, and what else it must contain
const mergeCases = [
  ['shards of different seeds', [['1/2'], ['2/2', '--seed', '3']], [0, 1], 1, ['recipe_sha256']],
  ['shards of different priors', [['1/2'], ['2/2', '--set', 'vegas.mZ_power=7']], [0, 1], 1, ['recipe_sha256']],
  ['shards of different numbers of events', [['1/2'], ['2/2', '--events', '30000']], [0, 1], 1, ['recipe_sha256']],
  ['a run without its first shard', [['2/3'], ['3/3']], [0, 1], 0, ['first shard']],
  ['a run without its second shard', [['1/3'], ['3/3']], [0, 1], 1, ['missing']],
  ['a run without its last shard', [['1/3'], ['2/3']], [0, 1], 1, ['last shard']],
  ['a shard given twice', [['1/2'], ['2/2']], [0, 0, 1], 0, ['twice']],
];
for (const [what, runs, merged, named, texts] of mergeCases)
  test(`refuses to merge ${what}`, async (context) => {
    const prepare = prepared(context, heavyVegas);
    const paths = await shards(prepare, runs);
    const result = await anyslice('merge', ...merged.map((i) => paths[i]), '-o', prepare.table);
    assertRefused(result, [paths[named], ...texts]);
    assert.equal(readdirSync(prepare.output).length, paths.length);
  });

/// the recipe, the edit that leaves an adaptation good
for (const [name, edit] of [
  [heavy, (a) => (a.roulette.factors[0] /= 2)],
  [heavyVegas, (a) => (a.vegas[0].edges[2][1] *= 0.9)],
])
  test(`refuses to merge shards of different adaptations of ${name}`, async (context) => {
    const prepare = prepared(context, name);
    const adaptation = await prepare.adapt();
    edit(adaptation);
    const other = prepare.write('other.json', adaptation);
    const paths = await shards(prepare, [
      ['1/2', '--adaptation', prepare.adaptation],
      ['2/2', '--adaptation', other],
    ]);
    assertRefused(await anyslice('merge', ...paths, '-o', prepare.table), [paths[1], paths[0]]);
    assert.equal(readdirSync(prepare.output).length, 2);
  });

test('merges shards, each with its own adaptation or with one, into the whole run', async (context) => {
  const prepare = prepared(context, heavy);
  await prepare.adapt();
  const paths = await shards(prepare, [['2/3'], ['1/3', '--adaptation', prepare.adaptation], ['3/3']]);
  const merged = join(prepare.output, 'merged.safetensors');
  succeeded(await anyslice('merge', ...paths, '-o', merged));
  succeeded(await prepare.generate());
  assert.ok(readFileSync(merged).equals(readFileSync(prepare.table)));
});

test('refuses to merge what is missing, into a folder, below a file or under another kind of name', async (context) => {
  const prepare = prepared(context, heavyVegas);
  const [shard] = await shards(prepare, [['1/1']]);
  const missing = join(prepare.output, 'nothing.safetensors');
  assertRefused(await anyslice('merge', shard, missing, '-o', prepare.table), [missing]);
  const folder = join(prepare.folder, 'folder.safetensors');
  mkdirSync(folder);
  assertRefused(await anyslice('merge', shard, '-o', folder), [folder, 'cannot be written']);
  const below = join(prepare.recipe, 'table.safetensors');
  assertRefused(await anyslice('merge', shard, '-o', below), [below, 'cannot be written']);
  const other = join(prepare.output, 'table.csv');
  assertRefused(await anyslice('merge', shard, '-o', other), [other, '.safetensors']);
  assert.equal(readdirSync(prepare.output).length, 1);
});

// ---- Stopping ------------------------------------------------------------------------------------------------------

/// what the program does when it is stopped, the edit of the recipe, the command
const endless = 9_000_000_000;
const stops = [
  ['generate, while it throws its pilot', (d) => (d.recipe.pilot_events = 1e9), 'generate'],
  ['generate, while it throws events', (d) => (d.recipe.events = endless), 'generate'],
  ['adapt', (d) => (d.recipe.pilot_events = 1e9), 'adapt'],
];
for (const [what, edit, command] of stops)
  for (const signal of ['SIGINT', 'SIGTERM'])
    test(`stops ${what} at ${signal}, and leaves nothing`, async (context) => {
      const prepare = prepared(context, heavy, edit);
      const started = Date.now();
      const result = await run(binary, [command, prepare.recipe, '-o', prepare.table], {
        timeout: 700,
        killSignal: signal,
      });
      assert.equal(result.signal, null);
      assert.equal(result.status, 130, result.stderr);
      assert.match(result.stderr, /^anyslice: stopped[^\n]*\n$/);
      assert.equal(result.stdout, '');
      assert.ok(Date.now() - started < 5000, `${Date.now() - started} ms`);
      prepare.assertNothingLeft();
    });
