// Where the differences of CORE_CLOSURE.md come from: the kernel, flattening, and the end of the light table.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../event_tables.mjs';
import { core, direct, planes, pointsOf, reader, total } from './closure_points.mjs';
import { withError } from './closure_text.mjs';
import { builtIn, denseTable } from './core.mjs';
import { open } from './effective_events.mjs';
import { benchmarks, LightTable } from './prediction.mjs';

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
export function sourcesSection(out, dense, simulations) {
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
        ['flattened with the propagator of each row’s own mZ′', { propagatorOf: 'row' }],
        ['not flattened', { flatten: false }],
      ],
    },
  ];
  out.push(
    '',
    '## What the differences come from',
    '',
    'Analysis I from the dense tables, with other kernels: differences from the simulation in percent. What flattening leaves: a heavy mediator’s map has the',
    'propagator of the decay at each row’s own mN, the rows that of the target; a light one’s has that of the target, too.',
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

/** Masses of the Z' in GeV at the end of the light table, where the kernel is cut off. */
const edge = [0.005, 0.0055, 0.006, 0.007, 0.008];

/** How far the light kernel is off there at mN = 0.1 GeV, from a table of its own around that mass. */
export function edgeSection(out, folder, denseMaps) {
  const change = (recipe) => {
    delete recipe.maps;
    recipe.parameters.mN = { unit: 'GeV', low: 0.079, high: 0.1265 };
    recipe.parameters.mZ = { unit: 'GeV', low: recipe.parameters.mZ.low, high: 0.0165 };
    recipe.roulette.importance_by_part = { TPC: 2, FGD: 1 };
    // Weights here reach beyond the codes of the whole table.
    for (const name of ['weight', 'legacy_weight']) recipe.columns[name] = { unit: 'GeV^4' };
  };
  const [events, rows] = [24e6, 3e6];
  const table = readTable(denseTable('edge', folder, { recipe: 'nd280-light', events, rows, change }));
  const path = join(folder, 'edge-simulations.json');
  const points = edge.map((mZ) => ({ ...benchmarks.A, mZ }));
  const simulatedAt = 8e6;
  if (!existsSync(path))
    writeFileSync(path, JSON.stringify(points.map((point, p) => direct('light', point, simulatedAt, 700 + p))));
  const simulations = JSON.parse(readFileSync(path, 'utf8'));
  out.push(
    '',
    '## The end of the light table in mZ′',
    '',
    `Where the kernel is cut off below, from ${rows / 1e6} million rows of ${events / 1e6} million events around mN = 0.1 GeV and simulations of ${simulatedAt / 1e6} million: differences in percent with the maps of the shipped`,
    'table, by which the card flattens, and of analysis I with those of the dense one, which were made from other numbers.',
    '',
    '| mZ′ [GeV] | analysis I | analysis II | analysis I, other maps | drawn |',
    '|---:|---:|---:|---:|---|',
  );
  const difference = (maps, point, p, channel) => {
    table.metadata.maps = maps;
    const { mu, error } = total(new LightTable(table), 'light', point, channel);
    const { mu: known, error: its } = simulations[p][channel];
    return withError(mu / known - 1, Math.hypot(error / mu, its / known), 2);
  };
  const shippedMaps = open('light').table.metadata.maps;
  points.forEach((point, p) => {
    const cells = [difference(shippedMaps, point, p, 'I'), difference(shippedMaps, point, p, 'II')];
    cells.push(difference(denseMaps, point, p, 'I'), core(builtIn('light'), 'light', point).trusted ? 'yes' : 'no');
    out.push(`| ${point.mZ} | ${cells.join(' | ')} |`);
  });
}

/** Analyses I and II of the light mediator off the planes of the paper, by the dense table: towards mZ = mN, and high masses. */
export function offPlanesSection(out, folder, dense) {
  const points = [0.15, 0.2, 0.3, 0.45, 0.7].flatMap((mN) =>
    [0.15, 0.3, 0.6, 0.85].map((share) => ({ ...benchmarks.A, mN, mZ: Number((share * mN).toPrecision(3)) })),
  );
  const path = join(folder, 'off-planes-simulations.json');
  if (!existsSync(path))
    writeFileSync(
      path,
      JSON.stringify(points.map((point, p) => direct('light', point, point.mN < 0.4 ? 1e6 : 2e6, 800 + p))),
    );
  const simulations = JSON.parse(readFileSync(path, 'utf8'));
  const card = reader('light', dense);
  const own = reader('light', dense, { propagatorOf: 'row' });
  out.push(
    '',
    '## The light mediator off the planes of the paper',
    '',
    'Differences of the dense table in percent. Towards mZ′ = mN all rows that the kernel sees are on one side, with a lighter Z′ than the target on average. That is of no account for what',
    'is flattened, but it is for the rest: analysis II, which is not flattened in mZ′, is too low there, and at the highest masses so is analysis I.',
    '',
    '| mN [GeV] | mZ′ [GeV] | analysis I | analysis II | I, flattened with the propagator of each row’s own mZ′ | events in I over II | drawn |',
    '|---:|---:|---:|---:|---:|---:|---|',
  );
  points.forEach((point, p) => {
    const { I, II } = simulations[p];
    const difference = (table, channel) => {
      const { mu, error } = total(table, 'light', point, channel);
      const known = simulations[p][channel];
      return withError(mu / known.mu - 1, Math.hypot(error / mu, known.error / known.mu));
    };
    const cells = [difference(card, 'I'), difference(card, 'II'), difference(own, 'I'), (I.mu / II.mu).toPrecision(1)];
    cells.push(core(builtIn('light'), 'light', point).trusted ? 'yes' : 'no');
    out.push(`| ${point.mN} | ${point.mZ} | ${cells.join(' | ')} |`);
  });
}
