// The numbers of one point of the plot: asks the core about the point under the pointer, or about the one that rests.

import { AnysliceError, type Rate } from 'anyslice';
import type { Announcer } from './announcer.ts';
import { element } from './dom.ts';
import { formatNumber, withUnit } from './format.ts';
import { Latest } from './latest.ts';
import { type Readout, spokenRate } from './panels/readout.ts';
import type { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import type { Results } from './results.ts';
import { settingOf } from './session.ts';
import { isByLikelihood } from './state/curve.ts';
import { presetOf } from './state/plane.ts';
import { inside } from './state/ranges.ts';
import { planeOfState, restingPlace, type State } from './state.ts';
import { symbolNodes } from './symbols.ts';
import { typeset } from './typography.ts';

interface Question {
  results: Results;
  state: State;
  at: Point;
  what: 'pointed' | 'pinned' | 'beyond' | 'example';
  /** Value of the series parameter; undefined without a series. */
  series: { parameter: string; value: number | undefined } | null;
  /** The answer is also read aloud. */
  spoken: boolean;
}

const TITLES: Record<Question['what'], string> = {
  pointed: 'Point under the cursor',
  pinned: 'Pinned point (Escape releases it)',
  beyond: 'Pinned point, outside the plot (Escape releases it)',
  example: 'Example point: move over the plot, click to pin',
};

export class Inquiry {
  private results: Results | null = null;
  private readonly latest = new Latest<Question, Rate>(
    (question) => this.ask(question),
    (rate, question) => this.tell(rate, question),
    (error, question) => {
      if (!this.isCurrent(question)) return;
      const [title, reason] = trouble(error, question);
      this.readout.fail(title);
      if (reason) this.readout.explain(reason);
    },
  );

  /** `onRest`: called with the numbers of the point that stays, pinned or not. `onPoint`: whenever another point is looked
   * at. */
  constructor(
    private readonly plot: Plot,
    private readonly readout: Readout,
    private readonly announcer: Announcer,
    private readonly onRest: (results: Results, rate: Rate) => void,
    private readonly onPoint: (at: Point) => void,
  ) {}

  /** From now on points are those of these results; null when nothing is shown. */
  about(results: Results | null): void {
    this.results = results;
    if (results) this.point(null, null);
    else this.readout.clear();
  }

  /** The point under the pointer and its place on the canvas; null for the one that rests. */
  point(at: Point | null, pixel: Point | null, spoken = false): void {
    const { results } = this;
    if (!results) return;
    this.plot.point(at);
    this.onPoint(at ?? restingPoint(results));
    const { state, analysis } = results;
    const { card } = analysis;
    const plane = planeOfState(card, state);
    const [x, y] = at ?? restingPoint(results);
    for (const [{ parameter }, value] of [
      [plane.x, x],
      [plane.y, y],
    ] as const) {
      const { symbol, range, unit } = parameter;
      if (value >= range[0] && value <= range[1]) continue;
      const end = (value: number) => withUnit(formatNumber(value, 4), unit);
      const subject = element('span', {}, ...symbolNodes(symbol.text));
      this.readout.fail('Nothing is known here: ', subject, ` goes from ${end(range[0])} to ${end(range[1])}.`);
      return;
    }
    this.latest.put({
      results,
      state,
      at: [x, y],
      what: at ? 'pointed' : !state.pin ? 'example' : inside(x, state.x) && inside(y, state.y) ? 'pinned' : 'beyond',
      series: this.seriesNear(results, pixel ?? this.plot.pixelOf([x, y])),
      spoken,
    });
  }

  private seriesNear({ analysis: { card }, state }: Results, where: Point | null): Question['series'] {
    const [, preset] = presetOf(card, state.preset);
    if (state.kind !== 'curve' || preset.kind === 'contour' || !preset.series) return null;
    const index = where ? (this.plot.nearestSeries(...where) ?? 0) : 0;
    return { parameter: preset.series.parameter, value: state.series[index] };
  }

  private ask({ results, state, at, series }: Question): Promise<Rate> {
    const { analysis } = results;
    const { x, y } = planeOfState(analysis.card, state);
    const setting = settingOf(analysis.card, state);
    const set: Record<string, number> = { ...setting.set, [x.name]: at[0], [y.name]: at[1] };
    if (series?.value !== undefined) set[series.parameter] = series.value;
    // The limits in events on display also tell what is excluded where CLs of one point would take long, as by toys.
    const signal_limits = results.kind === 'curve' ? results.limits[0]?.limit.signal_limits : results.signalLimits;
    return analysis.rate({ ...setting, set, ...(signal_limits && { signal_limits }) }, { urgent: true });
  }

  private tell(rate: Rate, question: Question): void {
    if (!this.isCurrent(question)) return;
    const { results, state, what, spoken } = question;
    const { card } = results.analysis;
    const { x, y } = planeOfState(card, state);
    // The other parameters stand in the settings and the caption.
    const order = [x.name, y.name, ...(question.series ? [question.series.parameter] : [])];
    const shown = [...new Set(order)].filter((name) => card.parameters[name]);
    // Where no signal describes the counts best, −ln L is measured from there.
    const likelihood =
      results.kind === 'contour' && !results.signalLimits
        ? { limit: results.contour.minimum?.without_signal ? results.contour.level : null }
        : state.kind === 'curve' && isByLikelihood(state.method)
          ? { limit: null }
          : null;
    this.readout.show(card, rate, shown, state.cl, TITLES[what], state.method === 'bayes-flat', likelihood);
    if (what !== 'pointed') this.onRest(results, rate);
    if (spoken) this.announcer.say(spokenRate(card, rate, shown, state.cl));
  }

  /** Results keep their identity when only what is shown of them changes. */
  private isCurrent({ results, state }: Question): boolean {
    return results === this.results && state === results.state;
  }
}

/** That a point has no numbers, in a few words, and why. */
function trouble(error: unknown, { results, what, at: [x, y] }: Question): [string, string?] {
  // A masked cell at the edge of the model reaches a little beyond it.
  const { outside = [], masked = [] } = results.kind === 'contour' ? results.contour : {};
  const isOfTheCore = error instanceof AnysliceError;
  const isUndefined = isOfTheCore && error.field.startsWith('derived.');
  const isOutside = [...outside, ...masked].some(([x0, y0, x1, y1]) => inside(x, [x0, x1]) && inside(y, [y0, y1]));
  if (isUndefined || (isOfTheCore && isOutside)) {
    // Too long a reason to come and go under a moving pointer.
    const reason = isUndefined && what !== 'pointed' ? typeset(error.expected) : undefined;
    return ['Outside the model: there is no prediction here.', reason];
  }
  return [error instanceof Error ? error.message : String(error)];
}

/** The point that stays when nothing is pointed at. */
export function restingPoint({ analysis: { card }, state }: Results): Point {
  return restingPlace(card, state);
}
