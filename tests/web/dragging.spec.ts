// A slider under a finger: what happens meanwhile neither moves it away nor is told wrongly.

import { expect, type Locator, type Page, test } from '@playwright/test';

test.use({ viewport: { width: 390, height: 844 } });

async function settled(page: Page): Promise<void> {
  await expect(page.locator('#results')).not.toHaveAttribute('aria-busy');
}

const top = async (locator: Locator): Promise<number> => (await locator.boundingBox())!.y;

test('a slider stays under the finger when what is said above it changes, and a cancellation is the last word', async ({
  page,
}) => {
  await page.goto('./#card=nd280-dark-neutrino-heavy&preset=figure-9-mN-UmuN2');
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
  await settled(page);
  // Not every browser moves the page along with what changes above; here none does.
  await page.locator('main').evaluate((main) => {
    main.style.overflowAnchor = 'none';
  });
  const slider = page.getByRole('slider', { name: /mass of the dark photon/ });
  const report = page.locator('.report');
  const said = () => report.evaluate((root) => [...root.children].reduce((sum, part) => sum + part.scrollHeight, 0));
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await slider.boundingBox())!;
  const before = await said();
  await page.mouse.move(x + 0.7 * width, y + height / 2);
  await page.mouse.down();
  // Here hardly any N reaches a TPC, which takes more words.
  await page.mouse.move(x + 0.1 * width, y + height / 2, { steps: 4 });
  await expect.poll(said).not.toBe(before);
  await settled(page);
  expect(await top(slider)).toBe(y);

  // With a second finger; nothing is being computed any more, or what there is stays.
  await page.evaluate(() => document.querySelector<HTMLButtonElement>('#cancel')!.click());
  const status = page.locator('#status-line');
  await expect(status).toHaveText(/^Cancelled/);
  await page.mouse.up();
  await settled(page);
  await expect(status).toHaveText(/^Cancelled/);
  // With the finger off everything has its own height again.
  expect(await report.evaluate((root) => root.style.height)).toBe('');
  expect(await report.evaluate((root) => root.scrollHeight - root.clientHeight)).toBe(0);
});
