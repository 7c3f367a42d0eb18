// Measures speed: the kernels natively and as WebAssembly in one run, their ratio, and the page from navigation to limit.
// `./dev bench` builds what it needs. Absolute times depend on the machine; the ratios are what to compare.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = (preset) =>
  execFileSync('cmake', ['--build', '--preset', preset, '--target', 'anyslice_bench'], { cwd: root, stdio: 'pipe' });
const kernels = (program, options) => JSON.parse(execFileSync(program, options, { encoding: 'utf8' }));

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
  const native = kernels(join(root, 'build/native/tests/bench/anyslice_bench'), []);
  const wasm = kernels('node', ['--no-experimental-fetch', join(root, 'build/wasm/tests/bench/anyslice_bench.js')]);
  console.log(`${'one thread'.padEnd(32)}${'native'.padStart(10)}${'WASM'.padStart(10)}${'ratio'.padStart(8)}`);
  for (const [name, time] of Object.entries(native)) {
    const ratio = (wasm[name] / time).toFixed(2);
    console.log(`${name.padEnd(32)}${unit(time).padStart(10)}${unit(wasm[name]).padStart(10)}${ratio.padStart(8)}`);
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

async function timePage() {
  const { chromium } = createRequire(join(root, 'web/package.json'))('@playwright/test');
  const server = spawn('node', [join(root, 'web/serve.mjs'), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(server.stdout.setEncoding('utf8'), 'data');
  const executablePath =
    process.env.ANYSLICE_CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);
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

compareKernels();
await compareShards();
await timePage();
siteSize();
