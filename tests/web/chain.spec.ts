// The panel that writes out how a number comes about: its numbers and its verdict are those of the command.

import { expect, type Page, test } from '@playwright/test';
import type { Chain, ChainStep } from 'anyslice';
import { formatNumber, formatWithError, withUnit } from '../../web/src/format.ts';
import { cardPath, native } from './native.ts';

const explain = (card: string, ...words: string[]): Chain =>
  JSON.parse(native('explain', cardPath(card), ...words, '--json'));

async function open(page: Page, hash: string): Promise<string[]> {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`./${hash}`);
  await expect(page.locator('#results')).not.toHaveClass(/stale/);
  await page.locator('#panel-chain > summary').click();
  await expect(page.locator('#panel-chain .verdict')).toBeVisible();
  return errors;
}

const shown = ({ value, unit, mc_error }: ChainStep) =>
  value === null ? '–' : withUnit(mc_error ? formatWithError(value, mc_error) : formatNumber(value, 4), unit);

async function expectSteps(page: Page, section: number, steps: ChainStep[]): Promise<void> {
  const list = page.locator('#panel-chain .chain').nth(section).locator('.steps > li');
  await expect(list.locator('.value')).toHaveText(steps.map(shown));
  expect(await list.evaluateAll((items) => items.map((item) => item.className))).toEqual(
    steps.map(({ factor }) => (factor ? 'factor' : 'result')),
  );
  // Every formula is typeset.
  await expect(list.locator('.formula > math')).toHaveCount(steps.length);
}

test('the chain of a counting experiment, followed to another point', async ({ page }) => {
  const errors = await open(page, '#card=microboone-kdar-scalar&preset=figure-3&pin=140,4e-4');
  const point = (theta: string) => explain('microboone-kdar-scalar', '--set', 'mS=140', '--set', `theta=${theta}`);
  const answer = point('4e-4');
  await expectSteps(page, 0, answer.chains[0]!.steps);
  await expect(page.locator('#panel-chain .verdict')).toHaveText(/^Excluded at 95 % CL/);
  await expect(page.locator('#panel-chain tbody tr')).toHaveCount(1);
  await expect(page.locator('#panel-chain tbody td').first()).toHaveText('1');
  await expect(page.locator('#panel-chain a').first()).toHaveAttribute('href', /^https:\/\/arxiv\.org\/abs\/\d/);

  await page.evaluate(() => {
    location.hash = '#card=microboone-kdar-scalar&preset=figure-3&pin=140,3e-4';
  });
  await expect(page.locator('#panel-chain .verdict')).toHaveText(/^Not excluded at 95 % CL/);
  await expectSteps(page, 0, point('3e-4').chains[0]!.steps);
  expect(errors).toEqual([]);
});

test('the chains of two channels, their likelihood and the verdict of the contour', async ({ page }) => {
  const card = 'nd280-dark-neutrino-light';
  const errors = await open(page, `#card=${card}&preset=figure-10-mN-UmuN2&beside.parts=&beside.channels=&band=0`);
  const chain = page.locator('#panel-chain');
  const answer = explain(card, '--at', 'A', '--x', 'mN', '--y', 'UmuN2');
  await expect(chain.locator('.chain')).toHaveCount(3);
  for (const [i, { steps }] of answer.chains.entries()) await expectSteps(page, i, steps);
  await expectSteps(page, 2, answer.conclusion);
  await expect(chain.locator('.verdict')).toHaveText(/^Not excluded at 90 % CL/);
  expect(answer.verdict.excluded).toBe(false);
  await expect(chain.locator('tbody th')).toHaveText(['FHC', 'RHC', 'pair mass in FGD1, 40 bins together']);

  // On a narrow screen nothing sticks out.
  await page.setViewportSize({ width: 390, height: 844 });
  const beyond = await chain.evaluate((panel) => panel.scrollWidth - panel.clientWidth);
  expect(beyond).toBeLessThanOrEqual(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(errors).toEqual([]);
});
