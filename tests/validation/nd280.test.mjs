// The ND280 tables hold what they promise: effective events on the paper's planes, the rates of direct simulations, and the
// acceptance in the limits where it is known.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { acceptance, fiducialShare } from './nd280/acceptance.mjs';
import { compare, difference } from './nd280/closure.mjs';
import { minima, open, planes, scan, tablePath } from './nd280/effective_events.mjs';

const tables = {};
const table = (mediator) => (tables[mediator] ??= open(mediator));

for (const mediator of ['heavy', 'light'])
  test(`the ${mediator} table is small and full`, () => {
    const { size } = statSync(tablePath(mediator));
    const { rows } = table(mediator).table;
    assert.ok(size <= 5e6, `${size} bytes`);
    assert.ok(rows >= 150_000, `${rows} rows`);
    assert.ok(size / rows <= 24, `${size / rows} bytes a row`);
  });

for (const plane of planes)
  test(`every beam has a thousand effective events where it matters on ${plane.name}`, () => {
    for (const [beam, points] of Object.entries(scan(plane, table(plane.mediator)))) {
      const { core, all, above } = minima(points);
      assert.ok(core >= 1000, `${beam}: ${core} where 0.5 <= mu <= 50`);
      assert.ok(all >= 100, `${beam}: ${all} where mu > 0.1`);
      assert.ok(above >= 100, `${beam}: ${above} above 0.7 GeV`);
    }
  });

const points = [
  { mediator: 'heavy', mN: 0.1, mZ: 1.25 },
  { mediator: 'heavy', mN: 0.3, mZ: 0.34 },
  { mediator: 'light', mN: 0.1, mZ: 0.03 },
  { mediator: 'light', mN: 0.05, mZ: 0.045 },
];
for (const point of points)
  test(`the ${point.mediator} table says what a simulation of mN = ${point.mN}, mZ = ${point.mZ} says`, () => {
    for (const row of compare(point, { [point.mediator]: table(point.mediator) }, 400_000)) {
      const { value, error } = difference(row);
      assert.ok(error < 0.035, `${row.what}: known to ${(100 * error).toFixed(1)} %`);
      assert.ok(Math.abs(value) < 0.01 + 2.5 * error, `${row.what}: ${(100 * value).toFixed(1)} %`);
    }
  });

test('the acceptance has its limits: fiducial argon at short lifetimes, one over the lifetime at long ones', () => {
  const rows = acceptance(150_000);
  const shortest = rows[0];
  const [before, last] = rows.slice(-2);
  assert.ok(Math.abs(shortest.Ar.value - fiducialShare) < 4 * shortest.Ar.error, `argon: ${shortest.Ar.value}`);
  assert.ok(shortest.Pb.value < 1e-8, `lead: ${shortest.Pb.value}`);
  for (const element of ['Pb', 'Ar']) {
    const slope = Math.log(last[element].value / before[element].value) / Math.log(last.lifetime / before.lifetime);
    assert.ok(Math.abs(slope + 1) < 0.02, `${element}: slope ${slope}`);
  }
  // Lead is some way off: it decays there best when the flight is about as long as the way.
  const best = rows.reduce((a, b) => (b.Pb.value > a.Pb.value ? b : a));
  assert.ok(best.lifetime > 10 && best.lifetime < 60, `lead is best at ${best.lifetime} cm`);
});
