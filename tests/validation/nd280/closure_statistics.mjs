// Predictions that share rows beside simulations: covariances, chi2 and means.
import { channelNames, pointsOf, total, visit } from './closure_points.mjs';
import { cellsOf } from './core.mjs';

/**
 * Covariances of the predictions at points, which share rows. `independent`: of rows kept one by one, the sums of the
 * products of their weights. `within`, for a table of systematic sampling: of rows whose number in each cell is given.
 */
export function covariances(table, mediator, points, channel) {
  const weights = points.map((point) => {
    const column = new Float64Array(table.table.rows);
    visit(table, mediator, point, channel, (row, weight) => {
      column[row] = weight;
    });
    return column;
  });
  const products = (columns, factors) =>
    columns.map((a) =>
      columns.map((b) => {
        let sum = 0;
        for (let i = 0; i < a.length; ++i) sum += factors ? factors[i] * a[i] * b[i] : a[i] * b[i];
        return sum;
      }),
    );
  const independent = products(weights);
  const cells = cellsOf(table.table);
  if (!cells) return { independent };
  // The unbiased estimate from the rows of each cell; one alone says nothing of its cell and counts in full.
  const counts = new Uint32Array(1 + cells.reduce((a, b) => Math.max(a, b), 0));
  for (const cell of cells) ++counts[cell];
  const deviations = weights.map((column) => {
    const sums = new Float64Array(counts.length);
    column.forEach((weight, i) => {
      sums[cells[i]] += weight;
    });
    return column.map((weight, i) => weight - (counts[cells[i]] > 1 ? sums[cells[i]] / counts[cells[i]] : 0));
  });
  const factors = Float64Array.from(cells, (cell) => counts[cell] / Math.max(1, counts[cell] - 1));
  return { independent, within: products(deviations, factors) };
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
function survival(chi2, degrees) {
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
function compare(predictions, simulations, covariances) {
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

/** Predictions, simulations and their comparison on a plane, by channel; `table` is read without the core and, where no
 * predictions are given, makes them too. Points outside `drawn` take no part in the sums. `scatter` is that of a table of
 * systematic sampling. */
export function study(plane, drawn, table, simulations, predictions, scatter) {
  const points = pointsOf(plane);
  return Object.fromEntries(
    channelNames[plane.mediator].map((channel) => {
      const apart = points.map((point) => total(table, plane.mediator, point, channel));
      const mine = predictions?.map((prediction) => prediction[channel]) ?? apart;
      const theirs = simulations.map((simulation) => simulation[channel]);
      const { independent, within } = covariances(table, plane.mediator, points, channel);
      const share = scatter?.[channel].share;
      const shared = within
        ? within.map((row, p) => row.map((value, q) => value + share * independent[p][q]))
        : independent;
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
