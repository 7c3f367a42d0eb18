// The page at work: holds the state, has it computed, and gives the results to the view.

import { type Analysis, isAbort } from 'anyslice';
import { Announcer } from './announcer.ts';
import { holdStill } from './controls/held_still.ts';
import { startMenus } from './controls/menus.ts';
import { Panel } from './controls/panel.ts';
import { listenToKeys } from './controls/shortcuts.ts';
import { byId } from './dom.ts';
import type { DroppedCurve } from './dropped.ts';
import { startHelp } from './help.ts';
import { Addresses, type Entry } from './history.ts';
import type { Library } from './library.ts';
import { Status } from './panels/status.ts';
import { Rest } from './rest.ts';
import { isSettled, type Results } from './results.ts';
import { findingsOf } from './session/curve.ts';
import { compute } from './session.ts';
import { linkTo } from './ship/link.ts';
import type { Place } from './ship/sharing.ts';
import { type Problem, sentence } from './state/address.ts';
import { cardOfHash, computationKey, defaults, hashOfState, type State, stateOfHash, withPreset } from './state.ts';
import { startTheme } from './theme.ts';
import { Tour } from './tour/tour.ts';
import { View } from './view.ts';

/** What the settings stand for. */
interface Current {
  analysis: Analysis;
  state: State;
}

interface Running extends Current {
  key: string;
  controller: AbortController;
  began: number;
  /** Something is on screen already, and what is still being computed is only better. */
  shown: boolean;
}

// A computation that a newer one has overtaken is let go on for this long, in milliseconds: while a slider moves, what is
// shown follows it only if something is finished from time to time.
const OVERTAKEN = 2000;

// What is fine is computed when nothing has moved for this long, in milliseconds.
const REST = 160;

export class App {
  /** Null until the first analysis is open. */
  private current: Current | null = null;
  /** The newest that were computed: a cancellation comes back to them. */
  private results: Results | null = null;
  private running: Running | null = null;
  /** What is computed once the running computation has been shown. */
  private waiting: Running | null = null;
  private readonly rest = new Rest(REST);
  /** Counts the addresses asked for: only the newest one counts when its analysis arrives. */
  private visits = 0;
  private readonly addresses = new Addresses((canUndo, canRedo) => {
    byId<HTMLButtonElement>('undo').disabled = !canUndo;
    byId<HTMLButtonElement>('redo').disabled = !canRedo;
  });
  private readonly view = new View({
    pin: (at) => this.changeTo((_card, state) => ({ ...state, pin: at })),
    change: (make, moving) => this.changeTo((_card, state) => make(state), moving),
    rest: (point) => this.tour.follow(point),
    fail: (error) => this.status.tell(messageOf(error)),
    complete: (results) => this.complete(results),
  });
  private readonly tour = new Tour(byId<HTMLButtonElement>('start-tour'), {
    open: async (file) => (await this.library.open(file)).card,
    goTo: (hash) => this.goTo(hash, 'push'),
    fail: (error) => this.status.tell(messageOf(error)),
  });
  readonly status = new Status(
    byId('status-line'),
    byId<HTMLProgressElement>('progress'),
    byId<HTMLButtonElement>('cancel'),
    byId('message'),
    byId('message-text'),
    () => this.cancel(),
    byId<HTMLButtonElement>('dismiss'),
    new Announcer(byId('status-announcement')),
  );
  private readonly panel = new Panel(byId('controls'), {
    change: (make, moving) => this.changeTo(make, moving),
    chooseCard: (card) => this.goTo(`#card=${encodeURIComponent(card)}`, 'push'),
    choosePreset: (preset) => this.changeTo((card, state) => withPreset(card, state, preset)),
  });

  constructor(
    private readonly library: Library,
    /** What is shown when the address says nothing; empty for the first analysis of the list. */
    private readonly usual: string,
  ) {
    byId('copy-link').addEventListener('click', () => this.copyLink());
    byId('reset').addEventListener('click', () =>
      this.changeTo((card, state) => defaults(card, state.card, state.preset)),
    );
    startTheme(byId<HTMLButtonElement>('theme'), () => this.view.restyle());
    const undo = () => this.addresses.undo();
    const redo = () => this.addresses.redo();
    byId('undo').addEventListener('click', undo);
    byId('redo').addEventListener('click', redo);
    holdStill(byId('controls'), [
      ...document.querySelectorAll<HTMLElement>('main > .title, .toolbar, .figure, .report'),
    ]);
    startMenus();
    listenToKeys({ undo, redo, help: startHelp(byId('open-help')) });
    addEventListener('popstate', ({ state }) => {
      this.addresses.arrive(state);
      this.goTo(location.hash, 'keep');
    });
  }

  /** Shows what an address describes; `entry` says what happens to the history of the browser. */
  async goTo(address: string, entry: Entry): Promise<void> {
    const hash = address.length > 1 ? address : this.usual;
    const { card: name, problems } = cardOfHash(hash, this.library.names);
    const visit = ++this.visits;
    this.stop();
    this.view.wait();
    this.status.start('Loading the analysis');
    if (!this.current) this.panel.offer(this.library.titles, name);
    let analysis: Analysis;
    try {
      analysis = await this.library.open(name);
    } catch (error) {
      if (visit === this.visits) this.loadFailed(error);
      return;
    }
    if (visit !== this.visits) return;
    const read = stateOfHash(problems.length > 0 ? '' : hash, analysis.card, name);
    const trouble: Problem = sentence([...problems, ...read.problems]);
    if (trouble) this.status.tell(trouble, 'note');
    await this.apply({ analysis, state: read.state }, trouble && entry === 'keep' ? 'replace' : entry);
  }

  /** The settings, for those who write them down; null before any analysis is open. */
  get place(): Place | null {
    if (!this.current) return null;
    const { analysis, state } = this.current;
    return { card: analysis.card, state };
  }

  /** Curves from files that the analysis on display can show in some figure. */
  get curves(): DroppedCurve[] {
    return this.current ? this.view.curves.of(this.current.analysis.card) : [];
  }

  /** The page was saved with these curves; null for one that was not saved. */
  keepCurves(saved: unknown): void {
    this.view.curves.begin(saved);
  }

  /** The settings as an address, `#…`; before any analysis is open, what was asked for. */
  get address(): string {
    if (!this.current) return location.hash;
    return hashOfState(this.current.state, this.current.analysis.card);
  }

  /** The analyses have got their titles. */
  refreshTitles(): void {
    this.panel.retitle(this.library.titles);
    this.offerTour();
    if (this.library.questions.size === 0) this.tour.offerNone();
  }

  /** The tour of the analysis on display, or else the first that there is. */
  private offerTour(): void {
    const { questions } = this.library;
    const own = this.current?.state.card ?? '';
    const file = questions.has(own) ? own : [...questions.keys()][0];
    if (file !== undefined) this.tour.offer(file, questions.get(file)!);
  }

  private changeTo(make: (card: Analysis['card'], state: State) => State, moving = false): void {
    if (!this.current) return;
    const { analysis, state } = this.current;
    // Whoever changes the settings of this analysis does not wait for another any more.
    ++this.visits;
    if (moving) this.rest.disturb();
    this.apply({ analysis, state: make(analysis.card, state) }, moving ? 'move' : 'push');
  }

  private async apply(current: Current, entry: Entry): Promise<void> {
    const { analysis, state } = current;
    const { results, running } = this;
    this.current = current;
    this.view.frame(state);
    this.addresses.remember(hashOfState(state, analysis.card), entry);
    this.panel.show(analysis.card, state, this.library.titles);
    this.view.showHeading(analysis.card);
    this.offerTour();
    const key = computationKey(state);
    const isOf = (other: { analysis: Analysis; key: string } | null) =>
      other?.analysis === analysis && other.key === key;
    try {
      if (running && isOf(running)) {
        running.state = state;
        this.waiting = null;
        // What is on screen is of this state, too.
        if (results && running.shown) this.view.show(withState(results, state));
      } else if (results && isOf(results) && isSettled(results)) {
        this.stop();
        this.showAgain(results, state);
      } else {
        if (!this.view.fits(state)) this.view.clear();
        const next = startOf(analysis, state);
        if (this.isBrief(running, next)) this.waiting = next;
        else await this.compute(next);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** These results are of the settings: only what is shown of them may have changed. */
  private showAgain(results: Results, state: State): void {
    this.results = withState(results, state);
    this.status.doneBefore(results.duration);
    this.view.show(this.results);
  }

  /** Whether the running computation is soon on screen, in the same axes as what is to come. */
  private isBrief(running: Running | null, next: Running): boolean {
    if (!running || running.shown || running.analysis !== next.analysis) return false;
    if (running.state.kind !== 'contour' || !this.view.fits(next.state)) return false;
    return performance.now() - running.began < OVERTAKEN;
  }

  private async compute(running: Running): Promise<void> {
    this.stop();
    this.running = running;
    running.began = performance.now();
    const { analysis, controller } = running;
    this.status.start('Computing');
    this.view.wait();
    let results: Results;
    try {
      results = await compute(analysis, running.state, {
        signal: controller.signal,
        onProgress: (done, total) => this.running === running && this.status.progress(done, total),
        onPartial: (partial) => this.showPartial(running, partial),
        rest: () => this.rest.settled(),
      });
    } catch (error) {
      // Whatever stopped it has also said so.
      if (this.running !== running) return;
      this.running = null;
      const { waiting } = this;
      this.waiting = null;
      if (waiting) return this.compute(waiting);
      if (isAbort(error)) return;
      this.keepCoarse(running);
      throw error;
    }
    if (this.running !== running) return;
    this.running = null;
    await this.finish(withState(results, running.state));
  }

  /** What there is of a computation that failed is all that there will be. */
  private keepCoarse(running: Running): void {
    const { results } = this;
    if (!running.shown || results?.kind !== 'contour') return;
    results.stopped = true;
    this.view.show(results);
  }

  private showPartial(running: Running, partial: Results): void {
    if (this.running !== running) return;
    running.shown = true;
    const { waiting } = this;
    this.waiting = null;
    this.results = withState(partial, running.state);
    this.view.show(this.results);
    if (!waiting) return;
    // It has been overtaken: what is still to come of it is not needed.
    this.compute(waiting).catch((error) => this.fail(error));
  }

  private async finish(results: Results): Promise<void> {
    this.results = results;
    this.status.done(results.duration);
    this.view.show(results);
    if (results.kind !== 'curve') return;
    // The limit is on screen before what is said about it, and stays when nothing can be said.
    results.findings = await findingsOf(results, {}).catch((error) => {
      this.status.tell(messageOf(error));
      return { along: {}, comparison: null };
    });
    this.view.showFindings(results);
  }

  /** Ends what is being computed, without a word. */
  private stop(): void {
    this.running?.controller.abort();
    this.running = null;
    this.waiting = null;
  }

  /** Stops what is being loaded or computed; the settings go back to those of the newest limit. */
  private cancel(): void {
    ++this.visits;
    this.stop();
    if (this.results) {
      const isCoarse = this.results.kind === 'contour' && !this.results.complete;
      if (this.results.kind === 'contour') this.results.stopped = isCoarse;
      this.apply(this.results, 'push');
      this.status.sayCancelled(
        isCoarse
          ? 'the contour shown is coarse. An export computes it to its end.'
          : 'the settings are back at those of the limit shown.',
      );
      return;
    }
    this.view.rest();
    if (this.current) this.panel.show(this.current.analysis.card, this.current.state, this.library.titles);
    else this.offerAll();
    this.status.sayCancelled('nothing has been computed. Any change of the settings starts again.');
  }

  /** Begins again what was stopped, for someone who needs all of it. */
  private complete(results: Results): void {
    if (results !== this.results || this.running) return;
    this.compute(startOf(results.analysis, results.state)).catch((error) => this.fail(error));
  }

  private loadFailed(error: unknown): void {
    this.fail(error);
    // The page stays with the analysis it has; without one, there is the choice of the others.
    if (this.current) this.apply(this.current, 'replace');
    else this.offerAll();
  }

  private offerAll(): void {
    this.panel.offer(this.library.titles, '');
    this.view.showNoHeading();
  }

  private async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(linkTo(this.address));
      this.status.remark('The link is on the clipboard.');
    } catch {
      const framed = window.parent !== window;
      this.status.remark(
        `The link could not be copied: ${framed ? 'this frame may not use the clipboard' : 'it is in the address bar'}.`,
      );
    }
  }

  private fail(error: unknown): void {
    this.view.rest();
    this.status.say('Nothing new was computed.');
    this.status.tell(messageOf(error));
  }
}

function startOf(analysis: Analysis, state: State): Running {
  const controller = new AbortController();
  return { analysis, state, key: computationKey(state), controller, began: 0, shown: false };
}

/** The same results for a state that differs in what is only shown. */
function withState(results: Results, state: State): Results {
  // What a cancellation comes back to must stay the same object for those who ask whether it is still shown.
  if (results.kind === 'curve' && state.kind === 'curve') results.state = state;
  if (results.kind === 'contour' && state.kind === 'contour') results.state = state;
  return results;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
