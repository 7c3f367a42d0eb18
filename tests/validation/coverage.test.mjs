// CLs covers at least as often as it says, in the bins of both papers and elsewhere, and the table in coverage/ is up to date.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cell, coverage, methods, settings } from './coverage.mjs';

const table = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'coverage/COVERAGE.md'), 'utf8');

/** The printed cell of a setting and a construction, of the first table: yields drawn. */
function printed(setting, method) {
  const row = table.split('\n').find((text) => text.startsWith(`| ${setting.name} |`));
  assert.ok(row, `${setting.name} is in the table`);
  return row.split('|').map((text) => text.trim())[4 + methods.findIndex((entry) => entry.method === method)];
}

for (const setting of settings)
  test(`coverage: ${setting.name}`, () => {
    for (const method of ['cls-hybrid', 'cls-toys']) {
      const found = coverage(setting, { method, level: 0.95 }, 'drawn');
      const { coverage: value, error } = found;
      assert.ok(value >= 0.95 - 3 * error, `${method}: ${value} +- ${error}`);
      assert.equal(printed(setting, method), cell(found), `${method}: COVERAGE.md is out of date`);
    }
  });

test('coverage: the printed ones of CLs by quadrature and by toys are nowhere below the level by 3 standard errors', () => {
  const rows = table.split('\n').filter((text) => settings.some(({ name }) => text.startsWith(`| ${name} |`)));
  assert.equal(rows.length, 2 * settings.length);
  for (const row of rows)
    for (const text of row.split('|').slice(4, 6)) {
      const [value, error] = text.split('±').map(Number);
      assert.ok(value >= 95 - 3 * error, row);
    }
  // The second table, of nominal yields, is what the command says: its first rows here, those of the first one above.
  for (const setting of settings.slice(0, 3)) {
    const row = rows.filter((text) => text.startsWith(`| ${setting.name} |`))[1];
    const found = coverage(setting, { method: 'cls-hybrid', level: 0.95 }, 'nominal');
    assert.equal(row.split('|')[4].trim(), cell(found), `${setting.name}: COVERAGE.md is out of date`);
  }
});
