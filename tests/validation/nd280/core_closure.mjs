// Events on the paper's planes as the core re-weights them beside direct simulations at the same points, and beside the
// paper's own sampling and kernel: writes CORE_CLOSURE.md and its plots.
// Run from anywhere after ./dev tables: node tests/validation/nd280/core_closure.mjs [FOLDER]
// Tables of a gigabyte in memory and the simulations are made for it, in FOLDER if one is given, to be used again; it takes
// half an hour.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTable } from '../event_tables.mjs';
import { pointPlot } from '../plots.mjs';
import { builtIn, channelSums, denseTable, denseTables, rate, withFolder } from './core.mjs';
import { simulate } from './direct.mjs';
import { open } from './effective_events.mjs';
import { benchmarks, ctau0, HeavyTable, LightTable, PaperTable } from './prediction.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The planes of the cards' presets with points spread over them: edges, short and long lifetimes, 0.3 to 3000 events. */
export const planes = [
  {
    name: 'heavy (mZ′, ε)',
    mediator: 'heavy',
    x: 'mZ',
    y: 'epsilon',
    points: [
      [0.13, 2.5e-5],
      [0.13, 1e-4],
      [0.13, 2e-2],
      [0.2, 3e-4],
      [0.25, 1e-2],
      [0.35, 1e-3],
      [0.5, 4e-4],
      [0.5, 1e-1],
      [1.25, 3e-3],
      [1.25, benchmarks.B.epsilon],
      [3, 3e-2],
      [10, 1e-1],
    ],
  },
  {
    name: 'heavy (mN, |VμN|²)',
    mediator: 'heavy',
    x: 'mN',
    y: 'UmuN2',
    points: [
      [0.005, 1e-2],
      [0.01, 1e-5],
      [0.02, 1e-4],
      [0.035, 1e-7],
      [0.06, 1e-8],
      [0.1, 2.2e-7],
      [0.15, 1e-6],
      [0.22, 1e-4],
      [0.35, 2e-6],
      [0.55, 1e-3],
      [0.8, 1e-2],
      [1, 1e-3],
    ],
  },
  {
    name: 'light (mZ′, ε)',
    mediator: 'light',
    x: 'mZ',
    y: 'epsilon',
    points: [
      [0.005, 1e-5],
      [0.008, 5e-4],
      [0.012, 1e-4],
      [0.018, 2e-3],
      [0.025, 5e-5],
      [0.03, benchmarks.A.epsilon],
      [0.04, 1e-3],
      [0.05, 5e-3],
      [0.065, 3e-4],
      [0.08, 2e-4],
      [0.09, 1e-2],
      [0.095, 5e-3],
    ],
  },
  {
    name: 'light (mN, |VμN|²)',
    mediator: 'light',
    x: 'mN',
    y: 'UmuN2',
    points: [
      [0.0358, 1e-9],
      [0.037, 1e-6],
      [0.04, 8e-9],
      [0.045, 1e-7],
      [0.05, 1e-9],
      [0.07, 1e-6],
      [0.1, 8e-9],
      [0.15, 1e-7],
      [0.25, 1e-5],
      [0.4, 1e-8],
      [0.65, 1e-6],
      [1, 1e-5],
    ],
  },
];

export const channelNames = { heavy: ['I'], light: ['I', 'II'] };
const largestMass = 0.2; // GeV, the end of the histogram of analysis II

export function pointsOf({ mediator, x, y, points }) {
  const base = benchmarks[mediator === 'heavy' ? 'B' : 'A'];
  return points.map(([first, second]) => {
    const point = { ...base, [x]: first, [y]: second };
    if (mediator === 'light') point.VN2 = point.UmuN2;
    return point;
  });
}

const visit = (table, mediator, point, channel, take) =>
  mediator === 'heavy' ? table.visit(point, true, take) : table.visit(point, [channel], take, largestMass);

function total(table, mediator, point, channel) {
  let mu = 0;
  let squares = 0;
  visit(table, mediator, point, channel, (_row, weight) => {
    mu += weight;
    squares += weight * weight;
  });
  return { mu, error: Math.sqrt(squares) };
}

/** Events of a simulation at the very masses: { I: { mu, error }, ... }. */
export function direct(mediator, point, events, seed) {
  const { mN, mZ } = point;
  const table =
    mediator === 'heavy'
      ? new HeavyTable(simulate('nd280-heavy', { mN }, events, { seed }), { bandwidth: 0 })
      : new LightTable(simulate('nd280-light', { mN, mZ }, events, { seed }), { bandwidths: null });
  return Object.fromEntries(channelNames[mediator].map((channel) => [channel, total(table, mediator, point, channel)]));
}

/** What the core says: { I: { mu, error, effective }, ..., trusted: whether it draws it }. */
export function core(card, mediator, point) {
  const answer = rate(card, point);
  const sums = channelSums(answer);
  const channels = channelNames[mediator].map((channel) => [channel, sums[`analysis-${channel}`]]);
  return { ...Object.fromEntries(channels), trusted: answer.kernel_trusted };
}

/** Events of the simulation at a point: more where few of them pass the cuts. */
export function simulatedEvents(mediator, { mN }) {
  if (mediator === 'light') return mN < 0.35 ? 1e6 : 3e6;
  return mN < 0.5 ? 1.2e6 : 4e6;
}

/** Sums over rows of the products of their weights at two points, which are the covariance: points share rows. */
function covariance(table, mediator, points, channel) {
  const weights = points.map((point) => {
    const column = new Float64Array(table.table.rows);
    visit(table, mediator, point, channel, (row, weight) => {
      column[row] = weight;
    });
    return column;
  });
  const matrix = points.map(() => new Array(points.length).fill(0));
  for (let p = 0; p < points.length; ++p)
    for (let q = 0; q <= p; ++q) {
      let sum = 0;
      for (let i = 0; i < weights[p].length; ++i) sum += weights[p][i] * weights[q][i];
      matrix[p][q] = matrix[q][p] = sum;
    }
  return matrix;
}

/** Solution of a symmetric positive system, by Cholesky's decomposition. */
function solve(matrix, right) {
  const n = right.length;
  const lower = matrix.map((row) => row.slice());
  const solution = right.slice();
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j <= i; ++j) {
      let sum = lower[i][j];
      for (let k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j];
    }
    for (let k = 0; k < i; ++k) solution[i] -= lower[i][k] * solution[k];
    solution[i] /= lower[i][i];
  }
  for (let i = n - 1; i >= 0; --i) {
    for (let k = i + 1; k < n; ++k) solution[i] -= lower[k][i] * solution[k];
    solution[i] /= lower[i][i];
  }
  return solution;
}

/** The complement of the error function, by its Taylor series or its continued fraction. */
function erfc(x) {
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; ++n) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; --n) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Probability of a larger chi2: a finite sum for any whole number of degrees of freedom. */
export function survival(chi2, degrees) {
  const half = chi2 / 2;
  const odd = degrees % 2;
  let sum = odd ? erfc(Math.sqrt(half)) : 0;
  let term = odd ? Math.exp(-half) * 2 * Math.sqrt(half / Math.PI) : Math.exp(-half);
  for (let k = odd ? 1.5 : 1; k <= degrees / 2; ++k) {
    sum += term;
    term *= half / k;
  }
  return sum;
}

/** Relative differences of predictions from simulations with all correlations: pulls, chi2, their mean. */
export function compare(predictions, simulations, covariances) {
  const n = predictions.length;
  const differences = predictions.map(({ mu }, p) => mu / simulations[p].mu - 1);
  const matrix = covariances.map((row, p) =>
    row.map((value, q) => {
      const own = p === q ? ((predictions[p].mu / simulations[p].mu) * simulations[p].error) ** 2 : 0;
      return (value + own) / (simulations[p].mu * simulations[q].mu);
    }),
  );
  const errors = matrix.map((row, p) => Math.sqrt(row[p]));
  const pulls = differences.map((value, p) => value / errors[p]);
  const chi2 = solve(matrix, differences).reduce((sum, value, p) => sum + value * differences[p], 0);
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const meanError = Math.sqrt(matrix.flat().reduce((sum, value) => sum + value, 0)) / n;
  return { differences, errors, pulls, chi2, probability: survival(chi2, n), mean, meanError };
}

/** How far, relatively, the core may be from the same table re-weighted without it. */
export const largestApart = { heavy: 5e-6, light: 0.001 };

const reader = (mediator, table, options) =>
  mediator === 'heavy' ? new HeavyTable(table, options) : new LightTable(table, options);

/** What the shipped card says at the points of a plane. */
export const cardPredictions = (plane) =>
  pointsOf(plane).map((point) => core(builtIn(plane.mediator), plane.mediator, point));

/** Predictions, simulations and their comparison on a plane, by channel; `table` is read without the core and, where no
 * predictions are given, makes them too. Points outside `drawn` take no part in the sums. */
export function study(plane, drawn, table, simulations, predictions) {
  const points = pointsOf(plane);
  return Object.fromEntries(
    channelNames[plane.mediator].map((channel) => {
      const apart = points.map((point) => total(table, plane.mediator, point, channel));
      const mine = predictions?.map((prediction) => prediction[channel]) ?? apart;
      const theirs = simulations.map((simulation) => simulation[channel]);
      const shared = covariance(table, plane.mediator, points, channel);
      const pick = (list) => drawn.map((p) => list[p]);
      return [
        channel,
        {
          predictions: mine,
          ...compare(mine, theirs, shared),
          drawn,
          sums: compare(pick(mine), pick(theirs), pick(shared).map(pick)),
          apart: Math.max(...mine.map(({ mu }, p) => Math.abs(mu / apart[p].mu - 1))),
        },
      ];
    }),
  );
}

const percent = (value, digits = 1) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(digits)}`;
const withError = (value, error) => `${percent(value)} ± ${(100 * error).toFixed(1)}`;
const signed = (value) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`;
const short = (value) => String(Number(value.toPrecision(3)));
const named = (plane, channel) => `${plane.name}${plane.mediator === 'light' ? `, analysis ${channel}` : ''}`;

/** Simulations at all points of all planes, kept in the folder. */
export function simulateAll(folder) {
  const path = join(folder, 'simulations.json');
  if (!existsSync(path)) {
    const all = planes.map((plane, i) =>
      pointsOf(plane).map((point, p) =>
        direct(plane.mediator, point, simulatedEvents(plane.mediator, point), 100 * (i + 1) + p),
      ),
    );
    writeFileSync(path, JSON.stringify(all));
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

function report(folder) {
  const out = ['# The cards on the paper’s planes, against direct simulations', ''];
  const simulations = simulateAll(folder);
  const results = planes.map(() => ({}));
  const dense = {};
  for (const mediator of ['heavy', 'light']) {
    const shipped = open(mediator);
    dense[mediator] = readTable(denseTable(mediator, folder));
    const many = reader(mediator, dense[mediator]);
    planes.forEach((plane, i) => {
      if (plane.mediator !== mediator) return;
      const predictions = cardPredictions(plane);
      const drawn = predictions.flatMap(({ trusted }, p) => (trusted ? [p] : []));
      results[i].shipped = study(plane, drawn, shipped, simulations[i], predictions);
      results[i].dense = study(plane, drawn, many, simulations[i]);
    });
  }
  const million = (value) => `${value / 1e6} million`;
  out.push(
    'Events that `anyslice rate` predicts from the cards `nd280-dark-neutrino-heavy` and `-light` (all bins of an analysis together) beside',
    'simulations made at the very masses of each point (1 to 4 million events, seeds of their own, predicted without the',
    'core). The four planes are those of the cards’ presets; what is not given is that of benchmark B (heavy) or A (light, |V_N|² = |V_μN|²).',
    'Differences are relative to the simulation, errors statistical, of table and simulation. Points of a plane share rows, all of them where mN is',
    'fixed: χ², and the error of the mean difference, have the full covariance. Points where a card does not trust its kernel, of which nothing is drawn,',
    'stand in brackets and are in no sum.',
    '',
    `“Dense” are tables made by the same recipes, which share no random number with the shipped ones, re-weighted without the core: ${million(denseTables.heavy.events)}`,
    `(heavy) and ${million(denseTables.light.events)} (light) events thrown for ${million(denseTables.heavy.rows)} rows each. They say how much of a difference is the kernel’s.`,
    'What the shipped table is off in the mean where the dense one is not is statistics: points of one mN are sums over the same rows and move together.',
    '',
    'Made by `node tests/validation/nd280/core_closure.mjs`; a test checks some of the points.',
    '',
    '| plane | points | χ² | p | largest pull | mean difference [%] | dense: mean difference [%] | dense: largest difference [%] |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
  );
  const apart = { heavy: 0, light: 0 };
  planes.forEach((plane, i) => {
    for (const channel of channelNames[plane.mediator]) {
      const { shipped, dense } = results[i];
      const { drawn } = shipped[channel];
      const { chi2, probability, pulls, mean, meanError } = shipped[channel].sums;
      const largest = pulls.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      const d = dense[channel].sums;
      const k = d.differences.reduce((best, v, p) => (Math.abs(v) > Math.abs(d.differences[best]) ? p : best), 0);
      apart[plane.mediator] = Math.max(apart[plane.mediator], shipped[channel].apart);
      out.push(
        `| ${named(plane, channel)} | ${drawn.length} | ${chi2.toFixed(1)} | ${probability.toPrecision(2)} | ${signed(largest)} | ${withError(mean, meanError)} | ${withError(d.mean, d.meanError)} | ${withError(d.differences[k], d.errors[k])} |`,
      );
    }
  });
  for (const [mediator, limit] of Object.entries(largestApart))
    if (!(apart[mediator] < limit))
      throw new Error(`${mediator}: ${apart[mediator]} apart from the core, not ${limit}`);
  out.push(
    '',
    `The shipped tables re-weighted without the core (\`prediction.mjs\`) give the core’s numbers to better than ${largestApart.heavy.toExponential(0)} (heavy) and ${100 * largestApart.light} % (light),`,
    'where it takes the part of the kernel inside the table from a coarser sum: at all points when this is made, at some in the test.',
    '',
    'Where the dense table is more than 2 % off, the difference being more than two standard deviations:',
    '',
  );
  const biased = planes.flatMap((plane, i) =>
    channelNames[plane.mediator].flatMap((channel) =>
      pointsOf(plane).flatMap((point, p) => {
        const { differences, errors } = results[i].dense[channel];
        if (Math.abs(differences[p]) < Math.max(0.02, 2 * errors[p])) return [];
        const masked = results[i].dense[channel].drawn.includes(p) ? '' : ', not drawn';
        return `- ${named(plane, channel)}, mN = ${point.mN}, mZ′ = ${point.mZ} GeV: ${withError(differences[p], errors[p])} %${masked}`;
      }),
    ),
  );
  out.push(...(biased.length ? biased : ['- nowhere.']));
  const axis = { mZ: 'mZ′ [GeV]', mN: 'mN [GeV]', epsilon: 'ε', UmuN2: '|VμN|²' };
  planes.forEach((plane, i) => {
    const points = pointsOf(plane);
    for (const channel of channelNames[plane.mediator]) {
      const { shipped, dense } = results[i];
      out.push(
        '',
        `## ${named(plane, channel)}`,
        '',
        `| ${axis[plane.x]} | ${axis[plane.y]} | cτ₀ [cm] | simulation | core | difference [%] | pull | dense: difference [%] |`,
        '|---:|---:|---:|---:|---:|---:|---:|---:|',
      );
      points.forEach((point, p) => {
        const simulation = simulations[i][p][channel];
        const prediction = shipped[channel].predictions[p];
        const cells = [
          short(point[plane.x]),
          short(point[plane.y]),
          ctau0(point).toPrecision(2),
          `${simulation.mu.toPrecision(4)} ± ${((100 * simulation.error) / simulation.mu).toFixed(1)} %`,
          shipped[channel].drawn.includes(p) ? prediction.mu.toPrecision(4) : `(${prediction.mu.toPrecision(4)})`,
          withError(shipped[channel].differences[p], shipped[channel].errors[p]),
          signed(shipped[channel].pulls[p]),
          withError(dense[channel].differences[p], dense[channel].errors[p]),
        ];
        out.push(`| ${cells.join(' | ')} |`);
      });
    }
  });
  sourcesSection(out, dense, simulations);
  paperSection(out, folder, simulations, results);
  plots(out, results);
  writeFileSync(join(here, 'CORE_CLOSURE.md'), `${out.join('\n')}\n`);
}

/** The errors of the shipped maps in words. */
function mapErrors() {
  const said = [];
  for (const [mediator, element] of [
    ['heavy', 'Ar'],
    ['heavy', 'Pb'],
    ['light', 'Ar'],
  ]) {
    const maps = JSON.parse(open(mediator).table.metadata.maps);
    const e = maps.elements.indexOf(element);
    const largest = (low, high) => {
      const errors = Object.values(maps.relative_error).flatMap((map) =>
        map.flatMap((beam) => beam[e].filter((_, m) => maps.mN_GeV[m] >= low && maps.mN_GeV[m] <= high)),
      );
      return (100 * Math.max(...errors)).toFixed(1);
    };
    said.push(`${mediator} ${element}, up to ${largest(0, 0.5)} % below mN = 0.5 GeV and ${largest(0.5, 2)} % above`);
  }
  return said.join('; ');
}

/** Variants of the kernel, to tell what differences come from. */
function sourcesSection(out, dense, simulations) {
  const cases = [
    {
      plane: 1,
      at: [4, 5, 8, 9, 10, 11],
      variants: [
        ['as in the card', {}],
        ['flattened at mZ′ = 1.25 GeV', { flattenedAt: 1.25 }],
        ['h = 0.05', { bandwidth: 0.05 }],
        ['not flattened', { flatten: false }],
      ],
    },
    {
      plane: 2,
      at: [0, 1, 3, 5, 7, 9, 11],
      variants: [
        ['as in the card', {}],
        ['h′ = 0.15', { bandwidths: [0.1, 0.15] }],
        ['efficiency with the momentum transfers of each mZ′', { efficiency: 'efficiency' }],
        ['not flattened', { flatten: false }],
      ],
    },
  ];
  out.push(
    '',
    '## What the differences come from',
    '',
    'Analysis I from the dense tables, with other kernels: differences from the simulation in percent. What flattening leaves: a heavy mediator’s map has the',
    'propagator of the decay at each row’s own mN, the rows that of the target; a light one’s has one distribution of momentum transfers for all mZ′.',
    'The maps’ efficiencies have errors of their own, in no Monte Carlo error and not in χ². They are common to neighbouring masses, whose ratio is what flattens,',
    `so that little of them is left; their size, root mean square over mZ′ and the two sets of cuts: ${mapErrors()}.`,
  );
  for (const { plane: i, at, variants } of cases) {
    const { mediator, x } = planes[i];
    const points = pointsOf(planes[i]);
    const heads = at.map((p) => `${x === 'mN' ? 'mN' : 'mZ′'} = ${points[p][x]}`);
    out.push('', `| ${planes[i].name} | ${heads.join(' | ')} |`, `|---|${at.map(() => '---:|').join('')}`);
    for (const [name, options] of variants) {
      const table = reader(mediator, dense[mediator], options);
      const cells = at.map((p) => {
        const { mu, error } = total(table, mediator, points[p], 'I');
        const simulation = simulations[i][p].I;
        return withError(mu / simulation.mu - 1, Math.hypot(error / mu, simulation.error / simulation.mu));
      });
      out.push(`| ${name} | ${cells.join(' | ')} |`);
    }
  }
}

/** The paper's sampling and kernel at the points of the heavy planes. */
function paperSection(out, folder, simulations, results) {
  const table = readTable(denseTable('vegas', folder));
  const paper = new PaperTable(table);
  const { metadata, rows } = open('heavy').table;
  const thrown = Number(metadata.events_thrown);
  const paperThrown = Number(table.metadata.events_thrown);
  const { mN: rangeN, mZ: rangeZ } = JSON.parse(table.metadata.recipe).parameters;
  const isInside = (value, { low, high }) =>
    value / 10 ** paper.bandwidth >= low && value * 10 ** paper.bandwidth <= high;
  const summary = [];
  const details = [];
  planes.forEach((plane, i) => {
    if (plane.mediator !== 'heavy') return;
    details.push(
      '',
      `| ${plane.x === 'mN' ? 'mN' : 'mZ′'} [GeV] | ${plane.y === 'UmuN2' ? '|VμN|²' : 'ε'} | simulation | paper’s kernel | difference [%] | effective events | of the card | gain for each row | gain for each event thrown |`,
      '|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    );
    const pairs = [];
    pointsOf(plane).forEach((point, p) => {
      const sums = Object.values(paper.predict(point));
      const mu = sums.reduce((sum, beam) => sum + beam.mu, 0);
      const squares = sums.reduce((sum, beam) => sum + beam.squares, 0);
      const simulation = simulations[i][p].I;
      if (!isInside(point.mN, rangeN) || !isInside(point.mZ, rangeZ)) {
        const known = [short(point[plane.x]), short(point[plane.y]), simulation.mu.toPrecision(4)];
        details.push(`| ${known.join(' | ')} | beyond the table | | | | | |`);
        return;
      }
      const { effective } = results[i].shipped.I.predictions[p];
      const own = mu ** 2 / squares;
      const pair = {
        difference: mu / simulation.mu - 1,
        error: (mu / simulation.mu) * Math.hypot(1 / Math.sqrt(own), simulation.error / simulation.mu),
        perRow: effective / rows / (own / table.rows),
        perEvent: effective / thrown / (own / paperThrown),
      };
      pairs.push(pair);
      const cells = [short(point[plane.x]), short(point[plane.y]), simulation.mu.toPrecision(4), mu.toPrecision(4)];
      cells.push(withError(pair.difference, pair.error), own.toFixed(0), effective.toFixed(0));
      cells.push(pair.perRow.toFixed(0), pair.perEvent.toFixed(1));
      details.push(`| ${cells.join(' | ')} |`);
    });
    // Weighted by error: a few points rest on a handful of events.
    const weights = pairs.map(({ error }) => error ** -2);
    const sum = weights.reduce((a, b) => a + b, 0);
    const mean = pairs.reduce((total, { difference }, k) => total + weights[k] * difference, 0) / sum;
    const middle = (name) => {
      const values = pairs.map((pair) => pair[name]).sort((a, b) => a - b);
      return (values[(values.length - 1) >> 1] + values[values.length >> 1]) / 2;
    };
    summary.push(
      `| ${plane.name} | ${withError(mean, 1 / Math.sqrt(sum))} | ${middle('perRow').toFixed(0)} | ${middle('perEvent').toFixed(1)} |`,
    );
  });
  out.push(
    '',
    '## The sampling and the kernel of the paper',
    '',
    `The same points of the heavy planes from ${paperThrown.toLocaleString('en')} events of \`nd280-heavy-vegas\` (${table.rows.toLocaleString('en')} rows): VEGAS over observables and masses, rows smoothed in log10 mN and log10 mZ′ by`,
    'one two-dimensional Epanechnikov kernel of 0.1, neither flattened nor re-weighted in mZ′, as the card `nd280-dark-neutrino-heavy-paper-kernel` does. Gains are ratios of variances of the prediction (the',
    `paper’s over that of the card) at an equal number of rows kept, or of events thrown; the card’s table has ${rows.toLocaleString('en')} rows of ${thrown.toLocaleString('en')} events.`,
    'Variances from a few effective events are too small, and so are the gains there. Points whose kernel reaches beyond the masses of the recipe are left out. The mean is weighted by the errors, which are taken as independent.',
    '',
    '| plane | mean difference of the paper’s kernel [%] | gain for each row (median) | gain for each event thrown (median) |',
    '|---|---:|---:|---:|',
    ...summary,
    ...details,
  );
}

function plots(out, results) {
  const colours = ['#b2182b', '#2166ac', '#4d9221'];
  for (const parameter of ['mZ', 'mN']) {
    const series = [];
    planes.forEach((plane, i) => {
      if (plane.x !== parameter) return;
      for (const channel of channelNames[plane.mediator]) {
        const colour = colours[series.length / 2];
        for (const kind of ['shipped', 'dense']) {
          const { differences, errors } = results[i][kind][channel];
          const name = `${plane.mediator} ${channel}${kind === 'dense' ? ', dense' : ''}`;
          const shift = kind === 'dense' ? 1.02 : 1;
          const points = plane.points.map(([x], p) => [x * shift, 100 * differences[p], 100 * errors[p]]);
          series.push({ name, colour, hollow: kind === 'shipped', points });
        }
      }
    });
    const file = `core-closure-${parameter}.svg`;
    const x = {
      label: parameter === 'mZ' ? 'mZ′ [GeV]' : 'mN [GeV]',
      low: 0.004,
      high: parameter === 'mZ' ? 13 : 1.3,
      log: true,
    };
    const y = { label: 'core less simulation [%]', low: -10, high: 15, log: false };
    writeFileSync(join(here, file), pointPlot(`Core less direct simulation against ${x.label}`, x, y, series));
    out.push(...(parameter === 'mZ' ? [''] : []), `![differences against ${parameter}](${file})`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2]) mkdirSync(process.argv[2], { recursive: true });
  if (process.argv[2]) report(process.argv[2]);
  else withFolder(report);
}
