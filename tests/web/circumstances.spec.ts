// What can happen to a page that is kept open: an old browser, a window without room, a tab that sleeps.

import { expect, type Page, test } from '@playwright/test';
import { exportedText } from './exports.ts';
import { answerOf } from './native.ts';

const CARD = 'microboone-kdar-scalar';
const SETTINGS = `#card=${CARD}&points=9&method=cls-exact`;

function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}

async function open(page: Page): Promise<void> {
  await page.goto(`./${SETTINGS}`);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

test('a browser without vectors in WebAssembly is told so', async ({ page }) => {
  await page.addInitScript(() => {
    const refuse = () => Promise.reject(new WebAssembly.CompileError('invalid value type 0x7b'));
    Object.assign(WebAssembly, { validate: () => false, compile: refuse, compileStreaming: refuse });
  });
  await page.goto(`./${SETTINGS}`);
  await expect(page.locator('#message-text')).toContainText('does not know WebAssembly with SIMD');
  await expect(page.locator('#message-text')).toContainText('Safari since 16.4');
});

test('a browser without popovers exports, and Escape leaves the full screen', async ({ page }) => {
  const errors = errorsOf(page);
  await page.addInitScript(() => {
    // As such a browser behaves: the methods are missing, and the selector is an error.
    for (const name of ['showPopover', 'hidePopover', 'togglePopover', 'popover'])
      delete (HTMLElement.prototype as unknown as Record<string, unknown>)[name];
    for (const prototype of [Element.prototype, Document.prototype]) {
      for (const name of ['matches', 'querySelector', 'querySelectorAll']) {
        const own = (prototype as unknown as Record<string, (selector: string) => unknown>)[name];
        if (!own) continue;
        Object.assign(prototype, {
          [name](this: unknown, selector: string) {
            if (selector.includes(':popover-open')) throw new SyntaxError(`'${selector}' is not a valid selector.`);
            return own.call(this, selector);
          },
        });
      }
    }
    Object.assign(Element.prototype, { requestFullscreen: () => Promise.reject(new Error('not allowed')) });
  });
  await open(page);
  const panel = page.locator('#export-panel');
  await expect(panel).toBeHidden();
  const limits = (await exportedText(page, 'CSV')).split('\n').filter((line) => /^\d/.test(line));
  expect(limits).toHaveLength(9);
  await expect(panel).toBeHidden();
  const figure = page.locator('.figure');
  await page.locator('#full-screen').click();
  await expect(figure).toHaveClass(/full/);
  await page.keyboard.press('Escape');
  await expect(figure).not.toHaveClass(/full/);
  expect(errors).toEqual([]);
});

test('a window without room draws nothing, and draws again when there is some', async ({ page }) => {
  const errors = errorsOf(page);
  await open(page);
  await page.evaluate(() => document.body.style.setProperty('display', 'none'));
  await page.setViewportSize({ width: 1, height: 1 });
  // The settings change where nothing can be drawn.
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `${SETTINGS}&cl=0.9`);
  await expect(page.locator('#results')).toHaveAttribute('data-key', /"cl":0\.9\b/);
  await page.evaluate(() => document.body.style.removeProperty('display'));
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.locator('#caption')).toContainText('90 % CL');
  const canvas = page.locator('#plot');
  await expect.poll(async () => (await canvas.boundingBox())?.width ?? 0).toBeGreaterThan(600);
  const inked = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length / (width * height);
  });
  expect(inked).toBeGreaterThan(0.2);
  expect(errors).toEqual([]);
});

test('a tab that slept goes on where it was', async ({ page, context }) => {
  const errors = errorsOf(page);
  await open(page);
  const devtools = await context.newCDPSession(page);
  await page.getByRole('button', { name: '90 %' }).click();
  // In the middle of its work.
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /"cl":0\.9\b/);
  await expect(page.locator('#caption')).toContainText('90 % CL');
  const words = ['--versus', 'mS=1.1:210:9', '--method', 'cls-exact', '--cl', '0.9'];
  const { points } = answerOf(CARD, 'limit', ...words) as { points: { observed: number | null }[] };
  const limits = (await exportedText(page, 'CSV')).split('\n').filter((line) => /^\d/.test(line));
  expect(limits).toHaveLength(points.length);
  for (const [i, { observed }] of points.entries()) {
    const own = Number(limits[i]!.split(',')[1]);
    expect(Math.abs(own - (observed ?? 0))).toBeLessThanOrEqual(1e-6 * (observed ?? 0));
  }
  expect(errors).toEqual([]);
});
