// Everything that can be taken away, opened again: numbers against the command, pictures by their size and content, and
// the menu by the keyboard.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import Ajv from 'ajv';
import { strFromU8, unzipSync } from 'fflate';
import { parseAllDocuments } from 'yaml';
import { exportedFile, exportedText, exportOpener, openExports } from './exports.ts';
import { cardPath, native, repository } from './native.ts';

const SCALAR = 'microboone-kdar-scalar';
const X = 'microboone-kdar-x';
const HEAVY = 'nd280-dark-neutrino-heavy';
const LIGHT = 'nd280-dark-neutrino-light';

async function open(page: Page, hash: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`./${hash}`);
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /./);
  await expect(page.locator('#status-line')).toHaveText(/^Computed in your browser/);
}

/** Numbers to the precision of sums that are made in another order; everything else to the letter. */
function expectSameText(ours: string, theirs: string, tolerance: number): void {
  const [one, other] = [ours, theirs].map((text) => text.trimEnd().split('\n'));
  expect(one!.length).toBe(other!.length);
  for (const [i, line] of other!.entries()) {
    const [a, b] = [one![i]!.split(/([,\s]+)/), line.split(/([,\s]+)/)];
    expect(a.length, `line ${i}: ${one![i]}`).toBe(b.length);
    for (const [k, word] of b.entries()) {
      if (a[k] === word) continue;
      expect(Math.abs(Number(a[k]) - Number(word)), `line ${i}: ${one![i]}, not ${line}`).toBeLessThanOrEqual(
        tolerance * Math.abs(Number(word)),
      );
    }
  }
}

/** Width and height of a PNG stand at the beginning of the file. */
function sizeOf(png: Buffer): [number, number] {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The first document of the card's page, as XML: tags by name and all text. */
async function parsedSvg(page: Page, text: string) {
  return page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    const count = (name: string) => parsed.getElementsByTagName(name).length;
    return {
      broken: count('parsererror') > 0,
      texts: [...parsed.getElementsByTagName('text')].map((node) => node.textContent),
      size: ['width', 'height'].map((name) => Number(parsed.documentElement.getAttribute(name))),
      paths: count('path'),
      images: count('image'),
      clips: [...parsed.querySelectorAll('[clip-path]')].map((node) => {
        const id = /#([^)]*)/.exec(node.getAttribute('clip-path')!)![1]!;
        return parsed.getElementById(id)?.tagName;
      }),
      evenOdd: parsed.querySelectorAll('[fill-rule="evenodd"], [clip-rule="evenodd"]').length,
      dashed: parsed.querySelectorAll('[stroke-dasharray]').length,
      // Colours with an opacity inside are not understood by every program.
      odd: [...parsed.querySelectorAll('*')].filter((node) =>
        [...node.attributes].some(({ value }) => /^#[0-9a-f]{8}$|NaN|undefined/i.test(value)),
      ).length,
    };
  }, text);
}

test('limit curves: every file of the menu', async ({ page }, info) => {
  await open(page, `#card=${SCALAR}&preset=figure-2&x=100:200&points=6&pin=150:0.0005`);
  const csv = await exportedFile(page, 'CSV');
  expect(csv.name).toBe('microboone-kdar-scalar_figure-2_cl=0.95.csv');
  const theirs = native('limit', cardPath(SCALAR), '--on', 'theta', '--versus', 'mS=100:200:6', '--format', 'csv');
  expectSameText(csv.bytes.toString('utf8'), theirs, 1e-6);

  const document = JSON.parse(await exportedText(page, 'JSON'));
  const schema = JSON.parse(readFileSync(join(repository, 'data/schema/results.schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document.software).toEqual({ name: 'anyslice', version: native('--version').trim().split(' ').at(-1) });
  expect(document.card.documents).toEqual([{ file: `${SCALAR}.json`, sha256: digest(cardPath(SCALAR)) }]);
  const { tables } = JSON.parse(readFileSync(cardPath(SCALAR), 'utf8'));
  expect(document.tables.map(({ sha256 }: { sha256: string }) => sha256)).toEqual(
    Object.values<{ sha256: string }>(tables).map(({ sha256 }) => sha256),
  );
  expect(document.permalink).toBe(page.url());
  expect(document.parameters.mS.unit).toBe('MeV');
  expect(document.method).toBe('cls-hybrid');
  expect(Math.abs(Date.parse(document.date) - Date.now())).toBeLessThan(3600_000);
  const [curve] = document.results.curves;
  const observed = curve.limit.points.map((point: { observed: number }) => point.observed);
  const column = theirs
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Number(line.split(',')[1]));
  for (const [i, value] of column.entries()) expect(Math.abs(observed[i] / value - 1)).toBeLessThan(1e-6);
  expect(curve.drawn.length).toBeGreaterThanOrEqual(6);

  const { name, bytes } = await exportedFile(page, 'pyhf workspace');
  expect(name).toBe('microboone-kdar-scalar_point_mS=150_theta=0.0005_workspace.json');
  const file = info.outputPath('workspace.json');
  writeFileSync(file, bytes);
  const fromWorkspace = JSON.parse(native('cls', '--workspace', file, '--method', 'cls-asymptotic', '--json'));
  const set = ['--set', 'mS=150', '--set', 'theta=0.0005'];
  const ofPoint = JSON.parse(native('strength', cardPath(SCALAR), ...set, '--cl', '0.95', '--json'));
  expect(Math.abs(fromWorkspace.CLs / ofPoint.CLs - 1)).toBeLessThan(1e-4);

  const citation = await exportedText(page, 'BibTeX');
  expect(citation).toMatch(/^@\w+\{/m);
  expect(citation).toContain('2106.00568');
  expect(citation).toMatch(/anyslice/i);
  expect(citation.split('{').length).toBe(citation.split('}').length);
});

test('limit curves: pictures of any resolution, and lines and letters', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(page, `#card=${X}&preset=figure-4&points=5`);
  await openExports(page);
  const sizes: [number, number][] = [];
  for (const ratio of [1, 2, 3, 4]) {
    await openExports(page);
    await page.locator('#export-ratio').selectOption(String(ratio));
    sizes.push(sizeOf((await exportedFile(page, 'PNG')).bytes));
  }
  for (const [i, [width, height]] of sizes.entries()) {
    expect([width, height]).toEqual([sizes[0]![0] * (i + 1), sizes[0]![1] * (i + 1)]);
  }
  // A pinned curve and one from a file are in the pictures, with their names.
  const bare = await parsedSvg(page, await exportedText(page, 'SVG'));
  await page.locator('#pin-curve').click();
  await page.locator('#pins input').fill('kept one');
  await page.locator('#pins input').press('Enter');
  await page.locator('#overlay-file').setInputFiles({
    name: 'from a file.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('1e-7,1e-9\n1e-6,1e-8\n1e-4,1e-7\n'),
  });
  await expect(page.locator('#dropped li')).toContainText('from a file.csv');
  await expect(page.locator('#pins li[aria-busy="false"]')).toHaveCount(1);
  const text = await exportedText(page, 'SVG');
  const svg = await parsedSvg(page, text);
  for (const name of ['kept one', 'from a file']) {
    expect(bare.texts).not.toContain(name);
    expect(svg.texts).toContain(name);
  }
  expect(svg.paths).toBeGreaterThan(bare.paths + 1);
  expect(svg.broken).toBe(false);
  expect(bare.size).toEqual(sizes[0]);
  expect(svg.size[0]).toEqual(sizes[0]![0]);
  expect(svg.images).toBe(0);
  expect(svg.odd).toBe(0);
  expect(svg.paths).toBeGreaterThan(10);
  expect(svg.dashed).toBeGreaterThan(2);
  expect(new Set(svg.clips)).toEqual(new Set(['clipPath']));
  expect(svg.texts).toContain('10−6');
  expect(svg.texts.join('\n')).toContain('proper lifetime of X τX [s]');
  // On white, although the page is dark; and dark at will.
  expect(text).toMatch(/<path d="M0 0L[^"]*" fill="#ffffff"/);
  await openExports(page);
  await page.locator('#export-paper').uncheck();
  expect(await exportedText(page, 'SVG')).toMatch(/<path d="M0 0L[^"]*" fill="#14171b"/);
  // The same picture as pixels: as many of them have colour as in what a browser makes of the vectors.
  await openExports(page);
  await page.locator('#export-paper').check();
  await page.locator('#export-ratio').selectOption('1');
  const png = (await exportedFile(page, 'PNG')).bytes;
  const difference = await page.evaluate(
    async ([png, svg]) => {
      const painted = async (source: string) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const [one, other] = [await painted(png!), await painted(svg!)];
      let different = 0;
      for (let i = 0; i < one.length; i += 4) {
        const apart = [0, 1, 2].map((k) => Math.abs(one[i + k]! - other[i + k]!));
        if (Math.max(...apart) > 100) ++different;
      }
      return one.length === other.length ? (4 * different) / one.length : 1;
    },
    [
      `data:image/png;base64,${png.toString('base64')}`,
      `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`,
    ],
  );
  expect(difference).toBeLessThan(0.005);
});

test('contours: numbers as of the command, a submission, and vectors', async ({ page, context }) => {
  await open(page, `#card=${HEAVY}&preset=figure-9-mZ-epsilon&beside.parts=&band=0&cl=0.9`);
  const csv = await exportedFile(page, 'CSV');
  expect(csv.name).toMatch(/^nd280-dark-neutrino-heavy_figure-9-mZ-epsilon_mN=0\.1_.*cl=0\.9\.csv$/);
  const { axes, set, x, y } = JSON.parse(readFileSync(cardPath(HEAVY), 'utf8')).presets['figure-9-mZ-epsilon'];
  const values = Object.entries<number>(set).filter(([name]) => name !== x && name !== y);
  const plane = [
    ...['--x', `${x}=${axes.x.range.join(':')}`, '--y', `${y}=${axes.y.range.join(':')}`],
    ...values.flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ];
  const theirs = native('contour', cardPath(HEAVY), ...plane, '--format', 'csv');
  expectSameText(csv.bytes.toString('utf8'), theirs, 1e-5);

  const document = JSON.parse(await exportedText(page, 'JSON'));
  expect(document.results.kind).toBe('contours');
  expect(document.results.contour.rings.length).toBeGreaterThan(0);
  expect(document.state.axes).toEqual({ x, y });
  expect(document.switches).toBeInstanceOf(Object);

  const archive = await exportedFile(page, 'HEPData');
  expect(archive.name).toMatch(/_hepdata\.zip$/);
  const files = Object.entries(unzipSync(archive.bytes)).map(([name, bytes]) => [name, strFromU8(bytes)] as const);
  const text = new Map(files);
  const documents = parseAllDocuments(text.get('submission.yaml')!).map((part) => part.toJS());
  const described = documents.flatMap((part) => part?.data_file ?? []);
  expect(described.length).toBeGreaterThan(0);
  expect([...text.keys()].filter((name) => name !== 'submission.yaml').sort()).toEqual([...described].sort());
  const numbers = JSON.stringify(described.map((name: string) => parseAllDocuments(text.get(name)!)[0]!.toJS()));
  const [ring] = document.results.contour.rings;
  const held = new Set(numbers.match(/-?\d[\d.e+-]*/g)!.map((number) => Number(number).toPrecision(5)));
  // Submissions hold seven digits.
  for (const place of ring.flat() as number[]) expect(held).toContain(Number(place.toPrecision(7)).toPrecision(5));

  const svg = await parsedSvg(page, await exportedText(page, 'SVG'));
  expect(svg.broken).toBe(false);
  expect(svg.images).toBe(0);
  expect(svg.evenOdd).toBeGreaterThan(0);
  expect(svg.odd).toBe(0);

  // Cancelled when only the coarse contour is there: that stays, marked, and what is taken away is the fine one.
  await page.evaluate(() => {
    const { document } = window;
    const panel = document.querySelector('#export-panel')!;
    const observer = new MutationObserver(() => {
      if (!panel.classList.contains('unfinished')) return;
      observer.disconnect();
      document.querySelector<HTMLButtonElement>('#cancel')!.click();
    });
    observer.observe(panel, { attributes: true });
  });
  await page.locator('#choose-level').fill('95');
  await page.locator('#choose-level').press('Enter');
  await expect(page.locator('#status-line')).toContainText('Cancelled: the contour shown is coarse.');
  await expect(page.locator('#results')).not.toHaveAttribute('aria-busy');
  const caption = page.locator('#caption');
  await expect(caption).toContainText('coarse: not computed to its end');
  await expect(caption).toContainText('95 % CL');
  await openExports(page);
  await expect(page.locator('.export-note')).toContainText('The computation of this figure did not come to its end');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy CSV' }).click();
  await expect(page.locator('.export-note')).toHaveText('The CSV is on the clipboard.');
  await expect(caption).not.toContainText('coarse');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expectSameText(copied, native('contour', cardPath(HEAVY), ...plane, '--cl', '0.95', '--format', 'csv'), 1e-5);
  await page.locator('#export-ratio').selectOption('1');
  await page.getByRole('button', { name: 'Copy image' }).click();
  await expect(page.locator('.export-note')).toHaveText('The image is on the clipboard.');
  const image = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const { width, height } = await createImageBitmap(await item!.getType('image/png'));
    return [width, height];
  });
  expect(image).toEqual(svg.size);

  // The numbers of a chart below the plot.
  const panel = page.locator('#panel-lifetime');
  await panel.locator('summary').click();
  const waiting = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Chart as CSV' }).first().click();
  const chart = readFileSync(await (await waiting).path(), 'utf8');
  const rows = chart.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(rows[0]).toBe('curve,x,y');
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows.slice(1)) expect(row.split(',').slice(-2).map(Number).every(Number.isFinite)).toBe(true);
});

test('an export of what is still coarse waits for its end', async ({ page }) => {
  // The fine contour is not computed before the slider rests: exports asked for in between are of the fine one.
  await page.addInitScript(() => {
    const made: Worker[] = [];
    Object.assign(window, {
      made,
      Worker: class extends Worker {
        constructor(...given: ConstructorParameters<typeof Worker>) {
          super(...given);
          made.push(this);
        }
      },
    });
  });
  await open(page, `#card=${LIGHT}&beside.parts=&beside.channels=`);
  await openExports(page);
  await page.evaluate(() => {
    const waiting = new MutationObserver(() => {
      const note = document.querySelector('.export-note')!.textContent!;
      if (note !== '') document.body.dataset['noted'] = note;
    });
    waiting.observe(document.querySelector('.export-note')!, { childList: true, characterData: true, subtree: true });
  });
  const download = page.waitForEvent('download');
  await page.evaluate(() => {
    const slider = document.querySelector<HTMLInputElement>('#controls input[type="range"]')!;
    const panel = document.querySelector('#export-panel')!;
    const observer = new MutationObserver(() => {
      // The coarse contour has come, and no other yet.
      if (!panel.classList.contains('unfinished')) return;
      observer.disconnect();
      document.querySelector<HTMLButtonElement>('#export-json')!.click();
    });
    observer.observe(panel, { attributes: true });
    slider.value = String((Number(slider.min) + Number(slider.max)) / 2);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  });
  const taken = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  await expect(page.locator('body')).toHaveAttribute('data-noted', /Waiting for the end/);
  // Coarse contours come without the band that belongs to the figure.
  expect(taken.state.band).toBe(true);
  expect(taken.results.contour.band).not.toBeNull();
  expect(taken.permalink).toBe(page.url());

  /** When the next coarse contour has come, and no other yet: asks for its numbers, and then something happens. */
  const meanwhile = (what: 'a worker dies' | 'another card is chosen') =>
    page.evaluate((what) => {
      const panel = document.querySelector('#export-panel')!;
      const observer = new MutationObserver(() => {
        if (!panel.classList.contains('unfinished')) return;
        observer.disconnect();
        document.querySelector<HTMLButtonElement>('#export-csv')!.click();
        if (what === 'a worker dies') {
          const [worker] = (window as unknown as { made: Worker[] }).made;
          worker!.terminate();
          worker!.dispatchEvent(new ErrorEvent('error', { message: 'killed', cancelable: true }));
        } else {
          const choice = document.querySelector<HTMLSelectElement>('#choose-analysis')!;
          choice.value = 'microboone-kdar-scalar';
          choice.dispatchEvent(new Event('change', { bubbles: true }));
        }
      });
      observer.observe(panel, { attributes: true });
    }, what);
  const level = async (percent: string) => {
    await page.locator('#choose-level').fill(percent);
    await page.locator('#choose-level').press('Enter');
  };
  await meanwhile('a worker dies');
  const redone = page.waitForEvent('download');
  await level('95');
  const text = readFileSync(await (await redone).path(), 'utf8');
  await expect(page.locator('#message-text')).toContainText('A computation worker stopped and was replaced');
  const { state } = taken;
  const axis = (name: 'x' | 'y') => [`--${name}`, `${state.axes[name]}=${state[name].join(':')}`];
  const values = Object.entries(state.set).filter(([name]) => name !== state.axes.x && name !== state.axes.y);
  const words = [...axis('x'), ...axis('y'), ...values.flatMap(([name, value]) => ['--set', `${name}=${value}`])];
  const theirs = native('contour', cardPath(LIGHT), ...words, '--cl', '0.95', '--band', '--format', 'csv');
  expectSameText(text, theirs, 1e-5);

  await meanwhile('another card is chosen');
  await level('90');
  await expect(page.locator('.export-note')).toHaveText('Not exported: the figure has gone before it was finished.');
  await expect(page.locator('#results:not([aria-busy])')).toHaveAttribute('data-key', /microboone-kdar-scalar/);
  const other = await exportedFile(page, 'CSV');
  expect(other.name).toMatch(/^microboone-kdar-scalar/);
});

test('a plane without any exclusion is exported as such', async ({ page }) => {
  await open(page, `#card=${HEAVY}&set.alphaD=1e-4&set.UmuN2=1e-12&beside.parts=`);
  const csv = await exportedText(page, 'CSV');
  expect(csv.trimEnd().split('\n').at(-1)).toBe('ring,mZ,epsilon,limit');
  expect(sizeOf((await exportedFile(page, 'PNG')).bytes)[0]).toBeGreaterThan(600);
  expect((await parsedSvg(page, await exportedText(page, 'SVG'))).broken).toBe(false);

  // The menu by the keyboard: it opens, takes the focus along, and gives it back.
  const opener = exportOpener(page);
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#export-panel')).toBeVisible();
  await expect(opener).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Export CSV', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('#export-panel')).toBeHidden();
  await expect(opener).toBeFocused();

  // What cannot be made says so.
  await openExports(page);
  await page.evaluate(() => {
    HTMLCanvasElement.prototype.toBlob = (done) => done(null);
  });
  await page.getByRole('button', { name: 'Export PNG', exact: true }).click();
  await expect(page.locator('.export-note')).toContainText('Not exported: A picture of');
});
