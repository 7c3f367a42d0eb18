// What is deployed, where readers meet it: below any path of a bare server, without a network, as one file from a disk or
// in a sandboxed frame, saved by the page itself. Nothing of it asks anybody else or breaks its own policy.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, expect, type FrameLocator, type Page, test } from '@playwright/test';
import { firstLoad } from '../../web/bundle/first_load.mjs';
import { exportOpener } from './exports.ts';
import { repository } from './native.ts';

const site = process.env['ANYSLICE_SITE'] ?? join(repository, 'build/site');
const folder = mkdtempSync(join(tmpdir(), 'anyslice-ship-'));
let server: Server;
let origin: string;

/** Pages of this file's own, by path. */
const pages: Record<string, string> = {};

/** The server does not answer. */
let off = false;

// No headers but the type, as from the plainest of servers.
test.beforeAll(async () => {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname);
    if (off) {
      request.socket.destroy();
      return;
    }
    const own = path === '/favicon.ico' ? '' : pages[path];
    if (own !== undefined) {
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/html' }).end(own);
      return;
    }
    const file = join(site, path.replace(/^\/some\/where\//, '').replace(/^$|\/$/, 'index.html'));
    if (!path.startsWith('/some/where/') || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  origin = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
});
test.afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Fails a test on any error, violation of a policy, or request to elsewhere; call it before a page is opened. */
async function watch(context: BrowserContext): Promise<(but?: RegExp) => void> {
  const troubles: string[] = [];
  context.on('console', (message) => {
    // That a frame may not copy is said on the page, too.
    if (message.text().includes('Clipboard API has been blocked')) return;
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => troubles.push(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['data:', 'blob:', 'file:'].includes(protocol) && !host.startsWith('localhost')) {
      troubles.push(`request to ${request.url()}`);
    }
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`policy: ${violatedDirective} ${blockedURI}`),
    );
  });
  return (but) => expect(troubles.filter((trouble) => !but?.test(trouble))).toEqual([]);
}

async function computed(page: Page | FrameLocator): Promise<void> {
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /./);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

/** The plotted limit as the table of the page has it. */
async function curve(page: Page | FrameLocator): Promise<string> {
  await page.locator('#data-table > summary').click();
  await expect(page.locator('#data td').first()).toBeVisible();
  return (await page.locator('#data').textContent())!;
}

async function saved(page: Page, name: string): Promise<string> {
  const waiting = page.waitForEvent('download');
  await page.locator('#save-page').click();
  const file = join(folder, name);
  await (await waiting).saveAs(file);
  return file;
}

test.use({ serviceWorkers: 'allow' });

const SETTINGS = '#card=microboone-kdar-scalar&preset=figure-2&x=110:190&points=9&cl=0.9&method=cls-exact';

test('a file saved by the page, and one saved by that file, open from a disk with the same curve', async ({
  page,
  context,
}) => {
  const check = await watch(context);
  await page.goto(`${origin}/some/where/${SETTINGS}`);
  await computed(page);
  const asked = await curve(page);
  expect(asked).toContain('110');
  const drop = (name: string, text: string) =>
    page.locator('#overlay-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const dropped = page.locator('#dropped li');
  await drop('mine <b>.csv', '120,1e-3\n150,5e-4\n180,6e-4\n');
  await expect(dropped).toHaveCount(1);
  const first = await saved(page, 'first.html');
  expect(statSync(first).size).toBeLessThanOrEqual(2e6);

  await page.goto(pathToFileURL(first).href);
  await computed(page);
  expect(await curve(page)).toBe(asked);
  await expect(page.locator('#choose-analysis option:not([hidden])')).toHaveCount(1);
  await expect(page.locator('#status-line')).toBeVisible();
  await expect(dropped).toHaveText(/mine <b>\.csv3 points/);

  // What was taken out and put in there is what the next file has, and the first one in the same tab as it was left.
  await page.getByRole('button', { name: 'Remove mine' }).click();
  await drop('next.csv', '120,2e-3\n');

  // Saved again with another level: the settings of the moment count.
  await page.getByRole('button', { name: '95 %' }).click();
  await computed(page);
  const second = await saved(page, 'second.html');
  await page.goto(pathToFileURL(second).href);
  await computed(page);
  expect(page.url()).toContain('cl=0.95');
  expect(await curve(page)).not.toBe(asked);
  await expect(dropped).toHaveText(/^next\.csv1 point/);
  await page.getByRole('button', { name: 'Remove next' }).click();
  await expect(page.locator('#dropped')).toBeHidden();
  await page.reload();
  await computed(page);
  await expect(page.locator('#dropped')).toBeHidden();
  check();
});

test('the file with every analysis opens from a disk', async ({ page, context }) => {
  const check = await watch(context);
  const file = join(site, 'anyslice.html');
  expect(statSync(file).size).toBeLessThanOrEqual(12e6);
  await page.goto(pathToFileURL(file).href);
  await computed(page);
  const names = JSON.parse(readFileSync(join(repository, 'data/analyses/index.json'), 'utf8')) as string[];
  await expect(page.locator('#choose-analysis option:not([hidden])')).toHaveCount(names.length);
  await page.locator('#choose-analysis').selectOption('nd280-dark-neutrino-heavy');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('heavy');
  check();
});

test('one file works in a frame that may do nothing but run scripts', async ({ page, context }) => {
  const check = await watch(context);
  pages['/frame.html'] = `<!doctype html><title>Paper</title>
    <iframe sandbox="allow-scripts" src="/some/where/anyslice.html${SETTINGS.replaceAll('&', '&amp;')}" width="1000" height="700"></iframe>`;
  await page.goto(`${origin}/frame.html`);
  const frame = page.frameLocator('iframe');
  await computed(frame);
  expect(await curve(frame)).toContain('110');
  await frame.getByRole('button', { name: '95 %' }).click();
  await computed(frame);
  await frame.locator('#copy-link').click();
  await expect(frame.locator('#status-line')).toContainText('could not be copied');
  check();
});

test.describe('the site below some path of a bare server', () => {
  /** The worker of the page has kept what it needs. */
  const kept = (page: Page, file: string) =>
    expect
      .poll(() =>
        page.evaluate(async (file) => {
          const { active } = await navigator.serviceWorker.ready;
          return (
            active?.state === 'activated' && (await caches.match(new URL(file, document.baseURI).href)) !== undefined
          );
        }, file),
      )
      .toBe(true);

  test('works without a network from the second visit, with what the first one used', async ({ page, context }) => {
    const check = await watch(context);
    await page.goto(`${origin}/some/where/#card=nd280-dark-neutrino-heavy`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('heavy');
    await kept(page, 'data/tables/nd280-heavy.safetensors.gz');
    off = true;
    await page.goto(`${origin}/some/where/?again${SETTINGS}`);
    await computed(page);
    expect(await curve(page)).toContain('110');
    const [svg] = await Promise.all([page.waitForEvent('download'), exportAs(page, 'SVG')]);
    expect(readFileSync(await svg.path(), 'utf8')).toContain('<svg');
    await page.locator('#choose-analysis').selectOption('nd280-dark-neutrino-heavy');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('heavy');
    check();

    // What has not been used cannot be there, and the page says so.
    await page.locator('#choose-analysis').selectOption('nd280-dark-neutrino-light');
    await expect(page.locator('#message-text')).toContainText('there is no network');
    off = false;
  });

  test('announces a new version, and keeps to the old one until the reader wants the new', async ({
    page,
    context,
  }) => {
    const check = await watch(context);
    const worker = readFileSync(join(site, 'service-worker.js'), 'utf8');
    const html = readFileSync(join(site, 'index.html'), 'utf8');
    await page.goto(`${origin}/some/where/${SETTINGS}`);
    await computed(page);
    await kept(page, 'index.html');
    await page.reload();
    await computed(page);
    await expect(page.locator('#update-note')).toHaveCount(0);

    // A half deployed version is none: the list is new, the page is not yet.
    const newer = html.replace('<body', '<body data-newer=""');
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    pages['/some/where/service-worker.js'] = worker
      .replace(digest(html), digest(newer))
      .replace(/"version":"\w+"/, '"version":"newer"');
    const update = () =>
      page.evaluate(async () => {
        const registration = (await navigator.serviceWorker.getRegistration())!;
        await registration.update().catch(() => {});
        const { installing } = registration;
        if (installing) await new Promise((done) => installing.addEventListener('statechange', done, { once: true }));
      });
    await update();
    await expect(page.locator('#update-note')).toHaveCount(0);

    pages['/some/where/index.html'] = newer;
    pages['/some/where/'] = newer;
    await update();
    await expect(page.locator('#update-note')).toContainText('A new version is here.');
    expect(await page.locator('body[data-newer]').count()).toBe(0);
    await page.locator('#update-note').getByRole('button', { name: 'Reload' }).click();
    await expect(page.locator('body[data-newer]')).toHaveCount(1);
    await computed(page);
    expect(page.url()).toContain('points=9');
    check();
  });
});

test('a site that was taken down leaves nothing in the browser', async ({ page, context }) => {
  const check = await watch(context);
  const guide = readFileSync(join(repository, 'docs/deploying.md'), 'utf8');
  const [, removal] = guide.match(/```js\n(self\.addEventListener[\s\S]*?)```/)!;
  const kept = () =>
    page.evaluate(async () => ({
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      caches: await caches.keys(),
    }));
  await page.goto(`${origin}/some/where/${SETTINGS}`);
  await computed(page);
  await expect.poll(async () => (await kept()).workers).toBe(1);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    await caches.open('another page of this origin');
  });
  await page.reload();
  await computed(page);
  pages['/some/where/service-worker.js'] = removal!;
  pages['/some/where/index.html'] = pages['/some/where/'] = '<!doctype html><title>Gone</title>';
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.update());
  await expect(page).toHaveTitle('Gone');
  await expect.poll(kept).toEqual({ workers: 0, caches: ['another page of this origin'] });
  for (const path of ['service-worker.js', 'index.html', '']) delete pages[`/some/where/${path}`];
  check();
});

test('digests that the build prints are those of what it made, and browsers agree', async ({ page, context }) => {
  const check = await watch(context);
  const printed = execFileSync(process.execPath, [join(repository, 'web/sizes.mjs')], { encoding: 'utf8' });
  const digests = [...printed.matchAll(/^(sha384-\S+) {2}(embed\/\S+)$/gm)];
  expect(digests.map(([, , file]) => extname(file!)).sort()).toEqual(['.js', '.wasm']);
  for (const [, digest, file] of digests) {
    const content = readFileSync(join(site, file!));
    expect(digest).toBe(`sha384-${createHash('sha384').update(content).digest('base64')}`);
  }
  const [, digest] = digests.find(([, , file]) => file!.endsWith('.js'))!;
  pages['/sure.html'] = `<!doctype html><title>Sure</title><body>
    <script type="module" crossorigin integrity="${digest}" src="/some/where/embed/any-slice.js"></script>
    <any-slice analysis="microboone-kdar-scalar" preset="figure-2" x="110:190" points="9"></any-slice></body>`;
  await page.goto(`${origin}/sure.html`);
  await expect(page.locator('any-slice #caption')).toContainText('95 % CL');
  check();
});

test('what the dialog offers to copy shows the same figure in another page', async ({ page, context }) => {
  const check = await watch(context);
  await page.goto(`${origin}/some/where/${SETTINGS}`);
  await computed(page);
  await page.locator('#embed-page').click();
  const snippet = (name: string) => page.locator(`#snippet-${name}`).inputValue();
  expect(await snippet('link')).toBe(page.url());
  const [frame, element] = [await snippet('frame'), await snippet('element')];
  expect(element).toContain('x="110:190" ');
  expect(element).not.toContain('overlays=');
  await page.keyboard.press('Escape');
  await page.locator('#licences > summary').click();
  await expect(page.locator('#licences pre')).toContainText('The Emscripten Authors');
  await expect(page.locator('#licences pre')).toContainText('Chart.js Contributors');

  pages['/paper.html'] = `<!doctype html><title>Paper</title><body>${frame}${element}</body>`;
  await page.goto(`${origin}/paper.html`);
  const framed = page.frameLocator('iframe');
  await computed(framed);
  for (const part of ['#controls', '.bar', '#statements', '#toolbar-share', '#toolbar-export'])
    await expect(framed.locator(part)).toBeHidden();
  await expect(framed.locator('#caption')).toContainText('90 % CL');
  await framed.locator('#whole-page').hover();
  expect(await framed.locator('#whole-page').getAttribute('href')).toMatch(
    /\/some\/where\/#v=1&card=microboone.*cl=0\.9&/,
  );

  // The frame is as high as what is in it, whatever its width.
  const heights = async () => [
    Number(await page.locator('iframe').getAttribute('height')),
    await framed.locator('body').evaluate((body) => Math.ceil((body as HTMLElement).offsetHeight)),
  ];
  await expect.poll(async () => new Set(await heights()).size).toBe(1);
  const [wide] = await heights();
  await page.setViewportSize({ width: 480, height: 800 });
  await expect.poll(async () => (await heights())[0]).not.toBe(wide);
  await expect.poll(async () => new Set(await heights()).size).toBe(1);

  const embedded = page.locator('any-slice');
  await expect(embedded.locator('#caption')).toContainText('90 % CL');
  const address = await embedded.evaluate((one) => (one as HTMLElement & { address: string }).address);
  expect(`${origin}/some/where/${address}`).toBe(
    await framed.locator('body').evaluate(({ ownerDocument }) => ownerDocument.URL.replace('?embed', '')),
  );
  check();
});

test('three elements in one page share workers and tables', async ({ page, context }) => {
  const check = await watch(context);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname.replace(/.*\//, '')));
  const workers = new Set<string>();
  page.on('worker', (worker) => workers.add(worker.url()));
  await page.goto(`${origin}/some/where/demo/plain.html`);
  type Element = HTMLElement & {
    results: { kind: string; complete?: boolean } | null;
    address: string;
    readonly: boolean;
  };
  const kinds = () =>
    page
      .locator('any-slice')
      .evaluateAll((all) =>
        (all as Element[]).map(({ results }) => results && results.complete !== false && results.kind),
      );
  await expect.poll(kinds, { timeout: 40_000 }).toEqual(['curve', 'contour', 'curve']);
  expect(fetched.filter((name) => name.endsWith('.wasm'))).toHaveLength(1);
  expect(fetched.filter((name) => name === 'microboone-kdar.safetensors.gz')).toHaveLength(1);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  expect(workers.size).toBe(Math.min(8, Math.max(2, cores - 1)));

  // Attributes are fields of the address, without capitals; sliders are there unless the element is read only.
  const contour = page.locator('#contour');
  expect(await contour.evaluate((one) => (one as Element).address)).toContain('plane=mZ:epsilon');
  expect(await contour.evaluate((one) => (one as Element).address)).toContain('set.mN=0.15');
  await expect(contour.locator('#caption')).toContainText('0.15 GeV');
  await expect(contour.locator('#choose-mN')).toHaveValue('0.15');
  await expect(page.locator('#still input')).toHaveCount(0);
  await expect(page.locator('#still #caption')).toContainText('90 % CL');

  // A reader moves something: the page around it hears of it, and of the result.
  const heard = contour.evaluate(
    (one) =>
      new Promise<string[]>((resolve) => {
        const types: string[] = [];
        for (const type of ['change', 'result']) {
          one.addEventListener(type, (event) => {
            types.push(`${type} ${(event as CustomEvent<{ address: string }>).detail.address}`);
            if (type === 'result') resolve(types);
          });
        }
      }),
  );
  await contour.locator('#choose-mN').fill('0.2');
  await contour.locator('#choose-mN').press('Enter');
  const [change, result] = await heard;
  expect(change).toMatch(/^change #.*set\.mN=0\.2&/);
  expect(result).toMatch(/^result #.*set\.mN=0\.2&/);

  // By script: the same figure as an address, and what cannot be had.
  const message = await contour.evaluate(
    (one) =>
      new Promise<string>((resolve) => {
        one.addEventListener('error', (event) => resolve((event as CustomEvent<{ message: string }>).detail.message));
        one.setAttribute('analysis', '/nowhere/card.json');
      }),
  );
  expect(message).toContain('404');
  await expect(contour.locator('#status')).toContainText('404');
  check(/status of 404/);
});

test('an element leads to the page where that has the card, and nowhere with a card from elsewhere', async ({
  page,
  context,
}) => {
  const check = await watch(context);
  const card = JSON.parse(readFileSync(join(repository, 'data/analyses/microboone-kdar-scalar.json'), 'utf8'));
  for (const table of Object.values<{ url: string }>(card.tables)) {
    table.url = new URL(table.url, `${origin}/some/where/data/analyses/`).href;
  }
  pages['/own/card.json'] = JSON.stringify(card);
  const figure = 'preset="figure-2" x="110:190" points="9"';
  pages['/own/paper.html'] = `<!doctype html><title>Paper</title><body>
    <script type="module" src="/some/where/embed/any-slice.js"></script>
    <any-slice id="own" analysis="card.json" ${figure}></any-slice>
    <any-slice id="built-in" analysis="/some/where/data/analyses/microboone-kdar-scalar.json" ${figure}></any-slice></body>`;
  await page.goto(`${origin}/own/paper.html`);
  for (const one of ['#own', '#built-in']) await expect(page.locator(`${one} #caption`)).toContainText('95 % CL');
  await expect(page.locator('#own #link')).toBeHidden();
  const href = await page.locator('#built-in #link').getAttribute('href');
  expect(href).toMatch(/\/some\/where\/#v=1&card=microboone-kdar-scalar&.*x=110:190/);
  await page.goto(href!);
  await computed(page);
  await expect(page.locator('#message')).toBeHidden();
  expect(await curve(page)).toContain('110');
  check();
});

test('a first visit asks for what its size is counted from, and nothing else before an export', async ({
  page,
  context,
}) => {
  const check = await watch(context);
  const asked: string[] = [];
  const pathOf = (url: string) => url.slice(`${origin}/some/where/`.length).replace(/#.*/, '') || 'index.html';
  page.on('request', (request) => asked.push(pathOf(request.url())));
  await page.goto(`${origin}/some/where/`);
  await computed(page);
  const names = JSON.parse(readFileSync(join(repository, 'data/analyses/index.json'), 'utf8')) as string[];
  await expect(page.locator('#choose-analysis option:not([hidden])')).toHaveCount(names.length);
  const isPage = (path: string) => path !== 'service-worker.js' && path !== 'icon.svg';
  const counted = firstLoad(site).filter(isPage);
  await expect.poll(() => [...new Set(asked.filter(isPage))].sort()).toEqual(counted.sort());

  // Scripts that most readers do not need come with the first use, and are kept for the times without a network.
  const [svg] = await Promise.all([page.waitForEvent('download'), exportAs(page, 'SVG')]);
  expect(readFileSync(await svg.path(), 'utf8')).toContain('<svg');
  const late = [...new Set(asked)].filter((path) => path.endsWith('.js') && isPage(path) && !counted.includes(path));
  expect(late).toEqual([expect.stringMatching(/^assets\/picture-/)]);
  check();
});

async function exportAs(page: Page, name: string): Promise<void> {
  await exportOpener(page).click();
  await page.getByRole('button', { name: `Export ${name}`, exact: true }).click();
}
