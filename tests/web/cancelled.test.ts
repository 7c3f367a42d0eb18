// A contour of which only the coarse part was computed: it is neither taken away nor pinned as if it were the fine one.

import type { Analysis } from 'anyslice';
import { expect, it, vi } from 'vitest';
import { Exporter } from '../../web/src/export/exporter.ts';
import type { ContourResults, Results } from '../../web/src/results.ts';
import { ComparedCurves } from '../../web/src/session/compared.ts';
import { withPinned } from '../../web/src/state/compared.ts';
import type { ContourState } from '../../web/src/state/contour.ts';
import { defaults } from '../../web/src/state.ts';
import { planeCard } from './fixtures.ts';

const abort = () => Promise.reject(new DOMException('stopped', 'AbortError'));
const asked: string[] = [];

/** Answers contours with what was asked, or as `answer` says. */
function analysis(answer?: () => Promise<never>): Analysis {
  return {
    card: planeCard,
    lanes: 1,
    contour: ({ resolution }: { resolution: string }) => {
      asked.push(resolution);
      return answer?.() ?? Promise.resolve({ resolution, rings: [] });
    },
    citation: () => Promise.resolve('@software{anyslice}'),
  } as unknown as Analysis;
}

function coarse(from: Analysis, state = defaults(planeCard, 'plane') as ContourState): ContourResults {
  const contour = { resolution: 'coarse', rings: [] } as unknown as ContourResults['contour'];
  return {
    ...{ kind: 'contour', analysis: from, state, key: '', contour, beside: [], signalLimits: null, field: null },
    ...{ complete: false, stopped: true, duration: 0 },
  };
}

function exporter() {
  const complete = vi.fn<(results: Results) => void>();
  const draw = () => {
    throw new Error('nothing is drawn');
  };
  return { complete, exporter: new Exporter({ draw, size: () => ({ width: 1, height: 1 }), complete }) };
}

const options = { ratio: 1, paper: true };

it('an export of it has the rest computed first', async () => {
  const { complete, exporter: one } = exporter();
  const results = coarse(analysis());
  one.about(results);
  expect([one.unfinished, one.stopped]).toEqual([true, true]);
  const done = vi.fn();
  const taken = one.take('bibtex', options).then(done);
  expect(complete).toHaveBeenCalledExactlyOnceWith(results);
  one.about({ ...results, stopped: false });
  await Promise.resolve();
  expect(done).not.toHaveBeenCalled();
  one.about({ ...results, stopped: false, complete: true });
  await taken;
  expect(done).toHaveBeenCalledOnce();
  expect(one.stopped).toBe(false);
});

it('an export that waits for a contour ends when that is stopped', async () => {
  const { exporter: one } = exporter();
  const results = { ...coarse(analysis()), stopped: false };
  one.about(results);
  const taken = one.take('bibtex', options);
  one.about({ ...results, stopped: true });
  await expect(taken).rejects.toThrow('the computation did not come to its end.');
});

it('pinned, it is computed to its end', async () => {
  asked.length = 0;
  const pinned = withPinned(defaults(planeCard, 'plane') as ContourState);
  const figure = coarse(analysis(), pinned);
  const changed = new Promise<void>((resolve) => {
    const compared = new ComparedCurves(() => {
      const [own] = compared.of(figure);
      expect(own).toMatchObject({ busy: false, results: { complete: true, contour: { resolution: 'fine' } } });
      resolve();
    });
    compared.about(figure);
    expect(compared.of(figure)[0]).toMatchObject({ busy: true, results: null });
  });
  await changed;
  expect(asked).toEqual(['coarse', 'fine']);
});

it('a pinned contour that something else has stopped is begun again', async () => {
  asked.length = 0;
  const stopped = coarse(analysis(abort), withPinned(defaults(planeCard, 'plane') as ContourState));
  const compared = new ComparedCurves(() => {});
  compared.about(stopped);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  await new Promise((done) => setTimeout(done));
  compared.about(stopped);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
});
