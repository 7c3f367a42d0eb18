// The numbers of one point of the plot: asks the core about the point under the pointer, or about the one that rests.

import type { Rate } from 'anyslice';
import type { Announcer } from './announcer.ts';
import { element } from './dom.ts';
import { formatNumber, withUnit } from './format.ts';
import { type Readout, spokenRate } from './panels/readout.ts';
import type { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import { Latest, type Results, settingOf } from './session.ts';
import { presetOf, type State } from './state.ts';
import { symbolNodes } from './symbols.ts';

interface Question {
  results: Results;
  state: State;
  at: Point;
  what: 'pointed' | 'pinned' | 'example';
  /** Value of the series parameter; undefined without a series. */
  series: number | undefined;
  /** The answer is also read aloud. */
  spoken: boolean;
}

const TITLES: Record<Question['what'], string> = {
  pointed: 'Point under the cursor',
  pinned: 'Pinned point (Escape releases it)',
  example: 'Example point: move over the plot, click to pin',
};

export class Inquiry {
  private results: Results | null = null;
  private readonly latest = new Latest<Question, Rate>(
    (question) => this.ask(question),
    (rate, question) => this.tell(rate, question),
    (error, question) => {
      if (this.isCurrent(question)) this.readout.fail(error instanceof Error ? error.message : String(error));
    },
  );

  constructor(
    private readonly plot: Plot,
    private readonly readout: Readout,
    private readonly announcer: Announcer,
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
    const { state, analysis } = results;
    const { card } = analysis;
    const [, preset] = presetOf(card, state.preset);
    const [x, y] = at ?? state.pin ?? [card.parameters[preset.versus]!.default, card.parameters[preset.on]!.default];
    for (const [name, value] of [
      [preset.versus, x],
      [preset.on, y],
    ] as const) {
      const { symbol, range, unit } = card.parameters[name]!;
      if (value >= range[0] && value <= range[1]) continue;
      const end = (value: number) => withUnit(formatNumber(value, 4), unit);
      const subject = element('span', {}, ...symbolNodes(symbol.text));
      this.readout.fail('Nothing is known here: ', subject, ` goes from ${end(range[0])} to ${end(range[1])}.`);
      return;
    }
    const where = pixel ?? this.plot.pixelOf([x, y]);
    const index = preset.series && where ? (this.plot.nearestSeries(...where) ?? 0) : 0;
    this.latest.put({
      results,
      state,
      at: [x, y],
      what: at ? 'pointed' : state.pin ? 'pinned' : 'example',
      series: preset.series ? state.series[index] : undefined,
      spoken,
    });
  }

  private ask({ results: { analysis, limits }, state, at, series }: Question): Promise<Rate> {
    const [, preset] = presetOf(analysis.card, state.preset);
    const setting = settingOf(state);
    const set: Record<string, number> = { ...setting.set, [preset.versus]: at[0], [preset.on]: at[1] };
    if (preset.series && series !== undefined) set[preset.series.parameter] = series;
    // The limits in events on display also tell what is excluded where CLs of one point would take long, as by toys.
    const signal_limits = limits[0]?.limit.signal_limits;
    return analysis.rate({ ...setting, set, ...(signal_limits && { signal_limits }) }, { urgent: true });
  }

  private tell(rate: Rate, question: Question): void {
    if (!this.isCurrent(question)) return;
    const { results, state, what, spoken } = question;
    const { card } = results.analysis;
    const [, preset] = presetOf(card, state.preset);
    const order = [preset.versus, preset.on, ...Object.keys(rate.point)];
    const shown = [...new Set(order)].filter((name) => card.parameters[name]);
    this.readout.show(card, rate, shown, state.cl, TITLES[what]);
    if (spoken) this.announcer.say(spokenRate(card, rate, shown, state.cl));
  }

  /** Results keep their identity when only what is shown of them changes. */
  private isCurrent({ results, state }: Question): boolean {
    return results === this.results && state === results.state;
  }
}
