// The page at work: holds the state, has it computed, and gives the results to the view.

import { type Analysis, isAbort } from 'anyslice';
import { Announcer } from './announcer.ts';
import { Panel } from './controls/panel.ts';
import { byId } from './dom.ts';
import { Addresses, type Entry } from './history.ts';
import type { Library } from './library.ts';
import { Status } from './panels/status.ts';
import { compute, findingsOf, type Results } from './session.ts';
import {
  cardOfHash,
  computationKey,
  defaults,
  hashOfState,
  type Problem,
  type State,
  sentence,
  stateOfHash,
} from './state.ts';
import { startTheme } from './theme.ts';
import { View } from './view.ts';

/** What the settings stand for. */
interface Current {
  analysis: Analysis;
  state: State;
}

interface Running extends Current {
  key: string;
  controller: AbortController;
}

export class App {
  /** Null until the first analysis is open. */
  private current: Current | null = null;
  /** The newest that were computed: a cancellation comes back to them. */
  private results: Results | null = null;
  private running: Running | null = null;
  /** Counts the addresses asked for: only the newest one counts when its analysis arrives. */
  private visits = 0;
  private readonly addresses = new Addresses();
  private readonly view = new View({
    pin: (at) => this.change({ pin: at }),
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
    change: (change, moving) => this.change(change, moving),
    chooseCard: (card) => this.goTo(`#card=${encodeURIComponent(card)}`, 'push'),
    choosePreset: (preset) =>
      this.changeTo((card, state) => ({ ...defaults(card, state.card, preset), ...kept(state) })),
  });

  constructor(private readonly library: Library) {
    byId('copy-link').addEventListener('click', () => this.copyLink());
    byId('reset').addEventListener('click', () =>
      this.changeTo((card, state) => defaults(card, state.card, state.preset)),
    );
    startTheme(byId<HTMLButtonElement>('theme'), () => this.view.restyle());
    addEventListener('popstate', () => this.goTo(location.hash, 'keep'));
  }

  /** Shows what an address describes; `entry` says what happens to the history of the browser. */
  async goTo(hash: string, entry: Entry): Promise<void> {
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

  /** The analyses have got their titles. */
  refreshTitles(): void {
    this.panel.retitle(this.library.titles);
  }

  private change(change: Partial<State>, moving = false): void {
    this.changeTo((_card, state) => ({ ...state, ...change }), moving);
  }

  private changeTo(make: (card: Analysis['card'], state: State) => State, moving = false): void {
    if (!this.current) return;
    const { analysis, state } = this.current;
    // Whoever changes the settings of this analysis does not wait for another any more.
    ++this.visits;
    this.apply({ analysis, state: make(analysis.card, state) }, moving ? 'move' : 'push');
  }

  private async apply(current: Current, entry: Entry): Promise<void> {
    const { analysis, state } = current;
    const { results, running } = this;
    this.current = current;
    this.addresses.remember(hashOfState(state), entry);
    this.panel.show(analysis.card, state, this.library.titles);
    this.view.showHeading(analysis.card);
    const key = computationKey(state);
    const isOf = (other: { analysis: Analysis; key: string } | null) =>
      other?.analysis === analysis && other.key === key;
    try {
      if (results && isOf(results)) {
        this.stop();
        // What is only shown may have changed: a later cancellation comes back to it.
        results.state = state;
        this.status.done(results.duration);
        this.view.show(results);
      } else if (running && isOf(running)) {
        running.state = state;
      } else {
        if (!this.view.fits(state)) this.view.clear();
        await this.compute({ analysis, state, key, controller: new AbortController() });
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private async compute(running: Running): Promise<void> {
    this.stop();
    this.running = running;
    const { analysis, controller } = running;
    this.status.start('Computing');
    this.view.wait();
    let results: Results;
    try {
      results = await compute(analysis, running.state, {
        signal: controller.signal,
        onProgress: (done, total) => this.running === running && this.status.progress(done, total),
      });
    } catch (error) {
      // Whatever stopped it has also said so.
      if (this.running !== running) return;
      this.running = null;
      if (isAbort(error)) return;
      throw error;
    }
    if (this.running !== running) return;
    this.running = null;
    results.state = running.state;
    this.results = results;
    this.status.done(results.duration);
    this.view.show(results);
    // The limit is on screen before what is said about it, and stays when nothing can be said.
    results.findings = await findingsOf(analysis, results, {}).catch((error) => {
      this.status.tell(messageOf(error));
      return { along: {}, comparison: null };
    });
    this.view.showFindings(results);
  }

  /** Ends what is being computed, without a word. */
  private stop(): void {
    this.running?.controller.abort();
    this.running = null;
  }

  /** Stops what is being loaded or computed; the settings go back to those of the newest limit. */
  private cancel(): void {
    ++this.visits;
    this.stop();
    if (this.results) {
      this.apply(this.results, 'push');
      this.status.say('Cancelled: the settings are back at those of the limit shown.');
      return;
    }
    this.view.rest();
    if (this.current) this.panel.show(this.current.analysis.card, this.current.state, this.library.titles);
    else this.offerAll();
    this.status.say('Cancelled: nothing has been computed. Any change of the settings starts again.');
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
      await navigator.clipboard.writeText(location.href);
      this.status.remark('The link is on the clipboard.');
    } catch {
      this.status.remark('The link could not be copied: it is in the address bar.');
    }
  }

  private fail(error: unknown): void {
    this.view.rest();
    this.status.say('Nothing new was computed.');
    this.status.tell(messageOf(error));
  }
}

/** Choices that survive a change of figure. */
function kept(state: State): Partial<State> {
  const { variant, method, constraint, cl, exposure, toys, seed, points } = state;
  return { variant, method, constraint, cl, exposure, toys, seed, points };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
