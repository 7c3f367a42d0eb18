// Planes, limits by the likelihood and lifetimes from the command line: what they say must agree with the rate at single
// points, with each other, and with sums done here; and what is wrong in the arguments is refused in one line.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertRefused, card, cardName, anyslice as run, workspace } from './command.mjs';

const heavy = 'nd280-dark-neutrino-heavy';
const light = 'nd280-dark-neutrino-light';

const masksWarning =
  'anyslice: warning: parts of the plane are masked, where more than 0.1 signal events are expected but events are too few or the bias of the kernel may be large: contours end there\n';

const answers = new Map();

/// What the command says. A contour takes seconds and many tests look at the same one: it is drawn once. Files may change.
function anyslice(...words) {
  if (words.some((word) => word.includes('/'))) return run(...words);
  const key = words.join(' ');
  if (!answers.has(key)) answers.set(key, run(...words));
  return answers.get(key);
}

async function json(...words) {
  const result = await anyslice(...words, '--json');
  assert.equal(result.status, 0, `${words.join(' ')}: ${result.stderr}`);
  const answer = JSON.parse(result.stdout);
  const warnings = answer.warnings ?? answer.points?.[0].warnings ?? [];
  assert.equal(result.stderr, warnings.map((text) => `anyslice: warning: ${text}\n`).join(''));
  assert.equal(result.stderr.includes(masksWarning), answer.masked?.length > 0);
  return answer;
}

const settings = (point) => Object.entries(point).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
const rate = (name, point, ...more) => json('rate', name, ...settings(point), ...more);

/// A plane: a card, two axes with a range each, the rest of the point.
function presetPlane(name, preset) {
  const { x, y, axes, set } = card(name).presets[preset];
  return { name, x, y, xRange: axes.x.range, yRange: axes.y.range, set };
}
const planeWords = ({ name, x, y, xRange, yRange, set }) => [
  'contour',
  name,
  '--x',
  `${x}=${xRange.join(':')}`,
  '--y',
  `${y}=${yRange.join(':')}`,
  ...settings(set),
];
const contour = (plane, ...more) => json(...planeWords(plane), ...more);

const planes = {
  'heavy mZ-epsilon': presetPlane(heavy, 'figure-9-mZ-epsilon'),
  'heavy mN-UmuN2': presetPlane(heavy, 'figure-9-mN-UmuN2'),
  'light mZ-epsilon': presetPlane(light, 'figure-10-mZ-epsilon'),
  'light mN-UmuN2': presetPlane(light, 'figure-10-mN-UmuN2'),
};
const lightPlane = planes['light mZ-epsilon'];
const heavyPlane = planes['heavy mZ-epsilon'];

/// Coordinates of a plane from 0 to 1, evenly on the scale of each parameter.
function unitOf({ name, x, y, xRange, yRange }, parameters = card(name).parameters) {
  const axis = (parameter, [low, high]) => {
    const isLog = parameters[parameter].scale === 'log';
    const to = isLog ? Math.log : Number;
    return {
      unit: (value) => (to(value) - to(low)) / (to(high) - to(low)),
      value: (unit) => (isLog ? low * (high / low) ** unit : low + (high - low) * unit),
    };
  };
  const [u, v] = [axis(x, xRange), axis(y, yRange)];
  return { unit: ([a, b]) => [u.unit(a), v.unit(b)], point: (a, b) => [u.value(a), v.value(b)] };
}

/// The region of a contour in unit coordinates: even-odd rule, and how far a place is from its border.
function regionOf(plane, found, parameters) {
  const { unit } = unitOf(plane, parameters);
  const rings = found.rings.map((ring) => ring.map(unit));
  const segments = rings.flatMap((ring) => ring.slice(1).map((end, i) => [ring[i], end]));
  const unknown = [...found.masked, ...found.outside].map(([x0, y0, x1, y1]) => [unit([x0, y0]), unit([x1, y1])]);
  return {
    has: ([u, v]) =>
      segments.filter(([[u0, v0], [u1, v1]]) => v0 > v !== v1 > v && u < u0 + ((v - v0) / (v1 - v0)) * (u1 - u0))
        .length %
        2 ===
      1,
    distance: ([u, v]) =>
      Math.min(
        ...segments.map(([[u0, v0], [u1, v1]]) => {
          const [du, dv] = [u1 - u0, v1 - v0];
          const share = Math.min(Math.max(((u - u0) * du + (v - v0) * dv) / (du * du + dv * dv || 1), 0), 1);
          return Math.hypot(u - u0 - share * du, v - v0 - share * dv);
        }),
      ),
    isUnknown: ([u, v]) => unknown.some(([low, high]) => u >= low[0] && u <= high[0] && v >= low[1] && v <= high[1]),
  };
}

/// Where a contour crosses a vertical line, from below.
function crossingsOf(plane, found) {
  const { unit, point } = unitOf(plane);
  const segments = found.edges.flatMap((edge) => edge.slice(1).map((end, i) => [unit(edge[i]), unit(end)]));
  return (x) => {
    const [u] = unit([x, plane.yRange[0]]);
    return segments
      .filter(([[u0], [u1]]) => u0 > u !== u1 > u)
      .map(([[u0, v0], [u1, v1]]) => point(u, v0 + ((u - u0) / (u1 - u0)) * (v1 - v0))[1])
      .sort((a, b) => a - b);
  };
}

/// Numbers between 0 and 1, the same in every run.
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const near = 0.01; // of the plane: a finest cell has 1/160
const alike = (a, b, tolerance, what = '') =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)), `${what}: ${a} and ${b}`);

function assertClosed(plane, found) {
  assert.ok(found.rings.length > 0);
  for (const ring of found.rings) {
    assert.ok(ring.length >= 4);
    assert.deepEqual(ring[0], ring.at(-1));
    for (const [x, y] of ring) {
      assert.ok(x >= plane.xRange[0] && x <= plane.xRange[1], `${x}`);
      assert.ok(y >= plane.yRange[0] && y <= plane.yRange[1], `${y}`);
    }
  }
}

/// Asserts at `count` random places, half of them excluded, that the contour and the rate there say the same.
async function assertAgrees(plane, found, count, { seed = 1, more = [], parameters } = {}) {
  const { point } = unitOf(plane, parameters);
  const region = regionOf(plane, found, parameters);
  // The rate compares with no signal, the contour with the best point.
  const { without_signal, x, y } = found.minimum;
  const at = ([a, b]) => rate(plane.name, { ...plane.set, [plane.x]: a, [plane.y]: b }, ...more);
  const base = without_signal ? 0 : (await at([x, y])).delta_lnl;
  const random = randomNumbers(seed);
  const wanted = Array.from({ length: 5000 }, () => [random(), random()]).filter(
    (place) => region.distance(place) > near && !region.isUnknown(place),
  );
  const some = (inside) => wanted.filter((place) => region.has(place) === inside).slice(0, count / 2);
  const places = [...some(true), ...some(false)];
  assert.equal(places.length, count, 'too little of the plane is excluded, or not excluded');
  for (const place of places) {
    const { delta_lnl, mu, effective_events, kernel_share } = await at(point(...place));
    const where = `${point(...place)}: ${mu} events, rise ${delta_lnl - base} of ${found.level}`;
    assert.ok(mu < 0.1 || (effective_events > 19.5 && kernel_share > 0.39), `should be masked: ${where}`);
    assert.equal(region.has(place), delta_lnl - base > found.level, where);
  }
}

/// Asserts that one region holds another: no vertex and no random place of the smaller lies clearly outside the larger.
function assertHolds(plane, larger, smaller) {
  const [large, small] = [regionOf(plane, larger), regionOf(plane, smaller)];
  const { unit } = unitOf(plane);
  const random = randomNumbers(7);
  const places = Array.from({ length: 3000 }, () => [random(), random()]).filter((place) => small.has(place));
  assert.ok(places.length > 100, `${places.length}`);
  for (const place of [...smaller.rings.flat().map(unit), ...places]) {
    if (large.isUnknown(place)) continue;
    assert.ok(large.has(place) || large.distance(place) < near, `${place}`);
  }
  return places.length;
}

describe('what is asked for', { concurrency: 2 }, () => {
  // ---------------------------------------------------------------- planes

  for (const [title, plane] of Object.entries(planes))
    test(`${title}: closed rings, excluded inside, the same in all formats`, async () => {
      const found = await contour(plane);
      assertClosed(plane, found);
      alike(found.level, Math.log(10), 1e-6); // two parameters, 90 %
      assert.deepEqual(found.set, plane.set);
      assert.deepEqual(found.range, { x: plane.xRange, y: plane.yRange });
      await assertAgrees(plane, found, plane === heavyPlane ? 30 : 8);

      const csv = (await anyslice(...planeWords(plane), '--format', 'csv')).stdout.trim().split('\n');
      const rows = csv.filter((line) => !line.startsWith('#'));
      assert.equal(rows[0], `ring,${plane.x},${plane.y},limit`);
      const points = found.rings.flatMap((ring, i) => ring.map(([x, y]) => [i + 1, x, y]));
      assert.equal(rows.length - 1, points.length);
      for (const [i, row] of rows.slice(1).entries()) {
        const numbers = row.split(',').map(Number);
        assert.equal(numbers[0], points[i][0]);
        for (const axis of [1, 2]) alike(numbers[axis], points[i][axis], 1e-9, row);
      }
      // Every step of the limit is one of a ring; the rest of the rings lies along masks and the frame.
      const steps = found.edges.reduce((sum, edge) => sum + edge.length - 1, 0);
      const inRings = rows.slice(1).filter((row, i) => row.endsWith(',1') && points[i + 1]?.[0] === points[i][0]);
      assert.equal(inRings.length, steps);
      for (const [name, value] of Object.entries(plane.set))
        assert.ok(
          csv.some(
            (line) => line.startsWith(`# ${name} = `) && Math.abs(Number(line.split('=')[1]) / value - 1) < 1e-9,
          ),
          name,
        );

      const table = (await anyslice(...planeWords(plane))).stdout;
      const pairs = [...table.matchAll(/^ *([-+.\de]+) +([-+.\de]+)$/gm)].map(([, x, y]) => [Number(x), Number(y)]);
      assert.equal(pairs.length, points.length);
      for (const [i, pair] of pairs.entries())
        for (const axis of [0, 1]) alike(pair[axis], points[i][axis + 1], 1e-5, `${pair}`);
    });

  test('benchmark B is excluded in both its planes, by its rate as well', async () => {
    const { point } = card(heavy).benchmarks.B;
    const { delta_lnl } = await rate(heavy, point);
    for (const title of ['heavy mZ-epsilon', 'heavy mN-UmuN2']) {
      const plane = planes[title];
      const found = await contour(plane);
      assert.ok(found.minimum.without_signal && delta_lnl > found.level, title);
      assert.ok(regionOf(plane, found).has(unitOf(plane).unit([point[plane.x], point[plane.y]])), title);
    }
  });

  test('coarse and fine contours are the same region', async () => {
    const [fine, coarse] = [await contour(heavyPlane), await contour(heavyPlane, '--resolution', 'coarse')];
    assert.ok(coarse.rings.flat().length < fine.rings.flat().length);
    const [a, b] = [regionOf(heavyPlane, fine), regionOf(heavyPlane, coarse)];
    const random = randomNumbers(3);
    for (let i = 0; i < 2000; ++i) {
      const place = [random(), random()];
      if (a.distance(place) > 1 / 28 && !b.isUnknown(place)) assert.equal(a.has(place), b.has(place), `${place}`);
    }
  });

  test('the band of Monte Carlo errors lies around the contour', async () => {
    const found = await contour(heavyPlane, '--band');
    assert.equal((await contour(heavyPlane)).band, null);
    const more = { ...found, ...found.band['+1'] };
    const less = { ...found, ...found.band['-1'] };
    assert.ok(assertHolds(heavyPlane, more, found) > assertHolds(heavyPlane, found, less));
  });

  test('the lower the level, the larger the region', async () => {
    const [at90, at99] = [await contour(heavyPlane), await contour(heavyPlane, '--cl', '0.99')];
    alike(at99.level, Math.log(100), 1e-6);
    assertHolds(heavyPlane, at90, at99);
  });

  test('a point is not moved by setting what is on an axis, nor the order of options', async () => {
    const words = planeWords(heavyPlane);
    const plain = await anyslice(...words);
    const moved = await anyslice(words[0], '--set', 'mZ=3', ...words.slice(1));
    assert.equal(moved.stdout, plain.stdout);
    assert.match(moved.stderr, /^anyslice: warning: --set mZ is left out: it is on the axis of --x\n/);
  });

  test('a whole plane without prediction says why', async () => {
    const words = ['contour', 'nd280-dark-neutrino-heavy', '--x', 'mZ', '--y', 'epsilon', '--set', 'VN2=1e-9'];
    const { status, stderr, stdout } = await anyslice(...words);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /nothing is excluded/);
    assert.match(stderr, /^anyslice: warning: there is no prediction anywhere in this plane; .*VN2.*2\.2e-07 to 1/);
  });

  // ---------------------------------------------------------------- channels, parts, projections, variants, switches

  test('two channels of the light card, apart and together', async () => {
    const point = card(light).benchmarks.A.point;
    const [one, two, both] = [
      await rate(light, point, '--channels', 'analysis-I'),
      await rate(light, point, '--channels', 'analysis-II'),
      await rate(light, point),
    ];
    assert.equal(one.bins.length, 2);
    assert.equal(two.bins.length, 40);
    alike(one.mu + two.mu, both.mu, 1e-9);
    alike(one.delta_lnl + two.delta_lnl, both.delta_lnl, 1e-9);

    const words = planeWords(lightPlane);
    const all = await anyslice(...words);
    const reversed = await anyslice(...words, '--channels', 'analysis-II,analysis-I');
    // The first line names the channels that were asked for.
    const results = ({ stdout }) => stdout.split('\n').slice(1);
    assert.deepEqual(results(reversed), results(all));
    for (const channel of ['analysis-I', 'analysis-II']) {
      const found = await contour(lightPlane, '--channels', channel);
      assert.deepEqual(found.channels, [channel]);
      assertClosed(lightPlane, found);
      // Nothing is seen in analysis I: no signal is best.
      if (channel === 'analysis-I') assert.ok(found.minimum.without_signal);
      await assertAgrees(lightPlane, found, 2, { more: ['--channels', channel] });
    }
  });

  test('parts of the events add up, and each excludes less than all of them', async () => {
    for (const [name, benchmark] of [
      [heavy, 'B'],
      [light, 'A'],
    ]) {
      const { parts, benchmarks } = card(name);
      const whole = await rate(name, benchmarks[benchmark].point);
      let sum = 0;
      for (const part of Object.keys(parts)) sum += (await rate(name, benchmarks[benchmark].point, '--part', part)).mu;
      alike(sum, whole.mu, 1e-6, name);
    }
    const whole = await contour(heavyPlane);
    for (const part of ['P0D', 'argon']) {
      const found = await contour(heavyPlane, '--part', part);
      assert.equal(found.part, part);
      assertClosed(heavyPlane, found);
      assertHolds(heavyPlane, whole, found);
      await assertAgrees(heavyPlane, found, 4, { more: ['--part', part] });
    }
    // The FGDs alone are too few at 90 %.
    const words = [...planeWords(heavyPlane), '--part', 'FGD'];
    const none = await anyslice(...words);
    assert.equal(none.status, 0, none.stderr);
    assert.match(none.stdout, /nothing is excluded in this plane/);
    assert.deepEqual((await json(...words)).rings, []);
    const csv = (await anyslice(...words, '--format', 'csv')).stdout.trim().split('\n');
    assert.equal(csv.at(-1), 'ring,mZ,epsilon,limit');
    assertHolds(heavyPlane, whole, await contour(heavyPlane, '--part', 'FGD', '--cl', '0.5'));
  });

  test('a projection has its own exposure, and excludes more where nothing is seen', async () => {
    const { projections, constants } = card(heavy);
    const point = card(heavy).benchmarks.B.point;
    const [now, then] = [await rate(heavy, point), await rate(heavy, point, '--projection', 'T2K-I')];
    assert.equal(then.projection, 'T2K-I');
    for (const [i, beam] of ['FHC', 'RHC'].entries()) {
      const factor = projections['T2K-I'].switches[`pot_${beam}`] / constants[`data_pot_${beam}`].value;
      assert.equal(then.bins[i].name, beam);
      alike(then.bins[i].mu, now.bins[i].mu * factor, 1e-9, beam);
      alike(then.bins[i].background, now.bins[i].background * factor, 1e-9, beam);
      assert.equal(then.bins[i].observed, Math.floor(then.bins[i].background));
    }
    const words = [...planeWords(heavyPlane), '--projection', 'T2K-I', '--json'];
    const result = await anyslice(...words);
    assert.equal(result.status, 0, result.stderr);
    const found = JSON.parse(result.stdout);
    assert.equal(found.projection, 'T2K-I');
    assert.match(found.warnings.join(), /nothing has been observed/);
    assert.match(result.stderr, /^anyslice: warning: [^\n]+\n$/);
    assertHolds(heavyPlane, found, await contour(heavyPlane));
  });

  test('masks end where so little signal is expected that it does not matter', async () => {
    // The kernel is trusted up to mZ = 0.7 mN, whatever the mixing: it is the signal that falls with that.
    const plane = { ...planes['light mN-UmuN2'], set: { ...planes['light mN-UmuN2'].set, mZ: 0.2 } };
    const { masked } = await contour(plane);
    const lowest = masked.reduce((low, box) => (box[1] < low[1] ? box : low));
    const at = (UmuN2) => rate(light, { ...plane.set, mN: 0.21, UmuN2 });
    const [above, below] = [await at(lowest[1] * 1.3), await at(lowest[1] / 1.3)];
    assert.ok(below.mu < 0.1 && above.mu > 0.1, `${below.mu}, ${above.mu}`);
    assert.match(above.masked_reason, /bias of the card's kernel/);
    assert.equal(below.masked_reason, null);
    assert.deepEqual([above.kernel_trusted, below.kernel_trusted], [false, false]);
    alike(above.effective_events, below.effective_events, 0.01, 'effective events');
  });

  test('a benchmark leaves what follows another parameter free to follow', async () => {
    const plane = ['--x', 'mN=0.05:0.5', '--y', 'UmuN2', '--resolution', 'coarse'];
    const [free, at] = [await json('contour', light, ...plane), await json('contour', light, ...plane, '--at', 'A')];
    assert.ok(free.rings.length > 0);
    assert.deepEqual(at.rings, free.rings);
  });

  test('a signal too small to matter is not better than none', async () => {
    const plane = ['--x', 'mN=0.0358:1', '--y', 'UmuN2=1e-10:1e-4', '--set', 'mZ=0.948', '--resolution', 'coarse'];
    assert.equal((await json('contour', light, ...plane)).minimum.without_signal, true);
  });

  test('nothing is called observed where nothing was observed', async () => {
    const unseen = /^anyslice: warning: nothing has been observed at this exposure[^\n]*\n/m;
    const scaled = ['--exposure-scale', '2'];
    for (const [words, seen] of [
      [['rate', heavy, '--at', 'B'], /\n {2}FHC +observed 0, background/],
      [['lifetime', heavy, '--at', 'B', '--count', '3'], null],
      [['explain', heavy, '--at', 'B'], /\n {2}bin +observed +background/],
      [['limit', heavy, '--versus', 'mZ=1'], /\n +mZ +observed /],
      [['limit', heavy, '--versus', 'mZ=1', '--map', 'mN=0.1'], /\n +mZ +mN +observed\n/],
    ]) {
      const [now, projected, later] = [
        await anyslice(...words),
        await anyslice(...words, '--projection', 'T2K-I'),
        await anyslice(...words, ...scaled),
      ];
      const said = words.join(' ');
      assert.doesNotMatch(now.stderr, unseen, said);
      for (const { stdout, stderr } of [projected, later]) {
        assert.match(stderr, unseen, said);
        assert.doesNotMatch(stdout, /observed/, said);
      }
      if (seen) assert.match(now.stdout, seen);
    }
    // A file says what it is of.
    const scan = ['scan', heavy, '--at', 'B', '--on', 'epsilon=1e-4:1e-2:3:log'];
    for (const words of [
      ['limit', heavy, '--versus', 'mZ=1'],
      ['limit', heavy, '--versus', 'mZ=1', '--map', 'mN=0.1'],
      scan,
    ]) {
      const lines = async (...more) => {
        const { stdout } = await anyslice(...words, '--part', 'P0D', ...more, '--format', 'csv');
        return stdout.split('\n').filter((line) => line.startsWith('#'));
      };
      const [now, projected, later] = [await lines(), await lines('--projection', 'T2K-I'), await lines(...scaled)];
      const said = words.join(' ');
      assert.match(now[0], /, variant physics, part P0D$/, said);
      assert.match(projected[0], /, variant physics, projection T2K-I, part P0D(, exposure x [\d.]+)?$/, said);
      assert.match(later[0], /, variant physics, part P0D, exposure x 2$/, said);
      assert.ok(!now.some((line) => line.startsWith('# nothing has been observed')), said);
      for (const heading of [projected, later])
        assert.ok(
          heading.some((line) => line.startsWith('# nothing has been observed')),
          said,
        );
    }
    const growth = ['limit', heavy, '--at', 'B', '--exposure', '1', '--part', 'P0D', '--format', 'csv'];
    assert.match((await anyslice(...growth)).stdout, /^[^\n]*, variant physics, part P0D\n/);
    // What there is none of has no column.
    const table = await anyslice('limit', heavy, '--versus', 'mZ=1', ...scaled);
    assert.match(table.stdout, /\n +mZ +expected +upper edge\n/);
    const map = await anyslice('limit', heavy, '--versus', 'mZ=1', '--map', 'mN=0.1', ...scaled);
    assert.match(map.stdout, /\n +mZ +mN +expected\n/);
    assert.match((await anyslice('workspace', heavy, '--at', 'B', ...scaled)).stderr, unseen);
  });

  test('the published variant is another region with other weights', async () => {
    for (const plane of [heavyPlane, lightPlane]) {
      const found = await contour(plane, '--variant', 'published');
      assert.equal(found.variant, 'published');
      assertClosed(plane, found);
      await assertAgrees(plane, found, 4, { more: ['--variant', 'published'] });
      assert.notDeepEqual(found.rings, (await contour(plane)).rings);
    }
  });

  test('a Majorana N lives half as long', async () => {
    for (const [name, benchmark] of [
      [heavy, 'B'],
      [light, 'A'],
    ]) {
      const { point } = card(name).benchmarks[benchmark];
      const [dirac, majorana] = [await rate(name, point), await rate(name, point, '--switch', 'majorana=1')];
      alike(majorana.derived.ctau0.value, dirac.derived.ctau0.value / 2, 1e-12, name);
      // Half the lifetime is what twice the coupling gives as well.
      if (name === heavy) {
        const halved = { ...point, VN2: point.VN2 / 2 };
        alike((await rate(name, halved, '--switch', 'majorana=1')).mu, dirac.mu, 1e-6);
        const found = await contour(heavyPlane, '--switch', 'majorana=1');
        await assertAgrees(heavyPlane, found, 4, { more: ['--switch', 'majorana=1'] });
      }
      // Switches come after the variant, the last one of a name counts.
      const back = await rate(name, point, '--switch', 'majorana=1', '--switch', 'majorana=0');
      assert.equal(back.mu, dirac.mu);
    }
  });

  test('a narrower kernel has fewer effective events and nearly the same rate', async () => {
    const b = card(heavy).benchmarks.B.point;
    const [wide, narrow] = [await rate(heavy, b), await rate(heavy, b, '--bandwidth', 'mN=0.05')];
    alike(narrow.effective_events, wide.effective_events / 2, 0.1);
    alike(narrow.mu, wide.mu, 0.1);
    assert.equal((await rate(heavy, b, '--bandwidth', 'mN=0.1')).mu, wide.mu);
    const a = card(light).benchmarks.A.point;
    const both = await rate(light, a, '--bandwidth', 'mN=0.05', '--bandwidth', 'mZ=0.15');
    alike(both.effective_events, (await rate(light, a)).effective_events / 4, 0.2);
    const found = await contour(heavyPlane, '--bandwidth', 'mN=0.05');
    await assertAgrees(heavyPlane, found, 4, { more: ['--bandwidth', 'mN=0.05'] });
  });

  test('what is excluded at every VN2 within its bounds is excluded at each of them', async () => {
    const { VN2, ...set } = heavyPlane.set;
    assert.equal(VN2, 1);
    const free = { ...heavyPlane, set };
    const profiled = await contour(free, '--profile', 'VN2');
    assertClosed(free, profiled);
    // From UmuN2, the least that the width can be, to 1.
    for (const value of [1, 1e-3, set.UmuN2]) {
      const fixed = await contour({ ...free, set: { ...set, VN2: value } });
      assertHolds(free, fixed, profiled);
    }
    // Fewer are excluded: some lifetime hides the signal that VN2 = 1 shows.
    assert.equal(regionOf(free, await contour(heavyPlane)).has(unitOf(free).unit([0.9, 2e-3])), true);
    assert.equal(regionOf(free, profiled).has(unitOf(free).unit([0.9, 2e-3])), false);
    // A value given for what is profiled means nothing.
    const given = await contour({ ...free, set: { ...set, VN2: 0.5 } }, '--profile', 'VN2');
    assert.deepEqual(given.rings, profiled.rings);
  });

  test('the light card without a VN2 of its own takes UmuN2 for it', async () => {
    const without = card(light).benchmarks.A.point;
    assert.ok(!('VN2' in without));
    assert.equal((await rate(light, without)).mu, (await rate(light, { ...without, VN2: without.UmuN2 })).mu);
    assert.equal((await rate(light, { ...without, UmuN2: 1e-9 })).point.VN2, 1e-9);
    assert.equal((await rate(light, { ...without, UmuN2: 1e-9, VN2: 1e-3 })).point.VN2, 1e-3);
  });

  // ---------------------------------------------------------------- limits by the likelihood

  test('limits on epsilon are where the contour of one parameter is', async () => {
    const found = await contour(heavyPlane, '--method', 'delta-lnl-1');
    alike(found.level, 1.352772, 1e-5); // one parameter, 90 %
    const crossings = crossingsOf(heavyPlane, found);
    let most = 0;
    for (const versus of ['mZ=0.14:0.16:2', 'mZ=0.5:2:2:log']) {
      const words = ['limit', heavy, '--on', 'epsilon', '--versus', versus, '--method', 'delta-lnl-1'];
      const limit = await json(...words, ...settings(heavyPlane.set));
      assert.equal(limit.method, 'delta-lnl-1');
      for (const { mZ, observed, excluded } of limit.points) {
        // Edges beyond the frame of the plane have no line in it.
        const edges = excluded.flat().filter((edge) => edge !== null && edge < heavyPlane.yRange[1]);
        assert.equal(observed, edges[0]);
        const lines = crossings(mZ);
        assert.equal(lines.length, edges.length, `${mZ}: ${lines}, ${edges}`);
        for (const [i, edge] of edges.entries()) alike(Math.log(lines[i]), Math.log(edge), 1e-3, `${mZ}`);
        most = Math.max(most, edges.length);
        const { delta_lnl } = await rate(heavy, { ...heavyPlane.set, mZ, epsilon: edges.at(-1) });
        alike(delta_lnl, found.level, 1e-6, `${mZ}`);
      }
    }
    // Where mZ is small the N of a large epsilon does not reach a TPC from the P0D.
    assert.ok(most >= 2, `${most}`);
  });

  test('where there is no prediction a limit says why', async () => {
    const limit = await json('limit', heavy, '--on', 'epsilon', '--versus', 'mZ=0.05', '--set', 'mN=0.1');
    assert.equal(limit.points[0].observed, null);
    assert.deepEqual(limit.points[0].excluded, []);
    assert.match(limit.points[0].reason, /mZ_over_mN\(0\.5\)/);
  });

  test('where there is no prediction the card says which parameters are to blame, and why', async () => {
    const said = card(light).derived.mass_ratio.source;
    const why = `m_Z' / m_N has no value at mN = 0.1 GeV, mZ = 0.2 GeV. The card says of it: ${said}`;
    const scan = await json('scan', light, '--on', 'UmuN2=1e-9:1e-7:3:log', '--set', 'mZ=0.2');
    const plane = ['--x', 'UmuN2', '--y', 'VN2', '--set', 'mZ=0.2', '--resolution', 'coarse'];
    const { warnings } = await json('contour', light, ...plane);
    const { stderr } = await anyslice('rate', light, '--set', 'mZ=0.2');
    for (const text of [scan.gaps[0].reason, warnings[0], stderr])
      for (const part of [why, 'mZ_over_mN(2)']) assert.ok(text.includes(part), text);
  });

  test('contours of a card with one bin are those of its limit, by any method', async () => {
    const plane = { name: cardName, x: 'mS', y: 'theta', xRange: [100, 200], yRange: [1e-4, 1e-2], set: {} };
    for (const method of ['cls-hybrid', 'delta-lnl-1']) {
      const found = await contour(plane, '--method', method);
      assertClosed(plane, found);
      const limit = await json('limit', cardName, '--on', 'theta', '--versus', 'mS=150', '--method', method);
      alike(Math.log(crossingsOf(plane, found)(150)[0]), Math.log(limit.points[0].observed), 2e-3, method);
    }
  });

  // ---------------------------------------------------------------- lifetimes

  test('the lifetimes that are excluded at benchmark B', async () => {
    const curve = await json('lifetime', heavy, '--at', 'B');
    assert.equal(curve.unit, 'cm');
    assert.equal(curve.ctau0.length, 61);
    assert.equal(curve.ctau0[0], 0.01);
    assert.equal(curve.ctau0.at(-1), 1e6);
    alike(curve.threshold, 1.352772, 1e-5);
    const b = await rate(heavy, card(heavy).benchmarks.B.point);
    alike(curve.at, b.derived.ctau0.value, 1e-12);
    assert.equal(curve.excluded.length, 1);
    const [low, high] = curve.excluded[0];
    // arXiv:2205.12273 has 0.245 cm from the right base.
    alike(low, 0.245, 0.01);
    for (const edge of [low, high]) {
      const words = ['--low', `${edge * 0.999}`, '--high', `${edge * 1.001}`, '--count', '3'];
      const close = await json('lifetime', heavy, '--at', 'B', ...words);
      alike(close.delta_lnl[1], curve.threshold, 1e-4, `${edge}`);
      assert.equal(close.delta_lnl[0] < curve.threshold, edge === low);
      assert.equal(close.excluded.length, 1);
      assert.equal(close.excluded[0].indexOf(null), edge === low ? 1 : 0);
    }
    // At the point's own lifetime the curve has the point's rate.
    const own = ['--low', `${curve.at}`, '--high', `${2 * curve.at}`, '--count', '2'];
    const here = await json('lifetime', heavy, '--at', 'B', ...own);
    alike(here.mu[0], b.mu, 1e-6);
    alike(here.delta_lnl[0], b.delta_lnl, 1e-6);
    // All that is physical: VN2 from UmuN2 to 1.
    const { physical } = await json('lifetime', heavy, '--at', 'B', '--profile', 'VN2');
    alike(physical[0], curve.at, 1e-12);
    alike(physical[1], curve.at / 2.2e-7, 1e-12);
    assert.equal(curve.physical, null);

    // From the authors' base: 0.303 cm.
    const published = await json('lifetime', heavy, '--at', 'B', '--variant', 'published');
    alike(published.excluded[0][0], 0.303, 0.015);
    const table = await anyslice('lifetime', heavy, '--at', 'B');
    assert.match(table.stdout, /excluded from 0\.24\d+ to \d+ cm/);
  });

  test('limits on the lifetime against the events before the decay', async () => {
    const words = ['lifetime', heavy, '--at', 'B', '--total', 'selected', '--versus', 'mN=0.1,0.2'];
    const { totals } = await rate(heavy, card(heavy).benchmarks.B.point);
    const all = totals.selected.value;
    const limits = await json(...words, '--events', `${all}:${4 * all}:2`);
    assert.deepEqual(
      limits.curves.map((curve) => curve.set),
      [{ mN: 0.1 }, { mN: 0.2 }],
    );
    alike(limits.curves[0].total, all, 1e-9);
    // With the events that the point has the limit is that of the point.
    const [interval] = (await json('lifetime', heavy, '--at', 'B')).excluded;
    alike(limits.curves[0].ctau0_min[0], interval[0], 1e-6);
    alike(limits.curves[0].ctau0_max[0], interval[1], 1e-6);
    for (const curve of limits.curves) {
      assert.ok(curve.ctau0_min[1] < curve.ctau0_min[0]);
      assert.ok(curve.ctau0_max[1] > curve.ctau0_max[0]);
    }
    const table = await anyslice(...words);
    assert.equal(table.status, 0, table.stderr);
    assert.equal(table.stdout.match(/^mN = 0\.[12]: the model predicts/gm).length, 2);
  });
});

// ---------------------------------------------------------------- what is refused

const plane = (...more) => ['contour', heavy, '--x', 'mZ', '--y', 'epsilon', ...more];
const axis = (x, y = 'epsilon') => ['contour', heavy, '--x', x, '--y', y];
const lifetime = (...more) => ['lifetime', heavy, '--at', 'B', ...more];
const independent = (...more) => lifetime('--total', 'selected', '--versus', 'mN=0.1', ...more);

/// what is wrong, the arguments, what the line must contain
const cases = [
  ['an unknown axis', axis('mass'), ['--x: ', 'mN, mZ, epsilon', '"mass"']],
  ['an unknown vertical axis', axis('mZ', 'mass'), ['--y: ', 'mN, mZ, epsilon', '"mass"']],
  ['one axis twice', axis('mZ', 'mZ'), ['--y: ', 'expected another parameter']],
  ['an axis without a name', axis('=1:2'), ['--x: ', 'PARAM=LO:HI']],
  ['an axis of nothing', axis(''), ['--x: ', 'expected a parameter']],
  ['no vertical axis', ['contour', heavy, '--x', 'mZ'], ['--y']],
  ['a horizontal axis given twice', [...plane(), '--x', 'mN'], ['--x']],
  ['a reversed range', axis('mZ=10:1'), ['--x: ', 'lower end', '10 to 1']],
  ['a range of one value', axis('mZ=1:1'), ['--x: ', 'lower end', '1 to 1']],
  ['a range below the parameter', axis('mZ=0.001:1'), ['--x: ', '0.02 to 10', '0.001 to 1']],
  ['a range above the parameter', axis('mZ', 'epsilon=1e-4:2'), ['--y: ', '1e-06 to 1', '0.0001 to 2']],
  ['a range from NaN', axis('mZ=nan:1'), ['--x: ', 'expected a number', '"nan"']],
  ['a range to infinity', axis('mZ=1:inf'), ['--x: ', 'expected a number', '"inf"']],
  ['a range of a word', axis('mZ=low:1'), ['--x: ', 'expected a number', '"low"']],
  ['a range without an end', axis('mZ=1:'), ['--x: ', 'expected a number']],
  ['a range without a beginning', axis('mZ=:1'), ['--x: ', 'expected a number']],
  ['an empty range', axis('mZ='), ['--x: ', 'PARAM=LO:HI', '"mZ="']],
  ['a range of one number', axis('mZ=1'), ['--x: ', 'PARAM=LO:HI', '"mZ=1"']],
  ['a range of three numbers', axis('mZ=1:2:3'), ['--x: ', 'expected a number', '"2:3"']],

  ['level 0', plane('--cl', '0'), ['--cl: ', 'between 0 and 1']],
  ['level 1', plane('--cl', '1'), ['--cl: ', 'between 0 and 1']],
  ['a level in percent', plane('--cl', '90'), ['--cl: ', 'between 0 and 1', '90']],
  ['a negative level', plane('--cl', '-0.9'), ['--cl: ', 'between 0 and 1', '-0.9']],
  ['a level of next to nothing', plane('--cl', '1e-12'), ['--cl: ', 'between 0 and 1']],
  ['a level that is NaN', plane('--cl', 'nan'), ['--cl: ', 'expected a finite number']],
  ['a level that is a word', plane('--cl', 'high'), ['--cl: ', 'expected a number', '"high"']],
  ['an unknown method', plane('--method', 'guess'), ['--method: ', 'delta-lnl-1 or delta-lnl-2', '"guess"']],
  ['an unknown constraint', plane('--constraint', 'flat'), ['--constraint: ', 'lognormal', 'flat']],
  ['a negative seed', plane('--seed', '-1'), ['--seed: ', 'whole number >= 0', '-1']],
  ['half a toy', plane('--toys', '1000.5'), ['--toys: ', 'whole number', '1000.5']],
  ['an unknown variant', plane('--variant', 'better'), ['--variant: ', 'physics or published', '"better"']],
  ['an unknown projection', plane('--projection', 'T2K-III'), ['--projection: ', 'T2K-I or T2K-II', '"T2K-III"']],
  ['a projection of nothing', plane('--projection', ''), ['--projection: ', 'expected a name']],
  ['an unknown part', plane('--part', 'roof'), ['--part: ', 'P0D, argon or FGD', '"roof"']],
  ['a part of nothing', plane('--part', ''), ['--part: ', 'expected a name']],
  ['a part of a card without parts', ['rate', cardName, '--part', 'roof'], ['--part: ', 'no parts']],
  ['an unknown channel', plane('--channels', 'analysis-I,roof'), ['--channels: ', 'expected analysis-I', '"roof"']],
  ['a channel of nothing', plane('--channels', ''), ['--channels: ', 'expected analysis-I']],
  ['a channel too many', plane('--channels', 'analysis-I,'), ['--channels: ', 'expected analysis-I']],
  ['an unknown switch', plane('--switch', 'light=1'), ['--switch light: ', 'majorana']],
  ['a switch without a value', plane('--switch', 'majorana'), ['--switch: ', 'name=value', 'majorana']],
  ['a switch with an empty value', plane('--switch', 'majorana='), ['--switch majorana: ', 'expected a number']],
  ['a switch with a word', plane('--switch', 'majorana=yes'), ['--switch majorana: ', 'expected a number', 'yes']],
  [
    'a switch between its choices',
    plane('--switch', 'hydrogen=0.5'),
    ['--switch hydrogen: ', '0 (no) or 1 (yes)', '0.5'],
  ],
  ['a switch beyond its choices', plane('--switch', 'majorana=7'), ['--switch majorana: ', '1 (Majorana)', '7']],
  ['a negative exposure by switch', plane('--switch', 'pot_FHC=-1'), ['channels.analysis-I.bins.FHC', 'background']],
  ['an unknown bandwidth', plane('--bandwidth', 'mass=0.1'), ['--bandwidth mass: ', 'expected mN']],
  ['a bandwidth of what has no kernel', plane('--bandwidth', 'mZ=0.1'), ['--bandwidth mZ: ', 'expected mN']],
  [
    'a bandwidth in a card without a kernel',
    ['rate', cardName, '--bandwidth', 'mS=1'],
    ['--bandwidth mS: ', 'no kernel'],
  ],
  ['a bandwidth of zero', plane('--bandwidth', 'mN=0'), ['--bandwidth mN: ', '> 0']],
  ['a negative bandwidth', plane('--bandwidth', 'mN=-0.1'), ['--bandwidth mN: ', '> 0', '-0.1']],
  ['a bandwidth of NaN', plane('--bandwidth', 'mN=nan'), ['--bandwidth mN: ', 'expected a number']],
  ['no exposure', plane('--exposure-scale', '0'), ['--exposure-scale: ', '> 0']],

  ['VN2 above its range', plane('--set', 'VN2=2'), ['--set VN2: ', '1e-13 to 1', '2']],
  ['VN2 below its range', plane('--set', 'VN2=1e-14'), ['--set VN2: ', '1e-13 to 1', '1e-14']],
  ['VN2 that is NaN', plane('--set', 'VN2=nan'), ['--set VN2: ', 'expected a number', '"nan"']],
  ['an unknown parameter', plane('--set', 'mass=1'), ['--set mass: ', 'mN, mZ, epsilon']],
  ['an unknown profile', plane('--profile', 'mass'), ['--profile: ', 'mass', 'not a parameter']],
  ['a profile of nothing', plane('--profile', ''), ['--profile: ', 'expected a name']],
  ['the profile of an axis', plane('--profile', 'mZ'), ['--profile: ', 'not on an axis']],
  ['a light mediator in the heavy card', ['rate', heavy, '--set', 'mZ=0.05'], ['mZ_over_mN(0.5)', '1.001']],
  [
    'a heavy mediator in the light card',
    ['rate', light, '--set', 'mZ=0.2'],
    ['derived.mass_ratio: ', 'mZ_over_mN(2)', '0.999'],
  ],
  ['an unknown resolution', plane('--resolution', 'medium'), ['--resolution: ', 'coarse or fine', '"medium"']],
  ['an unknown format', plane('--format', 'xml'), ['--format: ', 'json, csv, hepdata or table', '"xml"']],
  ['two formats at once', plane('--format', 'csv', '--json'), ['--format: ', 'csv', '--json']],
  ['columns, which a contour does not have', plane('--columns', '30'), ['--columns']],
  ['an unknown benchmark', plane('--at', 'C'), ['--at: ', 'expected B', '"C"']],

  ['the method of a rate', ['rate', heavy, '--method', 'guess'], ['--method']],
  ['a limit of an unknown part', ['limit', heavy, '--versus', 'mZ=1', '--part', 'roof'], ['--part: ', '"roof"']],
  [
    'a limit with an unknown bandwidth',
    ['limit', heavy, '--versus', 'mZ=1', '--bandwidth', 'mZ=1'],
    ['--bandwidth mZ: ', 'expected mN'],
  ],
  ['a limit with an unknown switch', ['limit', heavy, '--versus', 'mZ=1', '--switch', 'light=1'], ['--switch light: ']],
  ['a limit on what it is drawn against', ['limit', heavy, '--versus', 'epsilon=1e-3'], ['--versus: ']],
  ['a limit outside the range', ['limit', heavy, '--versus', 'mZ=100'], ['--versus: ', 'mZ', '0.02 to 10']],

  ['a lifetime from zero', lifetime('--low', '0'), ['--low: ', '> 0']],
  ['a lifetime from below zero', lifetime('--low', '-1'), ['--low: ', '> 0', '-1']],
  ['a lifetime from NaN', lifetime('--low', 'nan'), ['--low: ', 'finite']],
  ['a lifetime from a word', lifetime('--low', 'short'), ['--low: ', 'expected a number', '"short"']],
  ['a lifetime to infinity', lifetime('--high', 'inf'), ['--high: ', 'finite']],
  ['a lifetime that nothing has', lifetime('--high', '1e308'), ['--high: ', '1e100']],
  ['a lifetime too short to divide by', lifetime('--low', '1e-320'), ['--low: ', '1e-100']],
  ['reversed lifetimes', lifetime('--low', '10', '--high', '1'), ['--high: ', 'more than low']],
  ['one lifetime', lifetime('--count', '1'), ['--count: ', '2 to 1000', '1']],
  ['half a lifetime', lifetime('--count', '10.5'), ['--count: ', 'whole number', '10.5']],
  ['too many lifetimes', lifetime('--count', '99999999999'), ['--count: ', '2 to 1000']],
  ['lifetimes at level 1', lifetime('--cl', '1'), ['--cl: ', 'between 0 and 1']],
  ['lifetimes by another method', lifetime('--method', 'delta-lnl-2'), ['--method: ', 'delta-lnl-1', 'delta-lnl-2']],
  ['an unknown profile of lifetimes', lifetime('--profile', 'mass'), ['--profile: ', 'expected a parameter']],
  ['lifetimes at an unknown benchmark', ['lifetime', heavy, '--at', 'C'], ['--at: ', 'expected B', '"C"']],
  ['lifetimes where nothing is predicted', ['lifetime', heavy, '--set', 'mZ=0.05'], ['mZ_over_mN(0.5)']],
  ['a total without --versus', lifetime('--total', 'selected'), ['--versus: ', '--total']],
  ['--versus without a total', lifetime('--versus', 'mN=0.1'), ['--total: ', '--versus']],
  ['events without a total', lifetime('--events', '1:2:3'), ['--events: ', '--total']],
  ['a count with a total', independent('--count', '5'), ['--count: ', '--total']],
  ['a profile with a total', independent('--profile', 'VN2'), ['--profile: ', '--total']],
  [
    'an unknown total',
    lifetime('--total', 'all', '--versus', 'mN=0.1'),
    ['--total: ', 'interactions or selected', '"all"'],
  ],
  ['a total where the card has none', independent('--switch', 'upgrade=1'), ['--total: ', 'no totals']],
  ['curves of an unknown parameter', lifetime('--total', 'selected', '--versus', 'mass=1'), ['--versus: ', 'mass']],
  [
    'curves outside the range',
    lifetime('--total', 'selected', '--versus', 'mN=0.1,5'),
    ['--versus: ', 'mN', '0.005 to 1'],
  ],
  ['curves of no value', lifetime('--total', 'selected', '--versus', 'mN='), ['--versus: ', 'expected a number']],
  ['curves of a value too many', lifetime('--total', 'selected', '--versus', 'mN=0.1,'), ['--versus: ', 'number']],
  ['curves without values', lifetime('--total', 'selected', '--versus', 'mN'), ['--versus: ', 'name=value']],
  ['events that are no range', independent('--events', '10:100'), ['--events: ', 'LO:HI:N', '10:100']],
  ['events in reverse', independent('--events', '100:10:5'), ['--events: ', 'more than low']],
  ['events from none', independent('--events', '0:10:5'), ['--events: ', '> 0']],
  ['events to infinity', independent('--events', '1:inf:5'), ['--events: ', 'expected a number']],
  ['one number of events', independent('--events', '1:10:1'), ['--events: ', '2 to 1000']],
  ['half a number of events', independent('--events', '1:10:2.5'), ['--events: ', 'whole number', '2.5']],
];
for (const method of ['cls-hybrid', 'cls-toys', 'cls-asymptotic', 'cls-exact']) {
  const texts = ['--method: ', method, 'one bin', 'delta-lnl-1 or delta-lnl-2'];
  cases.push([`a contour of several bins by ${method}`, plane('--method', method), texts]);
  cases.push([`a limit of several bins by ${method}`, ['limit', heavy, '--versus', 'mZ=1', '--method', method], texts]);
}

describe('bad arguments', { concurrency: 2 }, () => {
  for (const [what, words, texts] of cases)
    test(`refuses ${what}`, async () => {
      assertRefused(await anyslice(...words), texts);
    });
});

// ---------------------------------------------------------------- a card of one's own

/// A table of columns { name: { unit, values, labels } }; columns with labels are bytes, others 64-bit numbers.
function tableOf(columns) {
  const rows = Object.values(columns)[0].values.length;
  const descriptions = {};
  const header = {};
  const parts = [];
  let offset = 0;
  for (const [name, { unit, values, labels }] of Object.entries(columns)) {
    descriptions[name] = { unit, description: name, ...(labels && { labels }) };
    const bytes = Buffer.from((labels ? Uint8Array : Float64Array).from(values).buffer);
    header[name] = { dtype: labels ? 'U8' : 'F64', shape: [rows], data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  const metadata = { anyslice_table: '1', rows: `${rows}`, events_thrown: `${2 * rows}` };
  let text = JSON.stringify({ __metadata__: { ...metadata, columns: JSON.stringify(descriptions) }, ...header });
  text += ' '.repeat((8 - (text.length % 8)) % 8);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, Buffer.from(text), ...parts]);
}

const ownRows = 600;
const ownRandom = randomNumbers(11);
const own = {
  weight: { unit: '1', values: Array.from({ length: ownRows }, () => 0.01 + 0.02 * ownRandom()) },
  mass: { unit: 'GeV', values: Array.from({ length: ownRows }, () => 10 * Math.sqrt(ownRandom())) },
  side: {
    unit: '1',
    values: Array.from({ length: ownRows }, () => Math.floor(2 * ownRandom())),
    labels: ['left', 'right'],
  },
};
// Masses were thrown with a density that grows with them.
own.density = { unit: '1', values: own.mass.values.map((mass) => mass / 50) };

const number = (unit, range, scale, value, label) => ({
  symbol: { text: label },
  label,
  unit,
  range,
  scale,
  default: value,
});
function ownCard(table) {
  const bin = (name, observed, expected) => ({
    name,
    observed,
    backgrounds: { noise: { expected } },
    events: { side: [name] },
  });
  return {
    anyslice: '1',
    name: 'own',
    about: { title: 'A card of one’s own' },
    parameters: {
      mass: number('GeV', [0, 10], 'lin', 5, 'M'),
      strength: number('1', [0.01, 1000], 'log', 1, 's'),
    },
    tables: {
      events: {
        url: 'own.safetensors',
        sha256: createHash('sha256').update(table).digest('hex'),
        columns: ['weight', 'mass', 'side', 'density'],
      },
    },
    weight: [
      { factor: 'column', column: 'weight' },
      { factor: 'scale', expression: 'strength^2' },
      {
        factor: 'kernel',
        shape: 'top-hat',
        axes: [{ column: 'mass', parameter: 'mass', distance: 'linear', bandwidth: 1.5 }],
        sampling_density: 'event.density',
        inside: 'mass >= 0 && mass <= 10',
      },
    ],
    channels: { counts: { bins: [bin('left', 3, 2), bin('right', 1, '0.5')] } },
    systematics: [{ name: 'noise', on: ['noise'], relative: 0.3 }],
    limits: { on: 'strength', versus: 'mass', level: 0.95, method: 'delta-lnl-2' },
    variants: { physics: { label: 'physics', description: 'all there is' } },
  };
}

/// The expected events of a bin and their Monte Carlo error, summed here.
function ownSum(side, mass, strength, width = 1.5) {
  const share = (Math.min(mass + width, 10) - Math.max(mass - width, 0)) / (2 * width);
  let [sum, squares] = [0, 0];
  for (let row = 0; row < ownRows; ++row) {
    if (own.side.values[row] !== side || !(Math.abs(own.mass.values[row] - mass) < width)) continue;
    const kernel = 1 / (2 * width * share);
    const weight = (own.weight.values[row] / own.density.values[row]) * kernel * strength ** 2;
    sum += weight;
    squares += weight ** 2;
  }
  return { mu: sum, error: Math.sqrt(squares - sum ** 2 / (2 * ownRows)) };
}

test('a card of one’s own: the sum of its rows, and contours', async (context) => {
  const { write } = workspace(context, { tables: false });
  const table = tableOf(own);
  write('own.safetensors', table);
  const path = write('own.json', ownCard(table));
  const checked = await anyslice('check', path);
  assert.equal(checked.status, 0, checked.stderr);

  for (const [mass, strength, width] of [
    [5, 1, 1.5],
    [7.3, 0.4, 1.5],
    [9.5, 2, 1.5], // part of the kernel is outside
    [0.8, 3, 1.5],
    [5, 1, 0.7],
  ]) {
    const found = await rate(path, { mass, strength }, '--bandwidth', `mass=${width}`);
    const sums = [0, 1].map((side) => ownSum(side, mass, strength, width));
    for (const [side, { mu, error }] of sums.entries()) {
      // Where the border cuts the kernel is found by halving.
      alike(found.bins[side].mu, mu, 1e-8, `${mass}`);
      alike(found.bins[side].mu_mc_error, error, 1e-8, `${mass}`);
    }
    alike(found.mu, sums[0].mu + sums[1].mu, 1e-8);
  }
  const { parts } = (await rate(path, {}, '--breakdown', 'side')).breakdown;
  for (const [side, name] of ['left', 'right'].entries()) alike(parts[name].mu, ownSum(side, 5, 1).mu, 1e-8);

  const { parameters } = ownCard(table);
  const ownPlane = { name: path, x: 'mass', y: 'strength', xRange: [0, 10], yRange: [0.01, 1000], set: {} };
  for (const [x, y] of [
    ['mass', 'strength'],
    ['strength', 'mass'],
  ]) {
    const [xRange, yRange] = [parameters[x].range, parameters[y].range];
    const turned = { ...ownPlane, x, y, xRange, yRange };
    const found = await contour(turned);
    alike(found.level, -Math.log(0.05), 1e-6);
    assertClosed(turned, found);
    await assertAgrees(turned, found, 16, { parameters });
  }
  const limit = await json('limit', path, '--versus', 'mass=6');
  assert.ok(limit.points[0].observed > 0.1 && limit.points[0].observed < 100, JSON.stringify(limit.points[0]));

  assertRefused(await anyslice('lifetime', path), ['own.json', 'weight', 'no decay factor']);
  assertRefused(await anyslice('contour', path, '--x', 'mass', '--y', 'strength', '--method', 'cls-hybrid'), [
    '--method: ',
    'one bin',
  ]);
});

test('a card of one’s own whose table does not fit', async (context) => {
  const { write } = workspace(context, { tables: false });
  /// Writes the card with another table, and the card changed.
  function altered(columns, edit = () => {}) {
    const table = tableOf(columns);
    write('own.safetensors', table);
    const changed = ownCard(table);
    edit(changed);
    return write('own.json', changed);
  }
  const { density, ...without } = own;
  assertRefused(await anyslice('rate', altered(without)), ['own.safetensors', 'density']);
  const flat = { ...own, density: { ...density, values: density.values.map((value, row) => (row === 9 ? 0 : value)) } };
  assertRefused(await anyslice('rate', altered(flat)), ['own.json', 'weight[2].sampling_density', 'row 9']);
  const unit = { ...own, mass: { ...own.mass, unit: 'MeV' } };
  assertRefused(await anyslice('rate', altered(unit)), ['own.json', 'weight[2].axes', 'MeV', 'GeV']);
  const logarithm = altered(own, ({ weight, parameters }) => {
    weight[2].axes[0].distance = 'ln';
    parameters.mass.range = [1, 10];
  });
  assert.equal((await anyslice('rate', logarithm)).status, 0);
  const zero = { ...own, mass: { ...own.mass, values: own.mass.values.map((value, row) => (row === 9 ? 0 : value)) } };
  const zeroes = altered(zero, ({ weight, parameters }) => {
    weight[2].axes[0].distance = 'ln';
    parameters.mass.range = [1, 10];
  });
  assertRefused(await anyslice('rate', zeroes), ['own.safetensors', 'column mass', 'logarithm']);
  const fromZero = altered(own, ({ weight }) => (weight[2].axes[0].distance = 'log10'));
  assertRefused(await anyslice('check', fromZero), ['own.json', 'weight[2].axes[0].distance']);
  const label = altered(own, ({ channels }) => (channels.counts.bins[1].events = { side: ['up'] }));
  assertRefused(await anyslice('rate', label), ['own.safetensors', 'column side', '"up"', 'left or right']);
});
