// The panels of one parameter, with the numbers of the command: the scan of the likelihood, and the limit against exposure.

import { expect, type Page, test } from '@playwright/test';
import { formatNumber } from '../../web/src/format.ts';
import { answerOf } from './native.ts';
import { opened } from './opened.ts';

const SCALAR = 'microboone-kdar-scalar';
const HEAVY = 'nd280-dark-neutrino-heavy';

async function openedScan(page: Page) {
  const panel = page.locator('#panel-scan');
  await panel.locator('summary').first().click();
  await expect(panel).not.toHaveAttribute('aria-busy');
  await expect(panel.locator('.note p').nth(2)).toBeVisible();
  return panel;
}

test('scans the likelihood, sets the parameter, and shows what more data would exclude', async ({ page }) => {
  test.setTimeout(120_000);
  const errors = await opened(page, `#card=${SCALAR}&pin=140:4e-4`);
  const panel = await openedScan(page);
  const scan = answerOf(SCALAR, 'scan', '--on', 'theta=1e-6:1:161:log', '--set', 'mS=140', '--set', 'theta=4e-4');
  const notes = panel.locator('.note');
  for (const { name, excluded } of scan.levels) {
    const [{ low, high }] = excluded;
    const words = name === '1 sigma' ? '68.3 % (1 s.d.)' : name;
    await expect(notes).toContainText(
      `${words} (−2Δln L = ${formatNumber(scan.levels.find((one: { name: string }) => one.name === name).threshold, 3)}): θ is excluded from ${formatNumber(low, 4)} to ${formatNumber(high, 4)}.`,
    );
  }
  const readout = panel.locator('.map-readout');
  await expect(readout).toContainText(`−2Δln L = ${formatNumber(scan.current.minus_two_delta_lnl, 4)}`);

  // The value under the keys becomes that of the point.
  const plot = panel.getByRole('application');
  await plot.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(readout).toContainText(/^θ = .*: −2Δln L = /);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/pin=140:0\.000\d+/);
  const theta = Number(page.url().match(/pin=140:([\d.e-]+)/)![1]);
  expect(theta).not.toBe(4e-4);
  await page.keyboard.press('Escape');
  const moved = answerOf(SCALAR, 'scan', '--on', 'theta=1e-4:1e-2:2:log', '--set', 'mS=140', '--set', `theta=${theta}`);
  await expect(readout).toContainText(
    `At the point, θ = ${formatNumber(theta, 4)}: −2Δln L = ${formatNumber(moved.current.minus_two_delta_lnl, 4)}`,
  );

  // Along another parameter, which the address remembers.
  await panel.getByLabel('Parameter', { exact: true }).selectOption('mS');
  await expect(page).toHaveURL(/scan=mS/);
  const along = answerOf(SCALAR, 'scan', '--on', 'mS', '--set', 'mS=140', '--set', `theta=${theta}`);
  const level = along.levels.find(({ name }: { name: string }) => name === '95 %');
  for (const { low, low_end } of level.excluded) {
    if (low_end === 'crossing') await expect(notes).toContainText(formatNumber(low, 4));
  }
  await panel.getByText('The scan as a table').click();
  await expect(panel.locator('tbody tr')).toHaveCount(41);

  const exposure = page.locator('#panel-exposure');
  await exposure.locator('summary').first().click();
  const begin = exposure.getByRole('button', { name: 'Compute limits against exposure', exact: true });
  // The point comes to rest a moment after the settings, and a computation for another point is given up.
  await expect(async () => {
    if (await begin.isVisible()) await begin.press('Enter');
    await expect(exposure).toContainText(/Computed in/, { timeout: 15_000 });
  }).toPass({ timeout: 60_000 });
  const limit = answerOf(SCALAR, 'limit', '--set', 'mS=140', '--exposure', '1:10:2:log');
  const [now, ten] = limit.points.map(({ expected }: { expected: Record<string, number> }) => expected['0']);
  await expect(exposure.locator('.note')).toContainText(`would exclude θ > ${formatNumber(ten, 3)}`);
  await expect(exposure.locator('.note')).toContainText(`${formatNumber(now / ten, 3)} times better`);
  await expect(exposure.locator('.note')).toContainText(`observed ${formatNumber(limit.today.observed, 3)}`);
  await expect(exposure.locator('.note')).toContainText(
    `announced in the paper: expected ${formatNumber(limit.projections[0].expected['0'], 3)}`,
  );

  // On another parameter, given up once and begun again.
  await exposure.getByLabel('Limit on', { exact: true }).selectOption('mS');
  await expect(page).toHaveURL(/exposure\.on=mS/);
  await expect(begin).toBeEnabled();
  // Both in one turn of the page: a quick machine has all limits before a second key would arrive.
  await begin.focus();
  await exposure.evaluate((panel) => {
    for (let press = 0; press < 2; ++press) (panel.ownerDocument.activeElement as HTMLElement).click();
  });
  await expect(exposure).toContainText('Cancelled: nothing was computed.');
  await expect(begin).toBeFocused();
  await begin.press('Enter');
  await expect(exposure).toContainText(/Computed in/, { timeout: 60_000 });
  const masses = answerOf(SCALAR, 'limit', '--on', 'mS', '--set', `theta=${theta}`, '--exposure', '1:10:2:log');
  const more = masses.points[1].expected['0'];
  await expect(exposure.locator('.note')).toContainText(`would exclude mS > ${formatNumber(more, 3)} MeV`);
  await expect(exposure.locator('.note')).toContainText(`observed ${formatNumber(masses.today.observed, 3)}`);
  expect(errors).toEqual([]);
});

test('names the gaps of a scan with a profiled parameter', async ({ page }) => {
  const errors = await opened(page, `#card=${HEAVY}&preset=figure-9-mZ-epsilon&beside.parts=&band=0&scan=mZ`);
  const panel = await openedScan(page);
  await panel.getByLabel('Profiled', { exact: true }).selectOption('VN2');
  await expect(page).toHaveURL(/scan\.profile=VN2/);
  const scan = answerOf(HEAVY, 'scan', '--on', 'mZ=0.02:10:161:log', '--profile', 'VN2');
  const notes = panel.locator('.note');
  for (const { low, high, reason } of scan.gaps) {
    await expect(notes).toContainText(`from ${formatNumber(low, 3)} to ${formatNumber(high, 3)} GeV: ${reason}`);
  }
  await expect(notes).toContainText('is profiled within its bounds');
  await expect(panel.getByLabel('Profiled', { exact: true })).toHaveValue('VN2');
  expect(errors).toEqual([]);
});
