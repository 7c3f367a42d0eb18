// Measures speed: the kernels natively and as WebAssembly in one run, their ratio, a map against NumPy, and the page from
// navigation to limit. `./dev bench` builds what it needs; arguments choose parts (see the end). Absolute times depend on
// the machine; the ratios are what to compare.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readTable } from '../validation/event_tables.mjs';
import { benchmarks, HeavyTable } from '../validation/nd280/prediction.mjs';
import { timeSlider } from './slider.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = (preset) =>
  execFileSync('cmake', ['--build', '--preset', preset, '--target', 'anyslice_bench'], { cwd: root, stdio: 'pipe' });
const answer = (program, words) => JSON.parse(execFileSync(program, words, { encoding: 'utf8' }));
const native = (...words) => answer(join(root, 'build/native/tests/bench/anyslice_bench'), words);
const wasm = (...words) =>
  answer('node', ['--no-experimental-fetch', join(root, 'build/wasm/tests/bench/anyslice_bench.js'), ...words]);

function unit(seconds) {
  for (const [size, name] of [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ]) {
    if (seconds >= size) return `${(seconds / size).toPrecision(3)} ${name}`;
  }
  return `${(seconds / 1e-9).toPrecision(3)} ns`;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function compareKernels() {
  build('native');
  build('wasm');
  const [ours, inBrowser] = [native(), wasm()];
  console.log(`${'one thread'.padEnd(32)}${'native'.padStart(10)}${'WASM'.padStart(10)}${'ratio'.padStart(8)}`);
  for (const [name, time] of Object.entries(ours)) {
    const ratio = (inBrowser[name] / time).toFixed(2);
    console.log(
      `${name.padEnd(32)}${unit(time).padStart(10)}${unit(inBrowser[name]).padStart(10)}${ratio.padStart(8)}`,
    );
  }
}

/// The largest relative difference of two lists where the second expects events at all.
const largestDifference = (values, exact) =>
  Math.max(...exact.map((events, i) => (events > 1e-6 ? Math.abs((values[i] ?? NaN) / events - 1) : 0)));

/// How far the core's sums may be from the plain ones of NumPy, relatively.
const largestMapDifference = 1e-4;

/// One map of 100 x 100 points by the core, with nothing computed before, and by NumPy from the same table, in which both
/// must find the same. What NumPy finds is compared with a third program at some points.
function compareMaps() {
  build('native');
  build('wasm');
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  const [table, numpyMap, ourMap] = ['table.safetensors', 'numpy.json', 'ours.json'].map((name) => join(folder, name));
  try {
    writeFileSync(table, gunzipSync(readFileSync(join(root, 'data/tables/nd280-heavy.safetensors.gz'))));
    const script = join(root, 'tests/bench/numpy_map.py');
    const python = process.env.ANYSLICE_PYTHON ?? 'python3';
    const numpy = answer(python, [script, table, '--repetitions', '5', '--output', numpyMap]);
    const { mu, mZ, epsilon } = JSON.parse(readFileSync(numpyMap, 'utf8'));
    const exact = mu.FHC.flatMap((row, j) => row.map((events, i) => events + mu.RHC[j][i]));

    const rows = [
      ['NumPy, as one writes it', numpy.seconds.plain, numpy.plain_difference.mu],
      ['NumPy, tuned', numpy.seconds.tuned, 0],
      ['NumPy, product of matrices', numpy.seconds.matrix, numpy.matrix_difference.mu],
    ];
    const yardsticks = Object.entries({ plain: rows[0][1], tuned: rows[1][1], matrices: rows[2][1] });
    const loading = [['NumPy', numpy.seconds.loading]];
    for (const [name, run] of [
      ['native', native],
      ['WASM', wasm],
    ]) {
      const times = run('map', table, ourMap);
      const { x, y, values } = JSON.parse(readFileSync(ourMap, 'utf8'));
      const moved = Math.max(largestDifference(x, mZ), largestDifference(y, epsilon));
      if (!(moved < 1e-12)) throw new Error(`${name}: the map is of other points`);
      const difference = largestDifference(values.flat(), exact);
      if (!(difference < largestMapDifference)) throw new Error(`${name}: the map is ${difference} off NumPy's`);
      rows.push([name, times.map, difference]);
      rows.push([`${name}, after another mN`, times.another, 0]);
      loading.push([name, times.loading]);
    }

    const independent = new HeavyTable(readTable(table));
    const places = [0, 33, 66, 99].flatMap((i) => [0, 33, 66, 99].map((j) => [i, j]));
    const predicted = places.map(([i, j]) => independent.predict({ ...benchmarks.B, mZ: mZ[i], epsilon: epsilon[j] }));
    const check = Math.max(
      ...['FHC', 'RHC'].map((beam) =>
        largestDifference(
          places.map(([i, j]) => mu[beam][j][i]),
          predicted.map((sums) => sums[beam].mu),
        ),
      ),
    );

    if (!(check < 1e-9)) throw new Error(`NumPy's map is ${check} off the one of tests/validation`);

    console.log(`\nND280 heavy, (mZ, epsilon), 100 x 100 points, ${numpy.rows} rows in the window, one thread`);
    console.log(`${''.padEnd(42)}${'times as fast as NumPy'.padStart(36)}${'largest'.padStart(12)}`);
    const names = yardsticks.map(([name]) => name.padStart(12)).join('');
    console.log(`${''.padEnd(32)}${'time'.padStart(10)}${names}${'difference'.padStart(12)}`);
    for (const [name, time, difference] of rows) {
      const ratios = yardsticks.map(([, yardstick]) => (yardstick / time).toPrecision(3).padStart(12)).join('');
      const text = difference === 0 ? '' : difference.toExponential(1);
      console.log(`${name.padEnd(32)}${unit(time).padStart(10)}${ratios}${text.padStart(12)}`);
    }
    console.log(`loading the table: ${loading.map(([name, time]) => `${name} ${unit(time)}`).join(', ')}`);
    console.log(`NumPy (${numpy.numpy}) differs from tests/validation by ${check.toExponential(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/// What a slider costs in the core: coarse contours of the planes that the ND280 cards preset, while what they hold fixed
/// moves from half to twice its value.
function timeMoves() {
  build('native');
  build('wasm');
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  try {
    console.log(`\n${'coarse contours, one thread'.padEnd(32)}${'native'.padStart(22)}${'WASM'.padStart(22)}`);
    for (const name of ['heavy', 'light']) {
      const table = join(folder, 'table.safetensors');
      writeFileSync(table, gunzipSync(readFileSync(join(root, `data/tables/nd280-${name}.safetensors.gz`))));
      const words = ['moves', `data/analyses/nd280-dark-neutrino-${name}.json`, table];
      const [ours, inBrowser] = [native(...words), wasm(...words)];
      for (const [preset, times] of Object.entries(ours)) {
        const both = [times, inBrowser[preset]].map((one) => `${unit(one.median)}, 90 % ${unit(one['90 %'])}`);
        console.log(`${preset.padEnd(32)}${both.map((text) => text.padStart(22)).join('')}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/// Generation in one process and in two at once: what the second processor brings.
async function compareShards() {
  const folder = mkdtempSync(join(tmpdir(), 'anyslice-'));
  const generate = (...words) => [
    'generate',
    join(root, 'data/recipes/nd280-heavy.json'),
    ...words,
    '--adaptation',
    join(folder, 'adaptation.json'),
  ];
  const timed = async (commands) => {
    const start = performance.now();
    await Promise.all(
      commands.map((words) => once(spawn(join(root, 'build/native/anyslice'), words, { stdio: 'ignore' }), 'exit')),
    );
    return (performance.now() - start) / 1000;
  };
  try {
    const adapt = ['adapt', join(root, 'data/recipes/nd280-heavy.json'), '-o', join(folder, 'adaptation.json')];
    const adapting = await timed([adapt]);
    const shard = (i, n) => generate('--shard', `${i}/${n}`, '-o', join(folder, `${i}-${n}.safetensors`));
    const one = await timed([shard(1, 1)]);
    const half = await timed([shard(1, 2)]);
    const both = await timed([shard(1, 2), shard(2, 2)]);
    console.log(`\nND280 heavy, 3e7 events: adapting ${unit(adapting)}, throwing ${unit(one)} in one process,`);
    console.log(
      `half of it ${unit(half)}, both halves at once ${unit(both)}: ${(one / both).toFixed(2)} times as fast`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const executablePath =
  process.env.ANYSLICE_CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);

async function timePage() {
  const { chromium } = createRequire(join(root, 'web/package.json'))('@playwright/test');
  const server = spawn('node', [join(root, 'web/serve.mjs'), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(server.stdout.setEncoding('utf8'), 'data');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const times = [];
  for (let i = 0; i < 7; ++i) {
    const page = await browser.newPage();
    await page.goto(address.trim());
    await page.waitForSelector('#results[data-key]:not([aria-busy="true"])');
    times.push(await page.evaluate(() => performance.now() / 1000));
    await page.close();
  }
  await browser.close();
  server.kill();
  console.log(
    `\nnavigation to first limit: median ${unit(median(times))}, slowest ${unit(Math.max(...times))} of ${times.length}`,
  );
}

function siteSize() {
  const site = join(root, 'build/site');
  let total = 0;
  for (const entry of readdirSync(site, { recursive: true })) {
    const path = join(site, entry);
    if (!statSync(path).isFile()) continue;
    const size = path.endsWith('.gz') ? statSync(path).size : gzipSync(readFileSync(path)).length;
    total += size;
    if (size > 20000) console.log(`${(size / 1000).toFixed(0).padStart(6)} kB  ${relative(site, path)}`);
  }
  console.log(`${(total / 1000).toFixed(0).padStart(6)} kB  the whole site, compressed`);
}

const parts = {
  kernels: compareKernels,
  map: compareMaps,
  moves: timeMoves,
  shards: compareShards,
  page: timePage,
  slider: () => timeSlider([join(root, 'build/site')], { executablePath }),
  size: siteSize,
};
const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`bench: unknown part '${unknown}' (there are: ${Object.keys(parts).join(' ')})`);
  process.exit(2);
}
for (const name of chosen.length ? chosen : Object.keys(parts)) await parts[name]();
