// Predictions of the dark neutrino searches at ND280 from their event tables, written without the core: what the tables
// hold is enough, and says the same as a direct simulation. Formulas: arXiv:2205.12273, Eqs. 9, 10, 24-27.
import { window } from '../event_tables.mjs';

const alpha = 1 / 137.03599908;
const hbarC = 0.1973269804e-13; // GeV cm
const efficiency = 0.1; // reconstruction, both analyses
export const exposure = { I: { FHC: 1.234, RHC: 0.629 }, II: { FHC: 1.192, RHC: 0.629 } }; // 1e21 POT

export const benchmarks = {
  A: { mN: 0.1, mZ: 0.03, UmuN2: 8e-9, VN2: 8e-9, alphaD: 0.25, epsilon: Math.sqrt(2e-10 / alpha) },
  B: { mN: 0.1, mZ: 1.25, UmuN2: 2.2e-7, VN2: 1, alphaD: 0.4, epsilon: Math.sqrt(4.6e-4) },
};

function enhancement(x) {
  if (x < 0.05) {
    let sum = 0;
    for (let k = 20; k >= 0; --k) sum = sum * x + 12 / ((k + 3) * (k + 4));
    return sum;
  }
  return (12 / x ** 4) * (x - x ** 2 / 2 - x ** 3 / 6 + (1 - x) * Math.log(1 - x));
}

export function ctau0(point) {
  const { mN, mZ, VN2, alphaD, epsilon } = point;
  const r = (mZ / mN) ** 2;
  const width =
    mZ > mN
      ? ((alpha * alphaD * epsilon ** 2 * VN2 * mN ** 5) / (48 * Math.PI * mZ ** 4)) * enhancement(1 / r)
      : ((alphaD * VN2 * mN ** 3) / (4 * mZ ** 2)) * (1 - r) ** 2 * (0.5 + r);
  return hbarC / width;
}

/// Eq. 27: the probability to decay inside a TPC of a row whose N has this decay length, in cm.
export function decayProbability(columns, row, lambda) {
  let probability = 0;
  for (const j of [1, 2, 3]) {
    const length = columns[`length_${j}`][row];
    if (length > 0) probability += Math.exp(-columns[`entry_${j}`][row] / lambda) * -Math.expm1(-length / lambda);
  }
  return probability;
}

/// Linear interpolation of the logarithms on a rising grid; the last straight line beyond it.
function logInterpolation(grid, values) {
  const x = grid.map(Math.log);
  const y = values.map((value) => (value > 0 ? Math.log(value) : -700));
  return (argument) => {
    const at = Math.log(argument);
    let i = 1;
    while (i < x.length - 1 && x[i] < at) ++i;
    const fraction = (at - x[i - 1]) / (x[i] - x[i - 1]);
    return Math.exp(y[i - 1] + fraction * (y[i] - y[i - 1]));
  };
}

/// R(mN) by beam and element: interactions times the efficiency of the cuts, at the mediator mass of the map nearest
/// to mZ on the allowed side; the kernel is taken to vary around it.
function referenceRates(maps, cuts, mZ) {
  const heavyColumn = maps.mZ_GeV.reduce(
    (best, mass, i) => (Math.abs(Math.log(mass / mZ)) < Math.abs(Math.log(maps.mZ_GeV[best] / mZ)) ? i : best),
    0,
  );
  return maps.beams.map((_, b) =>
    maps.elements.map((_, e) => {
      const masses = [];
      const rates = [];
      maps.mN_GeV.forEach((mN, m) => {
        const rate = maps.interactions[b][e][m][heavyColumn];
        const passing = cuts ? maps.efficiency[cuts][b][e][m][heavyColumn] : 1;
        if (rate > 0 && passing > 0) {
          masses.push(mN);
          rates.push(rate * passing);
        }
      });
      return masses.length > 1 ? logInterpolation(masses, rates) : () => 1;
    }),
  );
}

/// The efficiency of the cuts at (mN, mZ) for one beam and element, linear in the logarithms of the masses between the
/// points of the map that are possible; beyond, the nearest.
function efficiencyMap(maps, cuts, b, e) {
  const nearest = (m, k) => {
    const row = maps.efficiency[cuts][b][e][m];
    for (let i = k; i >= 0; --i) if (row[i] !== null) return row[i];
    for (let i = k; i < row.length; ++i) if (row[i] !== null) return row[i];
    return null;
  };
  const place = (grid, value) => {
    let i = 1;
    while (i < grid.length - 1 && grid[i] < value) ++i;
    const fraction = Math.log(value / grid[i - 1]) / Math.log(grid[i] / grid[i - 1]);
    return [i, Math.min(1, Math.max(0, fraction))];
  };
  return (mN, mZ) => {
    const [m, f] = place(maps.mN_GeV, mN);
    const [k, g] = place(maps.mZ_GeV, mZ);
    let sum = 0;
    let weights = 0;
    for (const [i, p] of [
      [m - 1, 1 - f],
      [m, f],
    ])
      for (const [j, q] of [
        [k - 1, 1 - g],
        [k, g],
      ]) {
        const value = nearest(i, j);
        if (value === null) continue;
        sum += p * q * value;
        weights += p * q;
      }
    return weights > 0 ? sum / weights : 1;
  };
}

/// Sums by beam: { FHC: { mu, squares }, RHC: ... }.
const emptySums = (beams) => Object.fromEntries(beams.map((beam) => [beam, { mu: 0, squares: 0 }]));

function sumsOf(beams, visitRows) {
  const sums = emptySums(beams);
  visitRows((_row, weight, beam) => {
    sums[beam].mu += weight;
    sums[beam].squares += weight * weight;
  });
  return sums;
}

export const effectiveEvents = ({ mu, squares }) => (squares > 0 ? mu ** 2 / squares : 0);

/// Analysis I for a heavy mediator. `bandwidth` in log10 mN; 0 for a table made at one mN.
export class HeavyTable {
  constructor(table, { cuts = 'printed', bandwidth = 0.1, flatten = true } = {}) {
    Object.assign(this, { table, cuts, bandwidth });
    this.hydrogen = table.labels.element.indexOf('H');
    if (!bandwidth || !flatten) return;
    const rates = referenceRates(JSON.parse(table.metadata.maps), cuts, 1.25);
    const { mN, beam, element } = table.columns;
    this.rates = rates;
    this.ownRate = Float64Array.from(mN, (mass, i) => rates[beam[i]][element[i]](mass));
  }

  predict(point, decays = true) {
    return sumsOf(this.table.labels.beam, (take) => this.visit(point, decays, take));
  }

  /// Calls take(row, weight, beam) for every row that counts, with the events it stands for.
  visit(point, decays, take) {
    const { mN, mZ, UmuN2, alphaD, epsilon } = point;
    const { columns, labels, rows } = this.table;
    const h = this.bandwidth;
    const [begin, end] = h ? window(columns.mN, mN * 10 ** -h, mN * 10 ** h) : [0, rows];
    const x = (mN / mZ) ** 2;
    const common = (UmuN2 * alphaD * 4 * Math.PI * alpha * epsilon ** 2 * efficiency) / enhancement(x);
    const length = ctau0(point);
    const targetRates = this.rates?.map((elements) => elements.map((rate) => rate(mN)));
    const pass = columns[`pass_${this.cuts}`];
    for (let i = begin; i < end; ++i) {
      if (!pass[i] || columns.element[i] === this.hydrogen) continue;
      const y = columns.pair_mass_over_mN[i] ** 2;
      let weight = (columns.weight[i] * common) / ((columns.Q2[i] + mZ ** 2) * (1 - x * y)) ** 2;
      if (h) {
        const u = Math.log10(mN / columns.mN[i]) / h;
        weight *= (0.75 / h) * (1 - u * u);
        if (this.rates) weight *= targetRates[columns.beam[i]][columns.element[i]] / this.ownRate[i];
      }
      if (decays) {
        const lambda = (columns.momentum[i] / mN) * length;
        weight *= decayProbability(columns, i, lambda);
      }
      const beam = labels.beam[columns.beam[i]];
      take(i, weight * exposure.I[beam], beam);
    }
  }
}

/// Analysis I as the paper predicts it: events with their own mN and mZ, smoothed in both by one elliptic kernel, neither
/// flattened nor re-weighted in mZ. For tables of the VEGAS recipe.
export class PaperTable {
  constructor(table, { cuts = 'printed', bandwidth = 0.1 } = {}) {
    Object.assign(this, { table, cuts, bandwidth });
  }

  predict(point) {
    const { mN, mZ, UmuN2, alphaD, epsilon } = point;
    const { columns, labels } = this.table;
    const h = this.bandwidth;
    const [begin, end] = window(columns.mN, mN * 10 ** -h, mN * 10 ** h);
    const common = UmuN2 * alphaD * 4 * Math.PI * alpha * epsilon ** 2 * efficiency * (2 / (Math.PI * h * h));
    const length = ctau0(point);
    const pass = columns[`pass_${this.cuts}`];
    const sums = emptySums(labels.beam);
    for (let i = begin; i < end; ++i) {
      const u = Math.log10(mN / columns.mN[i]) / h;
      const v = Math.log10(mZ / columns.mZ[i]) / h;
      if (!pass[i] || u * u + v * v >= 1) continue;
      // Quantised masses may coincide, where L(x) ends.
      const x = Math.min((columns.mN[i] / columns.mZ[i]) ** 2, 1 - 1e-9);
      const y = columns.pair_mass_over_mN[i] ** 2;
      const propagators = 1 / ((columns.Q2[i] + columns.mZ[i] ** 2) * (1 - x * y)) ** 2 / enhancement(x);
      const lambda = (columns.momentum[i] / mN) * length;
      const probability = decayProbability(columns, i, lambda);
      const beam = labels.beam[columns.beam[i]];
      const weight = columns.weight[i] * propagators * common * (1 - u * u - v * v) * probability * exposure.I[beam];
      sums[beam].mu += weight;
      sums[beam].squares += weight * weight;
    }
    return sums;
  }
}

/// Analyses I (argon, with cuts) and II (FGD1) for a light mediator. `bandwidths` in log10 mN and log10 mZ; none for a
/// table made at one point.
export class LightTable {
  constructor(table, { cuts = 'printed', bandwidths = [0.1, 0.3], flatten = true } = {}) {
    Object.assign(this, { table, cuts, bandwidths, flatten });
    this.hydrogen = table.labels.element.indexOf('H');
    this.maps = table.metadata.maps ? JSON.parse(table.metadata.maps) : null;
    const parameters = JSON.parse(table.metadata.recipe).parameters;
    if (bandwidths && flatten) {
      const { mN, mZ, beam, element, region } = table.columns;
      this.passing = this.maps.beams.map((_, b) =>
        this.maps.elements.map((_, e) => efficiencyMap(this.maps, cuts, b, e)),
      );
      this.isCut = table.labels.region.map((name) => name.startsWith('TPC'));
      this.ownPassing = Float64Array.from(mN, (mass, i) =>
        this.isCut[region[i]] ? this.passing[beam[i]][element[i]](mass, mZ[i]) : 1,
      );
    }
    this.lowest = bandwidths ? parameters.mZ.low : 0;
  }

  /// The part of the kernel around a point that lies where events are made: mZ_i < mN_i, above the lowest mZ.
  inside(point) {
    const [hN, hZ] = this.bandwidths;
    const n = 200;
    let sum = 0;
    for (let i = 0; i < n; ++i)
      for (let j = 0; j < n; ++j) {
        const u = (2 * (i + 0.5)) / n - 1;
        const v = (2 * (j + 0.5)) / n - 1;
        const mZ = point.mZ * 10 ** (v * hZ);
        if (u * u + v * v < 1 && mZ < point.mN * 10 ** (u * hN) && mZ > this.lowest) sum += 1 - u * u - v * v;
      }
    return (sum * (2 / n) ** 2 * 2) / Math.PI;
  }

  predict(point, analyses = ['I', 'II'], largestMass = Number.POSITIVE_INFINITY) {
    return sumsOf(this.table.labels.beam, (take) => this.visit(point, analyses, take, largestMass));
  }

  /// Calls take(row, weight, beam) for every row that counts; in analysis II those reconstructed below a pair mass.
  visit(point, analyses, take, largestMass = Number.POSITIVE_INFINITY) {
    const { mN, mZ, UmuN2, alphaD, epsilon } = point;
    const { columns, labels, rows } = this.table;
    const [hN, hZ] = this.bandwidths ?? [0, 0];
    const [begin, end] = hN ? window(columns.mN, mN * 10 ** -hN, mN * 10 ** hN) : [0, rows];
    const normalisation = hN ? 2 / (Math.PI * hN * hZ) / this.inside(point) : 1;
    const coupling = UmuN2 * alphaD * 4 * Math.PI * alpha * epsilon ** 2 * efficiency * normalisation;
    const rates = hN && this.flatten ? referenceRates(this.maps, null, mZ) : null;
    const length = ctau0(point);
    const pass = columns[`pass_${this.cuts}`];
    for (let i = begin; i < end; ++i) {
      if (columns.element[i] === this.hydrogen) continue;
      const analysis = labels.region[columns.region[i]].startsWith('TPC') ? 'I' : 'II';
      if (!analyses.includes(analysis) || (analysis === 'I' && !pass[i])) continue;
      if (analysis === 'II' && columns.reconstructed_over_pair_mass[i] * mZ >= largestMass) continue;
      let weight = (columns.weight[i] * coupling) / (columns.Q2[i] + mZ ** 2) ** 2;
      if (hN) {
        const u = Math.log10(mN / columns.mN[i]) / hN;
        const v = Math.log10(mZ / columns.mZ[i]) / hZ;
        if (u * u + v * v >= 1) continue;
        weight *= 1 - u * u - v * v;
        if (rates) {
          const rate = rates[columns.beam[i]][columns.element[i]];
          weight *= rate(mN) / rate(columns.mN[i]) / this.ownPassing[i];
          if (analysis === 'I') weight *= this.passing[columns.beam[i]][columns.element[i]](mN, mZ);
        }
      }
      const lambda = (columns.momentum[i] / mN) * length;
      weight *= -Math.expm1(-columns.length[i] / lambda);
      const beam = labels.beam[columns.beam[i]];
      take(i, weight * exposure[analysis][beam], beam);
    }
  }
}
