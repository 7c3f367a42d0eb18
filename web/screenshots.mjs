// Pictures of the built page, to be looked at: every figure of the built-in analyses at 1280 pixels, and the first one of
// each analysis on a phone, dark, as printed, and zoomed. `node screenshots.mjs [FOLDER] [WORD…]`; with words, only those
// pictures whose names hold one of them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const here = dirname(fileURLToPath(import.meta.url));
const data = process.env.ANYSLICE_SITE
  ? join(process.env.ANYSLICE_SITE, 'data/analyses')
  : join(here, '../build/site/data/analyses');
const [folder = resolve(here, '../build/screenshots'), ...words] = process.argv.slice(2);
const port = Number(process.env.ANYSLICE_SCREENSHOT_PORT ?? 8174);

const WIDE = { width: 1280, height: 800 };
const LOOKS = {
  1280: { viewport: WIDE },
  390: { viewport: { width: 390, height: 844 }, whole: true },
  dark: { viewport: WIDE, options: { colorScheme: 'dark' } },
  print: { viewport: { width: 800, height: 1130 }, media: 'print', whole: true },
  zoomed: { viewport: WIDE, zoomed: true },
};

/** The middle third of both axes, as fields of an address. */
function zoomed({ axes }) {
  const third = ({ range: [low, high], scale }) => {
    const place = (share) => (scale === 'log' ? low * (high / low) ** share : low + (high - low) * share);
    return [place(1 / 3), place(2 / 3)].map((value) => Number(value.toPrecision(3))).join(':');
  };
  return `&x=${third(axes.x)}&y=${third(axes.y)}`;
}

function pictures() {
  return JSON.parse(readFileSync(join(data, 'index.json'), 'utf8')).flatMap((file) => {
    const card = file.replace(/\.json$/, '');
    const { presets } = whole(file);
    return Object.entries(presets).flatMap(([name, preset], i) =>
      Object.entries(LOOKS)
        .filter(([look]) => i === 0 || look === '1280')
        .map(([look, how]) => ({
          name: `${card}_${name}_${look}`,
          hash: `#card=${card}&preset=${name}${how.zoomed ? zoomed(preset) : ''}`,
          ...how,
        })),
    );
  });
}

/** A card merged over what it extends, as the core does it (RFC 7396). */
function whole(file) {
  const own = JSON.parse(readFileSync(join(data, file), 'utf8'));
  return own.extends ? merged(whole(own.extends), own) : own;
}

function merged(base, patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result = typeof base === 'object' && base !== null && !Array.isArray(base) ? { ...base } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

const wanted = pictures().filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (wanted.length === 0) {
  console.error(`screenshots: no picture is called anything like ${words.join(' or ')}`);
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const server = spawn(process.execPath, [join(here, 'serve.mjs'), '--port', String(port)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const stopped = once(server, 'exit');
const system = process.env.ANYSLICE_CHROMIUM ?? '/usr/bin/chromium';
let browser;
try {
  await Promise.race([
    once(server.stdout, 'data'),
    stopped.then(() => {
      throw new Error('screenshots: the page cannot be served');
    }),
  ]);
  browser = await chromium.launch({
    ...(existsSync(system) && { executablePath: system }),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  for (const { name, hash, viewport, options, media, whole } of wanted) {
    const page = await browser.newPage({ viewport, ...options });
    await page.goto(`http://localhost:${port}/${hash}`);
    await page.waitForFunction(
      () =>
        !document.querySelector('#results').hasAttribute('aria-busy') &&
        /^Computed/.test(document.querySelector('#status-line').textContent) &&
        document.querySelector('#readout').childElementCount > 0,
      null,
      { timeout: 120_000 },
    );
    if (media) await page.emulateMedia({ media });
    // The plot follows its new place with the next frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: whole ?? false, animations: 'disabled' });
    console.log(join(folder, `${name}.png`));
    await page.close();
  }
} finally {
  await browser?.close();
  server.kill();
}
