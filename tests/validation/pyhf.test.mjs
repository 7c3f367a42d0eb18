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
  // What the report says of our toys is what they say.
  const { name, toys } = reference.toys[0];
  const model = reference.models.find((one) => one.name === name);
  const { CLs, errors } = ours(model, ['--method', 'cls-toys', '--toys', '100000']);
  const row = report.split('\n').find((line) => line.startsWith(`| ${name} | ${toys} | observed |`));
  const [value, error, theirs] = row.split(' | ').slice(3, 6).map(Number);
  assert.ok(Math.abs(CLs[0] - value) < 1e-4, `CLs of ${name}: ${CLs[0]}, in the report ${value}`);
  assert.ok(Math.abs(errors[0] - error) < 1e-4, `its error: ${errors[0]}, in the report ${error}`);
  assert.ok(Math.abs(reference.toys[0].CLs[0] - theirs) < 1e-4, `pyhf: ${theirs}`);
});
