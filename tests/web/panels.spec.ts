// The panels about one point that need more than the main table: opened one by one, with the numbers of the command.

import { expect, type Page, test } from '@playwright/test';
import { formatNumber, formatPercent } from '../../web/src/format.ts';
import { cardPath, native } from './native.ts';

const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';

const command = (card: string, ...words: string[]) =>
  JSON.parse(native(words[0]!, cardPath(card), ...words.slice(1), '--json'));

async function open(page: Page, hash: string): Promise<{ errors: string[]; tables: string[] }> {
  const seen = { errors: [] as string[], tables: [] as string[] };
  page.on('pageerror', (error) => seen.errors.push(error.message));
  page.on('request', (request) => {
    if (request.url().includes('/tables/')) seen.tables.push(request.url().split('/').at(-1)!);
  });
  await page.goto(`./${hash}`);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
  return seen;
}

/** Opens a panel and waits for what it says. */
async function opened(page: Page, id: string) {
  const panel = page.locator(`#panel-${id}`);
  await panel.locator('summary').click();
  await expect(panel.locator('.note p').first()).toBeVisible();
  return panel;
}

/** Some pixels of the first canvas are painted. */
async function isDrawn(page: Page, id: string): Promise<boolean> {
  return page
    .locator(`#panel-${id} canvas`)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    });
}

test('shows events before and after the selection, their places, the efficiency and what makes them', async ({
  page,
}) => {
  const seen = await open(page, `#card=${HEAVY}&preset=figure-9-mZ-epsilon&beside.parts=&band=0`);
  expect(seen.tables).toEqual(['nd280-heavy.safetensors.gz']);

  const stages = await opened(page, 'stages');
  const { stages: expected } = command(HEAVY, 'distribution', '--observable', 'pair-energy', '--stages', 'all');
  for (const { label, total } of expected) {
    await expect(stages.locator('.note')).toContainText(label);
    await expect(stages.locator('.note')).toContainText(`from ${Math.round(total.effective_events)} effective ones`);
  }
  await expect(stages.locator('figure')).toHaveCount(2);
  expect(await isDrawn(page, 'stages')).toBe(true);
  await stages.getByLabel('Quantity').selectOption('z');
  await expect(stages.locator('.note')).toContainText('Grey: fiducial volumes of the three TPCs');

  const map = await opened(page, 'map-vertex');
  const { total } = command(HEAVY, 'map', '--map', 'vertex');
  await expect(map.locator('.note')).toContainText(`from ${Math.round(total.effective_events)} effective ones`);
  await map.getByLabel('Events').selectOption('made');
  await expect(map.locator('figcaption')).toContainText('all interactions');
  expect(await isDrawn(page, 'map-vertex')).toBe(true);

  const ratio = await opened(page, 'ratio-selection-efficiency');
  const { at } = command(HEAVY, 'ratio', '--ratio', 'selection-efficiency', '--columns', '2', '--rows', '2');
  await expect(ratio.locator('.note')).toContainText(`At the point it is ${at.toPrecision(3)}`);

  const interactions = await opened(page, 'interactions');
  await expect(interactions.locator('figure')).toHaveCount(2);
  await expect(interactions.locator('.note')).toContainText('left out: neutrino flux at MiniBooNE');
  await expect(interactions.locator('.key-list').nth(1)).toContainText('Pb');

  const lifetime = await opened(page, 'lifetime');
  await expect(lifetime.locator('.note')).toContainText('Long-lifetime edge');

  const independent = await opened(page, 'model-independent');
  for (const total of ['interactions', 'selected']) {
    await independent.getByLabel('Events before the decay').selectOption(total);
    const line = ['--total', total, '--versus', 'mN=0.025,0.05,0.1,0.2', '--events', '1:1e6:61'];
    const { curves } = command(HEAVY, 'lifetime', ...line);
    const fitted = curves.filter(({ fit }: { fit: unknown }) => fit);
    expect(fitted.length).toBeGreaterThan(0);
    for (const { fit } of fitted) {
      const edge = `= ${formatNumber(fit.a, 3)} cm / (log₁₀ N − ${formatNumber(fit.b, 3)})`;
      await expect(independent.locator('.note')).toContainText(edge);
    }
  }

  const kernel = await opened(page, 'kernel');
  await kernel.getByLabel('Kernels').selectOption('mN:distance');
  const [, linear] = command(HEAVY, 'kernel', '--on', 'mN=0.025:0.2:13', '--distances', 'log10,linear').curves;
  const { reference } = command(HEAVY, 'kernel', '--on', 'mN');
  const change = `itself: ${formatPercent(linear.difference[0] / reference.mu, 2)} ± ${formatPercent(linear.difference_mc_error[0] / reference.mu, 2)} at 0.025`;
  await expect(kernel.locator('.note')).toContainText(change);
  await expect(kernel.locator('.key-list').first()).toContainText('log10');

  // The display table is fetched once.
  expect(seen.tables).toEqual(['nd280-heavy.safetensors.gz', 'nd280-heavy-display.safetensors.gz']);
  expect(seen.errors).toEqual([]);
});

test('warns where the kernel may be off', async ({ page }) => {
  await open(page, `#card=${HEAVY}&preset=figure-9-mN-UmuN2&beside.parts=&band=0&pin=0.95:1e-6`);
  const stages = await opened(page, 'stages');
  await expect(stages.locator('.note')).toContainText('bias of the kernel is not known to be small');
});

test('says why a panel shows nothing, and tries again', async ({ page }) => {
  await page.route('**/*-display*', (route) => route.fulfill({ status: 404, body: '' }));
  await open(page, `#card=${LIGHT}&beside.parts=&band=0`);
  const stages = await opened(page, 'stages');
  await expect(stages.locator('.note')).toContainText('404');
  await expect(stages.locator('canvas')).toHaveCount(0);
  await page.unroute('**/*-display*');
  await stages.getByLabel('Quantity').selectOption('t');
  await expect(stages.locator('.note')).toContainText('all interactions in fiducial TPC argon');
  expect(await isDrawn(page, 'stages')).toBe(true);
});
