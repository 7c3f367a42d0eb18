// How predictions scatter between tables of one recipe with other seeds, where rows are kept by systematic sampling.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../event_tables.mjs';
import { channelNames, planes, pointsOf, reader, total } from './closure_points.mjs';
import { covariances } from './closure_statistics.mjs';
import { named } from './closure_text.mjs';
import { builtInRecipe, generated } from './core.mjs';
import { open } from './effective_events.mjs';

/** How many tables with other seeds show how predictions scatter. */
const otherSeeds = 12;

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function variance(values) {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/**
 * Predictions at all points of the planes of a mediator by tables like the shipped one with other seeds and its maps, kept
 * in the folder: [table][plane][channel][point], planes of the other mediator left empty.
 */
function predictionsOfOtherSeeds(mediator, folder) {
  const path = join(folder, `other-seeds-${mediator}.json`);
  if (!existsSync(path)) {
    const { maps } = open(mediator).table.metadata;
    const all = Array.from({ length: otherSeeds }, (_, k) => {
      const words = ['--set', 'maps.points=256', '--seed', String(1000 + k)];
      const table = readTable(generated(builtInRecipe(mediator), join(folder, 'other-seed.safetensors'), words));
      table.metadata.maps = maps;
      const again = reader(mediator, table);
      return planes.map((plane) =>
        plane.mediator === mediator
          ? Object.fromEntries(
              channelNames[mediator].map((channel) => [
                channel,
                pointsOf(plane).map((point) => total(again, mediator, point, channel).mu),
              ]),
            )
          : {},
      );
    });
    writeFileSync(path, JSON.stringify(all));
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * How predictions scatter from table to table: by channel the `share` of the variance of independent rows that is left
 * beside what cells have within, which comes from the events thrown, and by plane relative errors of a point (root mean
 * square) and of the mean: as `independent` rows would have them, `given` by cells and share, and as `found`.
 */
export function scatterOf(mediator, table, folder) {
  const all = predictionsOfOtherSeeds(mediator, folder);
  return Object.fromEntries(
    channelNames[mediator].map((channel) => {
      const byPlane = planes.flatMap((plane, i) => {
        if (plane.mediator !== mediator) return [];
        const points = pointsOf(plane);
        const middle = points.map((_, p) => mean(all.map((one) => one[i][channel][p])));
        const relative = all.map((one) => one[i][channel].map((mu, p) => mu / middle[p]));
        const { independent, within } = covariances(table, mediator, points, channel);
        const scaled = (matrix) => matrix.map((row, p) => row.map((value, q) => value / middle[p] / middle[q]));
        return [{ plane, relative, independent: scaled(independent), within: scaled(within) }];
      });
      const trace = (matrix) => matrix.reduce((sum, row, p) => sum + row[p], 0);
      const found = ({ relative }) => mean(relative[0].map((_, p) => variance(relative.map((one) => one[p]))));
      const total = (take) => byPlane.reduce((sum, one) => sum + take(one), 0);
      const excess = total((one) => found(one) * one.relative[0].length - trace(one.within));
      const share = Math.max(0, excess / total((one) => trace(one.independent)));
      const errors = (matrix) => [Math.sqrt(trace(matrix) / matrix.length), Math.sqrt(mean(matrix.flat()))];
      return [
        channel,
        {
          share,
          byPlane: byPlane.map((one) => ({
            plane: one.plane,
            independent: errors(one.independent),
            given: errors(one.within.map((row, p) => row.map((value, q) => value + share * one.independent[p][q]))),
            found: [Math.sqrt(found(one)), Math.sqrt(variance(one.relative.map(mean)))],
          })),
        },
      ];
    }),
  );
}

/** The mean over those tables of the mean difference from simulations at the drawn points of a plane, with its error. */
export function biasOf(mediator, folder, i, channel, simulations, drawn) {
  const known = drawn.map((p) => simulations[p][channel]);
  const means = predictionsOfOtherSeeds(mediator, folder).map((one) =>
    mean(drawn.map((p, k) => one[i][channel][p] / known[k].mu - 1)),
  );
  const ofSimulations = mean(known.map(({ mu, error }) => (error / mu) ** 2)) / known.length;
  return { mean: mean(means), error: Math.sqrt(variance(means) / means.length + ofSimulations) };
}

/** How far predictions scatter where rows are kept by systematic sampling; `biases` by name of a plane and channel. */
export function scatterSection(out, scatter, biases) {
  for (const [mediator, channels] of Object.entries(scatter)) {
    const shares = Object.entries(channels).map(([channel, { share }]) => `${share.toFixed(2)} (analysis ${channel})`);
    out.push(
      '',
      `## Errors of the ${mediator} table`,
      '',
      'Its rows are kept by systematic sampling: their number in each cell of beam, detector, cuts passed and masses is that of the events thrown, to within one.',
      `So predictions scatter less from table to table than Σw², the error that the command and the page give, says of independent rows. Shown by ${otherSeeds} tables of the same recipe`,
      `with other seeds (known to some ${Math.round(100 / Math.sqrt(2 * (otherSeeds - 1)))} %), and the same maps. Errors of the shipped table in this report are those of rows within their cells, with a share of Σw² that those`,
      `tables show for what the events thrown add: ${shares.join(', ')}. Their mean difference from the simulations is the bias of the recipe and the card, known better than by`,
      'the one table that is shipped.',
      '',
      '| plane | independent rows: a point [%] | their mean [%] | as given here: a point [%] | their mean [%] | scatter of other tables: a point [%] | their mean [%] | mean difference of other tables [%] |',
      '|---|---:|---:|---:|---:|---:|---:|---:|',
    );
    const cells = ([point, mean]) => `${(100 * point).toFixed(1)} | ${(100 * mean).toFixed(1)}`;
    for (const [channel, { byPlane }] of Object.entries(channels))
      for (const { plane, independent, given, found } of byPlane)
        out.push(
          `| ${named(plane, channel)} | ${cells(independent)} | ${cells(given)} | ${cells(found)} | ${biases[named(plane, channel)]} |`,
        );
  }
}
