// Charts about one point, below the plot of a contour: each is computed when it is opened and follows the point while it
// is open.

import type { Card, Setting } from 'anyslice';
import { selectField } from '../controls/fields.ts';
import { element, replaceContent } from '../dom.ts';
import { formatNumber, withUnit } from '../format.ts';
import { restingPoint } from '../inquiry.ts';
import { Latest } from '../latest.ts';
import type { ContourResults, Results } from '../results.ts';
import { contourSetting } from '../session/contour.ts';
import { labelNodes } from '../symbols.ts';
import { captionParts } from './caption.ts';
import { ChartGrid, type PanelChart } from './chart_grid.ts';
import { distributionKind } from './distribution_panel.ts';
import { interactionsKind } from './interactions_panel.ts';
import { kernelKind } from './kernel_panel.ts';
import { lifetimeKind } from './lifetime_panel.ts';
import { distributionMapKinds, ratioKinds } from './map_panels.ts';
import { modelIndependentKind } from './model_independent_panel.ts';
import { spectrumKinds } from './spectrum_panel.ts';
import { stageKind } from './stage_panel.ts';

/** The point that a panel is about. */
export interface PointQuestion {
  results: ContourResults;
  /** All settings, with the values of both axes. */
  setting: Setting;
  /** What the reader chose in the panel; empty where there is nothing to choose. */
  choice: string;
}

/** What a panel shows: charts, and a note about them with symbols in braces. */
export interface PanelContent {
  charts: PanelChart[];
  notes: string[];
}

export interface PanelKind {
  id: string;
  title: string;
  choice?: { label: string; options: { value: string; label: string }[] };
  ask: (question: PointQuestion) => Promise<PanelContent>;
}

/** What can be shown for a card: that depends on what the card says. */
function kindsOf(card: Card): PanelKind[] {
  return [
    ...spectrumKinds(card),
    ...distributionKind(card),
    ...stageKind(card),
    ...distributionMapKinds(card),
    ...ratioKinds(card),
    ...interactionsKind(card),
    ...lifetimeKind(card),
    ...modelIndependentKind(card),
    ...kernelKind(card),
  ];
}

export class PointPanels {
  private panels: PointPanel[] = [];
  private card: Card | null = null;

  constructor(private readonly root: HTMLElement) {}

  /** From now on the point is that of these results; null when nothing is shown. */
  about(results: Results | null): void {
    const contour = results?.kind === 'contour' ? results : null;
    const card = contour?.analysis.card ?? null;
    if (card !== this.card) {
      this.card = card;
      for (const panel of this.panels) panel.clear();
      this.panels = card ? kindsOf(card).map((kind) => new PointPanel(kind)) : [];
      replaceContent(
        this.root,
        this.panels.map(({ root }) => root),
      );
    }
    for (const panel of this.panels) panel.about(contour);
  }

  restyle(): void {
    for (const panel of this.panels) panel.restyle();
  }
}

class PointPanel {
  readonly root: HTMLDetailsElement;
  private readonly body = element('div', { class: 'panel-body' });
  private results: ContourResults | null = null;
  /** The settings and the point that are on display. */
  private asked = '';
  private readonly charts = new ChartGrid();
  private readonly notes = element('div', { class: 'note' });
  private readonly latest: Latest<PointQuestion, PanelContent>;

  private choice = '';

  constructor(kind: PanelKind) {
    if (kind.choice && kind.choice.options.length > 1) {
      const { label, options } = kind.choice;
      const field = selectField(label, options, (value) => {
        this.choice = value;
        this.update();
      });
      this.body.append(field.root);
    }
    this.choice = kind.choice?.options[0]?.value ?? '';
    this.body.append(this.charts.root, this.notes);
    this.root = element('details', { id: `panel-${kind.id}` }, element('summary', {}, kind.title), this.body);
    this.root.addEventListener('toggle', () => this.update());
    this.latest = new Latest<PointQuestion, PanelContent>(
      kind.ask,
      (content, question) => this.show(content, question),
      (error) => this.fail(error),
    );
  }

  about(results: ContourResults | null): void {
    this.results = results;
    this.update();
  }

  restyle(): void {
    this.charts.restyle();
  }

  clear(): void {
    this.charts.clear();
    replaceContent(this.notes);
  }

  private update(): void {
    const { results } = this;
    if (!results || !this.root.open) return;
    const { card } = results.analysis;
    const [x, y] = restingPoint(results);
    const setting = contourSetting(card, results.state);
    setting.set = { ...setting.set, [results.state.axes.x]: x, [results.state.axes.y]: y };
    const { choice } = this;
    const asked = JSON.stringify([setting, choice]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.latest.put({ results, setting, choice });
  }

  private show({ charts, notes }: PanelContent, question: PointQuestion): void {
    this.charts.show(charts, [question.results.analysis.card.name, ...notes]);
    replaceContent(
      this.notes,
      notes.map((note) => element('p', {}, ...labelNodes(note))),
    );
  }

  private fail(error: unknown): void {
    this.clear();
    this.asked = '';
    replaceContent(this.notes, element('p', {}, error instanceof Error ? error.message : String(error)));
  }
}

/** A warning where the kernel may be off: contours are masked there, but a panel shows what there is. */
export async function kernelWarning({ results, setting }: PointQuestion): Promise<string[]> {
  const { kernel_trusted } = await results.analysis.rate(setting);
  return kernel_trusted === false
    ? ['The bias of the kernel is not known to be small at this point: take the numbers as a rough guide.']
    : [];
}

/** The point and the settings in one line, for the note of a panel. */
export function pointLine({ results }: PointQuestion): string {
  const { card } = results.analysis;
  const { x, y } = results.state.axes;
  const at = restingPoint(results);
  const value = (name: string, number: number) => {
    const { symbol, unit } = card.parameters[name]!;
    return `{${symbol.text}} = ${withUnit(formatNumber(number, 4), unit)}`;
  };
  return [value(x, at[0]), value(y, at[1]), ...captionParts(results).slice(1)].join('\u00a0· ');
}
