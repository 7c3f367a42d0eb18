// What the page says about a construction, with the numbers of the command: p-values, test statistic, coverage, the map of
// the limit, the strength of the signal in many bins, and the point as a workspace of pyhf.

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { LimitPoint } from 'anyslice';
import { formatNumber, formatWithError } from '../../web/src/format.ts';
import { exportedFile } from './exports.ts';
import { answerOf, cardPath, native } from './native.ts';
import { opened } from './opened.ts';

const SCALAR = 'microboone-kdar-scalar';
const X = 'microboone-kdar-x';
const LIGHT = 'nd280-dark-neutrino-light';
const PIN = '#card=microboone-kdar-scalar&pin=140:4e-4';
const AT = ['--set', 'mS=140', '--set', 'theta=4e-4'];

async function openedStatistics(page: Page) {
  const panel = page.locator('#panel-statistics');
  await panel.locator('summary').click();
  await expect(panel).not.toHaveAttribute('aria-busy');
  await expect(panel.locator('.note p').nth(1)).toBeVisible();
  return panel;
}

test('shows p-values and the test statistic at the point, by formula and by toys', async ({ page }) => {
  const errors = await opened(page, PIN);
  const panel = await openedStatistics(page);
  await expect(panel.locator('figure')).toHaveCount(2);
  const { mu } = answerOf(SCALAR, 'rate', ...AT);
  const { signal_limits } = answerOf(SCALAR, 'limit', '--versus', 'mS=140:150:2');
  const limit = formatNumber(signal_limits.observed.value / mu, 4);
  await expect(panel.locator('.note')).toContainText(`Upper limit on μ at 95 %: observed ${limit},`);

  await expect(panel).toContainText('No toys have been thrown');
  await panel.getByLabel('Toys per hypothesis').fill('3000');
  await panel.getByRole('button', { name: 'Throw toys' }).press('Enter');
  await expect(panel).toContainText('3,000 toys per hypothesis, filled');
  await expect(panel.locator('.note')).toContainText(/at least as large as observed in \d+ of 3,000 with signal/);

  // What was thrown for another point is gone.
  await page.locator('#plot-area').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(panel).toContainText('No toys have been thrown');
  expect(errors).toEqual([]);
});

test('scans the p-value with toys where every signal needs its own', async ({ page }) => {
  await opened(page, `${PIN}&method=cls-toys&toys=300&points=2`);
  const panel = await openedStatistics(page);
  await panel.getByRole('button', { name: 'Scan the p-value with toys' }).click();
  await expect(panel).toContainText('300 toys per hypothesis and tested signal.');
  const waiting = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Chart as CSV' }).first().click();
  const chart = readFileSync(await (await waiting).path(), 'utf8');
  // The file says what it is of.
  expect(chart).toMatch(/^# microboone-kdar-scalar\n/);
  expect(chart).toMatch(/^# variant “physics” · .*300 toys/m);
  expect(chart).toMatch(/^# m_S = 140 MeV · θ = 4×10⁻⁴$/m);
  const observed = chart
    .split('\n')
    .filter((line) => line.startsWith('observed,'))
    .map((line) => line.split(',').slice(1).map(Number) as [number, number]);
  expect(observed[0]).toEqual([0, 1]);
  // The limit is where the curve falls through 5 %: within the errors of the toys, where the command has it.
  const below = observed.findIndex(([, level]) => level < 0.05);
  const [[least, above], [most, under]] = [observed[below - 1]!, observed[below]!];
  const crossing = least + ((most - least) * Math.log(above / 0.05)) / Math.log(above / under);
  const words = ['--versus', 'mS=140:150:2', '--method', 'cls-toys', '--toys', '300'];
  const { value, error } = answerOf(SCALAR, 'limit', ...words).signal_limits.observed;
  const { mu } = answerOf(SCALAR, 'rate', ...AT);
  expect(Math.abs(crossing * mu - value)).toBeLessThan(2 * error);
});

test('simulates coverage as the command does, and stops when cancelled', async ({ page }) => {
  await opened(page, PIN);
  const panel = await openedStatistics(page);
  const experiments = panel.getByLabel('Simulated experiments');
  await experiments.fill('1000');
  await panel.getByRole('button', { name: 'Coverage' }).click();
  const { covered } = answerOf(SCALAR, 'coverage', ...AT, '--toys', '1000');
  await expect(panel).toContainText(`${covered.toLocaleString('en')} of 1,000 experiments`);
  await expect(panel).toContainText(/Coverage 0\.\d+ ± 0\.\d+/);

  await experiments.fill('1000000');
  await panel.getByRole('button', { name: 'Coverage' }).click();
  await expect(panel.getByText(/^Computing: \d+ of 2000/)).toBeVisible();
  await panel.getByRole('button', { name: 'Cancel: Coverage' }).click();
  await expect(panel).toContainText('Cancelled: nothing was computed.');
  await expect(panel.getByRole('button', { name: 'Coverage', exact: true })).toBeFocused();
});

test('offers every construction, with a warning where the asymptotic one is off', async ({ page }) => {
  await opened(page, PIN);
  await page.locator('#choose-method').selectOption('cls-asymptotic');
  const warning = page.locator('#statements .warning');
  await expect(warning).toContainText(/observed limit 3\.57\d* asymptotic, 4\.18\d* by cls-hybrid/);
  for (const method of ['bayes-flat', 'feldman-cousins']) {
    await opened(page, `${PIN}&method=${method}&toys=300`);
    await expect(page.locator('#message')).toBeHidden();
    const words = ['--method', method, ...(method === 'bayes-flat' ? [] : ['--toys', '300'])];
    const { observed } = answerOf(SCALAR, 'limit', '--versus', 'mS=140:150:2', ...words).signal_limits;
    await expect(page.locator('#events')).toContainText(formatWithError(observed.value, observed.error));
    await expect(page.locator('#events')).toContainText(
      method === 'bayes-flat' ? 'Central interval' : 'Unified interval',
    );
  }
  await opened(page, `${PIN}&method=delta-lnl-1`);
  await expect(page.locator('#message')).toBeHidden();
  const { points } = answerOf(SCALAR, 'limit', '--versus', 'mS=1.1:210:121', '--method', 'delta-lnl-1');
  await page.locator('#data-table summary').click();
  const last = points.findLast((point: { observed: number | null }) => point.observed !== null);
  await expect(page.locator('#data')).toContainText(formatNumber(last.observed, 4));
  const panel = await openedStatistics(page);
  await expect(panel.locator('.note')).toContainText('has no p-value');
  await expect(panel.getByRole('button')).toHaveCount(0);

  // Nothing was observed at ten times the exposure: the limit is that for the expected background.
  await page.goto(`./${PIN}&method=delta-lnl-1&exposure=10`);
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /"exposure":10,/);
  const later = ['--versus', 'mS=1.1:210:121', '--method', 'delta-lnl-1', '--exposure-scale', '10'];
  const first = answerOf(SCALAR, 'limit', ...later).points.find((point: LimitPoint) => point.observed !== null);
  await expect(page.locator('#data th').nth(1)).toHaveText('expected without signal');
  await expect(page.locator('#data')).toContainText(formatNumber(first.observed, 4));
  const summary = page.locator('#summary');
  await expect(summary).toContainText(`, expected without signal: ${formatNumber(first.observed, 3)} at `);
  await expect(page.locator('#legend')).toContainText('expected without signal');
  await page.locator('#panel-chain > summary').click();
  await expect(page.locator('#panel-chain thead th').first()).toHaveText('expected without signal');
  for (const text of [summary, page.locator('#data'), page.locator('#panel-chain thead')]) {
    await expect(text).not.toContainText('observed');
  }
});

test('maps the limit over lifetime and mass', async ({ page }) => {
  const errors = await opened(page, `#card=${X}`);
  const panel = page.locator('#panel-limit-map');
  await panel.locator('summary').first().click();
  await expect(panel).toContainText('The map has not been computed.');
  await panel.getByRole('button', { name: 'Compute the map' }).click();
  await expect(panel).toContainText(/limits, computed in/);
  await panel.locator('.small-plot').focus();
  await page.keyboard.press('ArrowUp');
  await expect(panel.locator('.map-readout')).toContainText(/At τX = .*mX = .*BR\(K→πX\)BR\(X→ee\) < /);
  await panel.getByText('The map as a table').click();
  const words = ['--on', 'BR_product', '--versus', 'tau_X=1e-9:1e-2:2:log', '--set', 'mX=210'];
  const { points } = answerOf(X, 'limit', ...words);
  await expect(panel.locator('tbody tr').last().locator('td').last()).toHaveText(formatNumber(points[1].observed, 3));
  await panel.getByLabel('Limit', { exact: true }).selectOption('expected');
  await expect(panel.locator('tbody tr').last().locator('td').last()).toHaveText(
    formatNumber(points[1].expected['0'], 3),
  );
  // Without data there is one limit by the likelihood, and it is not observed.
  await page.goto(`./#card=${X}&method=delta-lnl-1&exposure=10`);
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /"exposure":10,/);
  await panel.getByRole('button', { name: 'Compute the map' }).click();
  await expect(panel).toContainText(/limits, computed in/);
  await expect(panel.locator('#choose-map-limit option:enabled')).toHaveText(['expected without signal']);
  await expect(panel.locator('figcaption')).toHaveText(/^Upper limit on .*, 95 % CL, expected without signal$/);
  await panel.getByText('The map as a table').click();
  const later = answerOf(X, 'limit', ...words, '--method', 'delta-lnl-1', '--exposure-scale', '10').points;
  await expect(panel.locator('tbody tr').last().locator('td').last()).toHaveText(formatNumber(later[1].observed, 3));
  // Figures without a series have no map.
  await page.locator('#choose-figure').selectOption('against-mass');
  await expect(panel).toBeHidden();
  expect(errors).toEqual([]);
});

test('limits the strength of the signal in many bins', async ({ page }) => {
  await opened(page, `#card=${LIGHT}&beside.parts=&band=0`);
  const panel = await openedStatistics(page);
  const point = Object.entries(answerOf(LIGHT, 'rate').point as Record<string, number>);
  const shown = new URLSearchParams(new URL(page.url()).hash.slice(1));
  const set = point.flatMap(([name, value]) => {
    const own = shown.get(`set.${name}`);
    return ['--set', `${name}=${own && Number.isFinite(Number(own)) ? own : value}`];
  });
  const { CLs, upper_limit } = answerOf(LIGHT, 'strength', ...set);
  await expect(panel.locator('.note')).toContainText(`observed ${formatNumber(CLs, 4)};`);
  await expect(panel.locator('.note')).toContainText(`observed ${formatNumber(upper_limit, 4)};`);
});

test('exports the point as a workspace', async ({ page }) => {
  await opened(page, PIN);
  const { name, bytes } = await exportedFile(page, 'pyhf workspace');
  expect(name).toMatch(/^microboone-kdar-scalar_point_mS=\d+_theta=[\d.e-]+_workspace\.json$/);
  const ours = JSON.parse(bytes.toString('utf8'));
  const theirs = JSON.parse(native('workspace', cardPath(SCALAR), ...AT));
  expect(ours.version).toBe('1.0.0');
  expect(near(ours, theirs)).toBe('');
});

/** Where two documents differ by more than sums in single precision do; empty where they do not. */
function near(one: unknown, other: unknown, at = 'workspace'): string {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= 1e-6 * Math.abs(other) ? '' : `${at}: ${one} and ${other}`;
  }
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other ? '' : at;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  if (Object.keys(a).sort().join() !== Object.keys(b).sort().join()) return at;
  return Object.keys(a)
    .map((name) => near(a[name], b[name], `${at}.${name}`))
    .filter((text) => text !== '')
    .join('; ');
}
