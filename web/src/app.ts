// The page at work: holds the state, has it computed, and shows the results.

import { type Analysis, isAbort, type Rate } from 'anyslice';
import { Panel } from './controls/panel.ts';
import { followPointer } from './controls/pointing.ts';
import { byId, replaceContent } from './dom.ts';
import { csvOf } from './export/csv.ts';
import { download, fileName } from './export/download.ts';
import { formatNumber } from './format.ts';
import type { Library } from './library.ts';
import { showDataTable, summaryText } from './panels/data_table.ts';
import { showComparison, showEvents, showStatements } from './panels/findings.ts';
import { showLegend } from './panels/legend.ts';
import { showNotes } from './panels/notes.ts';
import { Readout } from './panels/readout.ts';
import { Status } from './panels/status.ts';
import { plotModel } from './plot/model.ts';
import { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import { compute, findingsOf, Latest, type Results, settingOf } from './session.ts';
import {
  cardOfHash,
  computationKey,
  defaults,
  hashOfState,
  presetOf,
  type State,
  sentence,
  stateOfHash,
} from './state.ts';
import { startTheme } from './theme.ts';
import { typeset } from './typography.ts';

interface Question {
  state: State;
  at: Point;
  pinned: boolean;
  /** Value of the series parameter; undefined without a series. */
  series: number | undefined;
}

export class App {
  private analysis!: Analysis;
  private state!: State;
  private results: Results | null = null;
  private running: AbortController | null = null;
  /** Counts the addresses asked for: only the newest one counts when its analysis arrives. */
  private visits = 0;
  private readonly plotArea = byId('plot-area');
  private readonly canvas = byId<HTMLCanvasElement>('plot');
  private readonly plot = new Plot(this.canvas);
  private readonly readout = new Readout(byId('readout-title'), byId('readout'));
  private readonly dataTable = byId<HTMLDetailsElement>('data-table');
  readonly status = new Status(
    byId('status-line'),
    byId<HTMLProgressElement>('progress'),
    byId<HTMLButtonElement>('cancel'),
    byId('message'),
    byId('message-text'),
    () => this.cancel(),
    byId<HTMLButtonElement>('dismiss'),
  );
  private readonly panel = new Panel(byId('controls'), {
    change: (change, moving) => this.change(change, moving),
    chooseCard: (card) => this.goTo(`#card=${encodeURIComponent(card)}`, 'push'),
    choosePreset: (preset) => this.change({ ...defaults(this.analysis.card, this.state.card, preset), ...this.kept() }),
  });
  private readonly hover = new Latest<Question, Rate>(
    (question) => this.rate(question),
    (rate, question) => this.showRate(rate, question),
    (error, question) => {
      if (question.state === this.state) this.readout.fail(messageOf(error));
    },
  );

  constructor(private readonly library: Library) {
    followPointer(this.plotArea, this.canvas, this.plot, {
      move: (at, pixel) => this.point(at, pixel),
      pin: (at) => this.change({ pin: at }),
    });
    this.dataTable.addEventListener('toggle', () => this.showData());
    byId('export-csv').addEventListener('click', () => this.exportCsv().catch((error) => this.fail(error)));
    byId('export-png').addEventListener('click', () => this.exportPng().catch((error) => this.fail(error)));
    byId('copy-link').addEventListener('click', () => this.copyLink());
    byId('reset').addEventListener('click', () =>
      this.change(defaults(this.analysis.card, this.state.card, this.state.preset)),
    );
    startTheme(byId<HTMLButtonElement>('theme'), () => this.plot.restyle());
    addEventListener('popstate', () => this.goTo(location.hash, 'keep'));
  }

  /** Shows what an address describes; `entry` says what happens to the history of the browser. */
  async goTo(hash: string, entry: 'push' | 'replace' | 'keep'): Promise<void> {
    const { card: name, problems } = cardOfHash(hash, this.library.names);
    const visit = ++this.visits;
    try {
      this.status.start('Loading the analysis');
      const analysis = await this.library.open(name);
      if (visit !== this.visits) return;
      this.analysis = analysis;
      const read = stateOfHash(problems.length > 0 ? '' : hash, analysis.card, name);
      const trouble = sentence([...problems, ...read.problems]);
      if (trouble) this.status.tell(trouble, 'note');
      await this.apply(read.state, trouble && entry === 'keep' ? 'replace' : entry);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The analyses have got their titles. */
  refreshTitles(): void {
    if (this.state) this.panel.show(this.analysis.card, this.state, this.library.titles);
  }

  private change(change: Partial<State>, moving = false): void {
    if (!this.state) return;
    // While a slider moves only the address of the last position becomes an entry of the history.
    this.apply({ ...this.state, ...change }, moving ? 'replace' : 'push');
  }

  /** Choices that survive a change of figure. */
  private kept(): Partial<State> {
    const { variant, method, constraint, cl, exposure, toys, seed, points } = this.state;
    return { variant, method, constraint, cl, exposure, toys, seed, points };
  }

  private async apply(state: State, entry: 'push' | 'replace' | 'keep'): Promise<void> {
    this.state = state;
    this.remember(entry);
    this.panel.show(this.analysis.card, state, this.library.titles);
    this.showHeading();
    if (this.results && this.results.state.card === state.card && this.results.key === computationKey(state)) {
      this.running?.abort();
      this.running = null;
      // What is only shown may have changed: a later cancellation comes back to it.
      this.results.state = state;
      this.status.done(this.results.duration);
      this.plotArea.classList.remove('stale');
      this.show();
      return;
    }
    await this.recompute();
  }

  private remember(entry: 'push' | 'replace' | 'keep'): void {
    const hash = hashOfState(this.state);
    if (entry === 'keep' || hash === location.hash) return;
    if (entry === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  }

  private async recompute(): Promise<void> {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const { analysis, state } = this;
    this.status.start('Computing');
    this.plotArea.classList.add('stale');
    this.plotArea.setAttribute('aria-busy', 'true');
    try {
      const results = await compute(analysis, state, {
        signal: running.signal,
        onProgress: (done, total) => this.running === running && this.status.progress(done, total),
      });
      if (this.running !== running) return;
      this.running = null;
      this.results = results;
      this.status.done(results.duration);
      this.plotArea.classList.remove('stale');
      this.plotArea.removeAttribute('aria-busy');
      this.show();
      // The limit is on screen before what is said about it.
      results.findings = await findingsOf(analysis, results, {});
      if (this.results === results) this.showFindings();
    } catch (error) {
      if (this.running !== null && this.running !== running) return;
      this.running = null;
      this.plotArea.removeAttribute('aria-busy');
      if (!isAbort(error)) this.fail(error);
    }
  }

  /** Stops what is being computed; the settings go back to those of the limit on display. */
  private cancel(): void {
    this.running?.abort();
    this.running = null;
    this.plotArea.removeAttribute('aria-busy');
    if (this.results && this.results.state.card === this.state.card) {
      this.apply(this.results.state, 'push');
      this.status.say('Cancelled: the settings are back at those of the limit shown.');
    } else {
      this.status.say('Cancelled: nothing has been computed. Any change of the settings starts again.');
    }
  }

  // ------------------------------------------------------------ showing

  private show(): void {
    const { results, state } = this;
    if (!results) return;
    const { card } = this.analysis;
    const [, preset] = presetOf(card, state.preset);
    const model = plotModel(card, preset, state, results.limits);
    this.plot.show(model, state.pin);
    const [first] = results.limits;
    showLegend(byId('legend'), {
      cl: state.cl,
      observed: state.exposure === 1,
      bands: state.bands,
      series: preset.series ? { parameter: card.parameters[preset.series.parameter]!, values: state.series } : null,
      published: model.published,
    });
    if (first) showEvents(byId('events'), first.limit);
    this.showFindings();
    showNotes(byId('notes'), card, preset, state);
    byId('summary').textContent = summaryText(card, results);
    this.showData();
    this.point(null, null);
  }

  private showFindings(): void {
    const { results } = this;
    const first = results?.limits[0];
    // Until the new findings are there the old ones keep their place, so that nothing jumps.
    if (!results || !first || !results.findings) return;
    const { card } = this.analysis;
    showStatements(byId('statements'), card, results);
    showComparison(byId('comparison'), card, first.limit, results.findings.comparison);
  }

  private showHeading(): void {
    const { about } = this.analysis.card;
    const title = byId('title');
    if (title.textContent === typeset(about.title)) return;
    title.textContent = typeset(about.title);
    byId('description').textContent = typeset(about.summary ?? '');
    document.title = `${about.short_title ?? about.title} – anyslice`;
  }

  private showData(): void {
    const body = byId('data');
    if (this.dataTable.open && this.results) showDataTable(body, this.analysis.card, this.results);
    else replaceContent(body);
  }

  // ------------------------------------------------------------ pointing

  private point(at: Point | null, pixel: Point | null): void {
    const { state } = this;
    if (!state || !this.results) return;
    this.plot.point(at);
    const { card } = this.analysis;
    const [, preset] = presetOf(card, state.preset);
    const place = at ?? state.pin ?? [card.parameters[preset.versus]!.default, card.parameters[preset.on]!.default];
    const outside = [preset.versus, preset.on].find((name, i) => {
      const { range } = card.parameters[name]!;
      return !(place[i]! >= range[0] && place[i]! <= range[1]);
    });
    if (outside) {
      const { symbol, range } = card.parameters[outside]!;
      this.readout.fail(
        `Nothing is known here: ${symbol.text} goes from ${formatNumber(range[0])} to ${formatNumber(range[1])}.`,
      );
      return;
    }
    const where = pixel ?? this.plot.pixelOf([place[0], place[1]]);
    const index = preset.series && where ? (this.plot.nearestSeries(...where) ?? 0) : 0;
    this.hover.put({
      state,
      at: [place[0], place[1]],
      pinned: at === null && state.pin !== null,
      series: preset.series ? state.series[index] : undefined,
    });
  }

  private rate({ state, at, series }: Question): Promise<Rate> {
    const [, preset] = presetOf(this.analysis.card, state.preset);
    const { method, ...setting } = settingOf(state);
    const set: Record<string, number> = { ...setting.set, [preset.versus]: at[0], [preset.on]: at[1] };
    if (preset.series && series !== undefined) set[preset.series.parameter] = series;
    // CLs of one point by toys would take too long to follow the pointer.
    const deterministic = method === 'cls-toys' ? {} : { method };
    return this.analysis.rate({ ...setting, ...deterministic, set }, { urgent: true });
  }

  private showRate(rate: Rate, { state, pinned, at }: Question): void {
    if (state !== this.state) return;
    const { card } = this.analysis;
    const [, preset] = presetOf(card, state.preset);
    const order = [preset.versus, preset.on, ...Object.keys(rate.point)];
    const shown = [...new Set(order)].filter((name) => card.parameters[name]);
    const isDefault = !pinned && at[0] === card.parameters[preset.versus]!.default;
    const what = pinned
      ? 'Pinned point (Escape releases it)'
      : isDefault
        ? 'Example point: move over the plot, click to pin'
        : 'Point under the cursor';
    this.readout.show(card, rate, shown, state.cl, what);
  }

  // ------------------------------------------------------------ taking away

  private async exportCsv(): Promise<void> {
    if (!this.results) return;
    const text = await csvOf(this.analysis, this.results.limits);
    download(fileName(this.state.card, this.state.preset, 'csv'), new Blob([text], { type: 'text/csv' }));
  }

  private async exportPng(): Promise<void> {
    const picture = await this.plot.png();
    if (picture) download(fileName(this.state.card, this.state.preset, 'png'), picture);
  }

  private async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.status.say('The link is on the clipboard.');
    } catch {
      this.status.say('The link could not be copied: it is in the address bar.');
    }
  }

  fail(error: unknown): void {
    this.status.say('Nothing new was computed.');
    this.status.tell(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
