// Every field of the settings, moved once: the address says it, and what is computed is what the command computes with it.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { formatWithError } from '../../web/src/format.ts';
import { drawing, hasLine, hasOverlay } from './drawn.ts';
import { exportedText } from './exports.ts';
import { answerOf, cardPath, native } from './native.ts';
import { opened } from './opened.ts';

const SCALAR = 'microboone-kdar-scalar';
const X = 'microboone-kdar-x';
const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';

const field = (page: Page, name: string) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name) ?? '';

/** The address comes to have a field. */
async function becomes(page: Page, name: string, value: string | RegExp): Promise<void> {
  const matched = expect.poll(() => field(page, name), { message: name });
  if (typeof value === 'string') await matched.toBe(value);
  else await matched.toMatch(value);
}

/** Nothing is being computed for the settings of the address any more. */
async function settled(page: Page, key: string): Promise<void> {
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', new RegExp(key));
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

async function type(input: Locator, text: string): Promise<void> {
  await input.fill(text);
  await input.press('Enter');
}

function unfold(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const part of document.querySelectorAll<HTMLDetailsElement>('#controls details')) part.open = true;
  });
}

/** Moves every slider that can be moved: its field follows, and its own reset, or else typing, brings the value back. */
async function moveSliders(page: Page): Promise<void> {
  for (const slider of await page.locator('#controls input[type="range"]:not(:disabled)').all()) {
    const label = (await slider.getAttribute('aria-label'))!.replace(/, slider$/, '');
    const input = slider.locator('xpath=ancestor::*[.//input[@type="text"]][1]//input[@type="text"]');
    const before = await input.inputValue();
    const low = Number(await slider.getAttribute('min')) === Number(await slider.inputValue());
    await slider.press(low ? 'ArrowRight' : 'ArrowLeft');
    await expect(input, label).not.toHaveValue(before);
    const reset = page.getByRole('button', { name: `Reset ${label}`, exact: true });
    if ((await reset.count()) > 0) await reset.click();
    else await type(input, before);
    await expect(input, label).toHaveValue(before);
  }
}

/** Turns every overlay on that is off, and the other way round: the plot has those that are on, as the card has them. */
async function turnOverlays(page: Page, card: string): Promise<void> {
  const all: string[] = [];
  const areDrawn = async () => {
    const drawn = await drawing(page);
    const shown = field(page, 'overlays').split(',');
    const visible = all.filter((name) => hasOverlay(drawn, card, name) !== null);
    expect(visible.length).toBeGreaterThan(all.length / 2);
    for (const name of visible) expect(hasOverlay(drawn, card, name), `${name} drawn`).toBe(shown.includes(name));
  };
  const before = field(page, 'overlays').split(',');
  const turned: string[] = [];
  for (const box of await page.locator('#controls input[id^="overlay-"]').all()) {
    const name = (await box.getAttribute('id'))!.replace('overlay-', '');
    expect(await box.isChecked(), name).toBe(before.includes(name));
    if (!before.includes(name)) turned.push(name);
    all.push(name);
  }
  await areDrawn();
  for (const name of all) await page.locator(`#overlay-${name}`).click();
  await becomes(page, 'overlays', turned.join(','));
  await areDrawn();
}

/** Rows of numbers of a CSV; several blocks follow each other. */
function rows(text: string): number[][] {
  return text
    .split('\n')
    .filter((line) => /^[-\d.]/.test(line))
    .map((line) => line.split(',').map((cell) => (cell === '' ? Number.NaN : Number(cell))));
}

function expectSame(ours: number[][], theirs: number[][], tolerance: number): void {
  expect(ours).toHaveLength(theirs.length);
  for (const [i, row] of theirs.entries()) {
    for (const [k, value] of row.entries()) {
      const found = ours[i]![k]!;
      if (Number.isNaN(value)) expect(found, `row ${i}, column ${k}`).toBeNaN();
      else expect(Math.abs(found - value), `row ${i}, column ${k}`).toBeLessThanOrEqual(tolerance * Math.abs(value));
    }
  }
}

/** The masses of a figure of four points: where window and range of the parameter overlap. */
function massesOf(page: Page, card: string, name: string): string {
  const [from = 0, to = 0] = field(page, 'x').split(':').map(Number);
  const [least, most] = answerOf(card, 'show').parameters[name].range as [number, number];
  return `${Math.max(from, least)}:${Math.min(to, most)}:4`;
}

test('limit curves: every setting', async ({ page }) => {
  test.setTimeout(120_000);
  const errors = await opened(page, `#card=${SCALAR}&x=120:160&points=3`);
  await unfold(page);
  for (const [name, place] of [
    ['KCV-160', '160:0.00045138'],
    ['KCV-120', '120:0.00042134'],
  ] as const) {
    await page.locator(`#benchmark-${name}`).click();
    await becomes(page, 'pin', place);
  }
  const { mu, mu_mc_error } = answerOf(SCALAR, 'rate', '--at', 'KCV-120');
  await expect(page.locator('#readout')).toContainText(formatWithError(mu, mu_mc_error));
  await moveSliders(page);
  // What is drawn lies where the new range of the axis has it.
  await type(page.locator('#choose-y-from'), '1e-4');
  await type(page.locator('#choose-y-to'), '5e-3');
  await becomes(page, 'y', '0.0001:0.005');
  const table = (await exportedText(page, 'CSV')).split('\n').filter((line) => /^[a-z\d]/.test(line));
  const median = table[0]!.split(',').indexOf('expected_0');
  const expected = rows(table.join('\n')).map((row): [number, number] => [row[0]!, row[median]!]);
  expect(expected).toHaveLength(3);
  const withBands = await drawing(page);
  expect(hasLine(withBands, expected, '6 4')).toBe(true);
  await page.locator('#choose-bands').uncheck();
  await becomes(page, 'bands', '0');
  const withoutBands = await drawing(page);
  expect(hasLine(withoutBands, expected)).toBe(false);
  expect([withBands, withoutBands].map(({ texts }) => texts.some((text) => text.trim() === '±2 s.d.'))).toEqual([
    true,
    false,
  ]);
  await turnOverlays(page, SCALAR);
  await page.locator('#panel-exposure > summary').click();
  await page.locator('#choose-exposure-on').selectOption('mS');
  await becomes(page, 'exposure.on', 'mS');
  await page.locator('#choose-constraint').selectOption('gaussian');
  await page.locator('#choose-method').selectOption('cls-toys');
  await type(page.locator('#choose-toys'), '200');
  await type(page.locator('#choose-seed'), '7');
  await page.locator('#switch-normalisation').fill('1.5');
  await page.locator('#switch-normalisation').press('Enter');
  await becomes(page, 'switch.normalisation', '1.5');
  await settled(page, '(?=.*"normalisation":1.5)(?=.*"seed":7)');
  const words = ['limit', cardPath(SCALAR), '--versus', 'mS=120:160:3', '--constraint', 'gaussian', '--format', 'csv'];
  const toys = ['--method', 'cls-toys', '--toys', '200', '--seed', '7', '--switch', 'normalisation=1.5'];
  expectSame(rows(await exportedText(page, 'CSV')), rows(native(...words, ...toys)), 1e-6);

  await page.locator('#choose-method').selectOption('cls-hybrid');
  await page.getByRole('button', { name: '× 10.36', exact: true }).click();
  await becomes(page, 'exposure', /^10\.3\d+$/);
  const exposure = field(page, 'exposure');
  await settled(page, `"exposure":${exposure}`);
  const more = ['--switch', 'normalisation=1.5', '--exposure-scale', exposure];
  expectSame(rows(await exportedText(page, 'CSV')), rows(native(...words, ...more)), 1e-6);
  await page.locator('#reset').click();
  await becomes(page, 'exposure', '1');
  expect([field(page, 'switch.normalisation'), field(page, 'pin'), field(page, 'x')]).toEqual(['', '', '0:210']);
  await page.locator('#undo').click();
  await becomes(page, 'exposure', exposure);
  expect(field(page, 'switch.normalisation')).toBe('1.5');
  await page.locator('#redo').click();
  await becomes(page, 'exposure', '1');
  // A pinned point outside the window is said to be there.
  await page.locator('#benchmark-KCV-160').click();
  await expect(page.locator('#readout-title')).toHaveText('Pinned point (Escape releases it)');
  await type(page.locator('#choose-x-to'), '150');
  await expect(page.locator('#readout-title')).toHaveText('Pinned point, outside the plot (Escape releases it)');
  expect(errors).toEqual([]);
});

test('limit curves: every figure of their cards', async ({ page }) => {
  const errors = await opened(page, `#card=${X}&preset=figure-4&points=4`);
  await unfold(page);
  await type(page.locator('#choose-series'), '110, 190');
  await becomes(page, 'series', '110,190');
  await settled(page, '"series":\\[110,190\\]');
  const versus = `tau_X=${field(page, 'x')}:4:log`;
  const words = ['limit', cardPath(X), '--on', 'BR_product', '--versus', versus, '--format', 'csv'];
  const theirs = [110, 190].flatMap((mass) => rows(native(...words, '--set', `mX=${mass}`)));
  // Sums over events are interpolated in the lifetime to 5e-5.
  expectSame(rows(await exportedText(page, 'CSV')), theirs, 5e-5);

  await page.locator('#choose-figure').selectOption('against-mass');
  await settled(page, 'against-mass');
  await moveSliders(page);
  await type(page.locator('#choose-tau_X'), '2e-8');
  await settled(page, '"tau_X":2e-8');
  const against = ['--on', 'BR_product', '--versus', `mX=${massesOf(page, X, 'mX')}`, '--set', 'tau_X=2e-8'];
  const ofMass = native('limit', cardPath(X), ...against, '--format', 'csv');
  expectSame(rows(await exportedText(page, 'CSV')), rows(ofMass), 5e-5);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#card=${SCALAR}&points=4`);
  await settled(page, SCALAR);
  for (const figure of ['figure-2', 'full-range', 'figure-3']) {
    await page.locator('#choose-figure').selectOption(figure);
    await settled(page, figure);
    const masses = `mS=${massesOf(page, SCALAR, 'mS')}`;
    const own = native('limit', cardPath(SCALAR), '--versus', masses, '--format', 'csv');
    expectSame(rows(await exportedText(page, 'CSV')), rows(own), 1e-6);
  }
  expect(errors).toEqual([]);
});

for (const card of [HEAVY, LIGHT]) {
  test(`contours: every setting of ${card}`, async ({ page }) => {
    test.setTimeout(120_000);
    const errors = await opened(page, `#card=${card}&beside.parts=&beside.channels=&band=0`);
    await unfold(page);
    // The same fields with other names: one card is enough.
    if (card === HEAVY) await moveSliders(page);
    await turnOverlays(page, card);
    const words: string[] = [];
    const axes = ['mZ', 'epsilon'];
    for (const input of await page.locator('#controls input[type="text"][id^="choose-"]:not(:disabled)').all()) {
      const name = (await input.getAttribute('id'))!.replace('choose-', '');
      if (!['mN', 'alphaD', 'UmuN2', 'VN2'].includes(name)) continue;
      const value = String(Number((Number(await input.inputValue()) * 0.9).toPrecision(3)));
      await type(input, value);
      await becomes(page, `set.${name}`, new RegExp(`^${Number(value)}$`));
      words.push('--set', `${name}=${value}`);
    }
    expect(words).toHaveLength(card === HEAVY ? 8 : 6);
    for (const input of await page.locator('#controls input[id^="bandwidth-"]').all()) {
      const name = (await input.getAttribute('id'))!.replace('bandwidth-', '');
      const value = String(Number((Number(await input.inputValue()) * 1.2).toPrecision(3)));
      await type(input, value);
      await becomes(page, `bandwidth.${name}`, value);
      words.push('--bandwidth', `${name}=${value}`);
    }
    const switches = await page.locator('#controls select[id^="switch-"], #controls input[id^="switch-"]').all();
    for (const one of switches) {
      const name = (await one.getAttribute('id'))!.replace('switch-', '');
      const isChoice = await one.evaluate((element) => element instanceof HTMLSelectElement);
      const before = await one.inputValue();
      const value = isChoice ? (before === '0' ? '1' : '0') : String(Number((1.1 * Number(before)).toPrecision(4)));
      if (isChoice) await one.selectOption(value);
      else await type(one, value);
      await becomes(page, `switch.${name}`, value);
      words.push('--switch', `${name}=${value}`);
    }
    expect(switches).toHaveLength(Object.keys(answerOf(card, 'show').switches).length);
    if (card === LIGHT) {
      await page.locator('#channel-analysis-I').uncheck();
      await becomes(page, 'channels', 'analysis-II');
      words.push('--channels', 'analysis-II');
    }
    await page.locator('#choose-part').selectOption('FGD');
    await becomes(page, 'part', 'FGD');
    await page.locator('#choose-part').selectOption('');
    await settled(page, '"part":""');
    const { mu, mu_mc_error } = answerOf(card, 'rate', ...words);
    expect(mu).toBeGreaterThan(0);
    await expect(page.locator('#readout')).toContainText(formatWithError(mu, mu_mc_error));
    expect(errors).toEqual([]);
    // All of it is the contour's, too; one card is enough to see that.
    if (card === LIGHT) return;
    await page.locator('#choose-band').check();
    await becomes(page, 'band', '1');
    await page.locator('#beside-FGD').check();
    await becomes(page, 'beside.parts', 'FGD');
    const plane = axes.flatMap((name, i) => [`--${'xy'[i]}`, `${name}=${field(page, 'xy'[i]!)}`]);
    const contour = (...more: string[]) =>
      rows(native('contour', cardPath(card), ...plane, ...words, ...more, '--format', 'csv'));
    const theirs = [...contour('--band'), ...contour('--part', 'FGD')];
    expectSame(rows(await exportedText(page, 'CSV')), theirs, 1e-5);
    await page.locator('#benchmark-B').click();
    await becomes(page, 'set.UmuN2', '2.2e-7');
    expect(field(page, 'set.mN')).toBe('0.1');
    // What a variant, a projection, a construction and a profiled parameter make of it.
    await page.locator('#choose-band').uncheck();
    await page.locator('#beside-FGD').uncheck();
    await page.locator('#choose-variant').selectOption('published');
    await page.locator('#choose-projection').selectOption('T2K-II');
    await page.locator('#choose-method').selectOption('delta-lnl-1');
    await page.getByRole('button', { name: '95 %', exact: true }).click();
    await page.locator('#profile-VN2').selectOption('profiled');
    await becomes(page, 'profile', 'VN2');
    await settled(page, '"profile":"VN2"');
    const chosen = [...new URLSearchParams(new URL(page.url()).hash.slice(1))]
      .filter(([name]) => /^(set|bandwidth)\./.test(name) && name !== 'set.VN2')
      .flatMap(([name, value]) => [`--${name.split('.')[0]}`, `${name.split('.')[1]}=${value}`]);
    expect(chosen).toHaveLength(2 * (3 + 1));
    const construction = ['--variant', 'published', '--projection', 'T2K-II', '--method', 'delta-lnl-1'];
    const profiled = [...plane, ...chosen, ...construction, '--cl', '0.95', '--profile', 'VN2', '--format', 'csv'];
    expectSame(rows(await exportedText(page, 'CSV')), rows(native('contour', cardPath(card), ...profiled)), 1e-5);
  });
}
