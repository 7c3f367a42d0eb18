// What can be taken away, each made from one set of results that belong together. The scripts that make it come with the
// first export: most readers take nothing away.

import { captionParts } from '../panels/caption.ts';
import { paperColours, readColours } from '../plot/colours.ts';
import type { KeyItem } from '../plot/key.ts';
import type { PlotModel } from '../plot/model.ts';
import type { Sheet } from '../plot/plot.ts';
import { type RestingPoint, settingAt } from '../resting_point.ts';
import { isComplete, isSettled, type Results } from '../results.ts';
import { settingOf } from '../session.ts';
import { linkTo } from '../ship/link.ts';
import { hashOfState } from '../state.ts';
import { csvOf } from './csv.ts';
import { figureName, joined, pointName, type Taken } from './download.ts';
import type { Figure } from './picture.ts';

export type Kind = 'csv' | 'json' | 'hepdata' | 'png' | 'svg' | 'bibtex' | 'workspace';

/** What the page knows and no result says. */
export interface Surroundings {
  /** The plot of results, with what the reader has put beside them. */
  draw: (results: Results) => { model: PlotModel; key: KeyItem[] };
  /** Size of the plot on display, in CSS pixels. */
  size: () => { width: number; height: number };
  /** Computes the rest of results that were stopped: only what is complete is taken away. */
  complete: (results: Results) => void;
}

export interface PictureOptions {
  /** Pixels for one CSS pixel. */
  ratio: number;
  /** On white, whatever the theme of the page. */
  paper: boolean;
}

// Smaller than this the labels of a figure have no room, in CSS pixels.
const LEAST = { width: 640, height: 440 };

/** Fonts of the same widths on every system: what is measured here fits elsewhere. */
const PICTURE_FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';

const NOW = { urgent: true };

type Waiter = { resolve: (results: Results) => void; reject: (error: Error) => void };

export class Exporter {
  private results: Results | null = null;
  private resting: RestingPoint | null = null;
  private waiting: Waiter[] = [];

  constructor(private readonly surroundings: Surroundings) {}

  /** These results are on display; null for none. */
  about(results: Results | null): void {
    this.results = results;
    if (results === null) this.resting = null;
    if (results && !isSettled(results)) return;
    for (const { resolve, reject } of this.waiting.splice(0)) {
      if (results && isComplete(results)) resolve(results);
      else if (results) reject(new Error('the computation did not come to its end.'));
      else reject(new Error('the figure has gone before it was finished.'));
    }
  }

  /** This point rests on the plot. */
  rest(resting: RestingPoint): void {
    this.resting = resting;
  }

  /** Nothing more will come. */
  stop(): void {
    for (const { reject } of this.waiting.splice(0)) {
      reject(new Error('the computation did not come to its end.'));
    }
  }

  /** Whether there is something to take away. */
  has(kind: Kind): boolean {
    return kind === 'workspace' ? this.resting !== null : this.results !== null;
  }

  /** Whether an export would wait for the rest of a computation. */
  get unfinished(): boolean {
    return this.results !== null && !isComplete(this.results);
  }

  /** Whether that rest was cancelled or failed, and an export begins it again. */
  get stopped(): boolean {
    return this.unfinished && isSettled(this.results!);
  }

  async take(kind: Kind, options: PictureOptions): Promise<Taken> {
    if (kind === 'workspace') return this.workspace();
    const results = await this.finished();
    const { analysis, state } = results;
    const name = figureName(analysis.card, state);
    switch (kind) {
      case 'csv':
        return textFile(`${name}.csv`, 'text/csv', await csvOf(results));
      case 'json': {
        const provenance = await analysis.provenance(NOW);
        const { documentOf } = await import('./document.ts');
        const document = documentOf(results, { provenance, permalink: permalinkOf(results), date: new Date() });
        return textFile(`${name}.json`, 'application/json', `${JSON.stringify(document, null, 1)}\n`);
      }
      case 'hepdata': {
        const files = await analysis.hepdata(hepdataResults(results), NOW);
        const { archiveOf } = await import('./archive.ts');
        return { name: `${name}_hepdata.zip`, content: archiveOf(files) };
      }
      case 'bibtex':
        return textFile(`${joined([state.card])}.bib`, 'application/x-bibtex', await analysis.citation(NOW));
      case 'png':
        return { name: `${name}.png`, content: await pngOf(this.figure(results), this.sheet(options)) };
      case 'svg': {
        const figure = this.figure(results);
        const sheet = this.sheet(options);
        const { writtenPicture } = await import('./picture.ts');
        const text = writtenPicture(figure, sheet, results.analysis.card.about.title, describe(results));
        return textFile(`${name}.svg`, 'image/svg+xml', text);
      }
    }
  }

  /** The point that rests, with its uncertainties, as pyhf reads it. */
  private async workspace(): Promise<Taken> {
    const { resting } = this;
    if (!resting) throw new Error('There is no point to export yet.');
    const { analysis, state } = resting.results;
    const setting = settingAt(resting);
    const workspace = await analysis.workspace(setting, NOW);
    const name = `${pointName(state, setting.set ?? {})}_workspace.json`;
    return textFile(name, 'application/json', `${JSON.stringify(workspace, null, 2)}\n`);
  }

  private finished(): Promise<Results> {
    const { results } = this;
    if (!results) return Promise.reject(new Error('There is nothing to export yet.'));
    if (isComplete(results)) return Promise.resolve(results);
    const finished = new Promise<Results>((resolve, reject) => this.waiting.push({ resolve, reject }));
    if (isSettled(results)) this.surroundings.complete(results);
    return finished;
  }

  private figure(results: Results): Figure {
    return { ...this.surroundings.draw(results), pin: results.state.pin, caption: captionParts(results) };
  }

  private sheet({ ratio, paper }: PictureOptions): Sheet {
    const { width, height } = this.surroundings.size();
    return {
      width: Math.round(Math.max(LEAST.width, width)),
      height: Math.round(Math.max(LEAST.height, height)),
      ratio,
      colours: paper ? paperColours() : readColours(),
      family: PICTURE_FONT,
    };
  }
}

function hepdataResults(results: Results) {
  const setting = settingOf(results.analysis.card, results.state);
  if (results.kind === 'curve') {
    return results.limits.map(({ value, limit }) => ({
      limit,
      setting: { ...setting, set: limit.set },
      ...(value !== null && { label: String(value) }),
    }));
  }
  const [first, ...others] = [{ label: '', contour: results.contour }, ...results.beside];
  return [{ contour: first!.contour, setting }, ...others.map(({ label, contour }) => ({ contour, label, setting }))];
}

async function pngOf(figure: Figure, sheet: Sheet): Promise<Blob> {
  const { paintedPicture } = await import('./picture.ts');
  const made = paintedPicture(figure, sheet);
  const blob = await new Promise<Blob | null>((resolve) => made.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error(`A picture of ${made.width} by ${made.height} pixels is too large for this browser.`);
  return blob;
}

function textFile(name: string, type: string, text: string): Taken {
  return { name, content: new Blob([text], { type }) };
}

/** The settings of results as an address; what is being computed now may have another. */
function permalinkOf({ analysis: { card }, state }: Results): string {
  return linkTo(hashOfState(state, card));
}

function describe(results: Results): string {
  return `${captionParts(results).join('; ').replaceAll(/[{}]/g, '')}. ${permalinkOf(results)}`;
}
