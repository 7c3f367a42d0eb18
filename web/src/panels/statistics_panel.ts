// What the chosen construction says about one point: p-value against the strength of the signal, the distribution of the
// test statistic, and its coverage. What needs toys waits for a button.

import type { Card, PointLimits, PValues, RunOptions, Setting, SignalLimits, TestStatistic } from 'anyslice';
import { type Field, numberField } from '../controls/fields.ts';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, formatWithError } from '../format.ts';
import { Latest } from '../latest.ts';
import { binsIn, placeLine, type RestingPoint, settingAt } from '../resting_point.ts';
import { isByLikelihood, throwsToys } from '../state/curve.ts';
import type { Range } from '../state/ranges.ts';
import { labelNodes } from '../symbols.ts';
import { constructionLine } from './caption.ts';
import { ChartGrid, type PanelChart } from './chart_grid.ts';
import { METHOD_LABELS } from './construction.ts';
import { RunControl } from './run_control.ts';
import { highestSignal, pValueChart, quantityName, statisticChart, statisticSymbol } from './statistics_charts.ts';
import { QUANTILES, QUANTITY_LABELS } from './tables.ts';

// Tested signals of a curve; each of them needs its own toys where toys are thrown.
const SIGNALS = 61;
const SIGNALS_BY_TOYS = 16;
const TOYS: Range = [1000, 10_000_000];
const EXPERIMENTS: Range = [100, 1_000_000];

interface Question {
  at: RestingPoint;
  setting: Setting;
}

interface Scan {
  values: PValues;
  limits: SignalLimits;
  /** How many of the values are the curve; the last one is the point. */
  points: number;
}

interface Answer {
  scan: Scan | null;
  statistic: TestStatistic | null;
  strength: PointLimits | null;
  notes: string[];
}

export class StatisticsPanel {
  readonly root: HTMLDetailsElement;
  private at: RestingPoint | null = null;
  private asked = '';
  private question: Question | null = null;
  private answer: Answer | null = null;
  private toys = 100_000;
  private experiments = 2000;
  private readonly charts = new ChartGrid();
  private readonly notes = element('div', { class: 'note' });
  private readonly scanRun: RunControl;
  private readonly toyRun: RunControl;
  private readonly coverageRun: RunControl;
  private readonly runs = element('div', { class: 'runs' });
  private readonly latest = new Latest<Question, Answer>(
    (question) => answerOf(question),
    (answer, question) => this.show(question, answer),
    (error) => this.fail(error),
  );

  constructor() {
    const field = (label: string, range: Range, value: number, onChange: (value: number) => void) => {
      const made: Field<number> = numberField({ label, range, whole: true, onChange });
      made.set(value);
      return made.root;
    };
    this.scanRun = new RunControl({
      label: 'Scan the p-value with toys',
      none: 'By this construction every tested signal needs toys of its own: not computed yet.',
      work: (options) => this.scan(options),
    });
    this.toyRun = new RunControl(
      {
        label: 'Throw toys',
        none: 'No toys have been thrown: the lines are asymptotic formulas.',
        work: (options) => this.throwToys(options),
      },
      field('Toys per hypothesis', TOYS, this.toys, (value) => {
        this.toys = value;
      }),
    );
    this.coverageRun = new RunControl(
      {
        label: 'Coverage',
        none: 'Not computed: how often simulated experiments at this point would keep its signal.',
        work: (options) => this.coverage(options),
      },
      field('Simulated experiments', EXPERIMENTS, this.experiments, (value) => {
        this.experiments = value;
      }),
    );
    this.runs.append(this.scanRun.root, this.toyRun.root, this.coverageRun.root);
    this.runs.hidden = true;
    this.root = element(
      'details',
      { id: 'panel-statistics' },
      element('summary', {}, 'p-value and test statistic at the point'),
      element('div', { class: 'panel-body' }, this.charts.root, this.notes, this.runs),
    );
    this.root.addEventListener('toggle', () => this.update());
  }

  /** From now on this is the point; null when nothing is shown. */
  about(at: RestingPoint | null): void {
    this.at = at;
    if (!at) this.clear();
    else this.update();
  }

  restyle(): void {
    this.charts.restyle();
  }

  private update(): void {
    if (!this.at || !this.root.open) return;
    const { at } = this;
    const setting = settingAt(at);
    const asked = JSON.stringify([at.results.analysis.card.name, setting, at.rate.mu]);
    if (asked === this.asked) return;
    this.asked = asked;
    for (const run of [this.scanRun, this.toyRun, this.coverageRun]) run.reset();
    this.question = null;
    this.answer = null;
    this.root.setAttribute('aria-busy', 'true');
    if (this.notes.childNodes.length === 0) replaceContent(this.notes, element('p', {}, 'Computing…'));
    this.latest.put({ at, setting });
  }

  private show(question: Question, answer: Answer): void {
    this.root.removeAttribute('aria-busy');
    this.question = question;
    this.answer = answer;
    const { method } = question.setting;
    this.runs.hidden = answer.statistic === null;
    this.scanRun.root.hidden = !method || !throwsToys(method);
    this.draw();
  }

  private draw(): void {
    const { question, answer } = this;
    if (!question || !answer) return;
    const { rate } = question.at;
    const charts: PanelChart[] = [];
    const notes = [...answer.notes];
    if (answer.scan) {
      const { values, points } = answer.scan;
      charts.push(pValueChart(values, points, rate.mu, values.observed.at(-1) ?? null));
      notes.push(...scanNotes(answer.scan, rate.mu));
    }
    if (answer.statistic) {
      charts.push(statisticChart(answer.statistic));
      notes.push(...statisticNotes(answer.statistic));
    }
    if (answer.strength) notes.push(...strengthNotes(answer.strength));
    notes.push(placeLine(question.at));
    const warnings = answer.scan?.limits.warnings ?? answer.strength?.warnings ?? [];
    const { results } = question.at;
    this.charts.show(charts, [results.analysis.card.name, constructionLine(results), ...warnings, ...notes]);
    replaceContent(
      this.notes,
      warnings.map((text) => element('p', { class: 'warning' }, text)),
      notes.map((text) => element('p', {}, ...labelNodes(text))),
    );
  }

  private clear(): void {
    this.asked = '';
    this.question = null;
    this.answer = null;
    this.runs.hidden = true;
    for (const run of [this.scanRun, this.toyRun, this.coverageRun]) run.reset();
    this.charts.clear();
    replaceContent(this.notes);
  }

  private fail(error: unknown): void {
    this.clear();
    this.root.removeAttribute('aria-busy');
    replaceContent(this.notes, element('p', {}, error instanceof Error ? error.message : String(error)));
  }

  // ------------------------------------------------------------ what a button starts

  private async scan(options: RunOptions): Promise<string> {
    const { question, answer } = this;
    if (!question || !answer) throw new Error('There is no point to compute anything for.');
    answer.scan = await scanOf(question, SIGNALS_BY_TOYS, options);
    this.draw();
    return `${formatNumber(question.setting.toys ?? null, 6)} toys per hypothesis and tested signal.`;
  }

  private async throwToys(options: RunOptions): Promise<string> {
    const { question, answer, toys } = this;
    if (!question || !answer) throw new Error('There is no point to compute anything for.');
    const { analysis } = question.at.results;
    answer.statistic = await analysis.testStatistic({ ...question.setting, mu: question.at.rate.mu, toys }, options);
    this.draw();
    return `${toys.toLocaleString('en')} toys per hypothesis, filled; the lines are asymptotic formulas.`;
  }

  private async coverage(options: RunOptions): Promise<string> {
    const { question, experiments } = this;
    if (!question) throw new Error('There is no point to compute anything for.');
    const found = await question.at.results.analysis.coverage({ ...question.setting, experiments }, options);
    const drawn = found.nuisances === 'drawn' ? 'yields drawn within their uncertainties' : 'yields at their values';
    return `Coverage ${formatWithError(found.coverage, found.error)}: ${found.covered.toLocaleString('en')} of ${found.experiments.toLocaleString('en')} experiments with ${formatNumber(found.signal_events, 4)} signal events do not exclude them, ${drawn}; asked for ${formatNumber(found.level, 4)} (${METHOD_LABELS[found.method]}).`;
  }
}

// ------------------------------------------------------------ questions

async function answerOf(question: Question): Promise<Answer> {
  const { at, setting } = question;
  const { analysis } = at.results;
  const { card } = analysis;
  const nothing: Answer = { scan: null, statistic: null, strength: null, notes: [] };
  if (binsIn(card, setting) !== 1) return { ...nothing, ...(await strengthOf(question)) };
  const method = methodOf(card, setting);
  if (isByLikelihood(method)) {
    const notes = [
      `“${METHOD_LABELS[method]}” decides by the rise of −ln L and has no p-value: choose one of the other constructions.`,
    ];
    return { ...nothing, notes };
  }
  // Toys of the construction are not those of the distribution, which wait for their button.
  const { toys: _ofConstruction, ...plain } = setting;
  const [scan, statistic] = await Promise.all([
    throwsToys(method) ? null : scanOf(question, SIGNALS, {}),
    at.rate.mu > 0 ? analysis.testStatistic({ ...plain, mu: at.rate.mu }) : null,
  ]);
  const notes = statistic ? [] : ['No signal is expected at the point: there is no distribution to show.'];
  return { ...nothing, scan, statistic, notes };
}

function methodOf(card: Card, { method }: Setting) {
  return method ?? card.limits.method;
}

async function scanOf({ at, setting }: Question, points: number, options: RunOptions): Promise<Scan> {
  const { analysis } = at.results;
  const limits = await analysis.limitsInEvents(setting, options);
  const highest = highestSignal(limits, at.rate.mu);
  const mu = Array.from({ length: points }, (_, i) => (highest * i) / (points - 1));
  return { values: await analysis.pValues({ ...setting, mu: [...mu, at.rate.mu] }, options), limits, points };
}

/** Many bins have no limit in events, but one on the strength of the signal at the point. */
async function strengthOf({ at, setting }: Question): Promise<Partial<Answer>> {
  if (!(at.rate.mu > 0)) return { notes: ['No signal is expected at the point.'] };
  return { strength: await at.results.analysis.pointLimits({ ...setting, method: 'cls-asymptotic' }) };
}

// ------------------------------------------------------------ words

function scanNotes({ values, limits }: Scan, events: number): string[] {
  const name = quantityName(values);
  const here = values.observed.at(-1) ?? null;
  const error = values.observed_error.at(-1);
  const expected = QUANTILES.map((quantile) => {
    return `${QUANTITY_LABELS[quantile]} ${formatNumber(values.expected[quantile].at(-1), 3)}`;
  });
  const strength = (value: number | null) =>
    value === null ? '–' : events > 0 ? formatNumber(value / events, 4) : `${formatNumber(value, 4)} events`;
  const observed = here === null ? 'no data' : `observed ${formatWithError(here, error)}`;
  return [
    `At the point: ${name} ${observed}; expected ${expected.join(', ')}.`,
    `Upper limit on {μ} at ${formatPercent(values.level)}: observed ${strength(limits.observed.value)}, expected median ${strength(limits.expected['0'].value)}.`,
  ];
}

function statisticNotes(found: TestStatistic): string[] {
  const { asymptotic, toys, observed } = found;
  const symbol = `{${statisticSymbol(found)}}`;
  const share = (value: number) => formatPercent(value, 3);
  const notes = [
    `${symbol} tests the signal of the point, ${formatNumber(found.mu, 4)} events: ${observed === null ? 'no data' : `observed ${formatNumber(observed, 3)}`}, expected without signal ${formatNumber(found.asimov, 3)} (dashed).`,
  ];
  if (asymptotic.signal.zero > 0) {
    notes.push(
      `It is exactly zero in ${share(asymptotic.signal.zero)} of the experiments with signal and in ${share(asymptotic.background.zero)} of those without, by the asymptotic formula.`,
    );
  }
  if (toys) {
    const tail = (name: 'signal' | 'background') => {
      const count = toys[name].at_least_observed;
      return count === null ? '–' : `${count.toLocaleString('en')} of ${toys.count.toLocaleString('en')}`;
    };
    notes.push(
      `By toys it is zero in ${share(toys.signal.zero / toys.count)} and ${share(toys.background.zero / toys.count)}, and at least as large as observed in ${tail('signal')} with signal and in ${tail('background')} without.`,
    );
  }
  return notes;
}

function strengthNotes(found: PointLimits): string[] {
  const row = (observed: number | null, expected: PointLimits['expected']) =>
    `observed ${formatNumber(observed, 4)}; expected ${QUANTILES.map((quantile) => `${QUANTITY_LABELS[quantile]} ${formatNumber(expected[quantile], 4)}`).join(', ')}`;
  return [
    `${found.bins} bins have no limit in events, but one on the strength {μ} of the signal at the point, where 1 is the model: all bins together, their uncertainties profiled, ${METHOD_LABELS['cls-asymptotic']}. Distribution and coverage are for a single bin.`,
    `{CL_s} at {μ} = 1: ${row(found.CLs, found.expected_CLs)}.`,
    `Upper limit on {μ} at ${formatPercent(found.level)}: ${row(found.upper_limit, found.expected)}.`,
    ...Object.values(found.reasons),
  ];
}
