// A pool of workers: a queue of tasks, cancellation, and the replacement of workers that are lost.

import { AnysliceError, abortError } from './errors.ts';
import { whyNotCompiled } from './features.ts';
import type { Answer, Message, Work } from './protocol.ts';

/** What the pool needs of a worker; a fake one serves in tests. */
export interface WorkerLike {
  postMessage(message: Message): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface TaskOptions {
  signal?: AbortSignal;
  /** Goes before everything that waits: for what the reader is pointing at. */
  urgent?: boolean;
  /** How long the task may run on after it was cancelled, in milliseconds, before its worker is replaced. */
  grace?: number;
}

/** Somewhere to do work: the pool, or the engine of this thread. */
export interface Runner {
  /** How many tasks can be done at the same time. */
  readonly size: number;
  /** Does `work` in every engine, now and in every later replacement; the value is that of the first to answer. */
  everywhere(work: Work): Promise<unknown>;
  /** Closes the analysis in every engine. */
  forget(analysis: string): void;
  run(work: Work, options?: TaskOptions): Promise<unknown>;
  close(): void;
}

export interface WorkerReplaced {
  /** What the browser said about the loss. */
  reason: string;
  /** Whether a task was in progress, which is now done again. */
  redone: boolean;
}

export interface PoolOptions {
  createWorker: () => WorkerLike;
  module: Promise<WebAssembly.Module>;
  /** Number of workers, at least 1. */
  size: number;
  onWorkerReplaced?: (event: WorkerReplaced) => void;
}

interface Settle {
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

interface Preparation extends Settle {
  work: Work;
}

interface Task extends Settle {
  work: Work;
  /** How often a worker was lost over it. */
  losses: number;
  cancelled: boolean;
}

interface Seat {
  worker: WorkerLike;
  /** Its engine runs. Messages are answered in order, so a task may be posted while preparations are in progress. */
  started: boolean;
  task: Task | null;
  /** Answers awaited, by message id. */
  waiting: Map<number, Settle>;
}

// A cancelled task that ends by itself within this many milliseconds costs less than another worker: that has to open
// every analysis again.
const GRACE = 150;

// Workers lost this often in a row, with nothing finished in between, will not get better.
const MAX_REPLACEMENTS = 8;

export class Pool implements Runner {
  readonly size: number;
  private readonly seats: Seat[] = [];
  private readonly queue: Task[] = [];
  private preparations: Preparation[] = [];
  private nextId = 1;
  private replacementsInARow = 0;
  private unusable: AnysliceError | null = null;

  constructor(private readonly options: PoolOptions) {
    this.size = Math.max(1, Math.floor(options.size) || 1);
    // A module that cannot be compiled is reported once, by whatever waits for it.
    options.module.catch((error) => this.giveUp(whyNotCompiled(error)));
    for (let i = 0; i < this.size; ++i) this.hire();
  }

  everywhere(work: Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.unusable) return reject(this.unusable);
      const preparation: Preparation = { work, resolve, reject };
      this.preparations.push(preparation);
      for (const seat of this.seats) if (seat.started) this.prepare(seat, preparation);
    });
  }

  forget(analysis: string): void {
    this.preparations = this.preparations.filter(({ work }) => work.analysis !== analysis);
    for (const seat of this.seats) {
      if (seat.started) this.post(seat, { id: this.nextId++, action: 'close', analysis }).catch(() => {});
    }
  }

  run(work: Work, { signal, urgent = false, grace = GRACE }: TaskOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError());
      if (this.unusable) return reject(this.unusable);
      const abort = () => {
        // A queued task leaves the queue. A running one cannot be interrupted: if it does not end soon, its worker goes.
        task.cancelled = true;
        const index = this.queue.indexOf(task);
        if (index >= 0) this.queue.splice(index, 1);
        const seat = this.seats.find((seat) => seat.task === task);
        if (seat) setTimeout(() => seat.task === task && this.rehire(seat), grace);
        reject(abortError());
      };
      const settled = () => signal?.removeEventListener('abort', abort);
      const task: Task = {
        work,
        losses: 0,
        cancelled: false,
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (reason) => {
          settled();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      if (urgent) this.queue.unshift(task);
      else this.queue.push(task);
      this.dispatch();
    });
  }

  close(): void {
    this.giveUp('The computation workers were closed.');
  }

  // ------------------------------------------------------------ workers

  private hire(place = this.seats.length): void {
    const seat: Seat = { worker: this.options.createWorker(), started: false, task: null, waiting: new Map() };
    this.seats[place] = seat;
    seat.worker.onmessage = ({ data }) => {
      const waiting = seat.waiting.get(data.id);
      seat.waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.value);
      else waiting?.reject(new AnysliceError(data.error));
    };
    seat.worker.onerror = (event) => {
      event.preventDefault?.();
      this.replace(seat, event.message || 'it could not be loaded');
    };
    seat.worker.onmessageerror = () => this.replace(seat, 'its answer could not be read');
    this.start(seat).catch((error) => {
      if (this.seats.includes(seat)) this.giveUp(text(error));
    });
  }

  private async start(seat: Seat): Promise<void> {
    const module = await this.options.module;
    if (!this.seats.includes(seat)) return;
    await this.post(seat, { id: this.nextId++, action: 'start', module });
    seat.started = true;
    for (const preparation of this.preparations) this.prepare(seat, preparation);
    this.dispatch();
  }

  /** The first engine to answer settles the promise of `everywhere`; the answers of the others change nothing. */
  private prepare(seat: Seat, preparation: Preparation): void {
    this.post(seat, { id: this.nextId++, ...preparation.work }).then(preparation.resolve, (error) => {
      // What one engine refuses, all would refuse.
      this.preparations = this.preparations.filter((other) => other !== preparation);
      preparation.reject(error);
    });
  }

  /** Another worker takes the seat, with the preparations done again; false if the seat is not of this pool any more. */
  private rehire(seat: Seat): boolean {
    const place = this.seats.indexOf(seat);
    if (place < 0) return false;
    dismiss(seat);
    this.hire(place);
    return true;
  }

  /** A worker is gone: another takes its seat, and its task is done once more. */
  private replace(lost: Seat, reason: string): void {
    const { task } = lost;
    if (!this.seats.includes(lost)) return;
    if (++this.replacementsInARow > MAX_REPLACEMENTS) {
      this.giveUp(`The computation workers stop again and again (${reason}); reloading the page starts afresh.`);
      return;
    }
    let redone = false;
    if (task && !task.cancelled) {
      redone = ++task.losses === 1;
      if (redone) this.queue.unshift(task);
      else task.reject(new AnysliceError({ message: `A computation stopped its worker twice (${reason}).` }));
    }
    this.rehire(lost);
    this.options.onWorkerReplaced?.({ reason, redone });
  }

  private giveUp(message: string): void {
    this.unusable ??= new AnysliceError({ message });
    const tasks = [...this.queue, ...this.seats.flatMap((seat) => seat.task ?? [])];
    for (const seat of this.seats.splice(0)) dismiss(seat);
    this.queue.length = 0;
    for (const waiting of [...tasks, ...this.preparations.splice(0)]) waiting.reject(this.unusable);
  }

  // ------------------------------------------------------------ tasks

  private dispatch(): void {
    for (const seat of this.seats) {
      if (!seat.started || seat.task) continue;
      const task = this.queue.shift();
      if (!task) return;
      seat.task = task;
      const finish = (settle: () => void) => {
        seat.task = null;
        this.replacementsInARow = 0;
        if (!task.cancelled) settle();
        this.dispatch();
      };
      this.post(seat, { id: this.nextId++, ...task.work }).then(
        (value) => finish(() => task.resolve(value)),
        (error) => finish(() => task.reject(error)),
      );
    }
  }

  private post(seat: Seat, message: Message): Promise<unknown> {
    return new Promise((resolve, reject) => {
      seat.waiting.set(message.id, { resolve, reject });
      seat.worker.postMessage(message);
    });
  }
}

function dismiss(seat: Seat): void {
  seat.worker.onmessage = null;
  seat.worker.onerror = null;
  seat.worker.onmessageerror = null;
  seat.worker.terminate();
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
