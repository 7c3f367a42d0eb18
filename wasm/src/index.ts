// The package `anyslice` for web pages: start the core in workers, load analyses, ask for limits.
//
//   const anyslice = start({ module: compile(), createWorker });
//   const analysis = await anyslice.load('https://example.org/analyses/card.json');
//   const limit = await analysis.limit({ on: 'theta', versus: { parameter: 'mS', values: [120, 140, 160] } });

export { Analysis, Anyslice, type StartOptions, start } from './analysis.ts';
export { gunzipped, type ReadBytes, readByFetch } from './download.ts';
export { AnysliceError, type ErrorDetail, isAbort } from './errors.ts';
export { compile, createWorker } from './locations.ts';
export type { Runner, TaskOptions, WorkerLike, WorkerReplaced } from './pool.ts';
export type * from './types.ts';
