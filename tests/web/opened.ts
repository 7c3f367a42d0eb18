// Opens the page at an address and waits for its figure, for tests of the browser.

import { expect, type Page } from '@playwright/test';

/** Errors of scripts, now and later, are added to what is returned. */
export async function opened(page: Page, hash: string): Promise<string[]> {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('about:blank');
  await page.goto(`./${hash}`);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
  return errors;
}
