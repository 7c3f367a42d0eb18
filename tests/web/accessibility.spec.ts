// For everyone: no violations that axe-core finds, all of it by keyboard alone, and nothing that jumps.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const SCALAR = 'microboone-kdar-scalar';
const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';

async function computed(page: Page): Promise<void> {
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /./);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

async function open(page: Page, hash: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`./${hash}`);
  await computed(page);
}

/** What axe-core finds wrong on what is shown now, in a form that says where. Of long tables a few rows are enough. */
async function violations(page: Page, view: string, contrastOnly: boolean): Promise<string[]> {
  const axe = new AxeBuilder({ page }).exclude('tbody tr:nth-child(n + 4)');
  const { violations: found } = await (contrastOnly ? axe.withRules(['color-contrast']) : axe).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${view}: ${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** In both themes, without loading the page again: they differ in nothing but colours. */
async function inBothThemes(page: Page, view: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((name) => {
      document.documentElement.dataset['theme'] = name;
    }, theme);
    found.push(...(await violations(page, `${view}, ${theme}`, theme === 'dark')));
  }
  return found;
}

async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

for (const width of [1280, 390]) {
  test(`axe finds nothing at ${width} px`, async ({ page }) => {
    test.setTimeout(300_000);
    await page.setViewportSize({ width, height: 800 });
    // Colours that are on their way to others are none that stay.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const found: string[] = [];
    await open(page, `#card=${SCALAR}&points=5`);
    found.push(...(await inBothThemes(page, SCALAR)));
    for (const card of [HEAVY, LIGHT]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#card=${card}&beside.parts=&band=0`);
      await expect(page.locator('#results')).toHaveAttribute('data-key', new RegExp(card));
      await computed(page);
      found.push(...(await inBothThemes(page, card)));
    }
    await openAllDetails(page);
    // All panels compute at once.
    await expect(page.locator('#panel-kernel canvas')).toHaveCount(2, { timeout: 120_000 });
    found.push(...(await inBothThemes(page, 'opened panels')));
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = false;
    });

    await page.locator('#open-help').click();
    await expect(page.getByRole('dialog', { name: 'How to use this page' })).toBeVisible();
    found.push(...(await inBothThemes(page, 'help')));
    await page.keyboard.press('Escape');

    await page.locator('#start-tour').click();
    await expect(page.locator('#tour .tour-text b').first()).not.toHaveText('…');
    await computed(page);
    found.push(...(await inBothThemes(page, 'tour')));
    expect(found).toEqual([]);
  });
}

test('the page is used by keyboard alone', async ({ page }) => {
  await open(page, '#card=microboone-kdar-x&preset=against-mass&points=5');
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  // From the top, Tab passes everything that can be used, and shows where it is.
  const passed: string[] = [];
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press('Tab');
    const { id, outlined } = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      return { id: at.id || at.className || at.tagName, outlined: getComputedStyle(at).outlineStyle !== 'none' };
    });
    expect(outlined, `focus is visible at ${id}`).toBe(true);
    passed.push(id);
    if (id === 'choose-exposure') break;
  }
  for (const id of ['skip', 'start-tour', 'theme', 'open-help', 'reset', 'copy-link', 'plot-area', 'choose-analysis']) {
    expect(passed, id).toContain(id);
  }
  // A slider moves by arrow keys; undo and redo are keys, too, and one step each.
  const start = page.url();
  await page.locator('#choose-tau_X').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.url()).not.toBe(start);
  const moved = page.url();
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.url()).toBe(start);
  await expect(page.locator('#undo')).toBeDisabled();
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => page.url()).toBe(moved);
  // In a field of text the keys belong to the text.
  await page.locator('#choose-tau_X').focus();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('?');
  await expect(page.locator('#help')).toHaveCount(0);
  expect(page.url()).toBe(moved);

  // Help opens by a key, keeps the focus, and gives it back.
  await page.locator('#copy-link').focus();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'How to use this page' });
  await expect(help).toBeVisible();
  for (let i = 0; i < 4; ++i) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('#help, body')?.id)).toMatch(/^(help|)$/);
  }
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  expect(await focused()).toBe('copy-link');
});

test('the tour computes its answer, step by step and back', async ({ page }) => {
  await open(page, `#card=${SCALAR}&points=5`);
  const before = page.url();
  await page.getByRole('button', { name: 'Does T2K exclude the MiniBooNE point?' }).press('Enter');
  const tour = page.getByRole('region', { name: /Does T2K exclude the MiniBooNE point\?/ });
  await expect(tour).toContainText('(1 of 5)');
  await expect(page.locator('#tour-title')).toBeFocused();
  await expect(tour.locator('b').first()).toHaveText('mN = 0.1 GeV');
  await expect(page.locator('.figure')).toHaveClass(/tour-mark/);
  await expect(page.locator('#choose-analysis')).toHaveValue(HEAVY);

  // The numbers are those of the readout.
  await page.keyboard.press('ArrowRight');
  await expect(tour).toContainText('(2 of 5)');
  const signal = await page.locator('#readout dd').nth(2).textContent();
  await expect(tour.locator('b').first()).toHaveText(signal!);
  await page.keyboard.press('ArrowRight');
  await expect(tour).toContainText('the point is excluded.');

  // A step changes the settings, and what is said follows the reader, too.
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#choose-UmuN2')).toHaveValue('5e-8');
  await expect(tour).toContainText('the point is not excluded.');
  await page.locator('#choose-UmuN2').fill('2.2e-7');
  await page.locator('#choose-UmuN2').press('Enter');
  await expect(tour).toContainText('the point is excluded.');
  await tour.getByRole('button', { name: 'Back' }).click();
  await expect(tour).toContainText('(3 of 5)');
  await page.keyboard.press('Escape');
  await expect(tour).toBeHidden();
  await expect(page.locator('#start-tour')).toBeFocused();
  await expect(page.locator('.tour-mark')).toHaveCount(0);
  expect(page.url()).not.toBe(before);
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
});

test('benchmarks set all parameters, and each can be reset', async ({ page }) => {
  await open(page, `#card=${HEAVY}&beside.parts=&band=0`);
  const benchmark = page.getByRole('button', { name: 'B', exact: true });
  await expect(benchmark).toHaveAttribute('aria-pressed', 'true');
  const reset = page.getByRole('button', { name: /^Reset m N/ });
  await expect(reset).toBeHidden();
  await page.locator('#choose-mN').fill('0.2');
  await page.locator('#choose-mN').press('Enter');
  await expect(benchmark).toHaveAttribute('aria-pressed', 'false');
  await reset.click();
  await expect(page.locator('#choose-mN')).toHaveValue('0.1');
  await expect(benchmark).toHaveAttribute('aria-pressed', 'true');
  await page.locator('#choose-alphaD').fill('0.1');
  await page.locator('#choose-alphaD').press('Enter');
  await benchmark.click();
  await expect(page.locator('#choose-alphaD')).toHaveValue('0.4');
  await expect.poll(() => page.url()).toMatch(/pin=1\.25:0\.02144/);
  await expect(page.locator('label[for=choose-mN] math')).toHaveText('mN');
});

test('nothing shifts while the page loads and computes', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    (globalThis as unknown as { shifts: string[] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        sources: { node: Element | null }[];
      })[]) {
        const names = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.nodeName);
        shifts.push(`${entry.value.toFixed(4)} ${names.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await open(page, `#card=${HEAVY}`);
  const slider = page.getByRole('slider', { name: /α/ });
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.move(x + width * 0.5, y + height / 2);
  await page.mouse.down();
  for (let i = 0; i < 10; ++i) {
    await page.mouse.move(x + width * (0.5 + 0.03 * i), y + height / 2);
    await page.waitForTimeout(30);
  }
  await page.mouse.up();
  await computed(page);
  await page.locator('#choose-layer').evaluate((select: HTMLSelectElement) => {
    select.value = 'mu';
    select.dispatchEvent(new Event('change'));
  });
  await expect(page.locator('#results')).toHaveAttribute('data-key', /"layer":"mu"/);
  expect(await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)).toEqual([]);
});

test('plot, numbers and primary controls are on one screen', async ({ page }) => {
  for (const card of [SCALAR, HEAVY]) {
    await open(page, `#card=${card}`);
    const parts = ['#plot', '#legend', '#caption', '#readout', '#choose-analysis', '#choose-figure', '#choose-level'];
    const sliders = card === HEAVY ? ['#choose-mN', '#choose-alphaD', '#choose-UmuN2', '#choose-VN2'] : [];
    for (const part of [...parts, '#choose-method', ...sliders]) {
      const { y, height } = (await page.locator(part).boundingBox())!;
      expect(y + height, part).toBeLessThanOrEqual(800);
    }
    expect((await page.locator('#plot').boundingBox())!.height).toBeGreaterThan(400);
  }
  // On a phone the plot comes first, and fingers find what they want.
  await page.setViewportSize({ width: 320, height: 640 });
  const top = async (part: string) => (await page.locator(part).boundingBox())!.y;
  expect(await top('#plot')).toBeLessThan(await top('#choose-analysis'));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, select, summary, input:not([type=checkbox])')]
      .filter((one) => one.offsetParent !== null && getComputedStyle(one).visibility !== 'hidden')
      .filter((one) => one.getBoundingClientRect().height < 40)
      .map((one) => one.id || one.textContent),
  );
  expect(small).toEqual([]);
});
