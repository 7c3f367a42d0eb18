// The shapes of everything that goes into and comes out of the core: cards, requests, results. Types only, no code.
//
// Quantities are in the unit that the card gives to the parameter or derived quantity; counts are in events;
// "relative" means a fraction of the quantity itself.

/** Names of the constructions of an upper limit. */
export type Method = 'cls-hybrid' | 'cls-toys' | 'cls-asymptotic' | 'cls-exact' | 'bayes-flat' | 'feldman-cousins';

/** Names of the constructions by the likelihood: how far -ln L may rise above its minimum, with one or two parameters
 * free. */
export type LikelihoodMethod = 'delta-lnl-1' | 'delta-lnl-2';

/** Names of the constructions of a contour. Those of limits in events are for cards with one bin. */
export type ContourMethod = LikelihoodMethod | Method;

/** How a yield answers to the pull of a constrained systematic uncertainty. */
export type Constraint = 'gaussian' | 'truncated' | 'lognormal';

/** Number of standard deviations from the median expected limit. */
export type Quantile = '-2' | '-1' | '0' | '+1' | '+2';

export type Scale = 'lin' | 'log';

// ---------------------------------------------------------------- cards

export interface Parameter {
  symbol: { text: string; latex?: string };
  label: string;
  /** Unit of every value of this parameter; "1" for a pure number. */
  unit: string;
  /** Smallest and largest value the analysis is valid for. */
  range: [number, number];
  scale: Scale;
  default: number;
  /** While it is not set, its value is that of this other parameter. */
  follows?: string;
  /** Physical bounds as expressions of other parameters: within them it may be profiled. */
  bounds?: { low: string; high: string };
}

export interface Note {
  name: string;
  kind: string;
  text: string;
}

export interface Paper {
  arxiv?: string;
  doi?: string;
  inspire?: string;
  title?: string;
  /** As in BibTeX: "Surname, Given Names". */
  authors?: string[];
  collaboration?: string;
  journal?: string;
  volume?: string;
  pages?: string;
  year?: number;
}

export interface Switch {
  value: number;
  /** The values it may take, where these are few. */
  choices?: { value: number; label: string }[];
  unit?: string;
  label?: string;
  kind?: string;
  /** How much it moves the result, in words. */
  size?: string;
  reason?: string;
}

export interface Variant {
  label: string;
  description?: string;
  /** Switches that differ from their value in the card. */
  switches?: Record<string, number>;
  /** Limit settings that differ from the card's. */
  limits?: Partial<Pick<CardLimits, 'method' | 'constraint' | 'level'>>;
}

/** One distance in which a kernel weighs events. */
export interface KernelAxis {
  column: string;
  parameter: string;
  distance: 'log10' | 'ln' | 'linear';
  /** In units of the distance. */
  bandwidth: number;
}

/** A factor of the weight of an event; of other kinds than the kernel only the kind is named here. */
export interface WeightFactor {
  factor: string;
  /** Of a kernel. */
  axes?: KernelAxis[];
  [field: string]: unknown;
}

/** A value per event whose distribution is compared with data, one bin of the likelihood per bin of the histogram. */
export interface Histogram {
  expression: string;
  unit?: string;
  label?: string;
}

export interface Channel {
  label?: string;
  histogram?: Histogram;
  bins?: { name: string }[];
}

/** Some of the events, shown for themselves. */
export interface Part {
  label: string;
  /** Labels of a column that the events of this part have. */
  events?: Record<string, string[]>;
}

/** A number that does not depend on where the particle decays, such as how many are produced. */
export interface Total {
  /** Its name, where several that hold under different switches are one; else its key. */
  name?: string;
  label: string;
  unit?: string;
  source?: string;
  /** The tabulated rate that it is made of. */
  rate?: string;
}

/** A rate that the table of events brings along: the product of some of its maps. */
export interface TabulatedRate {
  label?: string;
  product?: string[];
}

export interface PublishedLimits {
  source: string;
  level: number;
  on: string;
  versus: string;
  points: { versus: number; observed?: number; expected?: Partial<Record<Quantile, number>> }[];
}

export interface CardLimits {
  /** Parameter that is limited. */
  on: string;
  /** Parameter along the other axis. */
  versus: string;
  /** Confidence level, 0 to 1. */
  level: number;
  method: ContourMethod;
  /** Contours need none. */
  constraint?: Constraint;
  /** Why this construction is the default. */
  why?: string;
  published?: PublishedLimits | null;
}

export interface Axis {
  range: [number, number];
  scale: Scale;
}

/** A figure that shows a limit curve. */
export interface CurvePreset {
  kind?: undefined;
  label: string;
  on: string;
  versus: string;
  /** One curve per value of a further parameter. */
  series?: { parameter: string; values: number[] };
  axes: { x: Axis; y: Axis };
  /** Whether the expected bands belong to this figure. */
  bands?: boolean;
  overlays?: string[];
}

/** A figure that shows contours in the plane of two parameters. */
export interface ContourPreset {
  kind: 'contour';
  label: string;
  x: string;
  y: string;
  axes: { x: Axis; y: Axis };
  /** Values of other parameters that differ from the card's. */
  set?: Record<string, number>;
  overlays?: string[];
  /** Parts drawn beside the whole. */
  parts?: string[];
  /** Channels drawn beside their combination. */
  channels?: string[];
}

export type Preset = CurvePreset | ContourPreset;

export interface Overlay {
  label: string;
  x: string;
  y: string;
  /** Values of other parameters that it belongs to; without, it holds whatever they are. */
  at?: Record<string, number>;
  /** Name of a tabulated function of the card, y as a function of x; or else `curves`. */
  function?: string;
  curves?: [number, number][][];
  /** "published", "digitised", "recast" … */
  kind?: string;
  level?: number;
  level_source?: string;
  /** What the curve means: a line, or the edge of the excluded region above or inside it, or single points. */
  region: 'line' | 'above' | 'inside' | 'points';
  citation?: string;
  how?: string;
}

export interface TabulatedFunction {
  type: string;
  argument_unit?: string;
  unit?: string;
  source?: string;
  points?: number[][];
}

export interface Derived {
  expression: string;
  unit: string;
  label?: string;
  source?: string;
}

export interface Benchmark {
  label: string;
  point: Record<string, number>;
}

export interface Projection {
  label: string;
  /** Relative to that of the data; by default 1. */
  exposure_scale?: number;
  switches?: Record<string, number>;
  /** What is taken for the counts: none (expected limits only), the expected background, or its whole part. */
  counts?: 'none' | 'expected' | 'whole';
  source?: string;
}

/** An analysis card with everything it `extends` merged in. */
export interface Card {
  name: string;
  about: {
    title: string;
    short_title?: string;
    summary?: string;
    papers?: Paper[];
    notes?: Note[];
    /** What HEPData files results under. */
    keywords?: Record<string, string[]>;
    table_licence?: string;
    card_authors?: string[];
  };
  parameters: Record<string, Parameter>;
  switches?: Record<string, Switch> | null;
  benchmarks?: Record<string, Benchmark> | null;
  functions?: Record<string, TabulatedFunction> | null;
  derived?: Record<string, Derived> | null;
  weight?: WeightFactor[];
  channels?: Record<string, Channel> | null;
  /** Quantities of the events whose distribution can be shown. */
  observables?: Record<string, { label: string; unit: string; scale: Scale; range: [number, number] }> | null;
  /** What is shown of events before cuts and acceptance, from a table of its own. */
  display?: Display | null;
  parts?: Record<string, Part> | null;
  rates?: Record<string, TabulatedRate> | null;
  totals?: Record<string, Total> | null;
  limits: CardLimits;
  variants?: Record<string, Variant> | null;
  projections?: Record<string, Projection> | null;
  presets?: Record<string, Preset> | null;
  overlays?: Record<string, Overlay> | null;
  /** A question and the steps that answer it. */
  tour?: Tour | null;
}

export interface Tour {
  question: string;
  steps: TourStep[];
}

/** Changes of the settings that the steps before have left, and a sentence in which names in braces stand for what is
 * computed at the point on display. */
export interface TourStep {
  text: string;
  preset?: string;
  benchmark?: string;
  set?: Record<string, number>;
  variant?: string;
  projection?: string;
  highlight?: 'plot' | 'readout' | 'statements' | 'figure' | 'plane' | 'parameters' | 'limit';
}

/** A small table of events before cuts and acceptance, and what is shown of it. */
export interface Display {
  table: { url: string; sha256: string };
  stages: Record<string, { label: string }>;
  observables: Record<string, DisplayObservable>;
  maps?: Record<string, { label: string; x: string; y: string; bins: [number, number] }>;
  ratios?: Record<string, { label: string; unit: string; x: string; y: string; source?: string }>;
  interactions?: { label: string; left_out?: string[] };
  comment?: string;
}

export interface DisplayObservable {
  label: string;
  unit: string;
  scale: Scale;
  range: [number, number];
  comment?: string;
  /** Named parts of the axis. */
  spans?: { label: string; ranges: [number, number][] };
}

// ---------------------------------------------------------------- requests

/** What every request may set; what is left out has the card's (or the variant's) default. */
export interface Setting {
  /** Values of parameters, in their own units. */
  set?: Record<string, number>;
  variant?: string;
  /** A projection of the card. */
  projection?: string;
  /** Exposure relative to that of the data. At any value but 1 there is no observed limit. */
  exposure_scale?: number;
  /** Values of switches, in place of those of card, variant and projection. */
  switches?: Record<string, number>;
  /** Bandwidth of the kernel in each parameter, in units of its distance. */
  bandwidth?: Record<string, number>;
  /** Channels that enter; by default all. */
  channels?: string[];
  /** Only the events of this part of the card. */
  part?: string;
  method?: ContourMethod;
  constraint?: Constraint;
  /** Confidence level, 0 to 1. */
  cl?: number;
  /** Toys per hypothesis and tested signal strength (cls-toys, and feldman-cousins with uncertainties). */
  toys?: number;
  seed?: number;
}

export interface RateRequest extends Setting {
  /** Limits in events made with the same setting: they then tell whether the point is excluded. */
  signal_limits?: SignalLimits;
}

/** A number of a chain, or of what follows from it. */
export interface ChainStep {
  label: string;
  /** Its symbol or formula, in plain text and in LaTeX. */
  formula: { text: string; latex?: string };
  /** Null where the card gives none with these switches. */
  value: number | null;
  unit: string;
  /** One of the factors that multiply up to the prediction; others are what they have led to. */
  factor: boolean;
  /** Of sums over simulated events, else null. */
  mc_error: number | null;
  effective_events: number | null;
  /** The equation or place it is from. */
  source: string;
}

/** How the prediction of some channels comes about. */
export interface ChainOfChannels {
  label: string;
  channels: string[];
  mu: number;
  mu_mc_error: number;
  effective_events: number;
  /** Product of the factors, which is mu; null where one has no value. */
  product: number | null;
  steps: ChainStep[];
}

export interface ChainRequest extends RateRequest {
  /** The plane whose best point −ln L is measured from; by default that of the card's limits. */
  x?: { parameter: string };
  y?: { parameter: string };
  profile?: string;
  /** −ln L of that best point, where it is known. */
  minimum?: number;
}

/** How the prediction at a point comes about, and what it says. */
export interface Chain {
  card: string;
  point: Record<string, number>;
  variant: string;
  projection: string | null;
  part: string | null;
  exposure_scale: number;
  chains: ChainOfChannels[];
  mu: number;
  mu_mc_error: number;
  effective_events: number;
  /** `delta_lnl`: by how much the signal of the bin raises −ln L. */
  bins: (Bin & { delta_lnl: number | null })[];
  /** The bins of each channel together, `bins` of them. */
  channels: (Omit<Bin, 'name' | 'channel'> & { channel: string; bins: number; delta_lnl: number | null })[];
  /** From the counts to the verdict. */
  conclusion: ChainStep[];
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
  /** `excluded` is null where there is no verdict, for the reason given; else it says whether `comparison` holds. */
  verdict: {
    excluded: boolean | null;
    reason: string | null;
    method: ContourMethod;
    level: number;
    comparison: {
      what: string;
      value: number | null;
      relation: 'above' | 'at least' | 'at most';
      limit: number;
      unit: string;
    } | null;
  };
}

export interface PointRequest extends Setting {
  /** Whether the Monte Carlo error of the signal is one of the uncertainties; by default it is. */
  mc_error?: boolean;
}

export interface LimitRequest extends Setting {
  on: string;
  versus: { parameter: string; values: number[] };
}

export interface CurveRequest extends Setting {
  on: string;
  versus: { parameter: string };
}

/** An axis of a plane; without a range that of the parameter. */
export interface PlaneAxis {
  parameter: string;
  range?: [number, number];
}

export interface ContourRequest extends Setting {
  x: PlaneAxis;
  y: PlaneAxis;
  /** -ln L is minimised over this parameter, within its bounds. */
  profile?: string;
  /** "coarse" answers sooner: from 16 or 24 cells along each axis, with sums good to about 1e-3; by default "fine". */
  resolution?: 'coarse' | 'fine';
  /** Also the contours for a signal one Monte Carlo standard error lower and higher. */
  band?: boolean;
  /** For a construction by CLs: limits in events made with the same setting. They are computed where they are not given. */
  signal_limits?: SignalLimits;
}

export type Quantity = 'mu' | 'delta_lnl' | 'effective_events' | 'relative_mc_error';

export interface FieldRequest extends Omit<ContourRequest, 'resolution' | 'band' | 'signal_limits'> {
  /** Numbers of grid points, at most 200 each. */
  columns: number;
  rows: number;
  quantity: Quantity;
}

/** What a construction compares with 1 - cl, at signals in events. */
export interface PValuesRequest extends Setting {
  mu: number[];
}

/** The distribution of the test statistic at a signal in events. */
export interface TestStatisticRequest extends Setting {
  mu: number;
  /** Number of bins, by default 40. */
  bins?: number;
  /** The upper end of the histogram; by default room for the data. */
  highest?: number;
}

export interface CoverageRequest extends Setting {
  /** The true signal in events; by default the prediction at the point. */
  mu?: number;
  /** Simulated experiments, by default 1000. */
  experiments?: number;
  /** "drawn": yields are drawn within their uncertainties (default); "nominal": true yields are nominal and their
   * measurements fluctuate, for lognormal constraints only. */
  nuisances?: 'drawn' | 'nominal';
}

/** The limit on one parameter over the plane of two others. */
export interface LimitMapRequest extends Setting {
  on?: string;
  x: { parameter: string; values: number[] };
  y: { parameter: string; values: number[] };
  signal_limits?: SignalLimits;
}

/** A list of points; what a point does not name is as in `set`. */
export interface EvaluateRequest extends Setting {
  points: Record<string, number>[];
}

/** The likelihood along one parameter, the others as in `set`. */
export interface ScanRequest extends Setting {
  /** By default the card's limited parameter. */
  on?: string;
  /** By default the parameter's whole range. */
  range?: [number, number];
  /** Number of points, 2 to 2001, by default 101. */
  count?: number;
  /** On which they are evenly spaced, by default the parameter's. */
  scale?: Scale;
  /** -ln L is minimised over this parameter, within its bounds. */
  profile?: string;
}

/** The limit on one parameter at the point against the exposure; the request has no `exposure_scale` or `projection`. */
export interface ExposureRequest extends Omit<Setting, 'exposure_scale' | 'projection'> {
  on?: string;
  /** Relative to that of the data, 0.001 to 100000. */
  exposures: number[];
}

export interface SpectrumRequest extends Setting {
  /** A channel with a histogram. */
  channel: string;
}

export interface LifetimeRequest extends Setting {
  /** Proper decay lengths, in the unit of the card's. */
  low: number;
  high: number;
  count: number;
  /** A parameter with bounds: the answer has the decay lengths at both. */
  profile?: string;
}

/** A kernel; what is left out is as the card has it. */
export interface KernelChoice {
  shape?: 'epanechnikov' | 'gaussian' | 'top-hat';
  /** What bandwidths in the studied parameter are differences of. */
  distance?: 'log10' | 'ln' | 'linear';
  /** Whether rows are divided by the card's tabulated rates before they are smoothed. */
  flatten?: boolean;
}

export interface KernelRequest extends Setting {
  /** A parameter that the card's kernel smooths. */
  on: string;
  /** The kernels to compare, at most 12; the card's where not given. */
  kernels?: KernelChoice[];
  /** Number of bandwidths, evenly in their logarithm. */
  count: number;
  /** Their ends, in the unit of the kernel's distance; a quarter and twice the card's where not given. */
  low?: number;
  high?: number;
}

export interface ModelIndependentRequest extends Setting {
  /** The total of the card that counts the events before the decay. */
  total: string;
  /** Numbers of those events. */
  events: { low: number; high: number; count: number };
  /** One curve per value of this parameter. */
  versus: { parameter: string; values: number[] };
}

// ---------------------------------------------------------------- results

export interface Bin {
  name: string;
  /** The channel it belongs to. */
  channel?: string;
  observed: number | null;
  /** Expected background, events. */
  background: number;
  /** Its uncertainty, events. */
  background_error?: number;
  /** Expected signal, events. */
  mu: number;
  mu_mc_error: number;
  effective_events: number;
}

export interface Rate {
  card: string;
  point: Record<string, number>;
  variant: string;
  /** Expected signal, events, with the standard error left by the Monte Carlo events. */
  mu: number;
  mu_mc_error: number;
  /** (sum of weights)^2 / sum of squared weights. */
  effective_events: number;
  bins: Bin[];
  /** -ln L minus that without signal. */
  delta_lnl?: number | null;
  /** The part of the kernel that lies where the table has events. */
  kernel_share?: number | null;
  /** Whether the bias of the kernel is known to be small here. */
  kernel_trusted?: boolean;
  /** Why contours are masked here: what the numbers say is no result. Null where they are not, be it that the signal is
   * too small to matter. */
  masked_reason?: string | null;
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
  /** Numbers that do not depend on where the particle decays. */
  totals?: Record<string, { value: number | null; unit: string; label?: string }>;
  /** A quantity that has no finite value at this point is null. */
  derived: Record<string, { value: number | null; unit: string; label?: string }>;
  /** Only for deterministic constructions, and only when `method` was given. */
  CLs?: number | null;
  /** Whether the limits in events of the request, or else CLs, exclude the point; null where neither can tell. */
  excluded: boolean | null;
  /** Whether the median expectation without signal would exclude the point; null without limits in events. */
  expected_excluded: boolean | null;
}

/** Limits on the strength of the signal at a point, where 1 is the signal that the model gives. */
export interface PointLimits {
  card: string;
  variant: string;
  exposure_scale: number;
  constraint: Constraint;
  method: string;
  level: number;
  bins: number;
  parameters: number;
  /** CLs at strength 1; null without data and for delta-lnl-1. Errors are those of toys. */
  CLs: number | null;
  CLs_error: number | null;
  expected_CLs: Record<Quantile, number | null>;
  expected_CLs_error: Record<Quantile, number | null>;
  upper_limit: number | null;
  upper_limit_error: number;
  expected: Record<Quantile, number | null>;
  expected_error: Record<Quantile, number>;
  /** Of delta-lnl-1 only. */
  interval: { best: number; low: number; high: number | null; rise_without_signal: number } | null;
  /** Why a limit or CLs is null, by its name. */
  reasons: Record<string, string>;
  warnings: string[];
}

export interface LimitValue {
  value: number | null;
  /** Monte Carlo standard error of the value; 0 for a deterministic construction. */
  error?: number;
  /** Why there is no value. */
  reason?: string | null;
}

/** Upper limits on the number of signal events: the same for all parameter points of one analysis. */
export interface SignalLimits {
  method: Method;
  constraint: Constraint;
  level: number;
  unit: 'events';
  observed: LimitValue;
  expected: Record<Quantile, LimitValue>;
  /** Two-sided intervals on the data, of the constructions that have them. */
  intervals?: { kind: 'feldman-cousins' | 'central' | 'highest-density' | 'likelihood'; low: number; high: number }[];
  warnings: string[];
}

export interface PValues {
  method: Method;
  constraint: Constraint;
  level: number;
  /** What the numbers are. */
  quantity: 'CLs' | 'p-value' | 'posterior probability of a larger signal';
  unit: 'events';
  mu: number[];
  observed: (number | null)[];
  /** Monte Carlo standard errors. */
  observed_error: number[];
  expected: Record<Quantile, number[]>;
  expected_error: Record<Quantile, number[]>;
}

/** A histogram of something that is never negative: exactly zero, in the bins, above the last edge. */
export interface StatisticHistogram {
  zero: number;
  bins: number[];
  above: number;
}

/** Toys, with the number of those at least as far out as the data. */
export interface ToyHistogram extends StatisticHistogram {
  at_least_observed: number | null;
}

export interface TestStatistic {
  /** The tested signal, events. */
  mu: number;
  unit: 'events';
  statistic: 'qtilde_mu' | 'ttilde_mu';
  constraint: Constraint;
  edges: number[];
  observed: number | null;
  /** The statistic of the expected data without signal. */
  asimov: number;
  /** Probabilities by the asymptotic formula, if the signal is there and without it. */
  asymptotic: { signal: StatisticHistogram; background: StatisticHistogram };
  /** Numbers of toys; null where none were asked for. */
  toys: { first: number; count: number; seed: number; signal: ToyHistogram; background: ToyHistogram } | null;
}

export interface Coverage {
  method: Method;
  constraint: Constraint;
  level: number;
  mu: number;
  signal_events: number;
  background_events: number;
  nuisances: 'drawn' | 'nominal';
  first: number;
  experiments: number;
  /** Experiments that do not exclude the true signal. */
  covered: number;
  coverage: number;
  /** Binomial standard error. */
  error: number;
}

/** Row j of a table belongs to y.values[j], column i to x.values[i]; null is no limit. */
export interface LimitMap {
  card: string;
  on: string;
  unit: string;
  cl: number;
  method: ContourMethod;
  constraint: Constraint;
  variant: string;
  projection?: string | null;
  channels?: string[];
  part?: string | null;
  exposure_scale: number;
  set: Record<string, number>;
  x: { parameter: string; unit: string; values: number[] };
  y: { parameter: string; unit: string; values: number[] };
  observed: (number | null)[][];
  expected: Record<Quantile, (number | null)[][]>;
  /** Why there is no observed limit. */
  reasons: (string | null)[][];
  /** Null for limits by the likelihood. */
  signal_limits: SignalLimits | null;
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
}

export interface Evaluation {
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
  log_likelihood_without_signal: number | null;
  /** Where there is no prediction all numbers are null. */
  rows: {
    mu: number | null;
    mu_mc_error: number | null;
    effective_events: number | null;
    /** Null for minus infinity. */
    log_likelihood: number | null;
    kernel_trusted: boolean;
    /** Why there is no prediction; null where there is one. */
    reason: string | null;
  }[];
}

/** What is at the end of an interval of a scan: the threshold is crossed, the scanned range ends, or what is beyond is not
 * known. */
export type ScanEnd = 'crossing' | 'range' | 'unknown';

export interface ScanInterval {
  low: number;
  high: number;
  low_end: ScanEnd;
  high_end: ScanEnd;
}

export interface ScanLevel {
  /** "1 sigma", "90 %" … */
  name: string;
  cl: number;
  /** Of -2 Delta ln L, for one parameter. */
  threshold: number;
  allowed: ScanInterval[];
  excluded: ScanInterval[];
}

/** "thin": too few effective events, or a kernel that is not trusted; "outside": there is no prediction. */
export type ScanStatus = 'known' | 'thin' | 'outside';

/** -2 Delta ln L along one parameter, by the effective likelihood that contours are made of. Lists have an entry per value. */
export interface Scan {
  card: string;
  on: string;
  unit: string;
  scale: Scale;
  range: [number, number];
  cl: number;
  variant: string;
  projection: string | null;
  exposure_scale: number;
  channels: string[];
  part: string | null;
  set: Record<string, number>;
  profile: string | null;
  /** Values of all parameters that do not move. */
  point: Record<string, number>;
  likelihood: 'effective';
  /** Whether the counts are those of the data. */
  observed: boolean;
  values: number[];
  /** Null where nothing is known or the counts are impossible. */
  minus_two_delta_lnl: (number | null)[];
  minus_log_likelihood: (number | null)[];
  /** Expected signal, events, with its Monte Carlo standard error; null outside the model. */
  mu: (number | null)[];
  mu_mc_error: (number | null)[];
  effective_events: (number | null)[];
  status: ScanStatus[];
  /** Values of the profiled parameter; null without one. */
  profiled: (number | null)[] | null;
  /** Where nothing is said, and why. */
  gaps: { low: number; high: number; status: ScanStatus; reason: string }[];
  /** The best point of the line over the parameter's whole range and no signal; `value` is null where that is best. */
  minimum: { value: number | null; minus_log_likelihood: number | null; without_signal: boolean };
  /** 1 sigma, 90 %, 95 %, and `cl` if it is another. */
  levels: ScanLevel[];
  /** The point itself. */
  current: { value: number; status: ScanStatus; mu: number | null; minus_two_delta_lnl: number | null };
  warnings: string[];
}

/** The expected limit at one exposure. */
export interface ExposurePoint {
  /** Relative to that of the data. */
  exposure: number;
  /** In the card's unit of exposure; null where the card does not say. */
  amount: number | null;
  /** Lower edges of what is excluded; by the likelihood only the median. */
  expected: Record<Quantile, number | null>;
  /** What the median expectation excludes. */
  excluded: Interval[];
  reason: string | null;
  warnings: string[];
}

export interface ExposureLimit {
  card: string;
  on: string;
  unit: string;
  cl: number;
  method: ContourMethod;
  constraint: Constraint;
  variant: string;
  channels?: string[];
  part?: string | null;
  set: Record<string, number>;
  /** The exposure of the data, in `amount_unit`; null where the card does not say. */
  amount: number | null;
  amount_unit: string | null;
  points: ExposurePoint[];
  /** With the data, too. */
  today: ExposurePoint & { observed: number | null; observed_excluded: Interval[]; observed_reason: string | null };
  /** Those of the card, with their own switches and counts. */
  projections: (ExposurePoint & { name: string; label: string })[];
}

/** An edge at the end of the parameter's range is null. */
export type Interval = [number | null, number | null];

/** One point of a limit curve; the value of the `versus` parameter is under that parameter's name. */
export interface LimitPoint {
  /** Lower edge of the excluded interval; null where nothing is excluded. */
  observed: number | null;
  excluded: Interval[];
  expected: Record<Quantile, number | null>;
  expected_excluded: Record<Quantile, Interval[]>;
  /** Standard error that the finite number of events leaves on `observed` (on the median where there is no data),
   * in the unit of the limited parameter. */
  mc_error: number | null;
  /** `mc_error` relative to the edge that it belongs to; null where there is no edge. */
  relative_mc_error: number | null;
  effective_events: number | null;
  warnings: string[];
  reason: string | null;
  /** Why there is no expected limit. */
  expected_reason?: string | null;
  /** Whether it is known what the data exclude (the expected median, `expected_known`), be it nothing. */
  known: boolean;
  expected_known: boolean;
  [parameter: string]: unknown;
}

export interface Limit {
  card: string;
  on: string;
  versus: string;
  cl: number;
  method: ContourMethod;
  constraint: Constraint;
  variant: string;
  projection?: string | null;
  channels?: string[];
  part?: string | null;
  exposure_scale: number;
  set: Record<string, number>;
  /** Null for limits by the likelihood. */
  signal_limits: SignalLimits | null;
  points: LimitPoint[];
}

export interface ExcludedAlong {
  parameter: string;
  /** Where the curve lies inside the observed exclusion. */
  intervals: Interval[];
  /** Where the curve exists. */
  range: [number, number];
}

export interface Comparison {
  source: string;
  rows: {
    versus: number;
    quantity: 'observed' | Quantile;
    ours: number | null;
    published: number;
    /** ours / published - 1 */
    difference: number | null;
  }[];
}

export type PlanePoint = [number, number];

/** Closed outlines, each a list of points in the units of the axes. */
export interface Outline {
  /** The excluded side is inside, by the even-odd rule. */
  rings: PlanePoint[][];
  /** The parts of the rings that are limit and not frame. */
  edges: PlanePoint[][];
}

/** A rectangle in the units of the axes: x0, y0, x1, y1. */
export type Box = [number, number, number, number];

export interface Contour extends Outline {
  card: string;
  /** Names of the parameters on the axes. */
  x: string;
  y: string;
  /** Confidence level, 0 to 1. */
  cl: number;
  method: ContourMethod;
  variant: string;
  projection?: string | null;
  channels?: string[];
  part?: string | null;
  resolution?: 'coarse' | 'fine';
  set: Record<string, number>;
  range: { x: [number, number]; y: [number, number] };
  /** How far -ln L may rise above its minimum; by CLs the limit in signal events. */
  level: number;
  /** Where too few effective events or too large a bias of the kernel leave the limit unknown. */
  masked: Box[];
  /** Where there is no prediction: the model does not exist there. */
  outside?: Box[];
  /** The best point over the full ranges of both axes; it has no place when no signal at all is at least as good. `value`
   * is -ln L. Null where the limit is not one by -ln L. */
  minimum: { x: number | null; y: number | null; value: number; without_signal: boolean } | null;
  /** The contours for a signal one Monte Carlo standard error lower and higher. */
  band?: Record<'-1' | '+1', Outline> | null;
  warnings: string[];
}

/** Two regions of a plane, each as rings of which the inside counts by the even-odd rule, and the window to look at. */
export interface RegionAreasRequest {
  x: Axis;
  y: Axis;
  first: PlanePoint[][];
  second: PlanePoint[][];
  /** Where nothing is known of one of them; boxes may overlap. */
  left_out?: Box[];
}

/** Areas within the window, in decades on logarithmic axes: of it, of what was left out in it, and, apart from that, of
 * each region and of what is in one alone. */
export interface RegionAreas {
  window: number;
  left_out: number;
  first: number;
  second: number;
  only_first: number;
  only_second: number;
}

/** What the answers of an analysis come from. */
export interface Provenance {
  software: { name: string; version: string };
  /** The first document is the card itself, others are what it extends; digests are those of their texts. */
  card: { name: string; documents: { file: string; sha256: string }[] };
  /** Digests of the uncompressed tables. */
  tables: { name: string; file: string; sha256: string }[];
}

/** A result to be written for HEPData. */
export type HepdataResult = ({ limit: Limit } | { contour: Contour } | { map: LimitMap }) & {
  /** Tells it from others of its kind in the names of tables. */
  label?: string;
  /** The setting it was computed with: answers do not repeat projection, part, channels, switches and bandwidth. */
  setting?: Setting;
};

/** A file of a submission to HEPData: its name without a folder, and YAML. */
export interface HepdataFile {
  name: string;
  text: string;
}

/** A quantity on a grid: row j of `values` is at y[j]; null where it is unknown. */
export interface Field {
  x: number[];
  y: number[];
  values: (number | null)[][];
}

/** Data, background and signal of neighbouring bins of one histogram, all in events per bin. */
export interface SpectrumGroup {
  name: string;
  /** Edges of each bin. */
  low: number[];
  high: number[];
  observed: (number | null)[];
  background: number[];
  background_error: number[];
  mu: number[];
  mu_mc_error: number[];
}

export interface Spectrum {
  channel: string;
  label: string;
  /** The histogrammed quantity. */
  histogram: { label: string; unit: string };
  groups: SpectrumGroup[];
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
}

export interface DistributionRequest extends Setting {
  /** Name of one of the card's observables. */
  observable: string;
}

/** Expected events by a quantity of the events, at one point. */
export interface Distribution {
  observable: string;
  label: string;
  unit: string;
  scale: Scale;
  /** Ends of the bins, one more than there are bins, in `unit`. */
  edges: number[];
  /** Expected signal per bin, events, with its Monte Carlo standard error. */
  mu: number[];
  mu_mc_error: number[];
  /** What lies outside the axis. */
  outside: { mu: number; mu_mc_error: number };
}

export interface StagesRequest extends Setting {
  /** Name of one of the observables of the card's display. */
  observable: string;
  /** Names of stages; empty for all. */
  stages: string[];
}

/** Expected events with their Monte Carlo standard error. */
export interface EventSum {
  mu: number;
  mu_mc_error: number;
}

/** Expected events by a quantity at stages of the selection. */
export interface StageDistributions {
  observable: string;
  label: string;
  unit: string;
  scale: Scale;
  edges: number[];
  stages: {
    stage: string;
    label: string;
    mu: number[];
    mu_mc_error: number[];
    outside: EventSum;
    total: EventSum & { effective_events: number };
  }[];
}

export interface DistributionMapRequest extends Setting {
  map: string;
  /** By default the last stage of the card. */
  stage?: string;
}

export interface MapAxis {
  observable: string;
  label: string;
  unit: string;
  scale: Scale;
  edges: number[];
}

/** Expected events by two quantities: row j of `mu` lies between y.edges[j] and y.edges[j + 1]. */
export interface DistributionMap {
  map: string;
  label: string;
  stage: { name: string; label: string };
  x: MapAxis;
  y: MapAxis;
  mu: number[][];
  mu_mc_error: number[][];
  outside: EventSum;
  total: EventSum & { effective_events: number };
}

export interface RatioMapRequest extends Setting {
  ratio: string;
  columns: number;
  rows: number;
  x_range?: [number, number];
  y_range?: [number, number];
}

/** A ratio of two totals over the ranges of two parameters; null where the model does not exist. */
export interface RatioMap {
  ratio: string;
  label: string;
  unit: string;
  x: { parameter: string; values: number[] };
  y: { parameter: string; values: number[] };
  values: (number | null)[][];
  /** At the point itself. */
  at: number | null;
}

/** Flux and cross sections that the events are made with. */
export interface Interactions {
  label: string;
  fluxes: { beam: string; particle: string; unit: string; edges: number[]; values: number[] }[];
  cross_sections: {
    unit: string;
    /** GeV. */
    energies: number[];
    /** `nuclei`: how many of them take part. */
    elements: { element: string; nuclei: number; molar_mass_g: number; values: number[] }[];
  };
  /** What belongs beside them and has no data here. */
  left_out: string[];
}

/** Expected events against the proper decay length, with everything else fixed. */
export interface LifetimeCurve {
  /** Proper decay lengths, in `unit`. */
  ctau0: number[];
  unit: string;
  /** Expected signal, events. */
  mu: number[];
  /** Standard deviation of signal and background together in the likelihood, from statistics and systematics. */
  uncertainty: number[];
  mu_mc_error: number[];
  /** -ln L minus that without signal. */
  delta_lnl: number[];
  /** How far -ln L may rise. */
  threshold: number;
  /** Excluded ranges of the decay length; null where they are open. */
  excluded: [number | null, number | null][];
  /** The decay length of the point itself. */
  at: number;
  /** Decay lengths at the bounds of the profiled parameter; null without one. */
  physical: [number | null, number | null] | null;
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
}

/** The prediction at a point by several kernels, against their bandwidth in one parameter. */
export interface KernelStudy {
  card: string;
  on: string;
  /** The parameter's value. */
  at: number;
  /** The kernel in force: the card's, with the bandwidth of the request or the card's (`default`). */
  reference: Required<KernelChoice> & { bandwidth: number; default: number; mu: number; mu_mc_error: number };
  /** Bandwidths of the card's shape and distance. */
  bandwidth: number[];
  curves: KernelCurve[];
}

export interface KernelCurve extends Required<KernelChoice> {
  /** In this kernel's own distance: its standard deviation is that of the card's kernel with `bandwidth` of the study. */
  bandwidth: number[];
  mu: number[];
  mu_mc_error: number[];
  effective_events: number[];
  /** From the prediction in force; the error knows that both are sums over the same rows. */
  difference: number[];
  difference_mc_error: number[];
  kernel_share: number[];
}

/** Limits in (events before the decay, proper decay length). */
export interface ModelIndependent {
  /** Numbers of events before the decay. */
  events: number[];
  /** Unit of the decay lengths. */
  unit: string;
  curves: {
    set: Record<string, number>;
    /** The total at the point itself. */
    total?: number | null;
    /** Between these two decay lengths a rate is excluded; null where it is not. */
    ctau0_min: (number | null)[];
    ctau0_max: (number | null)[];
    /** ctau0 = a / (log10(events) - b) fitted to the lower edge; `worst` is the largest relative deviation from it. */
    fit: { a: number; b: number; worst: number } | null;
  }[];
  /** That nothing was observed at this exposure and the counts are what is expected without signal, if so. */
  warnings?: string[];
}

/** Progress of a long computation: tasks done and all tasks. */
export type OnProgress = (done: number, total: number) => void;

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?: OnProgress;
}
