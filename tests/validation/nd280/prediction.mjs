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

/// The logarithm of a map's product against (mN, mZ) for one beam and element, by cubic polynomials in the logarithms
/// of both through the four points around. Along mN the straight line through two points goes on into places without a
/// value; a mass beyond the grid's mZ has the value of its end.
function logMap(maps, products) {
  const x = maps.mN_GeV.map(Math.log);
  const z = maps.mZ_GeV.map(Math.log);
  const logs = x.map((_, m) => z.map((_, k) => products.reduce((sum, map) => sum + Math.log(map[m][k] ?? 0), 0)));
  for (const k of z.keys()) {
    const known = [...x.keys()].filter((m) => Number.isFinite(logs[m][k]));
    if (known.length < 2) {
      for (const m of x.keys()) logs[m][k] = known.length ? logs[known[0]][k] : Number.NaN;
      continue;
    }
    for (const m of x.keys()) {
      if (Number.isFinite(logs[m][k])) continue;
      const above = Math.max(
        1,
        known.findIndex((i) => i > m),
      );
      const [a, b] = known[known.length - 1] < m ? known.slice(-2) : [known[above - 1], known[above]];
      logs[m][k] = logs[a][k] + ((logs[b][k] - logs[a][k]) * (x[m] - x[a])) / (x[b] - x[a]);
    }
  }
  // Where no mN has a value there is none on the neighbouring mZ to take but the nearest.
  const columns = [...z.keys()].filter((k) => Number.isFinite(logs[0][k]));
  if (columns.length === 0) return null;
  for (const k of z.keys()) {
    if (columns.includes(k)) continue;
    const nearest = columns.reduce((best, i) => (Math.abs(i - k) < Math.abs(best - k) ? i : best));
    for (const row of logs) row[k] = row[nearest];
  }
  const cubic = (grid, at) => {
    let upper = 1;
    while (upper < grid.length - 1 && grid[upper] <= at) ++upper;
    const first = Math.min(Math.max(upper - 2, 0), grid.length - 4);
    const nodes = [0, 1, 2, 3].map((i) => first + i);
    return nodes.map((i) => [
      i,
      nodes.reduce((product, j) => (j === i ? product : (product * (at - grid[j])) / (grid[i] - grid[j])), 1),
    ]);
  };
  return (mN, mZ) => {
    const along = cubic(z, Math.min(Math.max(Math.log(mZ), z[0]), z[z.length - 1]));
    let sum = 0;
    for (const [m, p] of cubic(x, Math.log(mN))) for (const [k, q] of along) sum += p * q * logs[m][k];
    return sum;
  };
}

/// logMap by beam and element of the product of maps with these names, "interactions" or ["efficiency", cuts].
const logMaps = (maps, ...names) =>
  maps.beams.map((_, b) =>
    maps.elements.map((_, e) =>
      logMap(
        maps,
        names.map((path) => [path].flat().reduce((map, name) => map[name], maps)[b][e]),
      ),
    ),
  );

/// The polynomial through the values at some places, as weights of the values at `at`; beyond the ends the end's value.
function polynomial(places, at) {
  const x = Math.min(Math.max(at, places[0]), places[places.length - 1]);
  return places.map((own) =>
    places.reduce((product, other) => (other === own ? product : (product * (x - other)) / (own - other)), 1),
  );
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
  /// `flattenedAt`: mZ of the maps, GeV.
  constructor(table, { cuts = 'printed', bandwidth = 0.1, flatten = true, flattenedAt = 10 } = {}) {
    Object.assign(this, { table, cuts, bandwidth, flattenedAt });
    this.hydrogen = table.labels.element.indexOf('H');
    if (!bandwidth || !flatten) return;
    const rates = logMaps(JSON.parse(table.metadata.maps), 'interactions', ['efficiency', cuts]);
    const { mN, beam, element } = table.columns;
    this.rates = rates;
    this.ownRate = Float64Array.from(mN, (mass, i) => rates[beam[i]][element[i]](mass, flattenedAt));
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
    const targetRates = this.rates?.map((elements) => elements.map((rate) => rate(mN, this.flattenedAt)));
    const pass = columns[`pass_${this.cuts}`];
    for (let i = begin; i < end; ++i) {
      if (!pass[i] || columns.element[i] === this.hydrogen) continue;
      const y = columns.pair_mass_over_mN[i] ** 2;
      let weight = (columns.weight[i] * common) / ((columns.Q2[i] + mZ ** 2) * (1 - x * y)) ** 2;
      if (h) {
        const u = Math.log10(mN / columns.mN[i]) / h;
        weight *= (0.75 / h) * (1 - u * u);
        if (this.rates) weight *= Math.exp(targetRates[columns.beam[i]][columns.element[i]] - this.ownRate[i]);
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
/// table made at one point. Flattened by the efficiency with the propagator of the target, or that of each row.
export class LightTable {
  constructor(table, { cuts = 'printed', bandwidths = [0.1, 0.3], flatten = true, propagatorOf = 'target' } = {}) {
    Object.assign(this, { table, cuts, bandwidths, propagatorOf });
    this.hydrogen = table.labels.element.indexOf('H');
    this.maps = table.metadata.maps ? JSON.parse(table.metadata.maps) : null;
    const parameters = JSON.parse(table.metadata.recipe).parameters;
    if (bandwidths && flatten) {
      const { mN, mZ, beam, element, region } = table.columns;
      this.interactions = logMaps(this.maps, 'interactions');
      this.isCut = table.labels.region.map((name) => name.startsWith('TPC'));
      // By the mZ of the propagator over that of the kinematics, which is 1 at the target.
      this.logRatios = this.maps.propagator_over_mZ.map(Math.log);
      const list = this.maps.kinematic_efficiency[cuts];
      const passing = this.logRatios.map((_, r) =>
        logMaps({ ...this.maps, passing: list.map((b) => b.map((e) => e.map((m) => m[r]))) }, 'passing'),
      );
      this.ownPassing = passing.map((maps) =>
        Float64Array.from(mN, (mass, i) => (this.isCut[region[i]] ? maps[beam[i]][element[i]](mass, mZ[i]) : 0)),
      );
      this.passing = logMaps(this.maps, ['efficiency', cuts]);
    }
    this.lowest = bandwidths ? parameters.mZ.low : 0;
  }

  /// The part of the kernel around a point that lies where events are made: mZ_i < mN_i, above the lowest mZ.
  inside(point) {
    const [hN, hZ] = this.bandwidths;
    const n = 800;
    const steps = Array.from({ length: n }, (_, i) => (2 * (i + 0.5)) / n - 1);
    const masses = steps.map((v) => point.mZ * 10 ** (v * hZ));
    let sum = 0;
    for (const u of steps) {
      const largest = point.mN * 10 ** (u * hN);
      for (let j = 0; j < n; ++j) {
        const v = steps[j];
        if (u * u + v * v < 1 && masses[j] < largest && masses[j] > this.lowest) sum += 1 - u * u - v * v;
      }
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
    const targets = (maps) => maps?.map((elements) => elements.map((rate) => rate?.(mN, mZ)));
    const atTarget = targets(this.interactions);
    const passing = targets(this.passing);
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
        if (atTarget) {
          const [b, e] = [columns.beam[i], columns.element[i]];
          let change = atTarget[b][e] - this.interactions[b][e](columns.mN[i], mZ);
          if (analysis === 'I') {
            const shift = this.propagatorOf === 'target' ? Math.log(mZ / columns.mZ[i]) : 0;
            const weights = polynomial(this.logRatios, shift);
            change += passing[b][e] - weights.reduce((sum, share, r) => sum + share * this.ownPassing[r][i], 0);
          }
          weight *= Math.exp(change);
        }
      }
      const lambda = (columns.momentum[i] / mN) * length;
      weight *= -Math.expm1(-columns.length[i] / lambda);
      const beam = labels.beam[columns.beam[i]];
      take(i, weight * exposure[analysis][beam], beam);
    }
  }
}
