// The plot: Chart.js for the scales; curves, colours, areas, labels, marks, frame and crosshair are drawn into them.

import { Chart, LinearScale, LogarithmicScale, ScatterController } from 'chart.js';
import type { Range } from '../state/ranges.ts';
import { type Colours, comparedDashOf, dashOf, faint, readColours } from './colours.ts';
import { paintCurves, type Stroke } from './curves.ts';
import { paintBlank, paintHatching } from './hatching.ts';
import { paintHeat, paintScale, SCALE_ROOM } from './heat.ts';
import { type Frame, type Pixel, placeLabels } from './label_placement.ts';
import { markLines, paintDirection, paintMarks } from './marks.ts';
import type { Area, Curve, PlotModel } from './model.ts';
import { paintPublished, publishedLines } from './published.ts';
import type { Point } from './regions.ts';
import { drawText, parseText, type TextStyle, textWidth } from './rich_text.ts';
import { clipped, pathOf, type Surface } from './surface.ts';
import { type Tick, ticksOf } from './ticks.ts';

Chart.register(LinearScale, LogarithmicScale, ScatterController);

const LINE_WIDTH: Record<Curve['role'], number> = {
  observed: 2.2,
  expected: 1.6,
  series: 2,
  compared: 2.2,
  overlay: 1.6,
  uncertainty: 0.7,
  data: 1.5,
};

// Pixels of paper for each of the screen.
const PAPER_RATIO = 3;

/** A plot that is drawn once, to be taken away. */
export interface Sheet {
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Pixels of the canvas for one CSS pixel. */
  ratio: number;
  colours: Colours;
  family: string;
}

export class Plot {
  private chart: Chart<'scatter'> | null = null;
  private model: PlotModel | null = null;
  private colours: Colours;
  private crosshair: Point | null = null;
  private family: string | null = null;
  private pin: Point | null = null;
  private box: [Pixel, Pixel] | null = null;
  private labelsAt: { curve: Curve; x: number; y: number }[] = [];

  /** By itself the plot fills the parent of its canvas and follows the theme of the page. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly sheet: Sheet | null = null,
  ) {
    this.colours = sheet?.colours ?? readColours(canvas);
  }

  show(model: PlotModel, pin: Point | null): void {
    this.model = model;
    this.pin = pin;
    this.draw();
  }

  /** Nothing to show: there are no axes, and so no values under the pointer. */
  clear(): void {
    this.model = null;
    this.pin = null;
    this.crosshair = null;
    this.box = null;
    this.chart?.destroy();
    this.chart = null;
  }

  /** The crosshair follows the pointer; null hides it. */
  point(at: Point | null): void {
    if (at === null && this.crosshair === null) return;
    this.crosshair = at;
    this.chart?.draw();
  }

  /** The axes show another window; what is drawn is only stretched. */
  reframe(x: Range, y: Range): void {
    if (!this.model || (sameRange(this.model.x.range, x) && sameRange(this.model.y.range, y))) return;
    this.model = { ...this.model, x: { ...this.model.x, range: x }, y: { ...this.model.y, range: y } };
    this.draw();
  }

  /** Paper gets a picture of this size with more pixels; null goes back to the screen. */
  forPaper(size: { width: number; height: number } | null): void {
    const { chart } = this;
    if (!chart) return;
    chart.options.devicePixelRatio = size ? PAPER_RATIO : window.devicePixelRatio;
    if (size) chart.resize(size.width, size.height);
    else chart.resize();
  }

  /** A rectangle being drawn, by two opposite corners on the canvas; null removes it. */
  outline(box: [Pixel, Pixel] | null): void {
    this.box = box;
    this.chart?.draw();
  }

  /** The inside of the axes on the canvas, in pixels; null without axes. */
  frame(): Frame | null {
    return this.chart?.chartArea ?? null;
  }

  restyle(): void {
    this.family = null;
    if (!this.sheet) this.colours = readColours(this.canvas);
    if (this.model) this.draw();
  }

  /** Values of the axes at a place on the canvas; null outside the frame. */
  valuesAt(x: number, y: number): Point | null {
    const area = this.chart?.chartArea;
    if (!this.chart || !area || x < area.left || x > area.right || y < area.top || y > area.bottom) return null;
    const { scales } = this.chart;
    return [scales['x']!.getValueForPixel(x)!, scales['y']!.getValueForPixel(y)!];
  }

  pixelOf([x, y]: Point): Pixel | null {
    const scales = this.chart?.scales;
    return scales?.['x'] && scales['y'] ? [scales['x'].getPixelForValue(x), scales['y'].getPixelForValue(y)] : null;
  }

  /** Which curve of a series runs closest to a place on the canvas, by index. */
  nearestSeries(x: number, y: number): number | null {
    let best: { index: number; distance: number } | null = null;
    for (const curve of this.model?.curves ?? []) {
      if (curve.role !== 'series') continue;
      for (const line of this.pixelLines(curve)) {
        for (const [px, py] of line) {
          const distance = Math.hypot(px - x, py - y);
          if (!best || distance < best.distance) best = { index: curve.index, distance };
        }
      }
    }
    return best?.index ?? null;
  }

  // ------------------------------------------------------------ drawing

  private draw(): void {
    const model = this.model!;
    const { chart } = this;
    // A scale cannot change its type: another kind of axis needs another chart.
    const same =
      chart?.options.scales?.['x']?.type === typeOf(model.x.scale) &&
      chart.options.scales['y']?.type === typeOf(model.y.scale);
    if (chart && same) {
      for (const axis of ['x', 'y'] as const) {
        const scale = chart.options.scales![axis]!;
        [scale.min, scale.max] = model[axis].range;
      }
      this.applyColours(chart);
      chart.update('none');
      return;
    }
    chart?.destroy();
    this.create();
  }

  private create(): void {
    const model = this.model!;
    const scale = (axis: 'x' | 'y') => ({
      type: typeOf(model[axis].scale),
      min: model[axis].range[0],
      max: model[axis].range[1],
      border: { display: false },
      grid: { color: this.colours.grid, drawTicks: false },
      ticks: {
        autoSkip: false,
        maxRotation: 0,
        padding: 7,
        color: this.colours.ink,
        font: () => ({ size: this.fontSize(), family: this.fontFamily() }),
        callback: (_value: number | string, index: number) => this.ticks(axis).filter(gridTick)[index]?.label ?? '',
      },
      afterBuildTicks: (built: { ticks: { value: number }[] }) => {
        built.ticks = this.ticks(axis)
          .filter(gridTick)
          .map(({ value }) => ({ value }));
      },
    });
    new Chart<'scatter'>(this.canvas, {
      type: 'scatter',
      // Curves are painted below: the library thins them out to whole pixels.
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: this.sheet === null,
        ...(this.sheet && { devicePixelRatio: this.sheet.ratio }),
        maintainAspectRatio: false,
        events: [],
        // Anew at every layout: it depends on the size.
        layout: { padding: () => this.padding() },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        // biome-ignore lint/suspicious/noExplicitAny: the library's type of a scale is a union over all kinds
        scales: { x: scale('x'), y: scale('y') } as any,
      },
      plugins: [
        {
          id: 'anyslice',
          // The constructor already draws, and the drawing below needs to know the chart.
          beforeInit: (chart) => {
            this.chart = chart as Chart<'scatter'>;
          },
          beforeDatasetsDraw: () => this.drawUnderCurves(),
          afterLayout: () => this.layOutLabels(),
          afterDatasetsDraw: ({ ctx }) => {
            const surface = this.surface();
            paintCurves(surface, this.model!.curves, (curve) => this.strokeOf(curve));
            const { heat, marks, published } = this.model!;
            this.drawFrame(ctx);
            if (heat) paintScale(surface, heat);
            if (published) paintPublished(surface, published);
            // Under the names: what is pointed at must not strike them out.
            this.drawCrosshair(ctx, this.pin, true);
            this.drawCrosshair(ctx, this.crosshair, false);
            paintMarks(surface, marks);
            this.drawLabels(ctx);
            this.drawTitles(ctx);
            this.drawBox(ctx);
          },
        },
      ],
    });
  }

  private applyColours(chart: Chart<'scatter'>): void {
    for (const axis of ['x', 'y'] as const) {
      const scale = chart.options.scales![axis]!;
      scale.grid!.color = this.colours.grid;
      scale.ticks!.color = this.colours.ink;
    }
  }

  private strokeOf(curve: Curve): Stroke {
    const width = LINE_WIDTH[curve.role] * this.unit();
    const colour = this.colourOf(curve);
    return { colour: curve.elsewhere ? faint(colour, 0.4) : colour, width, dashes: this.dashesOf(curve) };
  }

  private colourOf(curve: Pick<Curve, 'role' | 'index'>): string {
    // Over the colours of a scale only black or white is sure to be seen.
    if (curve.role === 'observed' || curve.role === 'uncertainty') {
      return this.model?.heat ? this.colours.ink : this.colours.observed;
    }
    if (curve.role === 'expected') return this.colours.expected;
    if (curve.role === 'data') return this.colours.ink;
    if (curve.role === 'compared') return this.colours.compared[curve.index % this.colours.compared.length]!;
    return this.colours.curves[curve.index % this.colours.curves.length]!;
  }

  private dashesOf(curve: Curve): number[] {
    if (curve.role === 'observed' || curve.role === 'uncertainty' || curve.role === 'data') return [];
    if (curve.role === 'compared') return comparedDashOf(curve.index);
    return curve.role === 'expected' ? [6, 4] : dashOf(curve.index);
  }

  private drawUnderCurves(): void {
    const surface = this.surface();
    const { context } = surface;
    const { heat, areas, hatched, unphysical = [], blank, edges, curves } = this.model!;
    if (heat) paintHeat(surface, heat);
    clipped(surface, () => {
      for (const area of areas) {
        context.fillStyle = this.fillOf(area);
        context.fill(pathOf(surface, area.rings), 'evenodd');
      }
      for (const { curve, lines, rings } of edges) {
        context.save();
        context.clip(pathOf(surface, rings), 'evenodd');
        // The observed limit gets a comb, which bands do not hide; other curves a soft shade.
        const comb = curve.role === 'observed';
        context.strokeStyle = faint(this.colourOf(curve), comb ? 0.6 : 0.16);
        context.lineWidth = comb ? 11 : 14;
        if (comb) context.setLineDash([1, 10]);
        context.stroke(pathOf(surface, lines, false));
        context.restore();
      }
    });
    paintBlank(surface, blank);
    paintHatching(surface, hatched);
    paintHatching(surface, unphysical, 0);
    // Over the colours of a scale curves get a halo.
    if (!heat) return;
    clipped(surface, () => {
      context.strokeStyle = this.colours.paper;
      for (const curve of curves) {
        context.lineWidth = LINE_WIDTH[curve.role] + 2.5;
        if (curve.role !== 'uncertainty') context.stroke(pathOf(surface, curve.lines, false));
      }
    });
  }

  private fillOf({ fill }: Area): string {
    if (typeof fill === 'number') return faint(this.colours.curves[fill % this.colours.curves.length]!, 0.18);
    if (fill === 'background') return faint(this.colours.ink, 0.16);
    if (fill === 'uncertainty') return faint(this.colourOf({ role: 'uncertainty', index: 0 }), 0.3);
    return this.colours[fill];
  }

  private drawFrame(context: CanvasRenderingContext2D): void {
    const { left, right, top, bottom } = this.chart!.chartArea;
    context.save();
    context.strokeStyle = this.colours.ink;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    context.beginPath();
    for (const tick of this.ticks('x')) {
      const x = Math.round(this.pixelOf([tick.value, this.model!.y.range[0]])![0]) + 0.5;
      const length = (tick.major ? 7 : 4) * this.unit();
      context.moveTo(x, bottom);
      context.lineTo(x, bottom - length);
      context.moveTo(x, top);
      context.lineTo(x, top + length);
    }
    for (const tick of this.ticks('y')) {
      const y = Math.round(this.pixelOf([this.model!.x.range[0], tick.value])![1]) + 0.5;
      const length = (tick.major ? 7 : 4) * this.unit();
      context.moveTo(left, y);
      context.lineTo(left + length, y);
      context.moveTo(right, y);
      context.lineTo(right - length, y);
    }
    context.stroke();
    context.restore();
  }

  private drawTitles(context: CanvasRenderingContext2D): void {
    const { left, right, top, bottom } = this.chart!.chartArea;
    const { width, height } = this.chart!;
    const style = { size: this.fontSize() + 2, family: this.fontFamily() };
    // A long title shrinks to the canvas and leaves the middle of the frame rather than its end.
    const place = (title: string, middle: number, room: number) => {
      const text = parseText(title);
      const natural = textWidth(context, text, style);
      const size = Math.min(style.size, (style.size * (room - 12)) / natural);
      const half = (natural * size) / style.size / 2 + 6;
      return { text, style: { ...style, size }, at: Math.min(Math.max(middle, half), room - half) };
    };
    const x = place(this.model!.x.title, (left + right) / 2, width);
    drawText(context, x.text, x.at, height - 11 * this.unit(), x.style, this.colours.ink);
    // Rotated, the text runs from the bottom to the top.
    const y = place(this.model!.y.title, height - (top + bottom) / 2, height);
    context.save();
    context.translate(12 * this.unit(), height - y.at);
    context.rotate(-Math.PI / 2);
    drawText(context, y.text, 0, 0, y.style, this.colours.ink);
    context.restore();
  }

  // ------------------------------------------------------------ labels

  private layOutLabels(): void {
    const { chart } = this;
    if (!chart) return;
    const before = this.labelsAt;
    this.labelsAt = [];
    const style = this.labelStyle();
    const labelled = this.model!.curves.filter((curve) => curve.label !== '');
    const places = placeLabels(
      labelled.map((curve) => ({
        lines: this.pixelLines(curve),
        width: textWidth(chart.ctx, parseText(curve.label), style) + 4,
        height: style.size + 4,
        previous: before.find((other) => other.curve.role === curve.role && other.curve.index === curve.index),
      })),
      chart.chartArea,
      [
        ...this.model!.curves.filter((curve) => curve.label === '').flatMap((curve) => this.pixelLines(curve)),
        ...markLines(this.surface(), this.model!.marks),
        ...(this.model!.published ? publishedLines(this.model!.published, (point) => this.pixelOf(point)!) : []),
      ],
    );
    labelled.forEach((curve, i) => {
      const place = places[i];
      // Where a label stays it still gets its new text.
      if (place) this.labelsAt.push({ ...place, curve });
    });
  }

  private drawLabels(context: CanvasRenderingContext2D): void {
    for (const { curve, x, y } of this.labelsAt) {
      drawText(context, parseText(curve.label), x, y, this.labelStyle(), this.colourOf(curve), this.colours.paper);
    }
  }

  private labelStyle(): TextStyle {
    return { size: this.fontSize(), family: this.fontFamily(), weight: 600 };
  }

  // ------------------------------------------------------------ pointing

  private drawCrosshair(context: CanvasRenderingContext2D, at: Point | null, pinned: boolean): void {
    const pixel = at && this.pixelOf(at);
    if (!pixel) return;
    const { left, right, top, bottom } = this.chart!.chartArea;
    const [x, y] = pixel;
    if (pinned && paintDirection(this.surface(), pixel)) return;
    clipped(this.surface(), () => {
      context.strokeStyle = this.colours.ink;
      context.lineWidth = 1;
      if (!pinned) context.setLineDash([2, 3]);
      context.globalAlpha = pinned ? 0.5 : 0.8;
      context.beginPath();
      context.moveTo(left, Math.round(y) + 0.5);
      context.lineTo(right, Math.round(y) + 0.5);
      context.moveTo(Math.round(x) + 0.5, top);
      context.lineTo(Math.round(x) + 0.5, bottom);
      context.stroke();
      context.globalAlpha = 1;
      context.setLineDash([]);
      context.beginPath();
      context.arc(x, y, 4.5, 0, 2 * Math.PI);
      context.fillStyle = pinned ? this.colours.ink : this.colours.paper;
      context.fill();
      context.stroke();
    });
  }

  private drawBox(context: CanvasRenderingContext2D): void {
    if (!this.box) return;
    const [[x0, y0], [x1, y1]] = this.box;
    clipped(this.surface(), () => {
      context.fillStyle = faint(this.colours.ink, 0.1);
      context.strokeStyle = this.colours.ink;
      context.lineWidth = 1;
      context.setLineDash([4, 3]);
      context.fillRect(x0, y0, x1 - x0, y1 - y0);
      context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    });
  }

  // ------------------------------------------------------------ helpers

  private pixelLines(curve: Curve): Pixel[][] {
    return curve.lines.map((line) => line.map((point) => this.pixelOf(point)!));
  }

  private ticks(axis: 'x' | 'y'): Tick[] {
    const { width, height } = this.chart!;
    const unit = this.unit();
    const room = axis === 'x' ? Math.floor(width / (62 * unit)) : Math.floor(height / (45 * unit));
    return ticksOf(this.model![axis], room);
  }

  private fontSize(): number {
    return fontSizeAt(this.chart?.width ?? 0);
  }

  /** What sizes are multiplied by: 1 on the page, more on a whole screen. */
  private unit(): number {
    return Math.max(1, this.fontSize() / 13);
  }

  private fontFamily(): string {
    if (this.sheet) return this.sheet.family;
    // Asked for once: every answer costs a layout of the page.
    this.family ??= getComputedStyle(this.canvas).fontFamily;
    return this.family;
  }

  private padding() {
    const unit = this.unit();
    return { top: 8, right: this.model?.heat ? SCALE_ROOM * unit : 12, bottom: 24 * unit, left: 24 * unit };
  }

  private surface(): Surface {
    const { ctx, chartArea } = this.chart!;
    return {
      context: ctx,
      frame: chartArea,
      pixelOf: (point) => this.pixelOf(point)!,
      colours: this.colours,
      text: { size: this.fontSize(), family: this.fontFamily() },
    };
  }
}

/** The size of letters on a plot of this width, in CSS pixels. */
export function fontSizeAt(width: number): number {
  // On a whole screen it is read from the back of a room.
  return width < 480 ? 11 : Math.min(20, Math.max(13, Math.round(width / 72)));
}

/** Ticks that get a grid line or a label; the rest are marks on the frame only. */
function gridTick(tick: Tick): boolean {
  return tick.major || tick.label !== '';
}

function sameRange(one: Range, other: Range): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function typeOf(scale: 'lin' | 'log'): 'linear' | 'logarithmic' {
  return scale === 'log' ? 'logarithmic' : 'linear';
}
