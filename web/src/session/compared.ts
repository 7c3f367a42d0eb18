// Computes the pinned curves of a figure, after the figure itself, and keeps them while they may be wanted again.

import { type Analysis, isAbort } from 'anyslice';
import { isComplete, isSettled, type Results } from '../results.ts';
import { compute } from '../session.ts';
import { type Compared, inFigureOf } from '../state/compared.ts';
import { computationKey, type State } from '../state.ts';

/** A pinned curve: what is known of it. */
export interface ComparedCurve {
  name: string;
  /** Its settings in the present figure. */
  state: State;
  /** The newest there are; null before the first. While `busy` they may be those of another window. */
  results: Results | null;
  busy: boolean;
  /** Why it could not be computed. */
  problem: string | null;
}

interface Entry {
  results: Results | null;
  problem: string | null;
}

const REMEMBERED = 24;

export class ComparedCurves {
  private figure: Results | null = null;
  private running: { key: string; controller: AbortController } | null = null;
  private known = new WeakMap<Analysis, Map<string, Entry>>();
  /** The newest results of each pinned curve in any window. */
  private latest = new WeakMap<Analysis, Map<string, Results>>();

  constructor(private readonly onChange: () => void) {}

  /** From now on they are those of this figure; null for none. */
  about(figure: Results | null): void {
    this.figure = figure;
    if (figure && isComplete(figure)) this.remember(figure);
    this.work();
  }

  /** All pinned curves of a figure in their order. */
  of(figure: Results): ComparedCurve[] {
    return statesIn(figure.state).map(({ name, state }) => {
      const entry = this.entries(figure.analysis).get(computationKey(state));
      const results = entry?.results ?? this.latest.get(figure.analysis)?.get(settingsKey(state)) ?? null;
      return { name, state, results, busy: !entry, problem: entry?.problem ?? null };
    });
  }

  /** What is shown is already known when it is pinned. */
  private remember(figure: Results): void {
    const [own] = statesIn({ ...figure.state, compared: [{ name: '', state: figure.state }] } as State);
    if (own) this.store(figure.analysis, own.state, { results: figure, problem: null });
  }

  private entries(analysis: Analysis): Map<string, Entry> {
    const known = this.known.get(analysis) ?? new Map<string, Entry>();
    this.known.set(analysis, known);
    return known;
  }

  private store(analysis: Analysis, state: State, entry: Entry): void {
    const entries = this.entries(analysis);
    const key = computationKey(state);
    entries.delete(key);
    entries.set(key, entry);
    for (const old of [...entries.keys()].slice(0, -REMEMBERED)) entries.delete(old);
    if (!entry.results) return;
    const latest = this.latest.get(analysis) ?? new Map<string, Results>();
    latest.delete(settingsKey(state));
    latest.set(settingsKey(state), entry.results);
    for (const old of [...latest.keys()].slice(0, -REMEMBERED)) latest.delete(old);
    this.latest.set(analysis, latest);
  }

  /** Computes the first one that is missing, then the next. */
  private work(): void {
    const { figure, running } = this;
    const wanted = figure ? statesIn(figure.state).map(({ state }) => state) : [];
    if (running && !wanted.some((state) => computationKey(state) === running.key)) {
      running.controller.abort();
      this.running = null;
    }
    // The figure itself comes first.
    if (!figure || this.running || !isSettled(figure)) return;
    const { analysis } = figure;
    const state = wanted.find((one) => !this.entries(analysis).has(computationKey(one)));
    if (!state) return;
    const own = { key: computationKey(state), controller: new AbortController() };
    this.running = own;
    const finish = (entry: Entry) => {
      this.store(analysis, state, entry);
      if (this.running !== own) return;
      this.running = null;
      this.onChange();
      this.work();
    };
    compute(analysis, state, { signal: own.controller.signal }).then(
      (results) => finish({ results, problem: null }),
      (error) => {
        if (!isAbort(error)) finish({ results: null, problem: error instanceof Error ? error.message : String(error) });
        // Stopped from elsewhere: it is begun again when the figure is next spoken of.
        else if (this.running === own) this.running = null;
      },
    );
  }
}

function statesIn(state: State): { name: string; state: State }[] {
  return (state.compared as Compared<State>[]).map((one) => ({ name: one.name, state: inFigureOf(state, one) }));
}

/** Settings apart from the window. */
function settingsKey(state: State): string {
  return computationKey({ ...state, x: [0, 0], y: [0, 0] });
}
