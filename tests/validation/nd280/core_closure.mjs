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
import { edgeSection, offPlanesSection, sourcesSection } from './closure_causes.mjs';
import { paperSection } from './closure_paper.mjs';
import {
  cardPredictions,
  channelNames,
  direct,
  largestApart,
  planes,
  pointsOf,
  reader,
  simulatedEvents,
} from './closure_points.mjs';
import { biasOf, scatterOf, scatterSection } from './closure_scatter.mjs';
import { study } from './closure_statistics.mjs';
import { named, short, signed, withError } from './closure_text.mjs';
import { cellsOf, denseTable, denseTables, withFolder } from './core.mjs';
import { open } from './effective_events.mjs';
import { ctau0 } from './prediction.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Simulations at all points of all planes, kept in the folder. */
function simulateAll(folder) {
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
  const scatter = {};
  for (const mediator of ['heavy', 'light']) {
    const shipped = open(mediator);
    dense[mediator] = readTable(denseTable(mediator, folder));
    const many = reader(mediator, dense[mediator]);
    if (cellsOf(shipped.table)) scatter[mediator] = scatterOf(mediator, shipped, folder);
    planes.forEach((plane, i) => {
      if (plane.mediator !== mediator) return;
      const predictions = cardPredictions(plane);
      const drawn = predictions.flatMap(({ trusted }, p) => (trusted ? [p] : []));
      results[i].shipped = study(plane, drawn, shipped, simulations[i], predictions, scatter[mediator]);
      results[i].dense = study(plane, drawn, many, simulations[i]);
    });
  }
  const million = (value) => `${value / 1e6} million`;
  out.push(
    'How far the cards `nd280-dark-neutrino-heavy` and `-light` are from simulations made at the very masses of each point, plane by plane. The shipped tables: what a',
    'user gets, with the statistics of their rows. The dense tables: ten times the rows, so that what is left is the method’s own bias.',
    '',
    '| plane | points | χ² | p | largest pull | shipped table: mean difference [%] | dense table, bias of the method: mean difference [%] | dense table: largest difference [%] |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
  );
  const apart = { heavy: 0, light: 0 };
  const biases = {};
  planes.forEach((plane, i) => {
    for (const channel of channelNames[plane.mediator]) {
      const { shipped, dense } = results[i];
      const { drawn } = shipped[channel];
      const { chi2, probability, pulls, mean, meanError } = shipped[channel].sums;
      const largest = pulls.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      const d = dense[channel].sums;
      const k = d.differences.reduce((best, v, p) => (Math.abs(v) > Math.abs(d.differences[best]) ? p : best), 0);
      apart[plane.mediator] = Math.max(apart[plane.mediator], shipped[channel].apart);
      if (scatter[plane.mediator]) {
        const bias = biasOf(plane.mediator, folder, i, channel, simulations[i], drawn);
        biases[named(plane, channel)] = withError(bias.mean, bias.error);
      }
      out.push(
        `| ${named(plane, channel)} | ${drawn.length} | ${chi2.toFixed(1)} | ${probability.toPrecision(2)} | ${signed(largest)} | ${withError(mean, meanError)} | ${withError(d.mean, d.meanError)} | ${withError(d.differences[k], d.errors[k])} |`,
      );
    }
  });
  for (const [mediator, limit] of Object.entries(largestApart))
    if (!(apart[mediator] < limit))
      throw new Error(`${mediator}: ${apart[mediator]} apart from the core, not ${limit}`);
  const paper = paperSection(folder, simulations, results);
  out.push(
    '',
    'The same points with the sampling and the two-dimensional kernel of the paper:',
    '',
    ...paper.summary,
    '',
    'Events that `anyslice rate` predicts (all bins of an analysis together) beside simulations of 1 to 4 million events with seeds of their own, predicted without the',
    'core. The four planes are those of the cards’ presets; what is not given is that of benchmark B (heavy) or A (light, |V_N|² = |V_μN|²).',
    'Differences are relative to the simulation, errors statistical, of table and simulation. Points of a plane share rows, all of them where mN is',
    'fixed: χ², and the error of the mean difference, have the full covariance. Points where a card does not trust its kernel, of which nothing is drawn,',
    'stand in brackets and are in no sum.',
    '',
    `The dense tables are made by the same recipes, share no random number with the shipped ones, have rows kept one by one, and are re-weighted without the core: ${million(denseTables.heavy.events)}`,
    `(heavy) and ${million(denseTables.light.events)} (light) events thrown for ${million(denseTables.heavy.rows)} rows each.`,
    '',
    'Made by `node tests/validation/nd280/core_closure.mjs`; a test checks some of the points.',
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
  scatterSection(out, scatter, biases);
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
  edgeSection(out, folder, dense.light.metadata.maps);
  offPlanesSection(out, folder, dense.light);
  out.push(...paper.details);
  plots(out, results);
  writeFileSync(join(here, 'CORE_CLOSURE.md'), `${out.join('\n')}\n`);
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
