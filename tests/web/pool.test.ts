// The worker pool with workers that answer, stall or die on command.

import { describe, expect, it, vi } from 'vitest';
import { AnysliceError } from '../../wasm/src/errors.ts';
import { Pool, type WorkerLike } from '../../wasm/src/pool.ts';
import type { Answer, Message, Work } from '../../wasm/src/protocol.ts';

/** Answers everything but calls by itself; calls wait for `finish`. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  readonly received: Message[] = [];
  terminated = false;

  postMessage(message: Message): void {
    this.received.push(message);
    if (message.action !== 'call')
      queueMicrotask(() => this.answer({ id: message.id, ok: true, value: message.action }));
  }

  terminate(): void {
    this.terminated = true;
  }

  answer(answer: Answer): void {
    this.onmessage?.({ data: answer } as MessageEvent<Answer>);
  }

  finish(value: unknown): void {
    this.answer({ id: this.calls.at(-1)!.id, ok: true, value });
  }

  die(): void {
    this.onerror?.({ message: 'out of memory' } as ErrorEvent);
  }

  get calls(): Message[] {
    return this.received.filter(({ action }) => action === 'call');
  }
}

function make(size = 1) {
  const workers: FakeWorker[] = [];
  const onWorkerReplaced = vi.fn();
  const pool = new Pool({
    createWorker: () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    module: Promise.resolve({} as WebAssembly.Module),
    size,
    onWorkerReplaced,
  });
  return { pool, workers, onWorkerReplaced };
}

const call = (method: string): Work => ({ action: 'call', analysis: 'a', method, request: {} });
const open: Work = { action: 'open', analysis: 'a', documents: {}, root: 'a' };
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('tasks', () => {
  it('run one at a time in each worker, in order', async () => {
    const { pool, workers } = make(2);
    const results = ['a', 'b', 'c'].map((name) => pool.run(call(name)));
    await settle();
    expect(workers.map((worker) => worker.calls.length)).toEqual([1, 1]);
    workers[0]!.finish(1);
    await settle();
    expect(workers[0]!.calls).toHaveLength(2);
    workers[0]!.finish(3);
    workers[1]!.finish(2);
    expect(await Promise.all(results)).toEqual([1, 2, 3]);
  });

  it('urgent ones go first', async () => {
    const { pool, workers } = make();
    const [first, second] = [pool.run(call('a')), pool.run(call('b'))];
    await settle();
    const urgent = pool.run(call('now'), { urgent: true });
    workers[0]!.finish(1);
    await settle();
    expect(workers[0]!.calls.at(-1)).toMatchObject({ method: 'now' });
    workers[0]!.finish(2);
    await settle();
    workers[0]!.finish(3);
    expect(await Promise.all([first, urgent, second])).toEqual([1, 2, 3]);
  });

  it('bad input is an AnysliceError of that task only', async () => {
    const { pool, workers } = make();
    const bad = pool.run(call('a'));
    await settle();
    const { id } = workers[0]!.calls[0]!;
    workers[0]!.answer({ id, ok: false, error: { source: 'request', field: 'cl', expected: '', message: 'cl is 2' } });
    await expect(bad).rejects.toMatchObject({ name: 'AnysliceError', field: 'cl', message: 'cl is 2' });
    const good = pool.run(call('b'));
    await settle();
    workers[0]!.finish('fine');
    expect(await good).toBe('fine');
  });
});

describe('cancellation', () => {
  it('takes queued tasks out and discards running ones', async () => {
    const { pool, workers } = make();
    const controller = new AbortController();
    const running = pool.run(call('a'), { signal: controller.signal });
    const queued = pool.run(call('b'), { signal: controller.signal });
    const other = pool.run(call('c'));
    await settle();
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect(queued).rejects.toMatchObject({ name: 'AbortError' });
    workers[0]!.finish('too late');
    await settle();
    expect(workers[0]!.calls.map((message) => 'method' in message && message.method)).toEqual(['a', 'c']);
    workers[0]!.finish('c');
    expect(await other).toBe('c');
  });

  it('gives the seat of a task that does not end to another worker, and says nothing about it', async () => {
    const { pool, workers, onWorkerReplaced } = make();
    await pool.everywhere(open);
    const controller = new AbortController();
    const endless = pool.run(call('endless'), { signal: controller.signal });
    const next = pool.run(call('next'));
    await settle();
    controller.abort();
    await expect(endless).rejects.toMatchObject({ name: 'AbortError' });
    expect(workers[0]!.terminated).toBe(false);
    await vi.waitFor(() => expect(workers[1]?.calls).toHaveLength(1));
    expect(workers[0]!.terminated).toBe(true);
    expect(workers[1]!.received.map(({ action }) => action)).toEqual(['start', 'open', 'call']);
    expect(onWorkerReplaced).not.toHaveBeenCalled();
    workers[1]!.finish('done');
    expect(await next).toBe('done');
  });

  it('keeps a worker whose cancelled task ends soon', async () => {
    const { pool, workers } = make();
    const controller = new AbortController();
    const short = pool.run(call('short'), { signal: controller.signal });
    await settle();
    controller.abort();
    await expect(short).rejects.toMatchObject({ name: 'AbortError' });
    workers[0]!.finish('too late');
    const next = pool.run(call('next'));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(workers).toHaveLength(1);
    workers[0]!.finish('fine');
    expect(await next).toBe('fine');
  });

  it('again and again is not taken for workers that are lost', async () => {
    const { pool, workers, onWorkerReplaced } = make();
    for (let i = 0; i < 10; ++i) {
      const controller = new AbortController();
      const task = pool.run(call(String(i)), { signal: controller.signal });
      await vi.waitFor(() => expect(workers[i]?.calls).toHaveLength(1));
      controller.abort();
      await expect(task).rejects.toMatchObject({ name: 'AbortError' });
    }
    const last = pool.run(call('last'));
    await vi.waitFor(() => expect(workers[10]?.calls).toHaveLength(1));
    workers[10]!.finish('fine');
    expect(await last).toBe('fine');
    expect(onWorkerReplaced).not.toHaveBeenCalled();
  });

  it('refuses a task that is cancelled already', async () => {
    const { pool } = make();
    await expect(pool.run(call('a'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a lost worker', () => {
  it('is replaced, prepared again, and its task done once more', async () => {
    const { pool, workers, onWorkerReplaced } = make();
    expect(await pool.everywhere(open)).toBe('open');
    const result = pool.run(call('a'));
    await settle();
    workers[0]!.die();
    expect(workers[0]!.terminated).toBe(true);
    expect(onWorkerReplaced).toHaveBeenCalledWith({ reason: 'out of memory', redone: true });
    await settle();
    expect(workers[1]!.received.map(({ action }) => action)).toEqual(['start', 'open', 'call']);
    workers[1]!.finish('done');
    expect(await result).toBe('done');
  });

  it('twice over the same task is a clear error, and the pool goes on', async () => {
    const { pool, workers } = make();
    const result = pool.run(call('a'));
    await settle();
    workers[0]!.die();
    await settle();
    workers[1]!.die();
    await expect(result).rejects.toThrow(/stopped its worker twice \(out of memory\)/);
    const next = pool.run(call('b'));
    await settle();
    workers[2]!.finish('fine');
    expect(await next).toBe('fine');
  });

  it('while idle only says that it was replaced', async () => {
    const { pool, workers, onWorkerReplaced } = make();
    await settle();
    workers[0]!.die();
    expect(onWorkerReplaced).toHaveBeenCalledWith({ reason: 'out of memory', redone: false });
    pool.close();
  });

  it('again and again ends with an error instead of a loop', async () => {
    const { pool, workers } = make();
    const results = Array.from({ length: 10 }, (_, i) => pool.run(call(String(i))).catch((error) => error));
    for (let i = 0; i < 20; ++i) {
      await settle();
      workers.at(-1)!.die();
    }
    const errors = await Promise.all(results);
    expect(errors.every((error) => error instanceof AnysliceError)).toBe(true);
    expect(workers.length).toBeLessThan(12);
    await expect(pool.run(call('later'))).rejects.toThrow(/again and again/);
  });

  it('while opening does not lose the answer', async () => {
    const { pool, workers } = make();
    const opened = pool.everywhere(open);
    workers[0]!.die();
    expect(await opened).toBe('open');
    expect(workers).toHaveLength(2);
  });
});

describe('a core that cannot be compiled', () => {
  it('is reported to whatever waits', async () => {
    const pool = new Pool({
      createWorker: () => new FakeWorker(),
      module: Promise.reject(new Error('bad magic')),
      size: 1,
    });
    await expect(pool.run(call('a'))).rejects.toThrow(/could not be compiled: bad magic/);
  });
});
