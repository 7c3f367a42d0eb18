// Figures of contours in a browser: any plane, sliders that the plot follows, links, and the same numbers as the command.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { exportedText } from './exports.ts';
import { cardPath, native } from './native.ts';

const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';

interface ContourPreset {
  x: string;
  y: string;
  axes: { x: { range: [number, number] }; y: { range: [number, number] } };
  set: Record<string, number>;
}

const presetsOf = (card: string) =>
  Object.entries(
    (JSON.parse(readFileSync(cardPath(card), 'utf8')) as { presets: Record<string, ContourPreset> }).presets,
  );

/** The fine contour is there. */
async function computed(page: Page, part = ''): Promise<void> {
  const results = page.locator('#results:not([aria-busy])');
  await expect(results).toHaveAttribute('data-key', new RegExp(part.replace(/[[\]{}.]/g, '\\$&')));
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

async function open(page: Page, hash: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`./${hash}`);
  await computed(page);
}

/** Rows of the first block of a CSV. */
function rows(text: string): number[][] {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('ring,'));
  const end = lines.findIndex((line, i) => i > first && line === '');
  return lines.slice(first + 1, end < 0 ? undefined : end).map((line) => line.split(',').map(Number));
}

for (const [card, name, preset] of [HEAVY, LIGHT].flatMap((card) =>
  presetsOf(card).map((own) => [card, ...own] as const),
)) {
  test(`shows ${name} as the command computes it`, async ({ page }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await open(page, `#card=${card}&preset=${name}&beside.parts=&band=0`);
    await expect(page.locator('#message')).toBeHidden();
    await expect(page.locator('#legend')).toContainText('excluded at 90 % CL');
    await expect(page.locator('#summary')).toContainText('90 % contour in the plane of');
    const ours = rows(await exportedText(page, 'CSV'));
    const axis = (which: 'x' | 'y') => `${preset[which]}=${preset.axes[which].range.join(':')}`;
    const set = Object.entries(preset.set)
      .filter(([parameter]) => parameter !== preset.x && parameter !== preset.y)
      .flatMap(([parameter, value]) => ['--set', `${parameter}=${value}`]);
    const text = native('contour', cardPath(card), '--x', axis('x'), '--y', axis('y'), ...set, '--format', 'csv');
    const theirs = rows(text);
    expect(theirs.length).toBeGreaterThan(20);
    expect(ours).toHaveLength(theirs.length);
    for (const [i, row] of theirs.entries()) {
      for (const [k, value] of row.entries()) expect(Math.abs(ours[i]![k]! - value)).toBeLessThanOrEqual(1e-5 * value);
    }
    expect(errors).toEqual([]);
  });
}

test('any two parameters are the axes', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  const [x, y] = [page.locator('#choose-x-parameter'), page.locator('#choose-y-parameter')];
  await expect(x).toHaveValue('mZ');
  await x.selectOption('alphaD');
  await computed(page, '"axes":{"x":"alphaD","y":"epsilon"}');
  expect(page.url()).toContain('plane=alphaD:epsilon');
  // What has left the axis is a slider now.
  await expect(page.locator('#choose-mZ')).toBeVisible();
  await expect(page.locator('#choose-alphaD')).toHaveCount(0);
  // The parameter of the other axis: the two are exchanged.
  await x.selectOption('epsilon');
  await computed(page, '"axes":{"x":"epsilon","y":"alphaD"}');
  await expect(y).toHaveValue('alphaD');
  await page.getByRole('button', { name: 'Exchange the axes' }).click();
  await computed(page, '"axes":{"x":"alphaD","y":"epsilon"}');
  await page.reload();
  await computed(page, '"axes":{"x":"alphaD","y":"epsilon"}');
  await expect(page.locator('#message')).toBeHidden();
  await page.goBack();
  await expect(x).toHaveValue('epsilon');
});

test('a parameter follows another until it gets a value of its own', async ({ page }) => {
  await open(page, `#card=${LIGHT}`);
  const follow = page.locator('#follow-VN2');
  await expect(follow).toBeChecked();
  await expect(page.locator('#choose-VN2')).toBeDisabled();
  expect(page.url()).toContain('set.VN2=UmuN2');
  await follow.uncheck();
  await expect(page.locator('#choose-VN2')).toBeEnabled();
  await expect.poll(() => page.url()).toMatch(/set\.VN2=8e-9/);
  await follow.check();
  await expect.poll(() => page.url()).toContain('set.VN2=UmuN2');
  await computed(page);
});

test('a parameter with bounds can be profiled', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  await page.locator('#profile-VN2').selectOption('profiled');
  await computed(page, '"profile":"VN2"');
  await expect(page.locator('#choose-VN2')).toBeDisabled();
  await expect(page.locator('#caption')).toContainText('profiled within its bounds');
});

test('switches and variants are listed and can be changed', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  await page.getByText('Variant and switches').click();
  await page.getByText(/^Switches \(\d+\)/).click();
  await page.locator('#switch-majorana').selectOption('1');
  await computed(page, '"switches":{"majorana":1}');
  await expect(page.locator('#caption')).toContainText('Majorana');
  await expect(page.getByText(/1 set by hand/)).toBeVisible();
  await page.locator('#choose-variant').selectOption('published');
  await computed(page, '"variant":"published"');
  expect(page.url()).not.toContain('switch.majorana');
  await expect(page.locator('#switch-coded_cuts')).toHaveValue('1');
});

test('a projection has other counts', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  await page.locator('#choose-projection').selectOption('T2K-II');
  await computed(page, '"projection":"T2K-II"');
  await expect(page.locator('#legend')).toContainText('expected to be excluded');
  await expect(page.getByText('There are no data yet')).toBeVisible();
  // Nothing was observed: neither bin by bin nor in the chain of the number.
  for (const title of ['The point, bin by bin', 'What the number means']) {
    const panel = page.locator('#panels-point details', { hasText: title });
    await panel.locator('summary').first().click();
    const heads = panel.locator('thead th');
    await expect(heads.filter({ hasText: 'expected without signal' })).toHaveCount(1);
    await expect(heads.filter({ hasText: 'observed' })).toHaveCount(0);
  }
});

test('colours show a quantity with its scale', async ({ page }) => {
  await open(page, `#card=${HEAVY}&beside.parts=`);
  await page.getByText('Shown with it').click();
  await page.locator('#choose-layer').selectOption('mu');
  await computed(page, '"layer":"mu"');
  // Somewhere in the plot there are pixels of the colour map's yellow end.
  const yellow = await page.locator('#plot').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i]! > 240 && data[i + 1]! > 215 && data[i + 2]! < 80) ++count;
    return count;
  });
  expect(yellow).toBeGreaterThan(50);
});

test('bad links are one message and are never drawn wrong', async ({ page }) => {
  for (const [bad, ...texts] of [
    ['plane=mZ:mZ', 'plane = mZ:mZ', 'same parameter'],
    ['plane=mZ:none', 'mZ:none', 'two parameters'],
    ['x=5:1', 'x = 5:1', 'lower end first'],
    ['x=NaN:2', 'NaN:2', 'two numbers'],
    ['y=1e-9:1e9', 'y = 1e-9:1e9', 'outside 0.000001 to 1'],
    ['set.mN=1e9', 'set.mN = 1e9', 'outside 0.005 to 1'],
    ['set.VN2=7', 'set.VN2 = 7', 'outside 1e-13 to 1'],
    ['channels=none', 'none'],
  ] as const) {
    await open(page, `#card=${HEAVY}&${bad}`);
    for (const text of ['This link was adjusted: ', ...texts]) {
      await expect(page.locator('#message-text')).toContainText(text);
    }
    await expect(page.locator('#results')).not.toContainText('NaN');
    await expect(page.locator('#choose-x-parameter')).not.toHaveValue(
      await page.locator('#choose-y-parameter').inputValue(),
    );
  }
});

test('a link restores the whole state', async ({ page, context }) => {
  await open(
    page,
    `#card=${HEAVY}&preset=figure-9-mN-UmuN2&plane=mN:alphaD&set.UmuN2=1e-6&projection=T2K-I&cl=0.95&layer=effective_events&band=0&pin=0.2:0.1`,
  );
  await expect(page.locator('#message')).toBeHidden();
  const link = page.url();
  const other = await context.newPage();
  await open(other, new URL(link).hash);
  expect(other.url()).toBe(link);
  await expect(other.locator('#choose-UmuN2')).toHaveValue('0.000001');
  await expect(other.locator('#readout-title')).toContainText('Pinned point');
  await expect(other.locator('#choose-layer')).toHaveValue('effective_events');
});

/** What was seen while a slider moved: tasks that held up the page, in milliseconds, and how often the plot changed. */
interface Seen {
  long: number[];
  shown: number;
}

async function drag(page: Page): Promise<Seen> {
  await page.evaluate(() => {
    const seen = (globalThis as unknown as { seen: Seen }).seen;
    seen.long.length = 0;
    seen.shown = 0;
  });
  const slider = page.getByRole('slider', { name: /α/ });
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.move(x + width * 0.5, y + height / 2);
  await page.mouse.down();
  for (let i = 0; i < 40; ++i) {
    await page.mouse.move(x + width * (0.5 + 0.3 * Math.sin(i / 6)), y + height / 2);
    await page.waitForTimeout(25);
  }
  const seen = await page.evaluate(() => ({ ...(globalThis as unknown as { seen: Seen }).seen }));
  await page.mouse.up();
  await computed(page);
  return seen;
}

for (const card of [HEAVY, LIGHT]) {
  test(`the plot of ${card} follows a slider without holding up the page`, async ({ page }) => {
    await open(page, `#card=${card}`);
    await page.evaluate(() => {
      const seen: Seen = { long: [], shown: 0 };
      (globalThis as unknown as { seen: Seen }).seen = seen;
      new PerformanceObserver((list) => {
        seen.long.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: 'longtask' });
      new PerformanceObserver((list) => {
        seen.shown += list.getEntriesByName('anyslice: drawn').length;
      }).observe({ type: 'mark' });
    });
    const place = () => page.locator('#plot').boundingBox();
    const before = await place();
    // A machine that has other work may hold up any page: one undisturbed move is enough.
    let seen = await drag(page);
    for (let i = 0; i < 2 && seen.long.some((duration) => duration > 50); ++i) seen = await drag(page);
    expect(seen.long.filter((duration) => duration > 50)).toEqual([]);
    // The contour was redrawn while the slider was still moving.
    expect(seen.shown).toBeGreaterThanOrEqual(3);
    const after = await place();
    expect([after?.width, after?.height]).toEqual([before?.width, before?.height]);
  });
}

test('panels below are computed when they are opened', async ({ page }) => {
  await open(page, `#card=${LIGHT}`);
  const spectrum = page.locator('#panel-spectrum-analysis-II');
  await expect(spectrum.locator('canvas')).toHaveCount(0);
  await spectrum.locator('summary').click();
  await expect(spectrum.locator('canvas')).toHaveCount(2);
  await page.getByText('The point, bin by bin').click();
  await expect(page.locator('#bins tbody tr').nth(3)).toBeVisible();
  const counts = page.locator('#bins thead th').nth(2);
  await expect(counts).toHaveText('observed');
  await expect(spectrum.locator('.note')).toContainText('Dots: observed events, per bin.');
  // A projection has no data.
  await page.locator('#choose-projection').selectOption('T2K-I');
  await computed(page, '"projection":"T2K-I"');
  await expect(counts).toHaveText('expected without signal');
  await expect(spectrum.locator('.note')).toContainText('Dots: events expected without signal, per bin.');
  const waiting = page.waitForEvent('download');
  await spectrum.getByRole('button', { name: 'Chart as CSV' }).first().click();
  const chart = readFileSync(await (await waiting).path(), 'utf8');
  expect(chart).toMatch(/^# nd280-dark-neutrino-light\n/);
  expect(chart).toMatch(/^# .* projection T2K/m);
});

test('the panel of the kernel holds bias against variance', async ({ page }) => {
  await open(page, `#card=${LIGHT}`);
  const panel = page.locator('#panel-kernel');
  await panel.locator('summary').click();
  await expect(panel.locator('canvas')).toHaveCount(2);
  await expect(panel.locator('.note')).toContainText('Monte Carlo error');
  const before = await panel.locator('.note').innerText();
  // The other mass has a bandwidth of its own.
  await panel.locator('select').selectOption('mZ:bandwidth');
  await expect(panel.locator('.note')).not.toHaveText(before);
  await expect(panel.locator('.note')).toContainText('no bias is seen');
});

test('the readout tells signal, likelihood and lifetime', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  const readout = page.locator('#readout');
  await expect(readout).toContainText('±');
  await expect(readout).toContainText('Δ(−ln L)');
  await expect(readout).toContainText('effective events');
});

test('cards of limit curves show any plane, too', async ({ page }) => {
  await open(page, '#card=microboone-kdar-x');
  await page.locator('#choose-figure').selectOption('any-plane');
  await computed(page, 'any-plane');
  await page.locator('#choose-x-parameter').selectOption('mX');
  await computed(page, '"axes":{"x":"mX"');
  await expect(page.locator('#statements')).toContainText('signal events are expected');
  await expect(page.locator('#readout')).toContainText('at 95 % CL');
  const ours = rows(await exportedText(page, 'CSV'));
  expect(ours.length).toBeGreaterThan(20);
});

test('goes between figures of both kinds', async ({ page }) => {
  await open(page, `#card=${HEAVY}`);
  await page.locator('#choose-analysis').selectOption('microboone-kdar-scalar');
  await computed(page, 'microboone-kdar-scalar');
  await expect(page.locator('#legend')).toContainText('expected (median)');
  await page.locator('#choose-analysis').selectOption(LIGHT);
  await computed(page, LIGHT);
  await expect(page.locator('#events')).toBeEmpty();
  await page.goBack();
  await computed(page, 'microboone-kdar-scalar');
});

for (const width of [390, 320]) {
  test(`contours fit ${width} px without scrolling sideways`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page, `#card=${LIGHT}&layer=mu`);
    await page.getByText('Variant and switches').click();
    await page.getByText(/^Switches \(\d+\)/).click();
    await page.getByText('The point, bin by bin').click();
    await page.locator('#panel-spectrum-analysis-II summary').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}
