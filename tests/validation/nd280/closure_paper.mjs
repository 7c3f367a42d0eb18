// The sampling and the kernel of the paper at the points of the closure.
import { readTable } from '../event_tables.mjs';
import { planes, pointsOf } from './closure_points.mjs';
import { short, withError } from './closure_text.mjs';
import { denseTable } from './core.mjs';
import { open } from './effective_events.mjs';
import { PaperTable } from './prediction.mjs';

/** The paper's sampling and kernel at the points of the heavy planes: lines of a summary and of what it rests on. */
export function paperSection(folder, simulations, results) {
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
  const explained = [
    '',
    '## The sampling and the kernel of the paper',
    '',
    `The same points of the heavy planes from ${paperThrown.toLocaleString('en')} events of \`nd280-heavy-vegas\` (${table.rows.toLocaleString('en')} rows): VEGAS over observables and masses, rows smoothed in log10 mN and log10 mZ′ by`,
    'one two-dimensional Epanechnikov kernel of 0.1, neither flattened nor re-weighted in mZ′, as the card `nd280-dark-neutrino-heavy-paper-kernel` does. Gains are ratios of variances of the prediction (the',
    `paper’s over that of the card) at an equal number of rows kept, or of events thrown; the card’s table has ${rows.toLocaleString('en')} rows of ${thrown.toLocaleString('en')} events.`,
    'Variances from a few effective events are too small, and so are the gains there. Points whose kernel reaches beyond the masses of the recipe are left out. The mean is weighted by the errors, which are taken as independent.',
  ];
  return {
    summary: [
      '| plane | mean difference of the paper’s kernel [%] | its variance over the card’s, for each row (median) | for each event thrown (median) |',
      '|---|---:|---:|---:|',
      ...summary,
    ],
    details: [...explained, ...details],
  };
}
