// The built page in a browser: it computes, reacts, exports, restores links and recovers; and it asks nobody else.

import { expect, type Page, test } from '@playwright/test';
import { exportedFile, exportedText, exportOpener } from './exports.ts';

/** Fails a test on any error in the console or request to elsewhere; call it before the page is opened. */
function watch(page: Page): () => void {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && !host.startsWith('localhost')) {
      troubles.push(`request to ${request.url()}`);
    }
  });
  return () => expect(troubles).toEqual([]);
}

/** Nothing is being computed, and what is shown belongs to settings whose key contains `part`. */
async function computed(page: Pick<Page, 'locator'>, part = ''): Promise<void> {
  const results = page.locator('#results:not([aria-busy])');
  await expect(results).toHaveAttribute('data-key', new RegExp(part.replace(/[[\]{}.]/g, '\\$&')));
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

/** Toys that no machine finishes during a test. */
const LONG = 'method=cls-toys&toys=1000000';

/** Clicks on the plot at these shares of its width and height. */
async function clickPlot(page: Page, x: number, y: number): Promise<void> {
  const plot = page.locator('#plot');
  const { width, height } = (await plot.boundingBox())!;
  await plot.click({ position: { x: width * x, y: height * y } });
}

async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`);
  await computed(page);
}

/** The exported CSV as rows of numbers, without comments. */
async function exportedRows(page: Page): Promise<{ header: string[]; rows: number[][] }> {
  return parse(await exportedText(page, 'CSV'));
}

function parse(text: string): { header: string[]; rows: number[][] } {
  const [header = '', ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const number = (cell: string) => (cell === '' ? Number.NaN : Number(cell));
  return { header: header.split(','), rows: lines.map((line) => line.split(',').map(number)) };
}

test('shows the first limit without a click, from its own files only', async ({ page }) => {
  const check = watch(page);
  await open(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('MicroBooNE');
  await expect(page.locator('#statements')).toContainText(/KOTO central value is excluded at 95 % CL for .* MeV/);
  await expect(page.locator('#statements')).toContainText('Monte Carlo statistical error');
  await expect(page.locator('#events')).toContainText('median');
  await expect(page.locator('#comparison tbody tr')).toHaveCount(3);
  await expect(page.locator('#summary')).toContainText('observed 95 % limit on θ');
  await expect(page.locator('#readout')).toContainText('effective events');
  await expect(page.locator('#message')).toBeHidden();
  expect(await page.context().cookies()).toEqual([]);
  check();
});

test('changes with range, level and construction', async ({ page }) => {
  const check = watch(page);
  await open(page);
  const events = page.locator('#events td').first();
  const before = await events.textContent();

  await page.getByRole('button', { name: '90 %' }).click();
  await computed(page, '"cl":0.9,');
  await expect(page.locator('#events caption')).toContainText('90 %');
  await expect(events).not.toHaveText(before!);
  expect(page.url()).toContain('cl=0.9&');

  await page.locator('#choose-method').selectOption('cls-asymptotic');
  await expect.poll(() => page.url()).toContain('method=cls-asymptotic');
  await computed(page, '"method":"cls-asymptotic"');

  await page.locator('#choose-x-from').fill('120');
  await page.locator('#choose-x-from').press('Enter');
  await page.locator('#choose-x-to').fill('160');
  await page.locator('#choose-x-to').press('Enter');
  await expect.poll(() => page.url()).toContain('x=120:160');
  await computed(page, '"x":[120,160]');
  await page.getByText('The plotted limit as a table').click();
  const masses = page.locator('#data tbody th');
  await expect(masses.first()).toHaveText('120');
  await expect(masses.last()).toHaveText('160');

  await page.goBack();
  await expect(page.locator('#choose-x-to')).toHaveValue('210');
  check();
});

test('says what is wrong with a number and keeps the limit', async ({ page }) => {
  await open(page);
  const level = page.locator('#choose-level');
  for (const text of ['abc', '200', '-1', '']) {
    await level.fill(text);
    await level.blur();
    await expect(page.locator('#choose-level-error')).toHaveText('Expected a number from 68 to 99.');
  }
  await level.fill('68');
  await level.press('Enter');
  await expect(page.locator('#choose-level-error')).toBeEmpty();
  await expect(page.locator('#events caption')).toContainText('68 %');
});

test('what is being typed survives whatever arrives meanwhile', async ({ page }) => {
  // The titles of the analyses come last: here they come while a number is being typed.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/analyses/microboone-kdar-x.json', async (route) => {
    await held;
    await route.continue();
  });
  await open(page);
  await page.locator('#choose-exposure').fill('10');
  release();
  await expect(page.locator('#choose-analysis option[value=microboone-kdar-x]')).toContainText('model-independent');
  await page.locator('#choose-exposure').press('Enter');
  await expect.poll(() => page.url()).toContain('exposure=10&');
});

test('reads out the point under the cursor, and pins it', async ({ page }) => {
  await open(page);
  const plot = page.locator('#plot');
  const { width, height } = (await plot.boundingBox())!;
  await plot.hover({ position: { x: width * 0.5, y: height * 0.3 } });
  await expect(page.locator('#readout-title')).toHaveText('Point under the cursor');
  await expect(page.locator('#readout')).toContainText('±');
  await expect(page.locator('#readout')).toContainText('excluded');
  await expect(page.locator('#readout')).toContainText('proper decay length of S');
  await plot.click({ position: { x: width * 0.5, y: height * 0.3 } });
  await expect.poll(() => page.url()).toContain('pin=');
  await page.mouse.move(5, 5);
  await expect(page.locator('#readout-title')).toContainText('Pinned point');
  const text = await page.locator('#readout').textContent();
  await page.reload();
  await computed(page);
  await expect(page.locator('#readout')).toHaveText(text!);
});

test('the point moves with the arrow keys', async ({ page }) => {
  await open(page);
  await page.locator('#plot-area').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#readout-title')).toHaveText('Point under the cursor');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('pin=');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).not.toContain('pin=');
});

test('a projection has only expected limits', async ({ page }) => {
  await open(page);
  await page.locator('#choose-exposure').fill('10');
  await page.locator('#choose-exposure').press('Enter');
  await expect(page.getByText('There are no data yet, so only expected limits')).toBeVisible();
  await computed(page, '"exposure":10,');
  await expect(page.locator('#events td').first()).toHaveText('–');
  await expect(page.locator('#comparison')).toBeHidden();
  await expect(page.locator('#summary')).toContainText('expected 95 % limit');
});

test('a link restores the whole state', async ({ page, context }) => {
  await open(page, '#card=microboone-kdar-x&preset=against-mass&set.tau_X=3e-8&cl=0.9&y=1e-9:1e-4&points=21');
  const link = page.url();
  const events = await page.locator('#events').textContent();
  const other = await context.newPage();
  await other.goto(link);
  await computed(other);
  expect(other.url()).toBe(link);
  await expect(other.locator('#events')).toHaveText(events!);
  await expect(other.locator('#choose-tau_X')).toHaveValue('3e-8');
  await expect(other.locator('#choose-analysis')).toHaveValue('microboone-kdar-x');
});

test('a bad link gives one message and works', async ({ page }) => {
  const check = watch(page);
  await open(page, '#card=microboone-kdar-scalar&cl=7&x=foo&method=%3Cscript%3E&set.mS=1e999&what=ever');
  await expect(page.locator('#message')).toBeVisible();
  await expect(page.locator('#message-text')).toContainText('This link was adjusted: ');
  expect(await page.locator('#message-text').count()).toBe(1);
  await expect(page.locator('main')).not.toContainText('NaN');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('#message')).toBeHidden();
  check();
});

test('an unknown analysis falls back to the first', async ({ page }) => {
  await open(page, '#card=../../etc/passwd');
  await expect(page.locator('#message-text')).toContainText('there is no analysis');
  await expect(page.locator('#choose-analysis')).toHaveValue('microboone-kdar-scalar');
});

test('a lost worker is replaced and its work redone', async ({ page }) => {
  await open(page);
  const replaced = page.waitForEvent('worker');
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('injected');
    });
  });
  await replaced;
  await expect(page.locator('#message-text')).toContainText('A computation worker stopped and was replaced');
  await page.getByRole('button', { name: '90 %' }).click();
  await computed(page, '"cl":0.9,');
  await expect(page.locator('#events caption')).toContainText('90 %');
});

test('a worker lost at work has its work redone', async ({ page }) => {
  await open(page, '#method=cls-hybrid');
  await page.goto('./#method=cls-toys&toys=50000&points=3');
  await expect(page.locator('#progress')).toBeVisible();
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('injected');
    });
  });
  await expect(page.locator('#message-text')).toHaveText(
    'A computation worker stopped and was replaced; its work was redone.',
  );
  await computed(page, 'cls-toys');
  await expect(page.locator('#events td').first()).toContainText('±');
});

test('results are shown and exported only under their own name', async ({ page }) => {
  const check = watch(page);
  await open(page, '#points=5');
  const link = page.url();
  const title = await page.locator('#title').textContent();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#card=microboone-kdar-x&${LONG}`);
  await expect(page.locator('#choose-analysis')).toHaveValue('microboone-kdar-x');
  await expect(page.locator('#progress')).toBeVisible();
  // Nothing of the other analysis is left: neither to read nor to take away.
  await page.getByText('The plotted limit as a table').click();
  for (const part of ['#legend', '#caption', '#events', '#statements', '#data', '#notes', '#readout']) {
    await expect(page.locator(part)).toBeEmpty();
  }
  await expect(exportOpener(page)).toBeDisabled();
  await clickPlot(page, 0.5, 0.5);
  expect(page.url()).not.toContain('pin=');

  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('#status-line')).toContainText('Cancelled');
  await expect(page.locator('#choose-analysis')).toHaveValue('microboone-kdar-scalar');
  await expect(page.locator('#title')).toHaveText(title!);
  expect(page.url()).toBe(link);
  await expect(page.locator('#data tbody tr')).toHaveCount(5);
  await expect(exportOpener(page)).toBeEnabled();
  check();
});

test('everything on display is marked while something else is computed', async ({ page }) => {
  await open(page, '#points=5&toys=1000000');
  await expect(page.locator('#events caption')).toContainText('variant “physics” · CLs, hybrid (exact)');
  await page.locator('#choose-method').selectOption('cls-toys');
  const results = page.locator('#results');
  await expect(results).toHaveAttribute('aria-busy', 'true');
  await expect(results).toHaveClass('stale');
  // The export is still that of what is shown, and does not wait for the toys.
  const { header } = await exportedRows(page);
  expect(header[0]).toBe('mS');
  await expect(page.locator('#progress')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(results).not.toHaveAttribute('aria-busy');
  await expect(results).not.toHaveClass('stale');
});

test('the link to the plot keeps the settings', async ({ page }) => {
  await open(page, '#points=5&cl=0.9');
  const link = page.url();
  await page.getByRole('link', { name: 'To the plot' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#plot-area')).toBeFocused();
  expect(page.url()).toBe(link);
});

test('going back after a slide leads to the state before it', async ({ page }) => {
  await open(page, '#card=microboone-kdar-x&preset=against-mass&points=5');
  await page.getByRole('button', { name: '90 %' }).click();
  await computed(page, '"cl":0.9,');
  const before = page.url();
  const slider = page.getByRole('slider', { name: /lifetime/ });
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.down();
  for (const share of [0.3, 0.4, 0.5, 0.6]) await page.mouse.move(x + width * share, y + height / 2);
  await page.mouse.up();
  await expect.poll(() => page.url()).not.toBe(before);
  await page.goBack();
  await expect.poll(() => page.url()).toBe(before);
  await computed(page, '"cl":0.9,');
  await page.goBack();
  await expect.poll(() => page.url()).toContain('cl=0.95');
});

test('loading an analysis can be cancelled', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/analyses/microboone-kdar-x.json', async (route) => {
    await held;
    await route.continue();
  });
  await open(page, '#points=5');
  const link = page.url();
  await page.locator('#choose-analysis').selectOption('microboone-kdar-x');
  await expect(page.locator('#status-line')).toHaveText('Loading the analysis');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('#choose-analysis')).toHaveValue('microboone-kdar-scalar');
  // A change of the settings does the same.
  await page.locator('#choose-analysis').selectOption('microboone-kdar-x');
  await page.getByRole('button', { name: '90 %' }).click();
  await computed(page, '"cl":0.9,');
  release();
  await expect(page.locator('#choose-analysis option[value=microboone-kdar-x]')).toContainText('model-independent');
  await expect(page.locator('#choose-analysis')).toHaveValue('microboone-kdar-scalar');
  expect(page.url()).toBe(link.replace('cl=0.95', 'cl=0.9'));
});

test('an analysis that cannot be opened leaves the choice of the others', async ({ page }) => {
  await page.route('**/analyses/microboone-kdar-scalar.json', (route) => route.fulfill({ status: 500, body: '' }));
  await page.goto('./');
  await expect(page.locator('#message-text')).toContainText('could not be fetched');
  await expect(page.locator('#title')).toHaveText('No analysis is open');
  await expect(page.locator('#status-line')).toHaveText('Nothing new was computed.');
  // The other one extends it: it can be opened once the file is there again.
  await page.unroute('**/analyses/microboone-kdar-scalar.json');
  await page.locator('#choose-analysis').selectOption('microboone-kdar-x');
  await computed(page, 'microboone-kdar-x');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('new boson X');
});

test('points and computations are announced in one sentence each', async ({ page }) => {
  await open(page, '#points=5&toys=2000');
  const point = page.locator('#point-announcement');
  await page.mouse.move(400, 400);
  await expect(point).toBeEmpty();
  await page.locator('#plot-area').focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('ArrowUp');
  await expect(point).toHaveText(/^m S .* MeV, θ .*: .* signal events, (not )?excluded at 95 % CL\.$/);
  await page.locator('#choose-method').selectOption('cls-toys');
  await computed(page, 'cls-toys');
  await expect(page.locator('#status-announcement')).toHaveText(/^Computed in your browser/);
});

test('the caption and the picture say what the curve stands on', async ({ page }) => {
  await open(page, '#card=microboone-kdar-x&preset=against-mass&points=5&exposure=10');
  await expect(page.locator('#caption')).toContainText(
    /τX\s=\s10⁻⁶\ss\s· variant\s“physics”\s· CLs,\shybrid\s\(exact\)\s· constraint\slognormal\s· 95\s%\sCL\s· exposure\s×\s10$/,
  );
  const picture = (await exportedFile(page, 'PNG')).bytes;
  const plot = await page
    .locator('#plot')
    .evaluate((canvas: HTMLCanvasElement) => [canvas.clientWidth, canvas.clientHeight]);
  // Width and height stand at the beginning of the file; the key and the caption add to the height.
  expect(picture.readUInt32BE(16)).toBe(2 * plot[0]!);
  expect(picture.readUInt32BE(20)).toBeGreaterThan(2 * plot[1]! + 40);
});

test('notes say in which variants a calibration is on', async ({ page }) => {
  await open(page, '#points=5');
  await expect(page.locator('#notes')).toContainText('1 as shown; 1.0875 in: as published');
  await page.goto('./#points=5&variant=published&method=cls-hybrid');
  await computed(page, '"variant":"published"');
  await expect(page.locator('#notes')).toContainText('1.0875 as shown');
});

test('toys show progress and can be cancelled', async ({ page }) => {
  await open(page, '#points=5&toys=1000000');
  const before = await page.locator('#events').textContent();
  await page.getByLabel('E949').uncheck();
  await page.locator('#choose-method').selectOption('cls-toys');
  await expect(page.locator('#progress')).toBeVisible();
  await expect(page.locator('#status-line')).toHaveText(/Computing: \d+ of \d+/);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('#status-line')).toContainText('Cancelled');
  await expect(page.locator('#choose-method')).toHaveValue('cls-hybrid');
  // What was only shown is as it was left.
  await expect(page.getByLabel('E949')).not.toBeChecked();
  await expect(page.locator('#events')).toHaveText(before!);
  await expect(page.locator('#progress')).toBeHidden();
});

test('few toys give a limit with its error', async ({ page }) => {
  await open(page, '#variant=published&toys=2000&points=5');
  await expect(page.locator('#events td').first()).toHaveText(/^\d.* ± \d/);
  await expect(page.locator('#switch-normalisation')).toHaveValue('1.0875');
});

test('a missing table is one clear message', async ({ page }) => {
  await page.route('**/tables/**', (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto('./');
  await expect(page.locator('#message-text')).toContainText(/microboone-kdar.*could not be fetched.*404/);
});

test('a damaged table is one clear message', async ({ page }) => {
  await page.route('**/tables/**', (route) => route.fulfill({ status: 200, body: 'not a table' }));
  await page.goto('./');
  await expect(page.locator('#message')).toBeVisible();
  await expect(page.locator('#message-text')).toContainText('microboone-kdar');
});

for (const width of [390, 320]) {
  test(`fits ${width} px without scrolling sideways`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const hash of ['#card=microboone-kdar-scalar', '#card=microboone-kdar-x']) {
      await page.goto('about:blank');
      await open(page, hash);
      await page.getByText('The plotted limit as a table').click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
}

test('the plot keeps its place while something is computed', async ({ page }) => {
  await open(page, '#toys=1000000');
  await expect(page.locator('#readout')).toContainText('effective events');
  await page.locator('#choose-method').selectOption('cls-exact');
  await computed(page, 'cls-exact');
  const place = () => page.locator('#plot').boundingBox();
  const before = await place();
  await page.locator('#choose-method').selectOption('cls-toys');
  await expect(page.locator('#progress')).toBeVisible();
  expect(await place()).toEqual(before);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await place()).toEqual(before);
});

test('dark colours are chosen by hand and remembered', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Switch to dark colours' }).click();
  await page.reload();
  await computed(page);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('works inside a frame of another page, as the README embeds it', async ({ page, baseURL }) => {
  const check = watch(page);
  await page.route('**/article.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Article</title><iframe title="limit" width="1000" height="900"
        src="${baseURL}#v=1&card=microboone-kdar-x&preset=figure-4"></iframe>`,
    }),
  );
  await page.goto('./article.html');
  const frame = page.frameLocator('iframe');
  await computed(frame);
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('new boson X');
  check();
});
