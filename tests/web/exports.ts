// Takes files from the export menu as a reader does.

import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';

/** The button that opens the menu. */
export function exportOpener(page: Page) {
  return page.getByRole('button', { name: 'Export', exact: true });
}

export async function openExports(page: Page): Promise<void> {
  const panel = page.locator('#export-panel');
  if (!(await panel.isVisible())) await exportOpener(page).click();
  await expect(panel).toBeVisible();
}

/** What the button of this name gives. */
export async function exportedFile(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  await openExports(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: `Export ${name}`, exact: true }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

export async function exportedText(page: Page, name: string): Promise<string> {
  return (await exportedFile(page, name)).bytes.toString('utf8');
}
