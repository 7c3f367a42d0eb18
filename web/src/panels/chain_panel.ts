// What the number means: how the prediction at the point comes about, line by line with its formula and where that is
// from, and what the counts say about it. All of it is the card's and the core's.

import type { Chain, ChainRequest, ChainStep } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, formatPercent, formatWithError, withUnit } from '../format.ts';
import { formulaNodes } from '../formulas.ts';
import { Latest } from '../latest.ts';
import { placeLine, type RestingPoint, settingAt } from '../resting_point.ts';
import { planeOfState } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { METHOD_LABELS } from './construction.ts';
import { countsHead, scrolling } from './tables.ts';

// Channels with more bins are summed up.
const FEW_BINS = 4;

interface Question {
  at: RestingPoint;
  request: ChainRequest;
}

export class ChainPanel {
  readonly root: HTMLDetailsElement;
  private at: RestingPoint | null = null;
  private asked = '';
  private readonly body = element('div', { class: 'panel-body chain-body' });
  private readonly latest = new Latest<Question, Chain>(
    ({ at, request }) => at.results.analysis.chain(request),
    (chain, { at }) => this.show(chain, at),
    (error) => this.fail(error),
  );

  constructor() {
    this.root = element('details', { id: 'panel-chain' }, element('summary', {}, 'What the number means'), this.body);
    this.root.addEventListener('toggle', () => this.update());
  }

  /** From now on this is the point; null when nothing is shown. */
  about(at: RestingPoint | null): void {
    this.at = at;
    if (at) {
      this.update();
      return;
    }
    this.asked = '';
    replaceContent(this.body);
  }

  private update(): void {
    const { at } = this;
    if (!at || !this.root.open) return;
    const request = requestOf(at);
    const asked = JSON.stringify([at.results.state.card, request]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.latest.put({ at, request });
  }

  private show(chain: Chain, at: RestingPoint): void {
    if (at.results.analysis !== this.at?.results.analysis) return;
    const { card } = at.results.analysis;
    const several = chain.chains.length > 1;
    replaceContent(
      this.body,
      element('p', { class: 'note' }, ...labelNodes(placeLine(at))),
      chain.chains.map(({ label, product, steps }) =>
        element(
          'section',
          { class: 'chain' },
          several ? element('h3', {}, typeset(label)) : null,
          stepList(steps),
          product === null
            ? element(
                'p',
                { class: 'note' },
                'With these settings the card gives no number for a factor (–): the lines do not multiply up to the signal.',
              )
            : null,
        ),
      ),
      element(
        'section',
        { class: 'chain' },
        element('h3', {}, 'What was counted, and what follows'),
        countsTable(chain, (name) => card.channels?.[name]?.label ?? name),
        stepList(chain.conclusion, false),
        verdict(chain),
      ),
    );
  }

  private fail(error: unknown): void {
    this.asked = '';
    replaceContent(this.body, element('p', {}, error instanceof Error ? error.message : String(error)));
  }
}

/** The point with all settings, and what is known of it already. */
function requestOf(at: RestingPoint): ChainRequest {
  const { results } = at;
  const { x, y } = planeOfState(results.analysis.card, results.state);
  const plane = { x: { parameter: x.name }, y: { parameter: y.name } };
  if (results.kind === 'curve') {
    const limits = results.limits[0]?.limit.signal_limits;
    return { ...settingAt(at), ...plane, ...(limits && { signal_limits: limits }) };
  }
  const { contour, signalLimits, state } = results;
  return {
    ...settingAt(at),
    ...plane,
    ...(state.profile && { profile: state.profile }),
    ...(signalLimits && { signal_limits: signalLimits }),
    ...(contour.minimum && { minimum: contour.minimum.value }),
  };
}

/** `calculated`: the lines are factors and what they give; else they are numbers side by side, without signs. */
function stepList(steps: ChainStep[], calculated = true): HTMLElement {
  return element(
    'ol',
    { class: 'steps', role: 'list' },
    steps.map((step) =>
      element(
        'li',
        { class: step.factor ? 'factor' : 'result' },
        element(
          'span',
          { class: 'sign' },
          calculated && element('span', { 'aria-hidden': 'true' }, step.factor ? '×' : '='),
          calculated && element('span', { class: 'visually-hidden' }, step.factor ? 'times' : 'gives'),
        ),
        element('span', { class: 'value' }, numberOf(step)),
        element('span', { class: 'formula' }, ...formulaNodes(step.formula)),
        element(
          'span',
          { class: 'what' },
          typeset(step.label),
          ' ',
          element('span', { class: 'source' }, ...sourceNodes(step.source)),
        ),
      ),
    ),
  );
}

function numberOf({ value, unit, mc_error }: ChainStep): string {
  if (value === null) return '–';
  return withUnit(mc_error ? formatWithError(value, mc_error) : formatNumber(value, 4), unit);
}

/** Papers named by their arXiv number are links, followed only when the reader chooses to. */
function sourceNodes(source: string): (Node | string)[] {
  return typeset(source)
    .split(/(arXiv:\d{4}\.\d{4,5})/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('arXiv:')
        ? element(
            'a',
            { href: `https://arxiv.org/abs/${part.slice('arXiv:'.length)}`, rel: 'noopener noreferrer' },
            part,
          )
        : part,
    );
}

function countsTable({ bins, channels, warnings }: Chain, labelOf: (channel: string) => string): HTMLElement {
  const rows = channels.flatMap((channel) =>
    channel.bins > FEW_BINS
      ? [{ ...channel, name: `${labelOf(channel.channel)}, ${channel.bins} bins together` }]
      : bins.filter((bin) => bin.channel === channel.channel),
  );
  const head = ['', countsHead({ warnings }), 'background', 'signal', 'rise of −ln L'];
  return scrolling(
    element(
      'table',
      {},
      element('caption', {}, 'Events; signal with its Monte Carlo error'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          head.map((name) => element(name ? 'th' : 'td', name ? { scope: 'col' } : {}, name)),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map((row) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, row.name),
            element('td', {}, formatNumber(row.observed, 6)),
            element('td', {}, formatWithError(row.background, row.background_error)),
            element('td', {}, formatWithError(row.mu, row.mu_mc_error)),
            element('td', {}, formatNumber(row.delta_lnl, 3)),
          ),
        ),
      ),
    ),
  );
}

const HOLDS = { above: '>', 'at least': '≥', 'at most': '≤' };
const FAILS = { above: '≤', 'at least': '<', 'at most': '>' };

function verdict({ verdict: { excluded, reason, level, method, comparison } }: Chain): HTMLElement {
  if (excluded === null) return element('p', { class: 'verdict' }, `No verdict: ${reason ?? 'nothing is known here'}.`);
  const at = `at ${formatPercent(level)} CL`;
  const because = comparison
    ? `: ${comparison.what} ${formatNumber(comparison.value, 4)} ${(excluded ? HOLDS : FAILS)[comparison.relation]} ${withUnit(formatNumber(comparison.limit, 4), comparison.unit)}`
    : '';
  return element(
    'p',
    { class: 'verdict' },
    element('b', {}, excluded ? `Excluded ${at}` : `Not excluded ${at}`),
    `${because} (${METHOD_LABELS[method] ?? method})`,
  );
}
