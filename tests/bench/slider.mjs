// How soon a move of a slider is seen: in Chromium, from the event to the end of the frame in which the plot shows the
// contour of the moved value. Part of `./dev bench`; alone, it compares built pages with each other, in turns:
//   node tests/bench/slider.mjs SITE…
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The planes of the paper, which the cards preset. */
const PLANES = {
  'heavy, (mZ, epsilon)': '#card=nd280-dark-neutrino-heavy&preset=figure-9-mZ-epsilon',
  'heavy, (mN, UmuN2)': '#card=nd280-dark-neutrino-heavy&preset=figure-9-mN-UmuN2',
  'light, (mZ, epsilon)': '#card=nd280-dark-neutrino-light&preset=figure-10-mZ-epsilon',
  'light, (mN, UmuN2)': '#card=nd280-dark-neutrino-light&preset=figure-10-mN-UmuN2',
};

const WANTED = 50; // milliseconds

/** Calls `window.seen` whenever the page says that it has drawn a figure. */
function listen() {
  const mark = performance.mark;
  performance.mark = (name, options) => {
    if (name === 'anyslice: drawn') window.seen?.(options.detail);
    return mark.call(performance, name, options);
  };
}

/**
 * In the page: moves every slider that is free by steps of about 1 % of its length, forth and back around its place.
 * `pace`: milliseconds from one move to the next, which does not wait; null: the next move comes 60 ms after the last one
 * is seen, as single steps do. Gives for every move its parameter and the milliseconds until a contour of its value or of
 * a later one is on screen, and the tasks of the page that took more than 50 ms.
 */
async function moveSliders(pace) {
  const SHIFTS = [10, 20, 30, 40, 50, 45, 35, 25, 15, 5, -10, -20, -30, -40, -50, -55, -45, -35, -25, -15];
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const endOfFrame = () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now());
        port2.postMessage(null);
      }),
    );
  const long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({
    type: 'longtask',
  });
  const moves = [];
  for (const slider of document.querySelectorAll('.parameter input[type=range]')) {
    if (slider.disabled || slider.offsetParent === null) continue;
    const number = slider.closest('.field').querySelector('input[id^=choose-]');
    const parameter = number.id.slice('choose-'.length);
    const start = Number(slider.value);
    const waiting = [];
    window.seen = async ({ set }) => {
      let last = waiting.length - 1;
      while (last >= 0 && Math.abs(waiting[last].value / set[parameter] - 1) > 1e-9) --last;
      const seen = waiting.splice(0, last + 1);
      if (seen.length === 0) return;
      const end = await endOfFrame();
      for (const { move, done } of seen) {
        move.milliseconds = end - move.began;
        done();
      }
    };
    slider.focus();
    const all = [];
    // At the end of its range a slider has one way to go.
    const way = start > Number(slider.max) / 2 ? -1 : 1;
    const places = SHIFTS.map((shift) => start + way * shift).filter((at) => at >= 0 && at <= Number(slider.max));
    for (const place of places) {
      slider.value = String(place);
      const move = { parameter, began: performance.now(), milliseconds: Infinity };
      moves.push(move);
      const shown = new Promise((done) => {
        // What the slider has set is known only after the event, what is drawn follows later still.
        queueMicrotask(() => waiting.push({ value: Number(number.value), move, done }));
      });
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const seen = Promise.race([shown, wait(5000)]);
      all.push(seen);
      await (pace === null ? seen.then(() => wait(60)) : wait(pace));
    }
    await Promise.all(all);
    slider.value = String(start);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    slider.dispatchEvent(new Event('change', { bubbles: true }));
    window.seen = undefined;
    await wait(300);
    // The fine contour that follows at rest is not what is measured.
    while (document.querySelector('#results').getAttribute('aria-busy') === 'true') await wait(50);
  }
  return { moves, long: long.filter((duration) => duration > 50) };
}

async function pageOf(browser, address, hash) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(listen);
  await page.goto(address + hash);
  await page.waitForSelector('#results[data-key]:not([aria-busy="true"])', { timeout: 60000 });
  return page;
}

function describe(moves) {
  const times = moves.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(0);
  const soon = times.filter((time) => time <= WANTED).length / times.length;
  return `${at(0.5).padStart(6)} ${at(0.9).padStart(6)} ${`${(100 * soon).toFixed(0)} %`.padStart(7)}`;
}

/** Measures built pages in turns, so that whatever else the machine does falls on all of them. */
export async function timeSlider(sites, { executablePath, rounds = 1 } = {}) {
  const { chromium } = createRequire(join(root, 'web/package.json'))('@playwright/test');
  const servers = sites.map((site) =>
    spawn('node', [join(root, 'web/serve.mjs'), '--port', '0', '--root', site], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const addresses = [];
    for (const server of servers) addresses.push((await once(server.stdout.setEncoding('utf8'), 'data'))[0].trim());
    console.log(
      `\na slider's move to its contour, ms    ${'median'.padStart(10)} 90 %  <= ${WANTED} ms   (load average)`,
    );
    const all = new Map();
    for (const [plane, hash] of Object.entries(PLANES)) {
      for (const [how, pace] of [
        ['step by step', null],
        ['60 a second', 1000 / 60],
      ]) {
        const found = sites.map(() => ({ moves: [], long: 0 }));
        for (let round = 0; round < rounds; ++round) {
          for (const [i, address] of addresses.entries()) {
            const page = await pageOf(browser, address, hash);
            const { moves, long } = await page.evaluate(moveSliders, pace);
            found[i].moves.push(...moves);
            found[i].long += long.length;
            await page.close();
          }
        }
        found.forEach(({ moves, long }, i) => {
          const name = `${plane}, ${how}${sites.length > 1 ? `, ${i + 1}` : ''}`;
          const extra = long > 0 ? `, ${long} tasks > 50 ms` : '';
          console.log(`${name.padEnd(38)}${describe(moves)}   (${loadavg()[0].toFixed(1)})${extra}`);
          if (process.env.ANYSLICE_BENCH_DETAILS) {
            for (const parameter of new Set(moves.map((move) => move.parameter))) {
              const own = moves.filter((move) => move.parameter === parameter);
              console.log(`  ${parameter.padEnd(36)}${describe(own)}`);
            }
          }
          const key = `all planes, ${how}${sites.length > 1 ? `, ${i + 1}` : ''}`;
          all.set(key, [...(all.get(key) ?? []), ...moves]);
        });
      }
    }
    for (const [name, moves] of all) console.log(`${name.padEnd(38)}${describe(moves)}   (${moves.length} moves)`);
  } finally {
    await browser.close();
    for (const server of servers) server.kill();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chromium = process.env.ANYSLICE_CHROMIUM ?? '/usr/bin/chromium';
  const executablePath = existsSync(chromium) ? chromium : undefined;
  await timeSlider(
    process.argv.slice(2).map((site) => resolve(site)),
    { executablePath, rounds: Number(process.env.ANYSLICE_BENCH_ROUNDS ?? 1) },
  );
}
