// What the reader does at the plot: zooms, pins curves, adds files, fills the screen; and the numbers beside it.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { cardPath, native } from './native.ts';

const CARD = 'microboone-kdar-scalar';

async function computed(page: Page): Promise<void> {
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /./);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`);
  await computed(page);
}

const field = (page: Page, name: string) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name) ?? '';
const range = (page: Page, axis: string) => field(page, axis).split(':').map(Number) as [number, number];

/** Waits until the visible range of an axis fulfils a condition, and what is shown belongs to it. */
async function rangeBecomes(page: Page, axis: string, check: (range: [number, number]) => boolean): Promise<void> {
  const results = page.locator('#results');
  const settled = async () => {
    const now = range(page, axis);
    const key = (await results.getAttribute('data-key')) ?? '';
    if ((await results.getAttribute('aria-busy')) !== null) return false;
    return check(now) && key.includes(`"${axis}":${JSON.stringify(now)}`);
  };
  await expect.poll(settled, { message: `range of ${axis}` }).toBe(true);
}

/** A place on the plot in pixels of the window, by shares of its canvas. */
async function placeOn(page: Page, x: number, y: number): Promise<[number, number]> {
  await page.locator('#plot').scrollIntoViewIfNeeded();
  const box = (await page.locator('#plot').boundingBox())!;
  return [box.x + box.width * x, box.y + box.height * y];
}

/** The columns of a limit as the command computes it. */
function commandLimit(...options: string[]): Record<string, number> {
  const lines = native('limit', cardPath(CARD), ...options).split('\n');
  const [header = '', row = ''] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const cells = row.split(',').map(Number);
  return Object.fromEntries(header.split(',').map((name, i) => [name, cells[i]!]));
}

/** "4.53×10⁻⁴" as a number. */
function numberIn(text: string | null): number {
  const plain = (text ?? '').replace(/[⁻⁰¹²³⁴-⁹]/g, (sign) => '-0123456789'['⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign)]!);
  return Number(plain.replace('×10', 'e').replace('−', '-'));
}

/** The first figure of contours of a card, as words of the command. */
function contourWords(card: string): string[] {
  const [{ axes, set, x, y }] = Object.values(JSON.parse(readFileSync(cardPath(card), 'utf8')).presets) as [
    { axes: Record<'x' | 'y', { range: number[] }>; set: Record<string, number>; x: string; y: string },
  ];
  const fixed = Object.entries(set).filter(([name]) => name !== x && name !== y);
  return [
    ...['--x', `${x}=${axes.x.range.join(':')}`, '--y', `${y}=${axes.y.range.join(':')}`],
    ...fixed.flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ];
}

/** Whether rings hold a point, by the even-odd rule in the logarithms of both axes. */
function isInside(rings: [number, number][][], x: number, y: number): boolean {
  const [px, py] = [Math.log(x), Math.log(y)];
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; ++i) {
      const [[x0, y0], [x1, y1]] = [ring[i - 1]!.map(Math.log), ring[i]!.map(Math.log)] as [number[], number[]];
      if (y0! > py !== y1! > py && px < x0! + ((x1! - x0!) * (py - y0!)) / (y1! - y0!)) inside = !inside;
    }
  }
  return inside;
}

test('zooms by wheel, rectangle, dragging, keys, buttons and double click, each one step back', async ({ page }) => {
  await open(page);
  const [x, y] = await placeOn(page, 0.5, 0.5);
  const whole = { x: range(page, 'x'), y: range(page, 'y') };

  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 50);
  await page.mouse.wheel(0, -50);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  expect(range(page, 'x'), 'a page that scrolls is not caught').toEqual(whole.x);
  const hint = page.locator('#wheel-hint');
  await expect(hint).toHaveText('Click the plot, or hold Ctrl, to zoom');
  await expect(hint).toBeVisible();
  await page.mouse.click(x, y);
  await expect(page.locator('#plot-area')).toBeFocused();
  await expect(hint).toBeHidden();
  expect(field(page, 'pin'), 'the click that the hint asks for pins nothing').toBe('');

  const steps = await page.evaluate(() => history.length);
  // One turn: a busy browser would pause between several, and a pause ends the step.
  await page.mouse.wheel(0, -360);
  await rangeBecomes(page, 'x', ([low, high]) => low > 20 && high < 190);
  await rangeBecomes(page, 'y', ([low, high]) => low > 1.2e-4 && high < 9e-3);
  await expect.poll(() => page.evaluate(() => history.length)).toBe(steps + 1);
  const wheeled = range(page, 'x');
  await expect(page.locator('#choose-x-from')).toHaveValue(String(wheeled[0]));

  await page.keyboard.down('Shift');
  await page.mouse.move(...(await placeOn(page, 0.4, 0.3)));
  await page.mouse.down();
  await page.mouse.move(...(await placeOn(page, 0.6, 0.6)), { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await rangeBecomes(page, 'x', ([low, high]) => low > wheeled[0] && high < wheeled[1]);
  expect(field(page, 'pin'), 'a rectangle is no click').toBe('');
  const boxed = range(page, 'x');

  await page.mouse.move(...(await placeOn(page, 0.5, 0.5)));
  await page.mouse.down();
  await page.mouse.move(...(await placeOn(page, 0.7, 0.5)), { steps: 4 });
  await page.mouse.up();
  await rangeBecomes(page, 'x', ([low]) => low < boxed[0]);
  const dragged = range(page, 'x');
  expect((dragged[1] - dragged[0]) / (boxed[1] - boxed[0])).toBeCloseTo(1, 2);
  expect(field(page, 'pin'), 'dragging is no click').toBe('');

  await page.goBack();
  await rangeBecomes(page, 'x', (now) => now[0] === boxed[0] && now[1] === boxed[1]);
  await page.goBack();
  await rangeBecomes(page, 'x', (now) => now[0] === wheeled[0] && now[1] === wheeled[1]);

  await page.locator('#plot-area').focus();
  await page.keyboard.press('+');
  await rangeBecomes(page, 'x', ([low, high]) => low > wheeled[0] && high < wheeled[1]);
  await page.keyboard.press('-');
  await rangeBecomes(page, 'x', ([low, high]) => Math.abs(low / wheeled[0] - 1) < 0.01 && high > wheeled[1] * 0.99);
  await page.keyboard.press('0');
  await rangeBecomes(page, 'x', (now) => now[0] === whole.x[0] && now[1] === whole.x[1]);
  expect(range(page, 'y')).toEqual(whole.y);
  await expect(page.locator('#zoom-whole')).toBeDisabled();

  await page.locator('#zoom-in').click();
  await rangeBecomes(page, 'x', ([low]) => low > whole.x[0]);
  const [low] = range(page, 'x');
  await page.locator('#zoom-out').click();
  await rangeBecomes(page, 'x', (now) => now[0] < low);
  await page.locator('#zoom-in').click();
  await rangeBecomes(page, 'x', (now) => now[0] >= low);
  await page.mouse.dblclick(...(await placeOn(page, 0.5, 0.4)));
  await rangeBecomes(page, 'x', (now) => now[0] === whole.x[0] && now[1] === whole.x[1]);
  expect(field(page, 'pin'), 'a double click pins nothing').toBe('');
});

test.describe('with fingers', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('two zoom, and one draws a rectangle where that is chosen', async ({ page, context }) => {
    await open(page);
    const [low, high] = range(page, 'x');
    const session = await context.newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: [number, number][]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const [x, y] = await placeOn(page, 0.5, 0.5);
    await touch('touchStart', [
      [x - 40, y],
      [x + 40, y],
    ]);
    for (const more of [20, 40]) {
      await touch('touchMove', [
        [x - 40 - more, y],
        [x + 40 + more, y],
      ]);
    }
    await touch('touchEnd', []);
    await rangeBecomes(page, 'x', (now) => now[0] > low && now[1] < high);
    const pinched = range(page, 'x');
    // Twice the distance of the fingers shows half as much.
    expect((pinched[1] - pinched[0]) / (high - low)).toBeCloseTo(0.5, 1);

    await page.locator('#zoom-box').tap();
    const [from, to] = [await placeOn(page, 0.4, 0.3), await placeOn(page, 0.7, 0.6)];
    await touch('touchStart', [from]);
    await touch('touchMove', [[(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]]);
    await touch('touchMove', [to]);
    await touch('touchEnd', []);
    await rangeBecomes(page, 'x', (now) => now[0] > pinched[0] && now[1] < pinched[1]);
    expect(field(page, 'pin')).toBe('');
  });
});

test('a zoomed window is computed anew, as the command computes it', async ({ page, context }) => {
  await open(page, `#card=${CARD}&x=100:110&points=11&overlays=`);
  // The example point is one that the window shows.
  await expect(page.locator('#readout-title')).toContainText('Example point');
  const rate = JSON.parse(native('--json', 'rate', cardPath(CARD), '--set', 'mS=105'));
  await expect(page.locator('#readout')).toContainText('105 MeV');
  await expect(page.locator('#readout')).toContainText(rate.mu.toPrecision(5));
  // A link copied while something moves is of where it has got to, not of where the address bar is.
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const address = await page.evaluate(async () => {
    const canvas = document.querySelector('#plot')!;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [clientX, clientY] = [left + width / 2, top + height / 2];
    for (let i = 0; i < 3; ++i) {
      canvas.dispatchEvent(
        new WheelEvent('wheel', { ctrlKey: true, deltaY: -20, clientX, clientY, bubbles: true, cancelable: true }),
      );
    }
    const behind = location.href;
    document.querySelector<HTMLButtonElement>('#copy-link')!.click();
    return behind;
  });
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
  await expect.poll(() => page.url()).not.toBe(address);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await page.goBack();
  await rangeBecomes(page, 'x', (now) => now[0] === 100 && now[1] === 110);
  await page.locator('#data-table summary').click();
  const rows = page.locator('#data tbody tr');
  await expect(rows).toHaveCount(11);
  await page.locator('#zoom-in').click();
  await rangeBecomes(page, 'x', ([low, high]) => low > 100 && high < 110);
  const [low] = range(page, 'x');
  const cells = rows.first().locator('th, td');
  expect(numberIn(await cells.nth(0).textContent()) / low).toBeCloseTo(1, 3);
  const theirs = commandLimit('--versus', `mS=${low}`, '--format', 'csv')['observed']!;
  expect(numberIn(await cells.nth(1).textContent()) / theirs).toBeCloseTo(1, 2);
});

test('pins curves, says how far the limit is from them, and restores them from a link', async ({ page, context }) => {
  await open(page, `#card=${CARD}&pin=140:0.001`);
  await page.locator('#pin-curve').click();
  const list = page.locator('#pins li');
  await expect(list).toHaveCount(1);
  await expect(list).toContainText('×1 (');
  // Below the mass of two electrons there is no limit.
  await expect(list.locator('.areas')).toHaveText(
    /^Both exclude the same part of the plot\. [\d.]+ % is left out: masked, without a limit/,
  );
  await page.locator('#choose-method').selectOption('cls-exact');
  await computed(page);
  await page.locator('#choose-level').fill('90');
  await page.locator('#choose-level').press('Enter');
  await computed(page);
  expect(field(page, 'compare.1')).toBe(';method=cls-hybrid;cl=0.95');

  const at = ['--versus', 'mS=140', '--format', 'csv'];
  const theirs = commandLimit('--method', 'cls-hybrid', '--cl', '0.95', ...at)['observed']!;
  const ours = commandLimit('--method', 'cls-exact', '--cl', '0.90', ...at)['observed']!;
  expect(theirs).toBeGreaterThan(0);
  await expect(list.locator('.difference')).toHaveText(/^×[\d.]+ \(/);
  const ratio = async () => Number((await list.locator('.difference').textContent())!.match(/^×([\d.]+)/)![1]);
  await expect.poll(async () => Math.abs((await ratio()) / (ours / theirs) - 1)).toBeLessThan(4e-3);

  await list.locator('input').fill('what was; shown = before');
  await list.locator('input').press('Enter');
  await expect.poll(() => field(page, 'compare.1')).toMatch(/^what%20was%3B/);
  const address = page.url();
  const other = await context.newPage();
  await other.goto(address);
  await expect(other.locator('#pins input')).toHaveValue('what was; shown = before');
  await expect(other.locator('#pins li[aria-busy="false"] .difference')).toHaveText(
    (await list.locator('.difference').textContent())!,
  );
  await expect(other.locator('#message')).toBeHidden();
  expect(other.url()).toBe(address);
  await other.close();

  for (let i = 0; i < 3; ++i) await page.locator('#pin-curve').click();
  await expect(list).toHaveCount(4);
  await expect(page.locator('#pin-curve')).toBeDisabled();
  await page.getByRole('button', { name: 'Remove pinned curve 1' }).click();
  await expect(list).toHaveCount(3);
  expect(field(page, 'compare.4')).toBe('');
});

test('contours are pinned, and a click opens the parts of a point as the command counts them', async ({ page }) => {
  const card = 'nd280-dark-neutrino-heavy';
  // Below the mass of N there is no prediction.
  await open(page, `#card=${card}&band=0&beside.parts=&x=0.05:10`);
  await page.locator('#pin-curve').click();
  await page.locator('#choose-level').fill('95');
  await page.locator('#choose-level').press('Enter');
  await expect.poll(() => field(page, 'compare.1')).toBe(';cl=0.9');
  await computed(page);
  const [x, y] = await placeOn(page, 0.8, 0.3);
  await page.mouse.move(x, y);
  const difference = page.locator('#pins li[aria-busy="false"] .difference');
  // At a higher level less is excluded: the lower edge lies higher.
  await expect(difference).toHaveText(/^×1\.[0-9]+ \(/);

  // What only one of the two excludes, by counting points of the plot inside the command's contours.
  const areas = page.locator('#pins .areas');
  await expect(areas).toHaveText(
    /^Only one excludes .* % of the plot: this limit .* %, the pinned one .* %\. .* % is left out: masked/,
  );
  const shares = [...(await areas.textContent())!.matchAll(/([\d.×⁻⁰¹²³⁴-⁹]+) %/g)].map(([, text]) => numberIn(text!));
  const axes = [range(page, 'x'), range(page, 'y')];
  const contours = ['0.95', '0.9'].map((cl) =>
    JSON.parse(
      native(
        'contour',
        cardPath(card),
        ...contourWords(card).map((word) => word.replace(/^mZ=.*/, 'mZ=0.05:10')),
        '--cl',
        cl,
        '--json',
      ),
    ),
  );
  const boxes = contours.flatMap(({ masked, outside }) => [...masked, ...outside]) as number[][];
  const counted = [0, 0, 0];
  const lines = 150;
  for (let i = 0; i < lines * lines; ++i) {
    const share = [((i % lines) + 0.5) / lines, (Math.floor(i / lines) + 0.5) / lines];
    const at = axes.map(([low, high], axis) => low! * (high! / low!) ** share[axis]!);
    const [shown, pinned] = contours.map(({ rings }) => isInside(rings, at[0]!, at[1]!));
    const unknown = boxes.some(([x0, y0, x1, y1]) => at[0]! > x0! && at[0]! < x1! && at[1]! > y0! && at[1]! < y1!);
    if (unknown) counted[2]! += 100 / lines / lines;
    else if (shown !== pinned) counted[shown ? 0 : 1]! += 100 / lines / lines;
  }
  expect(counted[1]).toBeGreaterThan(0.5);
  expect(Math.abs(shares[0]! - counted[0]! - counted[1]!)).toBeLessThan(0.3);
  expect(Math.abs(shares[1]! - counted[0]!)).toBeLessThan(0.3);
  expect(Math.abs(shares[2]! - counted[1]!)).toBeLessThan(0.3);
  expect(counted[2]).toBeGreaterThan(0.5);
  expect(Math.abs(shares[3]! - counted[2]!)).toBeLessThan(0.5);

  await page.mouse.click(x, y);
  // Left of the mass of N.
  const [outsideX, outsideY] = await placeOn(page, 0.12, 0.3);
  await page.mouse.move(outsideX, outsideY);
  await expect(page.locator('#readout-title')).toHaveText('Outside the model: there is no prediction here.');
  // Under a moving pointer the place of the numbers is kept for those to come; a point that is pinned has the reason.
  await expect(page.locator('#readout')).not.toContainText('The card says of it');
  await page.mouse.click(outsideX, outsideY);
  await expect(page.locator('#readout')).toContainText(/has no value at mN = 0\.1 GeV, mZ = 0\.\d+ GeV.*The card says/);
  await page.mouse.click(x, y);
  const row = page.locator('#parts tbody tr', { hasText: 'P0D' });
  await expect(row).toContainText('%');
  const [atX = 0, atY = 0] = range(page, 'pin');
  const setting = ['--set', `mZ=${atX}`, '--set', `epsilon=${atY}`, '--set', 'mN=0.1', '--set', 'alphaD=0.4'];
  const rate = (...more: string[]): { mu: number } =>
    JSON.parse(
      native('--json', 'rate', cardPath(card), ...setting, '--set', 'UmuN2=2.2e-7', '--set', 'VN2=1', ...more),
    );
  const share = (100 * rate('--part', 'P0D').mu) / rate().mu;
  const shown = Number((await row.locator('td').nth(1).textContent())!.replace(' %', ''));
  expect(shown / share).toBeCloseTo(1, 2);
});

test('draws curves from files, keeps them, and says what is wrong with others', async ({ page }, info) => {
  await open(page);
  const file = info.outputPath('my limit.csv');
  writeFileSync(file, '# a curve\nmass,theta\n50,2e-3\n100,1e-3\n\n150,5e-4\n200,6e-4\n');
  const before = await page.locator('#plot').screenshot();
  const chooser = page.waitForEvent('filechooser');
  await page.locator('#add-overlay').click();
  await (await chooser).setFiles(file);
  const list = page.locator('#dropped li');
  await expect(list).toContainText('my limit.csv');
  await expect(list).toContainText('4 points');
  expect(before.equals(await page.locator('#plot').screenshot())).toBe(false);

  const drop = (name: string, text: string) =>
    page.evaluate(
      ([fileName = '', content = '']) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([content], fileName, { type: 'text/csv' }));
        document.querySelector('#plot')!.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer }));
      },
      [name, text],
    );
  await drop('second.csv', '10;0,004\n20;0,005\n');
  await expect(list).toHaveCount(2);
  await expect(list.nth(1)).toContainText('second.csv');

  await drop('bad.csv', 'm_S,theta\n100,0.001\n110,x\n');
  await expect(page.locator('#message-text')).toHaveText(
    'bad.csv, line 3, column 2: expected a number for scalar-Higgs mixing angle θ; found “x”.',
  );
  await drop('wide.csv', '1,2,3\n');
  await expect(page.locator('#message-text')).toContainText('wide.csv, line 1: expected two columns, scalar mass m_S');
  await expect(list).toHaveCount(2);

  await page.locator('#choose-figure').selectOption({ index: 1 });
  await computed(page);
  await expect(list).toHaveCount(2);
  await page.locator('#choose-analysis').selectOption('microboone-kdar-x');
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('scalar');
  await computed(page);
  await expect(page.locator('#dropped')).toBeHidden();
  await page.locator('#choose-analysis').selectOption(CARD);
  await expect(list).toHaveCount(2);
  await page.reload();
  await expect(list).toHaveCount(2);
  await page.getByRole('button', { name: 'Remove my limit.csv' }).click();
  await expect(list).toHaveCount(1);
});

test('fills the screen with the plot and its tools, and leaves it again', async ({ page }) => {
  await open(page, '#pin=150:0.0005');
  const height = async () => (await page.locator('#plot-area').boundingBox())!.height;
  const normal = await height();
  const button = page.locator('#full-screen');
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(height).toBeGreaterThan(normal * 1.1);
  const covers = () => document.elementFromPoint(innerWidth - 40, innerHeight / 2)?.closest('.figure') !== null;
  expect(await page.evaluate(covers), 'the settings are covered').toBe(true);
  await expect(button).toBeFocused();
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(height).toBe(normal);
  expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();

  // Where browsers do not allow that, the plot fills the window: Escape leaves it, and only the next one releases the point.
  await page.evaluate(() => {
    Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('not allowed'));
  });
  await button.click();
  await expect.poll(height).toBeGreaterThan(normal * 1.1);
  await page.locator('#plot-area').focus();
  await page.keyboard.press('?');
  await page.keyboard.press('Escape');
  await expect(page.locator('#help')).toBeHidden();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await page.locator('#plot-area').focus();
  await page.keyboard.press('Escape');
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  expect(field(page, 'pin')).toBe('150:0.0005');
  await page.locator('#plot-area').focus();
  await page.keyboard.press('Escape');
  await expect.poll(() => field(page, 'pin')).toBe('');
});

test('the numbers at the crosshair are those of the command', async ({ page }) => {
  await open(page, `#card=${CARD}&pin=150:0.0005`);
  const rate = JSON.parse(native('--json', 'rate', cardPath(CARD), '--set', 'mS=150', '--set', 'theta=0.0005'));
  const shown = page.locator('#readout');
  const value = (label: string) => shown.locator('div', { hasText: label }).first().locator('dd');
  await expect(value('signal events')).toContainText(rate.mu.toPrecision(3));
  await expect(value('effective events')).toHaveText(Math.round(rate.effective_events).toLocaleString('en'));
  const limit = commandLimit('--versus', 'mS=150', '--format', 'csv');
  await expect(value('at 95 %')).toHaveText(limit['observed']! < 0.0005 ? 'excluded' : 'not excluded');
});

test('paper gets the plot, its caption and what is said of it, and no controls', async ({ page }) => {
  await open(page, `#card=${CARD}`);
  await page.locator('#pin-curve').click();
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('#toolbar-plot')).toBeHidden();
  await expect(page.locator('#controls')).toBeHidden();
  await expect(page.getByRole('button')).toHaveCount(0);
  for (const part of ['#plot', '#legend', '#caption', '#statements', '#pins']) {
    await expect(page.locator(part)).toBeVisible();
  }
  const { width } = (await page.locator('#plot').boundingBox())!;
  expect(await page.locator('#plot').evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBeGreaterThan(2 * width);
  await page.emulateMedia({ media: 'screen' });
  await expect
    .poll(() => page.locator('#plot').evaluate((canvas: HTMLCanvasElement) => canvas.width))
    .toBeLessThan(1300);
});
