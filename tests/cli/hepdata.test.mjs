// Submissions to HEPData: the files are what its validator demands (rules written out here), and their numbers are those
// of --json, digit by digit.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { anyslice, assertRefused, card, cardName, root } from './command.mjs';

// The npm packages of the page have a reader of YAML. HEPData reads YAML 1.1.
const { parseAllDocuments } = createRequire(join(root, 'web/package.json'))('yaml');
const read = (text) =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });

function folder(context) {
  const made = mkdtempSync(join(tmpdir(), 'anyslice-'));
  context.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function ok(...words) {
  const result = await anyslice(...words);
  assert.equal(result.status, 0, `${words.join(' ')}: ${result.stderr}`);
  return result.stdout;
}
const json = async (...words) => JSON.parse(await ok(...words, '--json'));

const only = (object, required, allowed = required) => {
  for (const name of required) assert.ok(name in object, `${name} is missing in ${JSON.stringify(object)}`);
  for (const name of Object.keys(object)) assert.ok(allowed.includes(name), `${name} is no field of HEPData`);
};
const isNumberOrText = (value) => (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'string';

function checkHeader(header) {
  only(header, ['name'], ['name', 'units']);
  for (const text of Object.values(header)) assert.ok(typeof text === 'string' && text.length > 0);
}

/// A data file, by the rules of HEPData's data_schema 1.1 and of the checks its validator makes beyond it.
function checkData(data) {
  only(data, ['independent_variables', 'dependent_variables']);
  const lengths = new Set();
  for (const variable of data.independent_variables) {
    only(variable, ['header', 'values']);
    checkHeader(variable.header);
    lengths.add(variable.values.length);
    for (const value of variable.values) {
      if ('value' in value) only(value, ['value']);
      else only(value, ['low', 'high']);
      for (const number of Object.values(value)) assert.equal(typeof number, 'number');
    }
  }
  for (const variable of data.dependent_variables) {
    only(variable, ['header', 'values'], ['header', 'qualifiers', 'values']);
    checkHeader(variable.header);
    lengths.add(variable.values.length);
    for (const qualifier of variable.qualifiers ?? []) {
      only(qualifier, ['name', 'value'], ['name', 'value', 'units']);
      assert.ok(isNumberOrText(qualifier.value));
    }
    for (const value of variable.values) {
      only(value, ['value'], ['value', 'errors']);
      assert.ok(isNumberOrText(value.value));
      for (const error of value.errors ?? []) {
        only(error, ['symerror', 'label']);
        assert.ok(error.symerror > 0, 'errors of zero are refused');
      }
    }
  }
  assert.equal(lengths.size, 1, 'columns of one table have one length');
}

/// The documents of submission.yaml by submission_schema and additional_info_schema 1.1.
function checkEntries([info, ...entries], dataField) {
  only(info, ['comment'], ['comment', 'additional_resources']);
  for (const resource of info.additional_resources ?? []) only(resource, ['location', 'description']);
  assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length, 'names of tables are unique');
  for (const entry of entries) {
    only(
      entry,
      ['name', 'description', 'keywords', ...dataField],
      ['name', 'description', 'keywords', 'data_license', ...dataField],
    );
    assert.ok(entry.name.length <= 64, entry.name);
    for (const { name, values } of entry.keywords) {
      assert.ok(['cmenergies', 'observables', 'reactions', 'phrases'].includes(name));
      assert.ok(values.every((value) => typeof value === 'string' && value.length <= 128));
    }
    if (entry.data_license) only(entry.data_license, ['name', 'url']);
  }
}

/// Reads and checks a submission: [{name, description, data}].
function submission(path) {
  const text = readFileSync(join(path, 'submission.yaml'), 'utf8');
  const documents = read(text);
  checkEntries(documents, ['data_file']);
  const tables = documents.slice(1).map((entry) => {
    const file = readFileSync(join(path, entry.data_file), 'utf8');
    // YAML 1.1 takes 1e-05 for a text: a number with an exponent has a point and the sign of its exponent.
    for (const [number] of file.matchAll(/(?<=: )-?\d[^\s"]*$/gm)) assert.match(number, /^-?\d+(\.\d+(e[-+]\d+)?)?$/);
    const [data] = read(file);
    checkData(data);
    return { ...entry, data };
  });
  const used = ['submission.yaml', ...tables.map(({ data_file }) => data_file)];
  assert.deepEqual(readdirSync(path).sort(), used.sort(), 'HEPData refuses files that no table names');
  return tables;
}

const values = ({ values }) => values.map(({ value }) => value);
const column = ({ data }, limit) =>
  values(
    data.dependent_variables.find(({ qualifiers }) =>
      qualifiers.some(({ name, value }) => name === 'Limit' && value === limit),
    ),
  );
const qualifiersOf = ({ data }, i = 0) =>
  Object.fromEntries(data.dependent_variables[i].qualifiers.map(({ name, value }) => [name, value]));
/// As the tables of a submission hold it: with seven digits, "-" where there is none.
const rounded = (value) => (typeof value === 'number' ? Number(value.toPrecision(7)) : value);
const orDash = (value) => rounded(value) ?? '-';

describe('a limit for HEPData', () => {
  const words = ['limit', cardName, '--versus', 'mS=20:200:4', '--exposure-scale', '1'];

  test('has the numbers of --json, a column for every band', async (context) => {
    const path = join(folder(context), 'new');
    await ok(...words, '--format', 'hepdata', '-o', path);
    const { points } = await json(...words);
    const [table, ...more] = submission(path);
    assert.deepEqual(more, []);
    const [axis] = table.data.independent_variables;
    assert.deepEqual(axis.header, { name: `$m_S$, ${card(cardName).parameters.mS.label}`, units: 'MeV' });
    assert.deepEqual(
      values(axis),
      points.map(({ mS }) => rounded(mS)),
    );
    assert.deepEqual(
      column(table, 'Observed'),
      points.map(({ observed }) => orDash(observed)),
    );
    assert.deepEqual(
      column(table, 'Observed, upper edge'),
      points.map(({ excluded }) => orDash(excluded[0]?.[1])),
    );
    for (const [band, name] of [
      ['-2', 'Expected (-2 s.d.)'],
      ['-1', 'Expected (-1 s.d.)'],
      ['0', 'Expected (median)'],
      ['+1', 'Expected (+1 s.d.)'],
      ['+2', 'Expected (+2 s.d.)'],
    ]) {
      assert.deepEqual(
        column(table, name),
        points.map(({ expected }) => orDash(expected[band])),
      );
    }
    const errors = table.data.dependent_variables[0].values.map(({ errors }) => errors?.[0].symerror ?? null);
    assert.deepEqual(
      errors,
      points.map(({ mc_error }) => rounded(mc_error)),
    );
    const stated = qualifiersOf(table);
    assert.equal(stated['Confidence level'], 0.95);
    assert.equal(stated.Method, 'cls-hybrid');
    assert.equal(stated.Constraints, 'lognormal');
    assert.deepEqual(
      table.keywords.map(({ name, values }) => [name, values]),
      Object.entries(card(cardName).about.keywords),
    );
  });

  test('at another exposure has expected limits only', async () => {
    const text = await ok(...words.slice(0, -1), '10', '--format', 'hepdata');
    const [info, { independent_variables, dependent_variables, ...entry }] = read(text);
    checkEntries(
      [info, { ...entry, independent_variables, dependent_variables }],
      ['independent_variables', 'dependent_variables'],
    );
    checkData({ independent_variables, dependent_variables });
    assert.equal(dependent_variables.length, 5);
    assert.equal(qualifiersOf({ data: { dependent_variables } })['Exposure scale'], 10);
  });

  test('by the likelihood has no bands, and says how everything else was set', async () => {
    const likelihood = ['--method', 'delta-lnl-2', '--switch', 'normalisation=1.1'];
    const text = await ok(...words, ...likelihood, '--format', 'hepdata');
    const [, { dependent_variables }] = read(text);
    assert.equal(dependent_variables.length, 2);
    assert.equal(qualifiersOf({ data: { dependent_variables } })['Switch normalisation'], 1.1);
  });

  test('over a plane has a row for each of its points', async () => {
    const map = ['limit', 'microboone-kdar-x', '--versus', 'tau_X=1e-9:1e-3:3:log', '--map', 'mX=50:200:2'];
    const [, entry] = read(await ok(...map, '--format', 'hepdata'));
    const { x, y, observed } = await json(...map);
    const [xs, ys] = entry.independent_variables;
    assert.deepEqual(values(xs), [...x.values, ...x.values].map(rounded));
    assert.deepEqual(
      values(ys),
      y.values.flatMap((value) => x.values.map(() => rounded(value))),
    );
    assert.deepEqual(values(entry.dependent_variables[0]), observed.flat().map(orDash));
  });
});

test('a contour for HEPData is its closed rings, and what nothing is known of', async (context) => {
  const path = join(folder(context), 'new');
  const words = 'contour nd280-dark-neutrino-heavy --x mN --y UmuN2 --set mZ=1.25 --resolution coarse'.split(' ');
  await ok(...words, '--format', 'hepdata', '-o', path);
  const contour = await json(...words);
  const tables = submission(path);
  const [ring] = tables;
  const [xs] = ring.data.independent_variables;
  const [ys, numbers] = ring.data.dependent_variables;
  assert.deepEqual(
    contour.rings.flatMap((points, i) => points.map(([x, y]) => [rounded(x), rounded(y), i + 1])),
    values(xs).map((x, i) => [x, values(ys)[i], values(numbers)[i]]),
  );
  for (const points of contour.rings) assert.deepEqual(points[0], points.at(-1));
  const stated = qualifiersOf(ring);
  assert.equal(stated.Resolution, 'coarse');
  for (const { description } of tables) assert.match(description, /This is a preview on a coarse grid/);
  assert.equal(stated["$m_{Z'}$"], 1.25);
  assert.equal(stated['$|V_N|^2$'], 1);
  assert.ok(!('$m_N$' in stated), 'an axis is no fixed parameter');
  const unknown = tables.find(({ name }) => name.startsWith('Nothing said'));
  assert.ok(contour.masked.length + contour.outside.length > 0);
  assert.deepEqual(
    unknown.data.independent_variables[0].values,
    [...contour.masked, ...contour.outside].map(([low, , high]) => ({ low: rounded(low), high: rounded(high) })),
  );
});

test('a preview says in every format that it is one, and nothing else does', async () => {
  const words = `contour ${cardName} --x mS=100:200 --y theta=1e-4:1e-2 --method delta-lnl-1`.split(' ');
  for (const resolution of ['coarse', 'fine']) {
    const isPreview = resolution === 'coarse';
    const all = [...words, '--resolution', resolution];
    assert.equal((await json(...all)).resolution, resolution);
    for (const format of ['hepdata', 'csv', 'table'])
      assert.equal((await ok(...all, '--format', format)).includes('preview'), isPreview, `${resolution} ${format}`);
  }
});

test('texts of a card survive, whatever they hold', async (context) => {
  const path = folder(context);
  const label = 'mass: "of" \\S\\ #1 – größer\tthan\u0085 x\u2028y\u007f 𝛼';
  const own = join(path, 'own.json');
  writeFileSync(
    own,
    JSON.stringify({
      anyslice: '1',
      name: 'own',
      extends: join(root, 'data/analyses', `${cardName}.json`),
      parameters: { mS: { label } },
    }),
  );
  const text = await ok('limit', own, '--versus', 'mS=150', '--format', 'hepdata');
  const [, entry] = read(text);
  assert.equal(entry.independent_variables[0].header.name, `$m_S$, ${label}`);
  // What YAML 1.1 takes for a line break or not for a character is not in the file itself.
  assert.ok(!/[\u007f-\u009f\u2028\u2029]/.test(text));
});

test('nothing is overwritten, and a folder is for this format alone', async (context) => {
  const path = folder(context);
  const file = join(path, 'file');
  writeFileSync(file, 'mine');
  const words = ['limit', cardName, '--versus', 'mS=150', '-o'];
  assertRefused(await anyslice(...words, path, '--format', 'hepdata'), [path, 'new or empty']);
  assertRefused(await anyslice(...words, file, '--format', 'hepdata'), [file, 'is a file']);
  assertRefused(await anyslice(...words, join(path, 'x'), '--format', 'csv'), ['--output', 'hepdata']);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  assert.ok(!existsSync(join(path, 'x')));
});
