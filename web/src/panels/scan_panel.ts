// -2 Delta ln L along one parameter through the point, with what it allows and excludes. A click or the arrow keys choose a
// value of the parameter.

import type { Card, Scan, ScanInterval, ScanLevel, ScanRequest } from 'anyslice';
import '../styles/scan.css';
import { Announcer } from '../announcer.ts';
import { followPointer } from '../controls/pointing.ts';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, withUnit } from '../format.ts';
import { Latest } from '../latest.ts';
import { shortLabel } from '../plot/model.ts';
import { Plot } from '../plot/plot.ts';
import type { Point } from '../plot/regions.ts';
import { pointLineOf, type RestingPoint, settingOfLine } from '../resting_point.ts';
import { isByLikelihood } from '../state/curve.ts';
import { boundedParameters, NO_PROFILE } from '../state/shared.ts';
import type { State } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { levelName, scanModel } from './scan_chart.ts';
import { scrolling } from './tables.ts';

const COUNT = 161;
// The table has every so manyth point.
const TABLE_STEP = 4;

export interface ScanEvents {
  /** The reader chose what is scanned. */
  choose: (changed: Partial<Pick<State, 'scan' | 'scanProfile'>>) => void;
  /** The reader chose a value of the scanned parameter. */
  set: (parameter: string, value: number) => void;
}

interface Question {
  at: RestingPoint;
  request: ScanRequest & { on: string };
}

export class ScanPanel {
  readonly root: HTMLDetailsElement;
  private at: RestingPoint | null = null;
  private asked = '';
  private found: { question: Question; scan: Scan } | null = null;
  private offered: Card | null = null;
  private readonly choice = element('select', { id: 'choose-scan' });
  private readonly profile = element('select', { id: 'choose-scan-profile' });
  private readonly profileField = element(
    'div',
    { class: 'field' },
    element('label', { for: 'choose-scan-profile' }, 'Profiled'),
    this.profile,
  );
  private readonly canvas = element('canvas', { 'aria-hidden': true });
  private readonly area = element('div', {
    class: 'small-plot',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'plot',
    'aria-label': 'Scan of the likelihood: arrow keys move along it, Enter sets the parameter to the value',
  });
  private readonly figure: HTMLElement;
  private readonly readout = element('p', { class: 'map-readout' });
  private readonly spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly announcer = new Announcer(this.spoken);
  private readonly notes = element('div', { class: 'note' });
  private readonly table = element('details', {}, element('summary', {}, 'The scan as a table'));
  private readonly plot = new Plot(this.canvas);
  private readonly latest = new Latest<Question, Scan>(
    ({ at, request }) => at.results.analysis.scan(request),
    (scan, question) => this.show(question, scan),
    (error) => this.fail(error),
  );

  constructor(private readonly events: ScanEvents) {
    this.choice.addEventListener('change', () => events.choose({ scan: this.choice.value }));
    this.profile.addEventListener('change', () => events.choose({ scanProfile: this.profile.value }));
    this.area.append(this.canvas);
    this.figure = element('figure', { class: 'wide' }, this.area, this.readout);
    this.figure.hidden = this.table.hidden = true;
    this.table.addEventListener('toggle', () => this.fillTable());
    this.root = element(
      'details',
      { id: 'panel-scan' },
      element('summary', {}, '−2Δln L along one parameter'),
      element(
        'div',
        { class: 'panel-body' },
        element(
          'div',
          { class: 'scan-fields' },
          element('div', { class: 'field' }, element('label', { for: 'choose-scan' }, 'Parameter'), this.choice),
          this.profileField,
        ),
        element('div', { class: 'small-plots' }, this.figure),
        this.notes,
        this.table,
        this.spoken,
      ),
    );
    this.root.addEventListener('toggle', () => this.update());
    followPointer(this.area, this.canvas, this.plot, {
      move: (at, _pixel, blind) => this.point(at, blind ?? false),
      pin: (at) => {
        if (at && this.found) this.events.set(this.found.scan.on, valueAt(this.found.scan, at[0]));
      },
    });
  }

  /** From now on the line goes through this point; null when nothing is shown. */
  about(at: RestingPoint | null): void {
    this.at = at;
    if (!at) this.clear();
    else this.update();
  }

  restyle(): void {
    this.plot.restyle();
  }

  private update(): void {
    const { at } = this;
    if (!at || !this.root.open) return;
    // While a slider moves a coarse contour comes first: the scan waits for the fine one.
    if (at.results.kind === 'contour' && !at.results.complete) return;
    const { card } = at.results.analysis;
    const request = requestOf(at);
    this.offer(card, request);
    const asked = JSON.stringify([card.name, request]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.root.setAttribute('aria-busy', 'true');
    if (!this.found) replaceContent(this.notes, element('p', {}, 'Computing…'));
    this.latest.put({ at, request });
  }

  private offer(card: Card, { on, profile }: Question['request']): void {
    const option = (value: string, label: string) => element('option', { value }, label);
    if (card !== this.offered) {
      this.offered = card;
      replaceContent(
        this.choice,
        Object.entries(card.parameters).map(([name, { label }]) => option(name, shortLabel(label))),
      );
    }
    this.choice.value = on;
    const bounded = boundedParameters(card).filter((name) => name !== on);
    this.profileField.hidden = bounded.length === 0;
    replaceContent(
      this.profile,
      option(NO_PROFILE, 'none'),
      bounded.map((name) => option(name, shortLabel(card.parameters[name]!.label))),
    );
    this.profile.value = profile ?? NO_PROFILE;
  }

  private show(question: Question, scan: Scan): void {
    // Meanwhile there may be another analysis, or none.
    if (question.at.results.analysis !== this.at?.results.analysis) return;
    this.root.removeAttribute('aria-busy');
    this.found = { question, scan };
    this.figure.hidden = this.table.hidden = false;
    const { card } = question.at.results.analysis;
    const { value, minus_two_delta_lnl: rise } = scan.current;
    this.plot.show(scanModel(card, scan), rise === null ? null : [value, rise]);
    this.point(null, false);
    replaceContent(
      this.notes,
      scan.warnings.map((text) => element('p', { class: 'warning' }, text)),
      sentences(card, scan, question).map((text) => element('p', {}, ...labelNodes(text))),
    );
    this.fillTable();
  }

  private point(at: Point | null, spoken: boolean): void {
    const { found } = this;
    if (!found) return;
    const { scan, question } = found;
    const { card } = question.at.results.analysis;
    if (!at) {
      this.plot.point(null);
      replaceContent(
        this.readout,
        labelNodes(
          `At the point, ${named(card, scan.on, scan.current.value)}: ${riseText(scan.current.minus_two_delta_lnl)}. Click, or move with the arrow keys and press Enter, to set the parameter.`,
        ),
      );
      return;
    }
    const value = valueAt(scan, at[0]);
    const i = nearest(scan, value);
    const rise = scan.minus_two_delta_lnl[i]!;
    this.plot.point(rise === null ? at : [scan.values[i]!, rise]);
    const gap = scan.gaps.find(({ low, high }) => value >= low && value <= high);
    const events = scan.mu[i] === null ? '' : `, ${formatNumber(scan.mu[i], 3)} events`;
    const text = `${named(card, scan.on, scan.values[i]!)}: ${gap ? gap.reason : riseText(rise) + events}`;
    replaceContent(this.readout, labelNodes(text));
    if (spoken) this.announcer.say(this.readout.textContent);
  }

  private fillTable(): void {
    this.table.querySelector('.scrolling')?.remove();
    if (!this.found || !this.table.open) return;
    const { scan, question } = this.found;
    const { symbol, unit } = question.at.results.analysis.card.parameters[scan.on]!;
    const head = [`{${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`, '−2Δln L', 'events', 'effective events'];
    const rows = scan.values.map((_, i) => i).filter((i) => i % TABLE_STEP === 0 || i === scan.values.length - 1);
    this.table.append(
      scrolling(
        element(
          'table',
          {},
          element('caption', {}, `Every ${TABLE_STEP}th point`),
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              head.map((text) => element('th', { scope: 'col' }, labelNodes(text))),
            ),
          ),
          element(
            'tbody',
            {},
            rows.map((i) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, formatNumber(scan.values[i], 4)),
                [scan.minus_two_delta_lnl[i], scan.mu[i], scan.effective_events[i]].map((value) =>
                  element('td', {}, formatNumber(value, 4)),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }

  private clear(): void {
    this.asked = '';
    this.found = null;
    this.plot.clear();
    this.figure.hidden = this.table.hidden = true;
    this.table.open = false;
    replaceContent(this.notes);
  }

  private fail(error: unknown): void {
    this.clear();
    this.root.removeAttribute('aria-busy');
    replaceContent(this.notes, element('p', {}, error instanceof Error ? error.message : String(error)));
  }
}

/** The line that the state asks for. */
function requestOf(at: RestingPoint): Question['request'] {
  const { state, analysis } = at.results;
  const { card } = analysis;
  const on = state.scan || card.limits.on;
  const ofPlot = state.kind === 'contour' ? state.profile : '';
  const profile = state.scanProfile === '' ? ofPlot : state.scanProfile;
  const setting = settingOfLine(at);
  const request: Question['request'] = { ...setting, on, count: COUNT };
  if (profile === '' || profile === NO_PROFILE || profile === on) return request;
  const { [profile]: _profiled, ...set } = setting.set ?? {};
  return { ...request, set, profile };
}

function sentences(card: Card, scan: Scan, { at }: Question): string[] {
  const { symbol, unit } = card.parameters[scan.on]!;
  const { minimum } = scan;
  const name = (level: ScanLevel) => `${levelName(level)} (−2Δln L = ${formatNumber(level.threshold, 3)})`;
  const found = scan.levels.map((level) => {
    if (level.excluded.length === 0)
      return `${name(level)}: nothing is excluded${scan.gaps.length > 0 ? ' where anything is known' : ''}.`;
    return `${name(level)}: {${symbol.text}} is excluded ${level.excluded.map((one) => intervalText(one, unit)).join(' and ')}.`;
  });
  const best =
    minimum.value === null
      ? 'No signal at all describes the counts best: −2Δln L is measured from there.'
      : `Least, over the whole range of the parameter and no signal, at ${named(card, scan.on, minimum.value)}: −2Δln L is measured from there.`;
  const gaps = scan.gaps.map(
    ({ low, high, reason }) =>
      `Hatched, from ${formatNumber(low, 3)} to ${withUnit(formatNumber(high, 3), unit)}: ${reason}.`,
  );
  const profiled = scan.profile
    ? ` {${card.parameters[scan.profile]!.symbol.text}} is profiled within its bounds.`
    : '';
  const { method, cl } = at.results.state;
  const other = isByLikelihood(method)
    ? ''
    : ` The limit above, ${formatPercent(cl)} by CLs or another construction in events, is a different statement.`;
  return [
    ...found,
    best,
    ...gaps,
    `Effective likelihood (arXiv:1901.04645), as for contours; shaded: excluded at ${formatPercent(scan.cl)} for one parameter.${profiled}${other}`,
    pointLineOf(at, scan.point),
  ];
}

function intervalText({ low, high, low_end, high_end }: ScanInterval, unit: string): string {
  const beyond = (end: string) => (end === 'unknown' ? ' (nothing is known beyond)' : '');
  const from = `${formatNumber(low, 4)}${beyond(low_end)}`;
  const to = `${withUnit(formatNumber(high, 4), unit)}${beyond(high_end)}`;
  if (low_end === 'range' && high_end === 'range') return `everywhere from ${from} to ${to}`;
  if (low_end === 'range') return `below ${to}`;
  if (high_end === 'range') return `above ${withUnit(from, unit)}`;
  return `from ${from} to ${to}`;
}

function riseText(rise: number | null): string {
  return rise === null ? 'no value' : `−2Δln L = ${formatNumber(rise, 4)}`;
}

function named(card: Card, parameter: string, value: number): string {
  const { symbol, unit } = card.parameters[parameter]!;
  return `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}`;
}

/** A place on the axis as a value that a person would set. */
function valueAt({ range }: Scan, at: number): number {
  return Number(Math.min(range[1], Math.max(range[0], at)).toPrecision(3));
}

function nearest({ values, scale }: Scan, at: number): number {
  const distance = (value: number) => Math.abs(scale === 'log' ? Math.log(value / at) : value - at);
  return values.reduce((best, value, i) => (distance(value) < distance(values[best]!) ? i : best), 0);
}
