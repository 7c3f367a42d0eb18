// The shapes of everything that goes into and comes out of the core: cards, requests, results. Types only, no code.
//
// Quantities are in the unit that the card gives to the parameter or derived quantity; counts are in events;
// "relative" means a fraction of the quantity itself.

/** Names of the constructions of an upper limit. */
export type Method = 'cls-hybrid' | 'cls-toys' | 'cls-asymptotic' | 'cls-exact';

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
}

export interface Switch {
  value: number;
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
  method: Method;
  constraint: Constraint;
  /** Why this construction is the default. */
  why?: string;
  published?: PublishedLimits | null;
}

export interface Axis {
  range: [number, number];
  scale: Scale;
}

export interface Preset {
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

export interface Overlay {
  label: string;
  x: string;
  y: string;
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
  exposure_scale: number;
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
    table_licence?: string;
    card_authors?: string[];
  };
  parameters: Record<string, Parameter>;
  switches?: Record<string, Switch> | null;
  benchmarks?: Record<string, Benchmark> | null;
  functions?: Record<string, TabulatedFunction> | null;
  derived?: Record<string, Derived> | null;
  limits: CardLimits;
  variants?: Record<string, Variant> | null;
  projections?: Record<string, Projection> | null;
  presets?: Record<string, Preset> | null;
  overlays?: Record<string, Overlay> | null;
}

// ---------------------------------------------------------------- requests

/** What every request may set; what is left out has the card's (or the variant's) default. */
export interface Setting {
  /** Values of parameters, in their own units. */
  set?: Record<string, number>;
  variant?: string;
  /** Exposure relative to that of the data. At any value but 1 there is no observed limit. */
  exposure_scale?: number;
  method?: Method;
  constraint?: Constraint;
  /** Confidence level, 0 to 1. */
  cl?: number;
  /** Toys per hypothesis and tested signal strength (cls-toys). */
  toys?: number;
  seed?: number;
}

export interface RateRequest extends Setting {
  /** Limits in events made with the same setting: they then tell whether the point is excluded. */
  signal_limits?: SignalLimits;
}

export interface LimitRequest extends Setting {
  on: string;
  versus: { parameter: string; values: number[] };
}

export interface CurveRequest extends Setting {
  on: string;
  versus: { parameter: string };
}

// ---------------------------------------------------------------- results

export interface Bin {
  name: string;
  observed: number | null;
  /** Expected background, events. */
  background: number;
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
  /** A quantity that has no finite value at this point is null. */
  derived: Record<string, { value: number | null; unit: string; label?: string }>;
  /** Only for deterministic constructions, and only when `method` was given. */
  CLs?: number | null;
  /** Whether the limits in events of the request, or else CLs, exclude the point; null where neither can tell. */
  excluded: boolean | null;
  /** Whether the median expectation without signal would exclude the point; null without limits in events. */
  expected_excluded: boolean | null;
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
  warnings: string[];
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
  [parameter: string]: unknown;
}

export interface Limit {
  card: string;
  on: string;
  versus: string;
  cl: number;
  method: Method;
  constraint: Constraint;
  variant: string;
  exposure_scale: number;
  set: Record<string, number>;
  signal_limits: SignalLimits;
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

/** Progress of a long computation: tasks done and all tasks. */
export type OnProgress = (done: number, total: number) => void;

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?: OnProgress;
}
