// The limits of workspaces are those of pyhf, and the report about them says what the command gives.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ours, reference } from './pyhf.mjs';

const report = readFileSync(fileURLToPath(new URL('pyhf/PYHF.md', import.meta.url)), 'utf8');

for (const model of reference.models)
  test(`model ${model.name} has the CLs and limits of the closed form and of pyhf`, () => {
    const { CLs, limits } = ours(model);
    for (let i = 0; i < 6; ++i) {
      assert.ok(Math.abs(CLs[i] - model.exact.CLs[i]) < 1e-10, `CLs ${i}: ${CLs[i]}, ${model.exact.CLs[i]}`);
      assert.ok(Math.abs(limits[i] / model.exact.limits[i] - 1) < 1e-7, `limit ${i}: ${limits[i]}`);
      assert.ok(Math.abs(CLs[i] - model.pyhf.CLs[i]) < 1e-4, `CLs ${i}: ${CLs[i]}, pyhf ${model.pyhf.CLs[i]}`);
      if (model.pyhf.limits)
        assert.ok(Math.abs(limits[i] / model.pyhf.limits[i] - 1) < 1e-3, `limit ${i}: ${limits[i]}`);
      for (const value of [CLs[i], limits[i]])
        assert.ok(report.includes(`| ${value.toPrecision(6)} |`), `${value} is not in the report`);
    }
  });

test('the report has every model and toys within three standard deviations', () => {
  for (const { name, signal } of reference.models) assert.ok(report.includes(`| ${name} (${signal.length}) |`));
  const deviations = [...report.matchAll(/^\| \S+ \| \d+ \| .* \| (-?\d+\.\d) \|$/gm)].map((match) => Number(match[1]));
  assert.equal(deviations.length, 6 * reference.toys.length);
  for (const value of deviations) assert.ok(Math.abs(value) < 3, `${value} standard deviations`);
  // The toys of the report are ours: as many as pyhf threw agree with them, and give the deviations.
  for (const { name, toys, CLs } of reference.toys) {
    const model = reference.models.find((one) => one.name === name);
    const few = ours(model, ['--method', 'cls-toys', '--toys', String(toys)]);
    const rows = report.split('\n').filter((line) => line.startsWith(`| ${name} | ${toys} | `));
    assert.equal(rows.length, CLs.length);
    rows.forEach((row, i) => {
      const [value, error, theirs, deviation] = row.slice(2, -2).split(' | ').slice(3).map(Number);
      const together = Math.hypot(error, few.errors[i]);
      assert.ok(Math.abs(few.CLs[i] - value) < 4 * together, `${row}: now ${few.CLs[i]}`);
      assert.ok(Math.abs(theirs - CLs[i]) < 1e-4, `${row}: pyhf has ${CLs[i]}`);
      assert.ok(Math.abs((value - theirs) / together - deviation) < 0.1, `${row}: error of few toys ${few.errors[i]}`);
    });
  }
});
