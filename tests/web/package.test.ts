// The package around the core: downloads, gzip, caching of limits in events.

import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { Anyslice } from '../../wasm/src/analysis.ts';
import { foreseen, gunzipped } from '../../wasm/src/download.ts';
import type { Runner } from '../../wasm/src/pool.ts';
import type { Work } from '../../wasm/src/protocol.ts';
import { Latest } from '../../web/src/latest.ts';

const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

describe('downloads', () => {
  it('are unpacked when they are gzipped and left alone when not', async () => {
    const packed = new Uint8Array(gzipSync('table')) as Uint8Array<ArrayBuffer>;
    expect(new TextDecoder().decode(await gunzipped(packed, 'x'))).toBe('table');
    expect(new TextDecoder().decode(await gunzipped(bytes('table'), 'x'))).toBe('table');
  });
  it('say so when they are damaged', async () => {
    const packed = new Uint8Array(gzipSync('table'.repeat(1000))).slice(0, 20) as Uint8Array<ArrayBuffer>;
    await expect(gunzipped(packed, 'table.gz')).rejects.toThrow('table.gz is damaged');
  });
  it('are foreseen from the text of a card, whatever it contains', () => {
    const url = 'https://example.org/analyses/a.json';
    const card = '{"extends":"b.json","tables":{"events":{"url":"../tables/t.gz"},"none":null}}';
    expect(foreseen(card, url)).toEqual({
      cards: ['https://example.org/analyses/b.json'],
      tables: ['https://example.org/tables/t.gz'],
    });
    for (const text of ['', '[]', 'null', '{"extends":3,"tables":7}']) {
      expect(foreseen(text, url)).toEqual({ cards: [], tables: [] });
    }
  });
});

describe('an analysis', () => {
  const limits = { method: 'cls-hybrid', level: 0.95, observed: { value: 3 }, expected: {}, warnings: [] };
  function open() {
    const works: Work[] = [];
    const runner: Runner = {
      size: 3,
      everywhere: async (work) => {
        works.push(work);
        if (work.action !== 'open') return { rows: 1 };
        if (!('mem:b.json' in work.documents)) return { missing: ['mem:b.json'] };
        return {
          missing: [],
          card: { name: 'a', limits: { method: 'cls-hybrid' }, variants: {} },
          tables: [{ name: 'events', url: 'mem:t', sha256: '' }],
        };
      },
      run: async (work) => {
        works.push(work);
        if (work.action !== 'call') return null;
        const request = work.request as { versus?: { values: number[] }; mu?: number };
        if (work.method === 'limit_points') return { points: request.versus!.values.map((x) => ({ x })) };
        if (work.method === 'toy_scan') return { mu: [1, 2, 3] };
        if (work.method === 'toy_cls') return { mu: request.mu };
        return limits;
      },
      forget: () => {},
      close: () => {},
    };
    const files: Record<string, string> = { 'mem:a.json': '{}', 'mem:b.json': '{}', 'mem:t': 'table' };
    const read = vi.fn(async (url: string) => bytes(files[url]!));
    const anyslice = new Anyslice(runner, read);
    return { works, read, anyslice, analysis: anyslice.load('mem:a.json') };
  }
  const calls = (works: Work[], method: string) =>
    works.filter((work) => work.action === 'call' && work.method === method);

  it('asks for missing cards and attaches its tables', async () => {
    const { works, read, analysis } = open();
    await analysis;
    expect(read.mock.calls.flat()).toEqual(['mem:a.json', 'mem:b.json', 'mem:t']);
    expect(works.map(({ action }) => action)).toEqual(['open', 'open', 'attach']);
  });

  it('computes the limit in events once for all curves, and the points in chunks', async () => {
    const { works, analysis } = open();
    const values = Array.from({ length: 121 }, (_, i) => i);
    const request = { on: 'y', versus: { parameter: 'x', values } };
    const limit = await (await analysis).limit(request);
    await (await analysis).limit({ ...request, set: { z: 2 } });
    expect(limit.points.map((point) => point['x'])).toEqual(values);
    expect(calls(works, 'signal_limits')).toHaveLength(1);
    expect(calls(works, 'limit_points')).toHaveLength(6);
    await (await analysis).limit({ ...request, cl: 0.9 });
    expect(calls(works, 'signal_limits')).toHaveLength(2);
  });

  it('needs no limit in events for a limit by the likelihood', async () => {
    const { works, analysis } = open();
    const request = { on: 'y', versus: { parameter: 'x', values: [1, 2] }, method: 'delta-lnl-1' as const, cl: 0.9 };
    const limit = await (await analysis).limit(request);
    expect(limit).toMatchObject({ method: 'delta-lnl-1', cl: 0.9, signal_limits: null });
    expect(calls(works, 'signal_limits')).toHaveLength(0);
    expect(calls(works, 'limit_points')[0]).not.toHaveProperty('request.signal_limits');
  });

  it('is another one each time its address is loaded', async () => {
    const { works, anyslice, analysis } = open();
    await analysis;
    await anyslice.load('mem:a.json');
    const keys = works.filter(({ action }) => action === 'attach').map((work) => work.analysis);
    expect(new Set(keys).size).toBe(2);
  });

  it('spreads toys over the workers and reports progress', async () => {
    const { works, analysis } = open();
    const progress = vi.fn();
    await (await analysis).limitsInEvents({ method: 'cls-toys', toys: 100 }, { onProgress: progress });
    expect(calls(works, 'toy_cls')).toHaveLength(3);
    expect(progress.mock.calls.at(-1)).toEqual([3, 3]);
    expect(calls(works, 'toy_limits')[0]).toMatchObject({ request: { points: [{ mu: 1 }, { mu: 2 }, { mu: 3 }] } });
  });
});

describe('following the pointer', () => {
  it('asks only the newest question', async () => {
    const asked: number[] = [];
    const told: number[] = [];
    const waiting: (() => void)[] = [];
    const latest = new Latest<number, number>(
      (question) => {
        asked.push(question);
        return new Promise((resolve) => waiting.push(() => resolve(question)));
      },
      (answer) => told.push(answer),
      () => {},
    );
    const first = latest.put(1);
    latest.put(2);
    latest.put(3);
    waiting.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
    waiting.shift()!();
    await first;
    expect(asked).toEqual([1, 3]);
    expect(told).toEqual([3]);
  });
});
