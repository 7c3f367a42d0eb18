// An opened analysis: fetches its card and tables, and asks the core for rates and limits.

import { foreseen, gunzipped, type ReadBytes, readByFetch } from './download.ts';
import { AnysliceError, abortError } from './errors.ts';
import { Pool, type Runner, type TaskOptions, type WorkerLike, type WorkerReplaced } from './pool.ts';
import type { OpenValue } from './protocol.ts';
import type {
  Card,
  Chain,
  ChainRequest,
  Comparison,
  Constraint,
  Contour,
  ContourMethod,
  ContourRequest,
  Coverage,
  CoverageRequest,
  CurveRequest,
  Distribution,
  DistributionMap,
  DistributionMapRequest,
  DistributionRequest,
  EvaluateRequest,
  Evaluation,
  ExcludedAlong,
  ExposureLimit,
  ExposureRequest,
  Field,
  FieldRequest,
  HepdataFile,
  HepdataResult,
  Interactions,
  KernelRequest,
  KernelStudy,
  LifetimeCurve,
  LifetimeRequest,
  Limit,
  LimitMap,
  LimitMapRequest,
  LimitPoint,
  LimitRequest,
  ModelIndependent,
  ModelIndependentRequest,
  PointLimits,
  PointRequest,
  Provenance,
  PValues,
  PValuesRequest,
  Rate,
  RateRequest,
  RatioMap,
  RatioMapRequest,
  RegionAreas,
  RegionAreasRequest,
  RunOptions,
  Scan,
  ScanRequest,
  Setting,
  SignalLimits,
  Spectrum,
  SpectrumRequest,
  StageDistributions,
  StagesRequest,
  TestStatistic,
  TestStatisticRequest,
  ToyHistogram,
} from './types.ts';

// Below this many points a chunk of a limit curve is not worth the lifetime grid that each worker builds for it.
const POINTS_PER_CHUNK = 40;

// What a worker does at a time, so that progress is seen and a cancelled run stops soon. Pieces add up to the whole run.
const TOYS_PER_CHUNK = 20_000;
const EXPERIMENTS_PER_CHUNK = 500;
const MAP_POINTS_PER_CHUNK = 250;

// A cancelled contour mostly ends within this many milliseconds. Another worker would first have to open the analysis with
// its tables again, which takes about as long.
const CONTOUR_GRACE = 2000;

/** A running core: compile it once and open any number of analyses with it. */
export class Anyslice {
  private opened = 0;

  constructor(
    readonly runner: Runner,
    private readonly read: ReadBytes = readByFetch,
    /** The absolute address of what `load` is given. */
    private readonly addressOf: (place: string) => string = (place) => place,
  ) {}

  /** Reads the card at an address (in Node a path will do), everything it needs, and opens it in every worker. */
  async load(card: string | URL): Promise<Analysis> {
    const url = this.addressOf(String(card));
    const files = new Files(this.read);
    const documents: Record<string, string> = {};
    const wanted = [url];
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
      const text = await files.text(next);
      documents[next] = text;
      const { cards, tables } = foreseen(text, next);
      for (const card of cards) if (!(card in documents)) wanted.push(card);
      for (const table of tables) files.start(table);
    }
    // One address may be opened more than once: each analysis is closed by itself.
    const key = `${url} (${++this.opened})`;
    try {
      return new Analysis(this.runner, key, await this.open(key, url, documents, files), this.read);
    } catch (error) {
      this.runner.forget(key);
      throw error;
    }
  }

  close(): void {
    this.runner.close();
  }

  private async open(key: string, url: string, documents: Record<string, string>, files: Files): Promise<Card> {
    for (;;) {
      const opened = (await this.runner.everywhere({
        action: 'open',
        analysis: key,
        documents: { ...documents },
        root: url,
      })) as OpenValue;
      if (opened.missing.length === 0 && opened.card && opened.tables) {
        await this.attach(key, opened.tables, files);
        return opened.card;
      }
      this.runner.forget(key);
      for (const missing of opened.missing) {
        if (missing in documents) {
          throw new AnysliceError({
            source: url,
            message: `${url} could not be opened: it asks for ${missing} twice.`,
          });
        }
        documents[missing] = await files.text(missing);
      }
    }
  }

  private async attach(key: string, tables: { name: string; url: string }[], files: Files): Promise<void> {
    await Promise.all(
      tables.map(async ({ name, url }) => {
        const bytes = await gunzipped(await files.bytes(url), url);
        await this.runner.everywhere({ action: 'attach', analysis: key, table: name, bytes, source: url });
      }),
    );
  }
}

export interface StartOptions {
  /** The compiled core, or a promise of it. */
  module: WebAssembly.Module | Promise<WebAssembly.Module>;
  /** Makes a worker that runs `worker.ts`. */
  createWorker: () => WorkerLike;
  /** Number of workers; by default one less than the machine has cores, from 2 to 8. Each holds the analysis with its
   * tables; with two of them one can answer while the other is busy. */
  workers?: number;
  read?: ReadBytes;
  /** A worker was lost and another has taken its place. */
  onWorkerReplaced?: (event: WorkerReplaced) => void;
}

/** Starts the core in a pool of workers. (For Node see node.ts.) */
export function start(options: StartOptions): Anyslice {
  const module = Promise.resolve(options.module);
  const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
  const size = options.workers ?? Math.min(8, Math.max(2, cores - 1));
  const { createWorker, onWorkerReplaced } = options;
  return new Anyslice(new Pool({ createWorker, module, size, onWorkerReplaced }), options.read);
}

export class Analysis {
  // Limits in signal events do not depend on the parameter point: computed once per construction.
  private readonly signalLimits = new Map<string, SignalLimits>();
  /** The display table, once something has asked for it. */
  private display: Promise<void> | null = null;

  constructor(
    private readonly runner: Runner,
    private readonly key: string,
    readonly card: Card,
    private readonly read: ReadBytes = readByFetch,
  ) {}

  /** How many computations can run at the same time. */
  get lanes(): number {
    return this.runner.size;
  }

  /** The expected signal at one point, with its derived quantities, and CLs where `method` is deterministic. */
  rate(request: RateRequest, options: TaskOptions = {}): Promise<Rate> {
    return this.call<Rate>('rate', request, options);
  }

  /** The point as a workspace of pyhf (HistFactory JSON 1.0.0), the strength of the signal being `mu`. */
  workspace(request: PointRequest, options: TaskOptions = {}): Promise<Record<string, unknown>> {
    return this.call<Record<string, unknown>>('workspace', request, options);
  }

  /** CLs and limits on the strength of the signal at one point, from all bins with their uncertainties profiled. */
  pointLimits(request: PointRequest, options: TaskOptions = {}): Promise<PointLimits> {
    return this.call<PointLimits>('point_limits', request, options);
  }

  /** A limit curve, with its expected bands. */
  async limit(request: LimitRequest, { signal, onProgress }: RunOptions = {}): Promise<Limit> {
    const { on, versus, ...setting } = request;
    const { method, constraint, level } = this.constructionOf(setting);
    const signalLimits = isByLikelihood(method) ? null : await this.limitsInEvents(setting, { signal, onProgress });
    const points = await this.limitPoints({ ...request, ...(signalLimits && { signal_limits: signalLimits }) }, signal);
    return {
      card: this.card.name,
      on,
      versus: versus.parameter,
      cl: signalLimits?.level ?? level,
      method: signalLimits?.method ?? method,
      constraint: signalLimits?.constraint ?? constraint,
      variant: setting.variant ?? 'physics',
      projection: setting.projection ?? null,
      channels: setting.channels ?? [],
      part: setting.part ?? null,
      exposure_scale: setting.exposure_scale ?? this.card.projections?.[setting.projection ?? '']?.exposure_scale ?? 1,
      set: setting.set ?? {},
      signal_limits: signalLimits,
      points,
    };
  }

  /** The upper limits in signal events, shared by all parameter points. */
  async limitsInEvents(setting: Setting, { signal, onProgress }: RunOptions = {}): Promise<SignalLimits> {
    const key = JSON.stringify([
      setting.method,
      setting.constraint,
      setting.cl,
      setting.variant,
      setting.projection,
      setting.exposure_scale,
      setting.switches,
      setting.channels,
      ...(this.mayThrowToys(setting) ? [setting.toys, setting.seed] : []),
    ]);
    const known = this.signalLimits.get(key);
    if (known) return known;
    const found =
      (this.mayThrowToys(setting) ? await this.limitsByToys(setting, { signal, onProgress }) : null) ??
      (await this.call<SignalLimits>('signal_limits', setting, { signal }));
    this.signalLimits.set(key, found);
    return found;
  }

  /** Where a curve of the card (an overlay that is a function) lies inside the observed exclusion. */
  excludedAlong(
    request: CurveRequest & { curve: string; signal_limits: SignalLimits },
    options: TaskOptions = {},
  ): Promise<ExcludedAlong> {
    return this.call<ExcludedAlong>('excluded_along', request, options);
  }

  /** Published values of the card beside ours; null if it has none. */
  comparePublished(
    request: CurveRequest & { signal_limits?: SignalLimits },
    options: TaskOptions = {},
  ): Promise<Comparison | null> {
    return this.call<Comparison | null>('compare_published', request, options);
  }

  /** What is excluded in the plane of any two parameters, as closed outlines. One task: a worker does it as a whole, and a
   * newer request is answered after it or, once it is cancelled, in its place. */
  async contour(request: ContourRequest, { signal, onProgress, urgent }: CallOptions = {}): Promise<Contour> {
    onProgress?.(0, 1);
    const contour = await this.call<Contour>('contour', request, { signal, urgent, grace: CONTOUR_GRACE });
    onProgress?.(1, 1);
    return contour;
  }

  /** A quantity on a grid over the plane of any two parameters. */
  field(request: FieldRequest, options: TaskOptions = {}): Promise<Field> {
    return this.call<Field>('field', request, { grace: CONTOUR_GRACE, ...options });
  }

  /** How large two regions of a plane are, and what only one of them covers. */
  regionAreas(request: RegionAreasRequest, options: TaskOptions = {}): Promise<RegionAreas> {
    return this.call<RegionAreas>('region_areas', request, options);
  }

  /** The expected events at one point by one of the card's observables. */
  distribution(request: DistributionRequest, options: TaskOptions = {}): Promise<Distribution> {
    return this.call<Distribution>('distribution', request, options);
  }

  /** The expected events at one point by an observable of the card's display, at stages of the selection. The first call
   * of this and the methods below that need the display table fetches it. */
  async stageDistributions(request: StagesRequest, options: TaskOptions = {}): Promise<StageDistributions> {
    await this.needDisplay();
    return this.call<StageDistributions>('distribution', request, options);
  }

  /** The expected events at one point by two observables of the card's display. Needs the display table. */
  async distributionMap(request: DistributionMapRequest, options: TaskOptions = {}): Promise<DistributionMap> {
    await this.needDisplay();
    return this.call<DistributionMap>('distribution_map', request, options);
  }

  /** Flux and cross sections at one point. Needs the display table. */
  async interactions(request: Setting, options: TaskOptions = {}): Promise<Interactions> {
    await this.needDisplay();
    return this.call<Interactions>('interactions', request, options);
  }

  /** One of the card's ratios of totals over two parameters. */
  ratioMap(request: RatioMapRequest, options: TaskOptions = {}): Promise<RatioMap> {
    return this.call<RatioMap>('ratio_map', request, options);
  }

  /** The histogram of a channel at one point: data, background and signal. */
  spectrum(request: SpectrumRequest, options: TaskOptions = {}): Promise<Spectrum> {
    return this.call<Spectrum>('spectrum', request, options);
  }

  /** Expected events against the proper decay length. */
  lifetimeCurve(request: LifetimeRequest, options: TaskOptions = {}): Promise<LifetimeCurve> {
    return this.call<LifetimeCurve>('lifetime_curve', request, options);
  }

  /** What the kernel does to the prediction at a point: its shape, distance, bandwidth and flattening. */
  kernelStudy(request: KernelRequest, options: TaskOptions = {}): Promise<KernelStudy> {
    return this.call<KernelStudy>('kernel_study', request, options);
  }

  /** Limits that need no model: on the events before the decay and the proper decay length. */
  modelIndependent(request: ModelIndependentRequest, options: TaskOptions = {}): Promise<ModelIndependent> {
    return this.call<ModelIndependent>('model_independent', request, options);
  }

  /** What the construction compares with 1 - cl against the signal; every tested signal is a task. */
  async pValues({ mu, ...setting }: PValuesRequest, { signal, onProgress }: RunOptions = {}): Promise<PValues> {
    const size = this.mayThrowToys(setting) ? 1 : Math.max(1, Math.ceil(mu.length / this.runner.size));
    const parts = await this.inPieces(chunked(mu, size), { signal, onProgress }, (values) =>
      this.call<PValues>('p_values', { ...setting, mu: values }, { signal }),
    );
    const joined = { ...parts[0]! };
    const tables = (field: 'expected' | 'expected_error') =>
      Object.fromEntries(
        Object.keys(joined[field]).map((name) => [name, parts.flatMap((part) => part[field][name as '0'])]),
      ) as PValues['expected'];
    return {
      ...joined,
      mu: parts.flatMap((part) => part.mu),
      observed: parts.flatMap((part) => part.observed),
      observed_error: parts.flatMap((part) => part.observed_error),
      expected: tables('expected'),
      expected_error: tables('expected_error'),
    };
  }

  /** The distribution of the test statistic at one signal: by the asymptotic formula, and by `toys` where the request has
   * them, thrown in pieces. */
  async testStatistic(request: TestStatisticRequest, { signal, onProgress }: RunOptions = {}): Promise<TestStatistic> {
    const { toys, ...rest } = request;
    const formula = await this.call<TestStatistic>('test_statistic', rest, { signal });
    if (!toys) return formula;
    // Pieces add up only where their bins are the same.
    const highest = formula.edges.at(-1)!;
    const parts = await this.inPieces(shared(toys, TOYS_PER_CHUNK), { signal, onProgress }, ({ first, count }) =>
      this.call<TestStatistic>('test_statistic', { ...rest, highest, first, toys: count }, { signal }),
    );
    const thrown = parts.map((part) => part.toys!);
    return {
      ...formula,
      toys: {
        first: 0,
        count: toys,
        seed: thrown[0]!.seed,
        signal: thrown.map((part) => part.signal).reduce(addHistograms),
        background: thrown.map((part) => part.background).reduce(addHistograms),
      },
    };
  }

  /** How often the construction covers a true signal, by simulated experiments in pieces. */
  async coverage(request: CoverageRequest, { signal, onProgress }: RunOptions = {}): Promise<Coverage> {
    const { experiments = 1000, ...rest } = request;
    const pieces = shared(experiments, EXPERIMENTS_PER_CHUNK);
    const parts = await this.inPieces(pieces, { signal, onProgress }, ({ first, count }) =>
      this.call<Coverage>('coverage', { ...rest, first, experiments: count }, { signal }),
    );
    const covered = parts.reduce((sum, part) => sum + part.covered, 0);
    const share = covered / experiments;
    const error = Math.sqrt(Math.max(share * (1 - share), 1 / experiments) / experiments);
    return { ...parts[0]!, experiments, covered, coverage: share, error };
  }

  /** The limit on one parameter over the plane of two others, some rows at a time. */
  async limitMap(request: LimitMapRequest, { signal, onProgress }: RunOptions = {}): Promise<LimitMap> {
    const { on, x, y, signal_limits: given, ...setting } = request;
    const limits = isByLikelihood(this.constructionOf(setting).method)
      ? {}
      : { signal_limits: given ?? (await this.limitsInEvents(setting, { signal })) };
    const rows = chunked(y.values, Math.max(1, Math.floor(MAP_POINTS_PER_CHUNK / Math.max(1, x.values.length))));
    const parts = await this.inPieces(rows, { signal, onProgress }, (values) =>
      this.call<LimitMap>('limit_map', { ...setting, ...limits, on, x, y: { ...y, values } }, { signal }),
    );
    const first = parts[0]!;
    return {
      ...first,
      y: { ...first.y, values: y.values },
      observed: parts.flatMap((part) => part.observed),
      reasons: parts.flatMap((part) => part.reasons),
      expected: Object.fromEntries(
        Object.keys(first.expected).map((name) => [name, parts.flatMap((part) => part.expected[name as '0'])]),
      ) as LimitMap['expected'],
    };
  }

  /** Prediction and ln L at many points. */
  evaluate(request: EvaluateRequest, options: TaskOptions = {}): Promise<Evaluation> {
    return this.call<Evaluation>('evaluate', request, options);
  }

  /** -2 Delta ln L along one parameter. */
  scan(request: ScanRequest, options: TaskOptions = {}): Promise<Scan> {
    return this.call<Scan>('scan', request, { grace: CONTOUR_GRACE, ...options });
  }

  /** The limit on one parameter against the exposure; every exposure is a task. */
  async exposureLimit(
    { exposures, ...request }: ExposureRequest,
    { signal, onProgress }: RunOptions = {},
  ): Promise<ExposureLimit> {
    const pieces = [null, ...exposures];
    const parts = await this.inPieces(pieces, { signal, onProgress }, (exposure) =>
      this.call<ExposureLimit>(
        'exposure_limit',
        { ...request, exposures: exposure === null ? [] : [exposure], projections: exposure === null },
        { signal },
      ),
    );
    return { ...parts[0]!, points: parts.slice(1).flatMap(({ points }) => points) };
  }

  /** The limit as comma-separated values, as the command line writes it. */
  csv(limit: Limit, options: TaskOptions = {}): Promise<string> {
    return this.call<string>('limit_csv', { limit }, options);
  }

  /** How the prediction at a point comes about, and whether it is excluded. */
  chain(request: ChainRequest, options: TaskOptions = {}): Promise<Chain> {
    return this.call<Chain>('chain', request, options);
  }

  /** BibTeX of the card's papers and of this software, with the digests of card and table. */
  citation(options: TaskOptions = {}): Promise<string> {
    return this.call<string>('citation', {}, options);
  }

  /** The contour as comma-separated values, as the command line writes it. */
  contourCsv(contour: Contour, options: TaskOptions = {}): Promise<string> {
    return this.call<string>('contour_csv', { contour }, options);
  }

  /** What the answers of this analysis come from: versions and digests. */
  provenance(options: TaskOptions = {}): Promise<Provenance> {
    return this.call<Provenance>('provenance', {}, options);
  }

  /** Results as the files of a submission to HEPData, submission.yaml first; to be put into one folder or archive. */
  hepdata(results: HepdataResult[], options: TaskOptions = {}): Promise<HepdataFile[]> {
    return this.call<HepdataFile[]>('hepdata', { results }, options);
  }

  close(): void {
    this.runner.forget(this.key);
  }

  /** The construction in force: the request's, else the variant's, else the card's. */
  private constructionOf(setting: Setting): { method: ContourMethod; constraint: Constraint; level: number } {
    const own = { ...this.card.limits, ...this.card.variants?.[setting.variant ?? 'physics']?.limits };
    return {
      method: setting.method ?? own.method,
      constraint: setting.constraint ?? own.constraint ?? 'lognormal',
      level: setting.cl ?? own.level,
    };
  }

  /** Without uncertainties feldman-cousins needs none. */
  private mayThrowToys(setting: Setting): boolean {
    return ['cls-toys', 'feldman-cousins'].includes(this.constructionOf(setting).method);
  }

  /** Null where the construction needs no toys. */
  private async limitsByToys(setting: Setting, { signal, onProgress }: RunOptions): Promise<SignalLimits | null> {
    const { mu } = await this.call<{ mu: number[] }>('toy_scan', setting, { signal });
    if (mu.length === 0) return null;
    let done = 0;
    onProgress?.(done, mu.length);
    const points = await Promise.all(
      mu.map(async (value) => {
        const point = await this.call<unknown>('toy_cls', { ...setting, mu: value }, { signal });
        onProgress?.(++done, mu.length);
        return point;
      }),
    );
    return this.call<SignalLimits>('toy_limits', { ...setting, points }, { signal });
  }

  private async limitPoints(
    request: LimitRequest & { signal_limits?: SignalLimits },
    signal?: AbortSignal,
  ): Promise<LimitPoint[]> {
    const { values } = request.versus;
    const chunks = Math.max(1, Math.min(this.runner.size, Math.floor(values.length / POINTS_PER_CHUNK)));
    const size = Math.ceil(values.length / chunks);
    const parts = Array.from({ length: chunks }, (_, i) => values.slice(i * size, (i + 1) * size));
    const results = await Promise.all(
      parts.map((part) =>
        this.call<{ points: LimitPoint[] }>(
          'limit_points',
          { ...request, versus: { ...request.versus, values: part } },
          { signal },
        ),
      ),
    );
    return results.flatMap((result) => result.points);
  }

  private needDisplay(): Promise<void> {
    const table = this.card.display?.table;
    // The core says that there is none.
    if (!table) return Promise.resolve();
    this.display ??= this.attachDisplay(table.url).catch((error) => {
      // A failed download may succeed the next time.
      this.display = null;
      throw error;
    });
    return this.display;
  }

  private async attachDisplay(source: string): Promise<void> {
    const bytes = await gunzipped(await this.read(source), source);
    await this.runner.everywhere({ action: 'attach', analysis: this.key, table: 'display', bytes, source });
  }

  /** Does `work` for every item at once and counts what is done. */
  private async inPieces<Item, Value>(
    items: Item[],
    { onProgress }: RunOptions,
    work: (item: Item) => Promise<Value>,
  ): Promise<Value[]> {
    if (items.length === 0)
      throw new AnysliceError({ source: this.card.name, message: 'There is nothing to compute.' });
    let done = 0;
    onProgress?.(done, items.length);
    return Promise.all(
      items.map(async (item) => {
        const value = await work(item);
        onProgress?.(++done, items.length);
        return value;
      }),
    );
  }

  private async call<Value>(method: string, request: object, options: TaskOptions): Promise<Value> {
    const value = await this.runner.run({ action: 'call', analysis: this.key, method, request }, options);
    if (options.signal?.aborted) throw abortError();
    return value as Value;
  }
}

function isByLikelihood(method: ContourMethod): boolean {
  return method.startsWith('delta-lnl');
}

function chunked<Item>(items: Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** `total` in pieces of about the same size, none much smaller than the others. */
function shared(total: number, size: number): { first: number; count: number }[] {
  const pieces = Math.max(1, Math.ceil(total / size));
  const start = (i: number) => Math.floor((i * total) / pieces);
  return Array.from({ length: pieces }, (_, i) => ({ first: start(i), count: start(i + 1) - start(i) }));
}

function addHistograms(one: ToyHistogram, other: ToyHistogram): ToyHistogram {
  return {
    zero: one.zero + other.zero,
    bins: one.bins.map((count, i) => count + other.bins[i]!),
    above: one.above + other.above,
    at_least_observed: one.at_least_observed === null ? null : one.at_least_observed + (other.at_least_observed ?? 0),
  };
}

type CallOptions = TaskOptions & RunOptions;

/** Downloads of one `load`, each made once. */
class Files {
  private readonly running = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(private readonly read: ReadBytes) {}

  start(url: string): void {
    // A failure is reported when the file is really needed.
    this.bytes(url).catch(() => {});
  }

  bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
    let file = this.running.get(url);
    if (!file) {
      file = this.read(url);
      this.running.set(url, file);
    }
    return file;
  }

  async text(url: string): Promise<string> {
    return new TextDecoder().decode(await gunzipped(await this.bytes(url), url));
  }
}
