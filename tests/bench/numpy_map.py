"""Times one map of expected events with NumPy, the yardstick of `./dev bench` for the core's own maps.

The map: analysis I with a heavy mediator (docs/nd280-tables.md) over the plane of mZ and epsilon, everything else as at
benchmark B, from the table of the core: by beam the expected events and the sum of the squares of the rows' weights. It
is computed three times, in float64 and on one thread:

* "plain": slices the kernel's window out of the sorted rows once and evaluates every row of it at every point, in a few
  lines of array arithmetic;
* "tuned": the same with crossings sorted so that none is computed that is not there, results written into the same
  memory, and no exponential of what underflows;
* "matrix": decays depend on the lifetime only, so a product of two matrices, (mZ, rows) and (rows, lifetimes), is the
  map on a grid of lifetimes, and an interpolation gives the points between.

Prints one JSON object. Both times start with the decoded columns in memory, as the core's do.
"""
import argparse
import gzip
import json
import os
import time

# The BLAS library reads these when it is loaded; the core is timed on one thread too.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

ALPHA = 1 / 137.03599908
HBAR_C = 0.1973269804e-13  # GeV cm
EFFICIENCY = 0.1  # reconstruction
EXPOSURE = {"FHC": 1.234, "RHC": 0.629}  # 1e21 POT
BENCHMARK_B = {"mN": 0.1, "UmuN2": 2.2e-7, "VN2": 1.0, "alphaD": 0.4}
MZ_RANGE = (0.13, 10.0)  # GeV
EPSILON_RANGE = (1e-5, 1e-1)
CUTS = "printed"
BANDWIDTH = 0.1  # in log10 mN
FLATTENED_AT = 10  # GeV, the mediator mass of the rates that flatten the kernel
LIFETIMES_PER_DECADE = 16  # of the matrix version: enough for 1e-4 of the events, 1e-3 of the squares
TYPES = {"F64": "<f8", "F32": "<f4", "U8": "u1", "U16": "<u2", "U32": "<u4"}


class Table:
    """The columns of an event table as float64, their labels and the maps of its metadata."""

    def __init__(self, path, names):
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        size = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + size])
        metadata = header.pop("__metadata__")
        descriptions = json.loads(metadata["columns"])
        self.maps = json.loads(metadata["maps"])
        self.labels = {name: entry["labels"] for name, entry in descriptions.items() if "labels" in entry}
        self.columns = {}
        for name in names:
            begin, end = header[name]["data_offsets"]
            codes = np.frombuffer(data[8 + size + begin : 8 + size + end], TYPES[header[name]["dtype"]])
            self.columns[name] = decode(codes, descriptions[name].get("quantisation"))


def decode(codes, quantisation):
    """The values of a column; a quantised one has at most 65536 different, so each is computed once."""
    if quantisation is None:
        return codes.astype(np.float64)
    low, step = quantisation["low"], quantisation["step"]
    code = np.arange(65536.0)
    if quantisation["kind"] == "linear":
        values = low + step * code
    else:
        values = low * np.exp((code - 1) * step)
        values[0] = 0
    return values[codes]


def enhancement(x):
    """L(x) of the decay width, x = (mN / mZ)^2: as a series where the closed form cancels."""
    k = np.arange(21)
    series = np.polynomial.polynomial.polyval(x, 12 / ((k + 3) * (k + 4)))
    with np.errstate(divide="ignore", invalid="ignore"):
        closed = 12 / x**4 * (x - x**2 / 2 - x**3 / 6 + (1 - x) * np.log(1 - x))
    return np.where(x < 0.05, series, closed)


class Plane:
    """The points of the map, and what of a prediction depends on the point only."""

    def __init__(self, cells):
        point = BENCHMARK_B
        self.mN = point["mN"]
        self.mZ = np.geomspace(*MZ_RANGE, cells)
        self.epsilon = np.geomspace(*EPSILON_RANGE, cells)
        shape = enhancement((self.mN / self.mZ) ** 2)
        # By row of the map (epsilon) and column (mZ).
        mixing = self.epsilon[:, None] ** 2
        width = ALPHA * point["alphaD"] * mixing * point["VN2"] * self.mN**5 * shape / (48 * np.pi * self.mZ**4)
        self.ctau0 = HBAR_C / width
        self.coupling = EFFICIENCY * point["UmuN2"] * point["alphaD"] * 4 * np.pi * ALPHA * mixing / shape

    def empty_map(self, beams):
        return np.zeros((beams, len(self.epsilon), len(self.mZ)))


def rates_at(maps, beam, element, mN):
    """The rate of selected events at the masses mN, at one mediator mass of the maps: by the cubics through the four
    masses around, in the logarithms, which go on beyond the first and the last."""
    at_mZ = maps["mZ_GeV"].index(FLATTENED_AT)
    rates = np.array([row[at_mZ] or 0 for row in maps["interactions"][beam][element]], float)
    rates *= [row[at_mZ] or 0 for row in maps["efficiency"][CUTS][beam][element]]
    x, y = np.log(np.array(maps["mN_GeV"])[rates > 0]), np.log(rates[rates > 0])
    if len(x) < 4:
        return np.ones_like(mN)
    at = np.log(mN)
    first = np.clip(np.searchsorted(x, at, "right") - 2, 0, len(x) - 4)
    nodes = x[first[:, None] + np.arange(4)]
    logarithm = np.zeros_like(at)
    for i in range(4):
        others = [j for j in range(4) if j != i]
        share = np.prod([(at - nodes[:, j]) / (nodes[:, i] - nodes[:, j]) for j in others], axis=0)
        logarithm += share * y[first + i]
    return np.exp(logarithm)


class Window:
    """The rows of one beam in the kernel's window: what is the same at every point of the plane.

    `entry` and `length`, in units of minus ctau0, hold the way to every TPC that is crossed and through it: of all rows
    their first crossing, then the second of those that have one, then the third. Rows stand in the order of how many
    TPCs they cross, most first, so the k-th crossings are those of the first rows: nothing is masked, and one call of a
    NumPy function does all of them.
    """

    def __init__(self, table, mN, beam):
        columns, labels = table.columns, table.labels
        rows = slice(
            np.searchsorted(columns["mN"], mN * 10**-BANDWIDTH),
            np.searchsorted(columns["mN"], mN * 10**BANDWIDTH, "right"),
        )
        selected = (
            (columns["beam"][rows] == beam)
            & (columns["pass_" + CUTS][rows] != 0)
            & (columns["element"][rows] != labels["element"].index("H"))
        )
        lengths = np.stack([columns[f"length_{tpc}"][rows][selected] for tpc in (1, 2, 3)])
        entries = np.stack([columns[f"entry_{tpc}"][rows][selected] for tpc in (1, 2, 3)])
        crossed = np.count_nonzero(lengths > 0, axis=0)
        order = np.argsort(-crossed, kind="stable")
        crossed = crossed[order]
        first = np.argsort(lengths == 0, axis=0, kind="stable")  # the TPCs that are crossed before the others
        lengths = np.take_along_axis(lengths, first, axis=0)[:, order]
        entries = np.take_along_axis(entries, first, axis=0)[:, order]

        names = ("mN", "weight", "Q2", "pair_mass_over_mN", "momentum", "element")
        own = {name: columns[name][rows][selected][order] for name in names}
        u = np.log10(mN / own["mN"]) / BANDWIDTH
        self.weight = own["weight"] * (0.75 / BANDWIDTH) * (1 - u * u) * EXPOSURE[labels["beam"][beam]]
        for element in range(len(labels["element"])):
            of = own["element"] == element
            rates = rates_at(table.maps, beam, element, np.append(own["mN"][of], mN))
            self.weight[of] *= rates[-1] / rates[:-1]
        self.Q2 = own["Q2"]
        self.y = own["pair_mass_over_mN"] ** 2
        self.mN = mN
        self.entries, self.lengths, self.momentum = entries, lengths, own["momentum"]
        counts = [np.count_nonzero(crossed > k) for k in range(3)]
        slowness = -mN / own["momentum"]
        self.entry = np.concatenate([entries[k, :n] * slowness[:n] for k, n in enumerate(counts)])
        self.length = np.concatenate([lengths[k, :n] * slowness[:n] for k, n in enumerate(counts)])
        self.ends = np.cumsum([0] + counts)
        self.survival, self.loss = np.empty_like(self.entry), np.empty_like(self.entry)

    def at_mass(self, mZ):
        """The weights of the rows at a mediator mass, before their decay."""
        return self.weight / ((self.Q2 + mZ**2) * (1 - (self.mN / mZ) ** 2 * self.y)) ** 2

    def decay(self, ctau0):
        """Minus the probability to decay in a TPC, by row; the next call writes over it."""
        survival, loss = self.survival, self.loss
        np.multiply(self.entry, 1 / ctau0, out=survival)
        if survival.min() < -700:  # exp is slow where it underflows
            np.maximum(survival, -700, out=survival)
        np.exp(survival, out=survival)
        np.multiply(self.length, 1 / ctau0, out=loss)
        np.expm1(loss, out=loss)
        survival *= loss
        probability, *others = (survival[a:b] for a, b in zip(self.ends, self.ends[1:]))
        for other in others:
            probability[: len(other)] += other
        return probability


def beam_windows(table, plane):
    return [Window(table, plane.mN, beam) for beam in range(len(table.labels["beam"]))]


def plain_map(table, plane):
    """Every row of the window at every point, as one writes it."""
    windows = beam_windows(table, plane)
    mu, squares = plane.empty_map(len(windows)), plane.empty_map(len(windows))
    for beam, window in enumerate(windows):
        for i, mZ in enumerate(plane.mZ):
            weight = window.at_mass(mZ)
            for j, ctau0 in enumerate(plane.ctau0[:, i]):
                decay_length = ctau0 * window.momentum / window.mN
                crossings = np.exp(-window.entries / decay_length) * -np.expm1(-window.lengths / decay_length)
                terms = weight * crossings.sum(axis=0)
                mu[beam, j, i] = terms.sum()
                squares[beam, j, i] = (terms**2).sum()
    return mu * plane.coupling, squares * plane.coupling**2


def tuned_map(table, plane):
    """The same with less work and less memory."""
    windows = beam_windows(table, plane)
    mu, squares = plane.empty_map(len(windows)), plane.empty_map(len(windows))
    for beam, window in enumerate(windows):
        for i, mZ in enumerate(plane.mZ):
            weight = -window.at_mass(mZ)
            for j, ctau0 in enumerate(plane.ctau0[:, i]):
                terms = window.decay(ctau0)
                terms *= weight
                mu[beam, j, i] = terms.sum()
                squares[beam, j, i] = terms @ terms
    return mu * plane.coupling, squares * plane.coupling**2


def interpolation(values, low, high, count):
    """For `count` even steps from `low` to `high`: where in them the values lie, and the weights of the four steps
    around, by which a cubic goes through all four."""
    place = (values - low) / (high - low) * (count - 1)
    first = np.clip(place.astype(int) - 1, 0, count - 4)
    t = place - first
    return first, (
        -(t - 1) * (t - 2) * (t - 3) / 6,
        t * (t - 2) * (t - 3) / 2,
        -t * (t - 1) * (t - 3) / 2,
        t * (t - 1) * (t - 2) / 6,
    )


def matrix_map(table, plane):
    """Matrix products on a grid of lifetimes; between them cubics, in the logarithms."""
    windows = beam_windows(table, plane)
    lifetime = np.log(plane.ctau0)
    low, high = lifetime.min(), lifetime.max()
    count = int(np.ceil((high - low) / np.log(10) * LIFETIMES_PER_DECADE)) + 1
    first, shares = interpolation(lifetime, low, high, count)
    column = np.arange(len(plane.mZ))

    def interpolate(grid):
        logarithms = np.log(grid)
        return np.exp(sum(share * logarithms[column, first + k] for k, share in enumerate(shares)))

    mu, squares = plane.empty_map(len(windows)), plane.empty_map(len(windows))
    for beam, window in enumerate(windows):
        weights = np.stack([-window.at_mass(mZ) for mZ in plane.mZ])
        decays = np.empty((count, len(window.weight)))
        for row, ctau0 in zip(decays, np.exp(np.linspace(low, high, count))):
            row[:] = window.decay(ctau0)
        mu[beam] = interpolate(weights @ decays.T)
        squares[beam] = interpolate(weights**2 @ (decays**2).T)
    return mu * plane.coupling, squares * plane.coupling**2


def timed(repetitions, work):
    """Seconds of the fastest of several runs, and the result."""
    best = np.inf
    for _ in range(repetitions):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main():
    parser = argparse.ArgumentParser(description="One map of expected events, with NumPy")
    parser.add_argument("table", help="event table of nd280-heavy")
    parser.add_argument("--cells", type=int, default=100, help="points along each axis (default 100)")
    parser.add_argument("--repetitions", type=int, default=3, help="runs, of which the fastest counts (default 3)")
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="write the map of the tuned version as JSON: mZ, epsilon, by beam mu and squares (row j at epsilon[j])",
    )
    options = parser.parse_args()

    columns = ["mN", "weight", "Q2", "pair_mass_over_mN", "momentum", "beam", "element", "pass_" + CUTS]
    columns += [f"{what}_{tpc}" for what in ("entry", "length") for tpc in (1, 2, 3)]
    loading, table = timed(options.repetitions, lambda: Table(options.table, columns))
    plane = Plane(options.cells)
    tuned_seconds, (mu, squares) = timed(options.repetitions, lambda: tuned_map(table, plane))
    # It takes long.
    plain_seconds, (plain_mu, plain_squares) = timed(2, lambda: plain_map(table, plane))
    matrix_seconds, (matrix_mu, matrix_squares) = timed(options.repetitions, lambda: matrix_map(table, plane))

    seen = mu.sum(axis=0) > 1e-6

    def difference(ours, exact):
        return float(np.max(np.abs(ours / exact - 1)[:, seen]))

    beams = table.labels["beam"]
    middle, last = options.cells // 2, options.cells - 1
    answer = {
        "numpy": np.__version__,
        "cells": options.cells,
        "rows": sum(len(window.weight) for window in beam_windows(table, plane)),
        "repetitions": options.repetitions,
        "seconds": {"loading": loading, "plain": plain_seconds, "tuned": tuned_seconds, "matrix": matrix_seconds},
        "plain_difference": {"mu": difference(plain_mu, mu), "squares": difference(plain_squares, squares)},
        "matrix_difference": {"mu": difference(matrix_mu, mu), "squares": difference(matrix_squares, squares)},
        "sum": float(mu.sum()),
        "values": [
            {
                "mZ": plane.mZ[i],
                "epsilon": plane.epsilon[j],
                "mu": dict(zip(beams, mu[:, j, i])),
                "squares": dict(zip(beams, squares[:, j, i])),
            }
            for i, j in ((0, 0), (0, middle), (middle, middle), (middle, last), (last, 0), (last, last))
        ],
    }
    if options.output:
        written = {
            "mZ": plane.mZ.tolist(),
            "epsilon": plane.epsilon.tolist(),
            "mu": dict(zip(beams, mu.tolist())),
            "squares": dict(zip(beams, squares.tolist())),
        }
        with open(options.output, "w", encoding="utf-8") as file:
            json.dump(written, file)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
