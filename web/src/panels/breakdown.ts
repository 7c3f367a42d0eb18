// The breakdown of the point: its numbers bin by bin, and how much of the signal each part of the events gives.

import type { Rate } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import { formatPercent, formatWithError } from '../format.ts';
import { Latest } from '../latest.ts';
import { type RestingPoint, settingAt } from '../resting_point.ts';
import { typeset } from '../typography.ts';
import { showBins } from './bins.ts';
import { scrolling } from './tables.ts';

interface PartRate {
  label: string;
  rate: Rate;
}

export class Breakdown {
  private resting: RestingPoint | null = null;
  /** It has been opened without being asked for: whoever closes it then does not want it. */
  private offered = false;
  private readonly bins = element('div');
  private readonly parts = element('div', { id: 'parts' });
  private readonly latest = new Latest<RestingPoint, PartRate[]>(
    (resting) => ratesOfParts(resting),
    (rates, resting) => resting === this.resting && replaceContent(this.parts, partTable(rates, resting)),
    (error) => replaceContent(this.parts, element('p', {}, error instanceof Error ? error.message : String(error))),
  );

  constructor(
    private readonly panel: HTMLDetailsElement,
    root: HTMLElement,
  ) {
    root.append(this.bins, this.parts);
    panel.addEventListener('toggle', () => this.update());
  }

  /** The point that rests; null for none. */
  about(resting: RestingPoint | null): void {
    this.resting = resting;
    if (!resting) {
      replaceContent(this.bins);
      replaceContent(this.parts);
    }
    this.update();
  }

  /** The reader has asked for a point. */
  offer(): void {
    if (this.offered || this.panel.hidden) return;
    this.offered = true;
    this.panel.open = true;
  }

  private update(): void {
    const { resting } = this;
    if (!resting || !this.panel.open) return;
    const { analysis, state } = resting.results;
    showBins(this.bins, analysis.card, resting.rate);
    const isPart = state.kind === 'contour' && state.part !== '';
    if (isPart || Object.keys(analysis.card.parts ?? {}).length === 0) replaceContent(this.parts);
    // While a slider moves the rest would be in the way.
    else if (resting.results.kind === 'curve' || resting.results.complete) this.latest.put(resting);
  }
}

function ratesOfParts(resting: RestingPoint): Promise<PartRate[]> {
  const { analysis } = resting.results;
  const setting = settingAt(resting);
  return Promise.all(
    Object.entries(analysis.card.parts ?? {}).map(async ([part, { label = part }]) => ({
      label,
      rate: await analysis.rate({ ...setting, part }),
    })),
  );
}

function partTable(rates: PartRate[], { rate: { mu } }: RestingPoint): HTMLElement {
  const head = ['part of the events', 'signal', 'share', 'effective events'];
  const row = ({ label, rate }: PartRate) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, typeset(label)),
      element('td', {}, formatWithError(rate.mu, rate.mu_mc_error)),
      element('td', {}, mu > 0 ? formatPercent(rate.mu / mu, 3) : '–'),
      element('td', {}, Math.round(rate.effective_events).toLocaleString('en')),
    );
  return scrolling(
    element(
      'table',
      {},
      element('caption', {}, 'Signal events by part, with their Monte Carlo error; share of all at the point'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          head.map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element('tbody', {}, rates.map(row)),
    ),
  );
}
