// Shows results, and nothing else: whatever is on display or exported comes from the same results.

import type { Card, Rate } from 'anyslice';
import { Announcer } from './announcer.ts';
import { byId, replaceContent } from './dom.ts';
import type { DroppedCurves } from './dropped.ts';
import { Exporter } from './export/exporter.ts';
import { ExportMenu } from './export/menu.ts';
import { Inquiry } from './inquiry.ts';
import { Breakdown } from './panels/breakdown.ts';
import { showCaption } from './panels/caption.ts';
import { ChainPanel } from './panels/chain_panel.ts';
import { showContourStatements } from './panels/contour_statements.ts';
import { showDataTable, summaryText } from './panels/data_table.ts';
import { ExposurePanel } from './panels/exposure_panel.ts';
import { showComparison, showEvents, showStatements } from './panels/findings.ts';
import { showLegend } from './panels/legend.ts';
import { LimitMapPanel } from './panels/limit_map_panel.ts';
import { showNotes } from './panels/notes.ts';
import { PointPanels } from './panels/point_panels.ts';
import { Readout } from './panels/readout.ts';
import { ScanPanel } from './panels/scan_panel.ts';
import { StatisticsPanel } from './panels/statistics_panel.ts';
import { type KeyItem, keyOf } from './plot/key.ts';
import type { PlotModel } from './plot/model.ts';
import { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import { modelOf } from './plot/results_model.ts';
import { PlotDesk } from './plot_desk.ts';
import type { RestingPoint } from './resting_point.ts';
import { isSettled, type Results } from './results.ts';
import { type State, withParameter } from './state.ts';
import { typeset } from './typography.ts';

// While a slider moves the words around the plot follow it this often, in milliseconds: laying them out takes longer than
// drawing the contour.
const WORDS = 200;
// What is on display is marked as not belonging to the settings when nothing has taken its place after so long.
const STALE = 120;

export interface ViewEvents {
  pin: (at: Point | null) => void;
  /** The reader changes the state at the plot itself; `moving` while a gesture goes on. */
  change: (make: (state: State) => State, moving?: boolean) => void;
  /** A point rests on the plot, with its numbers. */
  rest: (point: RestingPoint) => void;
  fail: (error: unknown) => void;
  /** The rest of results whose computation was stopped is wanted after all. */
  complete: (results: Results) => void;
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
  private readonly plot = new Plot(this.canvas);
  private readonly inquiry = new Inquiry(
    this.plot,
    new Readout(byId('readout-title'), byId('readout')),
    new Announcer(byId('point-announcement')),
    (results, rate) => this.showRest(results, rate),
    (at) => this.desk.look(at),
  );
  private readonly desk: PlotDesk;
  private readonly pointPanels = new PointPanels(byId('point-panels'));
  private readonly chain = new ChainPanel();
  private readonly statistics = new StatisticsPanel();
  private readonly limitMap = new LimitMapPanel();
  private readonly exporter = new Exporter({
    draw: (results) => this.pictured(results),
    size: () => ({ width: this.canvas.clientWidth, height: this.canvas.clientHeight }),
    complete: (results) => this.events.complete(results),
  });
  private readonly exportMenu = new ExportMenu(byId('toolbar-export'), this.exporter);
  private readonly scan: ScanPanel;
  private readonly exposure: ExposurePanel;
  private readonly binTable = byId<HTMLDetailsElement>('bin-table');
  private readonly breakdown = new Breakdown(this.binTable, byId('bins'));
  private resting: RestingPoint | null = null;
  private noted = '';
  private words: ReturnType<typeof setTimeout> | undefined;
  private staleness: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: ViewEvents) {
    this.desk = new PlotDesk(this.area, this.canvas, this.plot, {
      point: (...point) => this.inquiry.point(...point),
      pin: (at) => {
        events.pin(at);
        if (at) this.breakdown.offer();
      },
      change: events.change,
      redraw: () => this.shown && this.draw(this.shown),
      tell: events.fail,
    });
    this.dataTable.addEventListener('toggle', () => this.showData());
    const choose = (changed: Partial<State>) => events.change((state) => ({ ...state, ...changed }) as State);
    this.scan = new ScanPanel({
      choose,
      set: (parameter, value) => {
        const card = this.shown?.analysis.card;
        if (card) events.change((state) => withParameter(card, state, parameter, value));
      },
    });
    this.exposure = new ExposurePanel({ choose });
    byId('statistics-panels').append(
      this.chain.root,
      this.scan.root,
      this.exposure.root,
      this.statistics.root,
      this.limitMap.root,
    );
    // As a link it would change the address, which is that of the settings.
    byId('skip').addEventListener('click', (event) => {
      event.preventDefault();
      this.area.focus();
    });
    this.clear();
  }

  /** Curves that the reader has added from files. */
  get curves(): DroppedCurves {
    return this.desk.dropped;
  }

  /** Whether the results on display are of the same analysis and figure. */
  fits(state: State): boolean {
    if (!this.shown) return false;
    const { state: shown } = this.shown;
    if (shown.card !== state.card || shown.preset !== state.preset) return false;
    if (shown.kind === 'curve' || state.kind === 'curve') return shown.kind === state.kind;
    return shown.axes.x === state.axes.x && shown.axes.y === state.axes.y;
  }

  show(results: Results): void {
    this.shown = results;
    this.draw(results);
    markDrawn(results);
    this.exporter.about(results);
    this.exportMenu.update();
    clearTimeout(this.staleness);
    this.staleness = undefined;
    this.root.classList.remove('stale');
    // A coarse contour belongs to the settings, but better is to come.
    if (!isSettled(results)) {
      this.words ??= setTimeout(() => this.describe(), WORDS);
      return;
    }
    this.describe();
    this.root.removeAttribute('aria-busy');
    this.root.dataset['key'] = results.key;
    this.pointPanels.about(results);
    this.limitMap.about(results);
  }

  /** All around the plot that is said about it. */
  private describe(): void {
    clearTimeout(this.words);
    this.words = undefined;
    const results = this.shown;
    if (!results) return;
    this.desk.about(results);
    showLegend(byId('legend'), this.key);
    showCaption(byId('caption'), results);
    if (results.kind === 'curve') showEvents(byId('events'), results);
    else replaceContent(byId('events'));
    this.binTable.hidden = results.kind === 'curve';
    this.showNotes(results);
    byId('summary').textContent = summaryText(results);
    this.showData();
    this.showFindings(results);
    this.inquiry.about(results);
  }

  /** The settings have become these: the plot shows their window before anything is computed for it. */
  frame(state: State): void {
    this.desk.expect(state);
    if (this.fits(state)) this.plot.reframe(state.x, state.y);
    this.desk.update();
  }

  /** What is said about the limit. The limit is on screen before it: until then what was said of the last one keeps its
   * place, so that nothing jumps, and is marked. */
  showFindings(results: Results): void {
    if (results !== this.shown) return;
    if (results.kind === 'contour') {
      showContourStatements(this.statements, results);
      replaceContent(this.comparison);
      this.comparison.hidden = true;
      return;
    }
    for (const part of [this.statements, this.comparison]) part.classList.toggle('stale', results.findings === null);
    if (!results.findings) return;
    showStatements(this.statements, results);
    showComparison(this.comparison, results);
  }

  /** What is on display belongs to other axes than what is being computed: it goes. */
  clear(): void {
    this.shown = null;
    clearTimeout(this.words);
    this.words = undefined;
    this.plot.clear();
    this.desk.about(null);
    this.inquiry.about(null);
    for (const id of ['legend', 'caption', 'statements', 'events', 'comparison', 'data', 'notes', 'summary']) {
      replaceContent(byId(id));
    }
    this.noted = '';
    this.resting = null;
    this.breakdown.about(null);
    this.comparison.hidden = true;
    this.binTable.hidden = true;
    this.pointPanels.about(null);
    this.chain.about(null);
    this.statistics.about(null);
    this.scan.about(null);
    this.exposure.about(null);
    this.limitMap.about(null);
    this.exporter.about(null);
    this.exportMenu.update();
    delete this.root.dataset['key'];
  }

  /** Something else is being computed: what is on display does not belong to the settings any more. */
  wait(): void {
    this.staleness ??= setTimeout(() => this.root.classList.add('stale'), STALE);
    this.root.setAttribute('aria-busy', 'true');
  }

  /** Nothing more will come; what is on display stays marked as not belonging to the settings. */
  rest(): void {
    // Nothing is going to take its place.
    if (this.staleness !== undefined) this.root.classList.add('stale');
    this.root.removeAttribute('aria-busy');
    this.exporter.stop();
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
    this.pointPanels.restyle();
    this.statistics.restyle();
    this.scan.restyle();
    this.exposure.restyle();
    this.limitMap.restyle();
  }

  // ------------------------------------------------------------ parts

  private draw(results: Results): void {
    const model = this.desk.complete(modelOf(results), results);
    this.key = keyOf(results, model);
    this.plot.show(model, results.state.pin);
  }

  /** For a picture: in the window of the results themselves, whatever the plot shows in the meantime. */
  private pictured(results: Results): { model: PlotModel; key: KeyItem[] } {
    const own = modelOf(results);
    const complete = this.desk.complete(own, results);
    const model = { ...complete, x: { ...complete.x, range: own.x.range }, y: { ...complete.y, range: own.y.range } };
    return { model, key: keyOf(results, model) };
  }

  private showData(): void {
    const body = byId('data');
    // The points of a contour are many: while a slider moves the table waits.
    if (this.shown && !isSettled(this.shown)) return;
    if (this.dataTable.open && this.shown) showDataTable(body, this.shown);
    else replaceContent(body);
  }

  private showRest(results: Results, rate: Rate): void {
    this.resting = { results, rate };
    this.chain.about(this.resting);
    this.events.rest(this.resting);
    this.statistics.about(this.resting);
    this.exporter.rest(this.resting);
    this.exportMenu.update();
    this.scan.about(this.resting);
    this.exposure.about(this.resting);
    this.breakdown.about(this.resting);
  }

  /** The notes change with few settings: while a slider moves they stay. */
  private showNotes(results: Results): void {
    const { card, preset, variant, overlays, switches } = results.state;
    const axes = results.state.kind === 'contour' ? results.state.axes : null;
    const noted = JSON.stringify([card, preset, variant, overlays, switches, axes]);
    if (noted === this.noted) return;
    this.noted = noted;
    showNotes(byId('notes'), results);
  }
}

/** For whoever measures how soon a change of the settings is seen. Nobody need be listening, and nothing is kept. */
function markDrawn({ kind, state, key }: Results): void {
  const name = 'anyslice: drawn';
  performance.mark(name, { detail: { kind, key, set: state.set } });
  performance.clearMarks(name);
}
