// Small charts in a row: they are filled anew with every answer and keep their canvas.

import { element, replaceContent } from '../dom.ts';
import { chartCsv } from '../export/chart_csv.ts';
import { download, joined } from '../export/download.ts';
import type { KeyItem } from '../plot/key.ts';
import type { PlotModel } from '../plot/model.ts';
import { Plot } from '../plot/plot.ts';
import { labelNodes } from '../symbols.ts';
import { showLegend } from './legend.ts';

export interface PanelChart {
  /** Above the chart; symbols in braces. */
  title: string;
  model: PlotModel;
  /** What its curves are; empty or left out where they carry labels or need none. */
  key?: KeyItem[];
  /** Twice as wide as high and across the panel. */
  wide?: boolean;
}

interface Chart {
  figure: HTMLElement;
  title: HTMLElement;
  key: HTMLElement;
  plot: Plot;
  /** What is on display. */
  shown: PanelChart | null;
}

export class ChartGrid {
  readonly root = element('div', { class: 'small-plots' });
  private charts: Chart[] = [];
  private said: string[] = [];

  /** `said` are lines on what the charts are of, with symbols in braces: their files begin with them. */
  show(charts: PanelChart[], said: string[]): void {
    this.said = said;
    while (this.charts.length > charts.length) {
      this.charts.pop()!.plot.clear();
      this.root.lastElementChild?.remove();
    }
    charts.forEach((shown, i) => {
      const { title, model, key = [], wide = false } = shown;
      const chart = this.charts[i] ?? this.add();
      chart.shown = shown;
      replaceContent(chart.title, labelNodes(title));
      chart.figure.classList.toggle('wide', wide);
      showLegend(chart.key, key);
      chart.key.hidden = key.length === 0;
      chart.plot.show(model, null);
    });
  }

  clear(): void {
    for (const { plot } of this.charts) plot.clear();
    this.charts = [];
    replaceContent(this.root);
  }

  restyle(): void {
    for (const { plot } of this.charts) plot.restyle();
  }

  private add(): Chart {
    const title = element('span');
    const take = element(
      'button',
      { type: 'button', class: 'small take', title: 'The numbers of this chart', 'aria-label': 'Chart as CSV' },
      'CSV',
    );
    const canvas = element('canvas', { 'aria-hidden': true });
    const key = element('ul', { class: 'key-list' });
    const caption = element('figcaption', {}, take, title);
    const figure = element('figure', {}, caption, key, element('div', { class: 'small-plot' }, canvas));
    this.root.append(figure);
    const chart: Chart = { figure, title, key, plot: new Plot(canvas), shown: null };
    take.addEventListener('click', () => takeNumbers(chart.shown, this.said));
    this.charts.push(chart);
    return chart;
  }
}

function takeNumbers(chart: PanelChart | null, said: string[]): void {
  if (!chart) return;
  const { title, model, key = [] } = chart;
  // A curve that carries no label has its name in the key.
  const names = model.curves.map(({ index }) => {
    const item = key.find(({ mark }) => typeof mark === 'object' && mark?.curve === index);
    return item?.text ?? '';
  });
  const name = `${joined([title || model.y.title])}.csv`;
  download(name, new Blob([chartCsv(model, title, names, said)], { type: 'text/csv' }));
}
