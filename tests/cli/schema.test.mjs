// The cards, recipes and input files of data/ against their JSON Schemas; cards as they are written and with what they
// extend merged in.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { card, root } from './command.mjs';

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const names = readdirSync(join(root, 'data/analyses'))
  .filter((file) => file.endsWith('.json') && file !== 'index.json')
  .map((file) => file.replace(/\.json$/, ''));

// The npm packages of the page have the validator.
const Ajv2020 = createRequire(join(root, 'web/package.json'))('ajv/dist/2020').default;

const validators = {};
function validate(document, schema = 'card') {
  validators[schema] ??= new Ajv2020({ allErrors: true, strictTypes: false }).compile(
    read(`data/schema/${schema}.schema.json`),
  );
  const valid = validators[schema](document);
  return { valid, errors: JSON.stringify(validators[schema].errors, null, 1) };
}

/// RFC 7396: objects merge, null removes, everything else replaces.
function mergePatch(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const merged = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

function merged(name) {
  const { extends: base, ...own } = card(name);
  return base ? mergePatch(merged(base.replace(/\.json$/, '')), own) : own;
}

for (const name of names) {
  test(`${name} is as the schema says`, () => {
    const { valid, errors } = validate(card(name));
    assert.ok(valid, errors);
  });
  test(`${name} with what it extends is as the schema says`, () => {
    const { valid, errors } = validate(merged(name));
    assert.ok(valid, errors);
  });
}

const edits = [
  ['no version', (c) => delete c.anyslice],
  ['another version', (c) => (c.anyslice = '2')],
  ['an unknown field', (c) => (c.colour = 'red')],
  ['an unknown field inside', (c) => (c.parameters.mS.colour = 'red')],
  ['a wrong type', (c) => (c.parameters.mS.range = 'wide')],
  ['an unknown scale', (c) => (c.parameters.mS.scale = 'cubic')],
  ['an unknown factor', (c) => (c.weight[0].factor = 'sprinkle')],
  ['a factor without its column', (c) => delete c.weight[0].column],
  ['a negative background', (c) => (c.channels['signal-region'].bins[0].backgrounds.neutrino.expected = -1)],
  ['half an event observed', (c) => (c.channels['signal-region'].bins[0].observed = 1.5)],
  ['an unknown method', (c) => (c.limits.method = 'guess')],
  ['a level in percent', (c) => (c.limits.level = 95)],
  ['an overlay with two sources', (c) => (c.overlays.E949.function = 'theta_KCV')],
  ['no parameters', (c) => delete c.parameters],
];
for (const [what, edit] of edits)
  test(`the schema refuses a card with ${what}`, () => {
    const edited = card();
    edit(edited);
    assert.ok(!validate(edited).valid);
  });

const factor = (c, kind) => c.weight.find((one) => one.factor === kind);
const histogramBin = (c) => c.channels['analysis-II'].bins[0];
/// Of a card with kernels, rates, several bins and contours.
const editsOfLight = [
  ['a rate without axes', (c) => (c.rates.interactions.axes = {})],
  ['an axis of a rate without values', (c) => delete c.rates.efficiency_printed.axes.propagator.values],
  ['a rate that is no JSON pointer', (c) => (c.rates.interactions.product = ['interactions'])],
  ['a total without its rate', (c) => delete c.totals.interactions_argon.rate],
  ['a total per two columns', (c) => (c.totals.interactions_argon.per.element = { C: '1' })],
  ['a ratio without its expression', (c) => delete factor(c, 'ratio').expression],
  ['a selection of nothing', (c) => delete factor(c, 'select').expression],
  ['two ways of one selection', (c) => Object.assign(factor(c, 'select'), { column: 'beam', in: ['FHC'] })],
  ['a selection without a column', (c) => c.weight.push({ factor: 'select', in: ['FHC'] })],
  ['a kernel of an unknown shape', (c) => (factor(c, 'kernel').shape = 'cone')],
  ['a kernel without axes', (c) => (factor(c, 'kernel').axes = [])],
  ['a bandwidth of zero', (c) => (factor(c, 'kernel').axes[0].bandwidth = 0)],
  ['an unknown distance', (c) => (factor(c, 'kernel').axes[0].distance = 'log2')],
  ['a flattening that varies nothing', (c) => (factor(c, 'kernel').flatten[0].vary = [])],
  ['a segment without length', (c) => delete factor(c, 'decay').segments[0].length],
  ['a background that is neither number nor formula', (c) => (histogramBin(c).backgrounds.background.expected = [1])],
  ['events of no label', (c) => (histogramBin(c).events.beam = [])],
  ['a bin of a histogram without range', (c) => delete histogramBin(c).range],
  ['a range without histogram', (c) => (c.channels['analysis-I'].bins[0].range = [0, 1])],
  ['a part without events', (c) => delete c.parts.argon.events],
  ['an uncertainty on bins and channels', (c) => (c.systematics[0].channels = ['analysis-I'])],
  ['a parameter that follows a number', (c) => (c.parameters.VN2.follows = 1)],
  ['bounds that are numbers', (c) => (c.parameters.VN2.bounds.low = 0)],
  ['a choice without label', (c) => delete c.switches.majorana.choices[0].label],
  ['CLs without constraint', (c) => (c.limits.method = 'cls-hybrid')],
  ['a negative variance', (c) => (c.variants.published.limits.poisson_below_variance = -1)],
  ['a projection of unknown counts', (c) => (c.projections['T2K-I'].counts = 'half')],
  ['a contour without y', (c) => delete c.presets['figure-10-mZ-epsilon'].y],
  ['a contour that is a limit too', (c) => (c.presets['figure-10-mZ-epsilon'].on = 'epsilon')],
  ['an overlay at a text', (c) => (c.overlays['MiniBooNE-1-sigma'].at = { mZ: 'light' })],
  ['an overlay of unknown kind', (c) => (c.overlays['combined-Umu4'].kind = 'guessed')],
];
for (const [what, edit] of editsOfLight)
  test(`the schema refuses the card of a light mediator with ${what}`, () => {
    const edited = card('nd280-dark-neutrino-light');
    edit(edited);
    assert.ok(!validate(edited).valid);
  });

/// What no card of data/ shows.
const acceptedEdits = [
  ['a range of a column kept', (c) => c.weight.push({ factor: 'select', column: 'energy', range: [0.2, 1] })],
  ['a sampling density', (c) => (factor(c, 'kernel').sampling_density = 'event.mN')],
  ['uncertainties on a channel', (c) => Object.assign(c.systematics[0], { bins: undefined, channels: ['analysis-I'] })],
  [
    'a preset of limit curves',
    (c) => {
      const { axes } = c.presets['figure-10-mZ-epsilon'];
      c.presets.limits = { kind: 'limit', label: 'limits', on: 'epsilon', versus: 'mZ', axes };
    },
  ],
];
for (const [what, edit] of acceptedEdits)
  test(`the schema accepts a card with ${what}`, () => {
    const edited = card('nd280-dark-neutrino-light');
    edit(edited);
    const { valid, errors } = validate(JSON.parse(JSON.stringify(edited)));
    assert.ok(valid, errors);
  });

/// The schema of the files in each folder of data/.
const folders = {
  recipes: 'recipe',
  detectors: 'detector',
  fluxes: 'flux',
  nuclei: 'nuclei',
  responses: 'response',
};
for (const [folder, schema] of Object.entries(folders)) {
  const files = readdirSync(join(root, 'data', folder)).filter(
    (file) => file.endsWith('.json') && file !== 'index.json',
  );
  test(`data/${folder} holds files`, () => assert.notEqual(files.length, 0));
  for (const file of files)
    test(`${folder}/${file} is as the schema says`, () => {
      const document = read(`data/${folder}/${file}`);
      const { valid, errors } = validate(document, schema);
      assert.ok(valid, errors);
      // Editors look for the schema at this address.
      if ('$schema' in document) assert.ok(existsSync(join(root, 'data', folder, document.$schema)), document.$schema);
    });
}

const heavy = 'recipes/nd280-heavy';
const heavyVegas = 'recipes/nd280-heavy-vegas';
const light = 'recipes/nd280-light';
const decays = 'recipes/microboone-kdar';
const detector = 'detectors/nd280';
const flux = 'fluxes/t2k-nd280-2016';
const nuclei = 'nuclei/fourier-bessel';
const response = 'responses/nd280-electrons';
const mass = { unit: 'GeV', low: 0.1, high: 1 };
const near = { share: 0.5, share_inside: 0.5, smallest_distance_cm: 0.1 };
const roulette = { rows: 1000, mZ_GeV: [1], ctau0_over_mN_cm_per_GeV: { low: 1, high: 10, points: 2 } };

/// the file, what is wrong, the edit
const damages = [
  [heavy, 'no version', (r) => delete r.anyslice_recipe],
  [heavy, 'another version', (r) => (r.anyslice_recipe = '2')],
  [heavy, 'no generator', (r) => delete r.generator],
  [heavy, 'an unknown generator', (r) => (r.generator = 'dice')],
  [heavy, 'a field of another generator', (r) => (r.proposal = { face_fraction: 0.3 })],
  [heavy, 'an unknown field', (r) => (r.colour = 'red')],
  [heavy, 'an unknown field inside', (r) => (r.cuts.printed.colour = 'red')],
  [heavy, 'no events', (r) => (r.events = 0)],
  [heavy, 'half an event', (r) => (r.events = 0.5)],
  [heavy, 'a negative seed', (r) => (r.seed = -1)],
  [heavy, 'no flux', (r) => delete r.inputs.flux],
  [heavy, 'an unknown input', (r) => (r.inputs.fluxes = r.inputs.flux)],
  [heavy, 'an unknown mediator', (r) => (r.mediator = 'photon')],
  [heavy, 'mN below two electron masses', (r) => (r.parameters.mN = 0.001)],
  [heavy, 'mN in MeV', (r) => (r.parameters.mN.unit = 'MeV')],
  [heavy, 'both a range and pieces', (r) => Object.assign(r.parameters.mN, mass)],
  [heavy, 'five beams', (r) => (r.beams = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((b) => [b, r.beams.FHC])))],
  [heavy, 'an element twice', (r) => r.elements.push('C')],
  [heavy, 'an empty mixture', (r) => (r.mixture = [])],
  [heavy, 'a region twice', (r) => r.detector.regions.push('TPC1')],
  [heavy, 'volumes of another kind', (r) => (r.detector.volumes = 'all')],
  [heavy, 'nine volumes', (r) => (r.detector.volumes = Array.from({ length: 9 }, (_, i) => `volume ${i}`))],
  [heavy, 'a cut on t without its kind', (r) => delete r.cuts.printed.t_of],
  [heavy, 'an unknown choice of rows', (r) => (r.rows.which = 'some')],
  [heavy, 'a Q that is too small', (r) => (r.sampling.largest_Q_GeV = 0.01)],
  [heavy, 'all vertices near the volume', (r) => (r.sampling.near_volume.share = 1)],
  [heavy, 'a small pilot', (r) => (r.pilot_events = 10)],
  [heavy, 'a roulette without a pilot', (r) => delete r.pilot_events],
  [heavy, 'a roulette without lifetimes', (r) => delete r.roulette.ctau0_over_mN_cm_per_GeV],
  [heavy, 'a roulette without rows', (r) => (r.roulette.rows = 0)],
  [heavy, 'a roulette and a sampled mZ', (r) => (r.parameters.mZ = mass)],
  [heavy, 'a map without masses', (r) => (r.maps.mZ_GeV = [])],
  [heavy, 'a column that is not made', (r) => (r.columns.colour = { unit: '1' })],
  [heavy, 'a column without unit', (r) => delete r.columns.mN.unit],
  [heavy, 'a coarse quantisation', (r) => (r.columns.mN.quantisation.step = 0.01)],
  [heavy, 'a logarithm from zero', (r) => (r.columns.mN.quantisation.low = 0)],
  [heavy, 'an unknown quantisation', (r) => (r.columns.mN.quantisation.kind = 'cubic')],
  [heavy, 'a type beside a quantisation', (r) => (r.columns.mN.type = 'F32')],
  [heavy, 'labels beside a quantisation', (r) => (r.columns.mN.labels = ['light'])],
  [heavyVegas, 'mN fixed and mZ sampled', (r) => (r.parameters.mN = 0.1)],
  [heavyVegas, 'mZ not given', (r) => delete r.parameters.mZ],
  [heavyVegas, 'a roulette too', (r) => Object.assign(r, { roulette, pilot_events: 1000 })],
  [heavyVegas, 'no calls', (r) => (r.vegas.calls = 0)],
  [heavyVegas, 'a steep prior', (r) => (r.vegas.mZ_power = 30)],
  [light, 'mZ not given', (r) => delete r.parameters.mZ],
  [light, 'lifetimes for the roulette', (r) => Object.assign(r.roulette, roulette)],
  [light, 'vertices near its own volume', (r) => (r.sampling.near_volume = near)],
  [decays, 'an unknown field', (r) => (r.colour = 'red')],
  [decays, 'a field of another generator', (r) => (r.mediator = 'heavy')],
  [decays, 'no source', (r) => delete r.source],
  [decays, 'a shape of zero', (r) => (r.source.depth_m.shape = 0)],
  [decays, 'a negative width', (r) => (r.source.transverse_sigma_m = -1)],
  [decays, 'a rotation of two rows', (r) => r.beam_frame.rotation.pop()],
  [decays, 'a box in two dimensions', (r) => r.detector.box_m.low.pop()],
  [decays, 'no lines to the faces', (r) => (r.proposal.face_fraction = 0)],
  [decays, 'a column that is not made', (r) => (r.columns.mN = { unit: 'GeV' })],
  [detector, 'another version', (d) => (d.anyslice_detector = 1)],
  [detector, 'no regions', (d) => (d.regions = [])],
  [detector, 'an unknown field', (d) => (d.regions[0].colour = 'red')],
  [detector, 'a box in two dimensions', (d) => d.regions[0].box_cm.low.pop()],
  [detector, 'a negative mass', (d) => (d.regions[0].mass_t.C = -1)],
  [flux, 'another version', (f) => (f.anyslice_flux = '2')],
  [flux, 'another unit', (f) => (f.unit = 'per cm^2')],
  [flux, 'one edge', (f) => (f.energy_edges_GeV = [0])],
  [flux, 'an edge twice', (f) => (f.energy_edges_GeV[1] = 0)],
  [flux, 'a negative flux', (f) => (f.beams.FHC.numu[3] = -1)],
  [flux, 'nothing but zeros', (f) => f.beams.FHC.numu.fill(0)],
  [flux, 'text for a flux', (f) => (f.beams.FHC.numu = 'much')],
  [nuclei, 'another version', (n) => (n.anyslice_nuclei = '2')],
  [nuclei, 'an element without nucleus', (n) => delete n.elements.C.nucleus],
  [nuclei, 'half a proton', (n) => (n.nuclei[1].charge = 6.5)],
  [nuclei, 'a nucleus without mass', (n) => delete n.nuclei[1].mass_GeV],
  [nuclei, 'a nucleus without radius', (n) => delete n.nuclei[1].radius_fm],
  [nuclei, 'an unknown shape', (n) => (n.nuclei[0].shape = 'cube')],
  [nuclei, 'two shapes', (n) => (n.nuclei[1].shape = 'proton-dipole')],
  [response, 'another version', (r) => (r.anyslice_response = '2')],
  [response, 'a probability of one', (r) => (r.probabilities[4] = 1)],
  [response, 'an unknown field', (r) => (r.momentum.colour = 'red')],
  [response, 'no angle', (r) => delete r.angle],
  [response, 'a quantile that is text', (r) => (r.angle.shift_rad[0][0] = 'left')],
];
for (const [file, what, edit] of damages)
  test(`the schema refuses ${file} with ${what}`, () => {
    const document = read(`data/${file}.json`);
    edit(document);
    assert.ok(!validate(document, folders[file.split('/')[0]]).valid);
  });

/// Recipes that no file of data/ shows: what they are, the file they start from, the edit.
const variants = [
  ['one fixed mass', heavy, (r) => (r.parameters.mN = 0.1)],
  ['two fixed masses', light, (r) => Object.assign(r.parameters, { mN: 0.1, mZ: 0.05 })],
  ['every event as row', heavy, (r) => (r.rows.which = 'all')],
  ['no cuts', heavy, (r) => (r.cuts = {})],
  ['columns as they are', decays, (r) => (r.columns = { weight: { unit: '1' } })],
];
for (const [what, file, edit] of variants)
  test(`the schema accepts a recipe with ${what}`, () => {
    const document = read(`data/${file}.json`);
    edit(document);
    const { valid, errors } = validate(document, 'recipe');
    assert.ok(valid, errors);
  });
