// Bad event tables, each one edit away from the good one: refused with one line that names the file and what is wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { anyslice, assertRefused, card, run, tablePath, workspace } from './command.mjs';

// Read when the first test asks for it, so that a missing table is a failure of each test and not of the file.
let bytes;
function good() {
  bytes ??= gunzipSync(readFileSync(tablePath));
  return Buffer.from(bytes);
}

/// The table taken apart, changed by `edit` and put together again. `edit` gets { columns, metadata, descriptions }:
/// columns is { name: { dtype, rows, bytes } } in the order of the file, descriptions what the metadata say of them.
function rebuilt(edit) {
  const table = good();
  const size = Number(table.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(table.subarray(8, 8 + size).toString('utf8'));
  const columns = {};
  const order = Object.keys(entries).sort((a, b) => entries[a].data_offsets[0] - entries[b].data_offsets[0]);
  for (const name of order) {
    const { dtype, shape, data_offsets } = entries[name];
    columns[name] = { dtype, rows: shape[0], bytes: table.subarray(8 + size).subarray(...data_offsets) };
  }
  const descriptions = JSON.parse(metadata.columns);
  edit({ columns, metadata, descriptions });
  metadata.columns = JSON.stringify(descriptions);

  const header = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, rows, bytes: column }] of Object.entries(columns)) {
    header[name] = { dtype, shape: [rows], data_offsets: [offset, offset + column.length] };
    offset += column.length;
  }
  return assembled(header, ...Object.values(columns).map((column) => column.bytes));
}

function assembled(header, ...data) {
  let text = JSON.stringify(header);
  text += ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  return Buffer.concat([size, Buffer.from(text), ...data]);
}

/// The table with another header over the same data.
function withHeader(edit) {
  const table = good();
  const size = Number(table.readBigUInt64LE(0));
  const header = JSON.parse(table.subarray(8, 8 + size).toString('utf8'));
  edit(header);
  return assembled(header, table.subarray(8 + size));
}

/// The table with the column replaced by 64-bit numbers: ones, but for `value` in the fifth row.
function withNumber(name, value) {
  return rebuilt(({ columns, descriptions }) => {
    const { rows } = columns[name];
    const numbers = Buffer.alloc(8 * rows);
    for (let row = 0; row < rows; row++) numbers.writeDoubleLE(row === 4 ? value : 1, 8 * row);
    columns[name] = { dtype: 'F64', rows, bytes: numbers };
    delete descriptions[name].quantisation;
  });
}

/// what is wrong, the bytes of the table, what the line must contain beside the name of the file
const cases = [
  ['nothing', () => Buffer.alloc(0), []],
  ['a few bytes', () => good().subarray(0, 5), []],
  ['the first half of its bytes', () => good().subarray(0, good().length >> 1), []],
  ['all but its last byte', () => good().subarray(0, -1), []],
  ['a byte too many', () => Buffer.concat([good(), Buffer.alloc(1)]), []],
  [
    'a header longer than the file',
    () => {
      const table = good();
      table.writeBigUInt64LE(BigInt(table.length), 0);
      return table;
    },
    ['header'],
  ],
  [
    'a header of 2^64 - 1 bytes',
    () => {
      const table = good();
      table.writeBigUInt64LE(0xffffffffffffffffn, 0);
      return table;
    },
    ['header'],
  ],
  [
    'a header that is not JSON',
    () => {
      const table = good();
      table[8] = 'x'.charCodeAt(0);
      return table;
    },
    ['header'],
  ],
  ['no metadata', () => withHeader((header) => delete header.__metadata__), ['__metadata__']],
  ['another format version', () => rebuilt(({ metadata }) => (metadata.anyslice_table = '2')), ['anyslice_table', '2']],
  ['no rows', () => rebuilt(({ metadata }) => (metadata.rows = '0')), ['rows']],
  ['a column nobody describes', () => rebuilt(({ descriptions }) => delete descriptions.weight), ['weight']],
  ['an unknown type', () => withHeader((header) => (header.weight.dtype = 'F99')), ['weight', 'F99']],
  ['no weights', () => rebuilt(({ columns }) => delete columns.weight), ['weight']],
  ['a column outside the file', () => withHeader((header) => (header.weight.data_offsets[1] += 2 ** 40)), ['weight']],
  ['reversed offsets', () => withHeader((header) => header.weight.data_offsets.reverse()), ['weight']],
  ['a column shorter than its rows', () => withHeader((header) => (header.weight.shape[0] += 1)), ['weight']],
  ['overlapping columns', () => withHeader((header) => (header.length.data_offsets = header.entry.data_offsets)), []],
  ['NaN in a column', () => withNumber('weight', Number.NaN), ['weight']],
  ['infinity in a column', () => withNumber('weight', Number.POSITIVE_INFINITY), ['weight']],
  ['a negative weight', () => withNumber('weight', -1), ['weight']],
  ['a negative length', () => withNumber('length', -1), ['length']],
];

/// Writes a table and a card that names it, with its digest, and returns the path of the card.
function cardWithTable(context, file, digest) {
  const { write } = workspace(context);
  write('tables/edited.safetensors.gz', file);
  const edited = card();
  edited.tables.events.url = '../tables/edited.safetensors.gz';
  edited.tables.events.sha256 = digest;
  return write('analyses/edited.json', edited);
}

for (const [what, table, texts] of cases)
  for (const compressed of [true, false])
    test(`refuses a table with ${what}${compressed ? '' : ', not compressed'}`, async (context) => {
      const content = table();
      const digest = createHash('sha256').update(content).digest('hex');
      const path = cardWithTable(context, compressed ? gzipSync(content, { level: 1 }) : content, digest);
      assertRefused(await anyslice('rate', path), ['edited.safetensors.gz', ...texts]);
    });

test('refuses a table cut off in its compressed form', async (context) => {
  const compressed = gzipSync(good(), { level: 1 });
  const digest = createHash('sha256').update(good()).digest('hex');
  const path = cardWithTable(context, compressed.subarray(0, compressed.length >> 1), digest);
  assertRefused(await anyslice('rate', path), ['edited.safetensors.gz']);
});

test('refuses a table damaged in its compressed form', async (context) => {
  const compressed = gzipSync(good(), { level: 1 });
  compressed.fill(0x55, compressed.length >> 1, (compressed.length >> 1) + 64);
  const digest = createHash('sha256').update(good()).digest('hex');
  assertRefused(await anyslice('rate', cardWithTable(context, compressed, digest)), ['edited.safetensors.gz']);
});

test('refuses a table with another digest, and names both', async (context) => {
  const digest = createHash('sha256').update(good()).digest('hex');
  const wrong = (digest[0] === '0' ? '1' : '0') + digest.slice(1);
  const path = cardWithTable(context, gzipSync(good(), { level: 1 }), wrong);
  assertRefused(await anyslice('rate', path), ['edited.safetensors.gz', digest, wrong]);
  assertRefused(await anyslice('check', path), ['edited.safetensors.gz', digest, wrong]);
});

test('refuses a card whose table is missing, and says what makes it', async (context) => {
  const { folder, write } = workspace(context);
  const edited = card();
  edited.tables.events.url = '../tables/nowhere.safetensors.gz';
  const missing = ['tables.events.url: ', 'nowhere.safetensors.gz, which does not exist'];
  const path = write('analyses/edited.json', edited);
  // What makes it is said with paths that hold from anywhere, also where the card is extended by another one.
  const hint = `"anyslice generate ${folder}/recipes/microboone-kdar.json -o ${folder}/tables/nowhere.safetensors.gz"`;
  assertRefused(await anyslice('rate', path), [...missing, hint]);
  const child = write('child.json', { anyslice: '1', name: 'child', extends: 'analyses/edited.json' });
  assertRefused(await anyslice('rate', child), [...missing, hint]);
  // A shell takes each path for one word.
  const odd = `${folder}/it's mine`;
  mkdirSync(odd);
  for (const part of ['analyses', 'recipes']) cpSync(join(folder, part), join(odd, part), { recursive: true });
  const { stderr } = await anyslice('rate', join(odd, 'analyses/edited.json'));
  const offered = /"anyslice (generate .*)" makes it/.exec(stderr)?.[1];
  const words = await run('/bin/sh', ['-c', `printf '%s\\n' ${offered}`]);
  assert.deepEqual(words.stdout.trimEnd().split('\n'), [
    'generate',
    `${odd}/recipes/microboone-kdar.json`,
    '-o',
    `${odd}/tables/nowhere.safetensors.gz`,
  ]);
  delete edited.tables.events.recipe;
  assertRefused(await anyslice('rate', write('analyses/edited.json', edited)), [...missing, 'relative to the card']);
});

test('info refuses what is no table', async (context) => {
  const path = workspace(context).write('tables/edited.safetensors', Buffer.from('this is no table at all, only text'));
  assertRefused(await anyslice('info', path), ['edited.safetensors']);
});

test('accepts the good table, compressed or not', async (context) => {
  const digest = createHash('sha256').update(good()).digest('hex');
  for (const file of [gzipSync(good(), { level: 1 }), good()]) {
    const result = await anyslice('rate', cardWithTable(context, file, digest));
    assert.equal(result.status, 0, result.stderr);
  }
});

test('accepts the table rebuilt by these tests', async (context) => {
  const table = rebuilt(() => {});
  const digest = createHash('sha256').update(table).digest('hex');
  const result = await anyslice('rate', cardWithTable(context, table, digest));
  assert.equal(result.status, 0, result.stderr);
});
