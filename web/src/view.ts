// Shows results, and nothing else: whatever is on display or exported comes from the same results.

import type { Card } from 'anyslice';
import { Announcer } from './announcer.ts';
import { followPointer } from './controls/pointing.ts';
import { byId, replaceContent } from './dom.ts';
import { csvOf } from './export/csv.ts';
import { download, fileName } from './export/download.ts';
import { Inquiry } from './inquiry.ts';
import { captionParts, showCaption } from './panels/caption.ts';
import { showDataTable, summaryText } from './panels/data_table.ts';
import { showComparison, showEvents, showStatements } from './panels/findings.ts';
import { showLegend } from './panels/legend.ts';
import { showNotes } from './panels/notes.ts';
import { Readout } from './panels/readout.ts';
import { type KeyItem, keyOf } from './plot/key.ts';
import { plotModel } from './plot/model.ts';
import { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import type { Results } from './session.ts';
import { presetOf, type State } from './state.ts';
import { typeset } from './typography.ts';

export interface ViewEvents {
  pin: (at: Point | null) => void;
  fail: (error: unknown) => void;
}

export class View {
  private shown: Results | null = null;
  private key: KeyItem[] = [];
  private readonly root = byId('results');
  private readonly area = byId('plot-area');
  private readonly canvas = byId<HTMLCanvasElement>('plot');
  private readonly statements = byId('statements');
  private readonly comparison = byId('comparison');
  private readonly dataTable = byId<HTMLDetailsElement>('data-table');
  private readonly exports = [byId<HTMLButtonElement>('export-csv'), byId<HTMLButtonElement>('export-png')];
  private readonly plot = new Plot(this.canvas);
  private readonly inquiry = new Inquiry(
    this.plot,
    new Readout(byId('readout-title'), byId('readout')),
    new Announcer(byId('point-announcement')),
  );

  constructor(events: ViewEvents) {
    followPointer(this.area, this.canvas, this.plot, {
      move: (...point) => this.inquiry.point(...point),
      // A point belongs to the axes on display.
      pin: (at) => this.shown && events.pin(at),
    });
    this.dataTable.addEventListener('toggle', () => this.showData());
    byId('export-csv').addEventListener('click', () => this.exportCsv().catch(events.fail));
    byId('export-png').addEventListener('click', () => this.exportPng().catch(events.fail));
    // As a link it would change the address, which is that of the settings.
    byId('skip').addEventListener('click', (event) => {
      event.preventDefault();
      this.area.focus();
    });
    this.clear();
  }

  /** Whether the results on display are of the same analysis and figure. */
  fits(state: State): boolean {
    return this.shown !== null && this.shown.state.card === state.card && this.shown.state.preset === state.preset;
  }

  show(results: Results): void {
    this.shown = results;
    const { state, limits } = results;
    const { card } = results.analysis;
    const [, preset] = presetOf(card, state.preset);
    const model = plotModel(card, preset, state, limits);
    this.key = keyOf(results, model);
    this.plot.show(model, state.pin);
    showLegend(byId('legend'), this.key);
    showCaption(byId('caption'), results);
    showEvents(byId('events'), results);
    showNotes(byId('notes'), results);
    byId('summary').textContent = summaryText(results);
    this.showData();
    for (const button of this.exports) button.disabled = false;
    this.root.classList.remove('stale');
    this.root.removeAttribute('aria-busy');
    this.root.dataset['key'] = results.key;
    this.showFindings(results);
    this.inquiry.about(results);
  }

  /** What is said about the limit. The limit is on screen before it: until then what was said of the last one keeps its
   * place, so that nothing jumps, and is marked. */
  showFindings(results: Results): void {
    if (results !== this.shown) return;
    for (const part of [this.statements, this.comparison]) part.classList.toggle('stale', results.findings === null);
    if (!results.findings) return;
    showStatements(this.statements, results);
    showComparison(this.comparison, results);
  }

  /** What is on display belongs to other axes than what is being computed: it goes. */
  clear(): void {
    this.shown = null;
    this.plot.clear();
    this.inquiry.about(null);
    for (const id of ['legend', 'caption', 'statements', 'events', 'comparison', 'data', 'notes', 'summary']) {
      replaceContent(byId(id));
    }
    this.comparison.hidden = true;
    for (const button of this.exports) button.disabled = true;
    delete this.root.dataset['key'];
  }

  /** Something else is being computed: what is on display does not belong to the settings any more. */
  wait(): void {
    this.root.classList.add('stale');
    this.root.setAttribute('aria-busy', 'true');
  }

  /** Nothing more will come; what is on display stays marked as not belonging to the settings. */
  rest(): void {
    this.root.removeAttribute('aria-busy');
  }

  showHeading({ about }: Card): void {
    const title = byId('title');
    if (title.textContent === typeset(about.title)) return;
    title.textContent = typeset(about.title);
    byId('description').textContent = typeset(about.summary ?? '');
    document.title = `${about.short_title ?? about.title} – anyslice`;
  }

  /** In place of a heading, when no analysis could be opened. */
  showNoHeading(): void {
    byId('title').textContent = 'No analysis is open';
  }

  restyle(): void {
    this.plot.restyle();
  }

  // ------------------------------------------------------------ parts

  private showData(): void {
    const body = byId('data');
    if (this.dataTable.open && this.shown) showDataTable(body, this.shown);
    else replaceContent(body);
  }

  private async exportCsv(): Promise<void> {
    if (!this.shown) return;
    const { analysis, state, limits } = this.shown;
    const text = await csvOf(analysis, limits);
    download(fileName(state.card, state.preset, 'csv'), new Blob([text], { type: 'text/csv' }));
  }

  private async exportPng(): Promise<void> {
    if (!this.shown) return;
    const { state } = this.shown;
    const picture = await this.plot.png(this.key, captionParts(this.shown));
    if (picture) download(fileName(state.card, state.preset, 'png'), picture);
  }
}
