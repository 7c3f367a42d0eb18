// Small charts in a row: they are filled anew with every answer and keep their canvas.

import { element, replaceContent } from '../dom.ts';
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
}

export class ChartGrid {
  readonly root = element('div', { class: 'small-plots' });
  private charts: Chart[] = [];

  show(charts: PanelChart[]): void {
    while (this.charts.length > charts.length) {
      this.charts.pop()!.plot.clear();
      this.root.lastElementChild?.remove();
    }
    charts.forEach(({ title, model, key = [], wide = false }, i) => {
      const chart = this.charts[i] ?? this.add();
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
    const title = element('figcaption');
    const canvas = element('canvas', { 'aria-hidden': true });
    const key = element('ul', { class: 'key-list' });
    const figure = element('figure', {}, title, key, element('div', { class: 'small-plot' }, canvas));
    this.root.append(figure);
    const chart = { figure, title, key, plot: new Plot(canvas) };
    this.charts.push(chart);
    return chart;
  }
}
