// What the reader does at the plot itself: points, zooms, pins curves, adds files, fills the screen.

import { receiveFiles } from './controls/dropping.ts';
import { followPointer } from './controls/pointing.ts';
import { fillScreen, printLarge } from './controls/screens.ts';
import { WheelHint } from './controls/wheel_hint.ts';
import { Zooming } from './controls/zooming.ts';
import { byId } from './dom.ts';
import { DroppedCurves, droppedCurve } from './dropped.ts';
import { formatNumber, withUnit } from './format.ts';
import { restingPoint } from './inquiry.ts';
import { captionParts } from './panels/caption.ts';
import { ComparedList } from './panels/compared_list.ts';
import { showDropped } from './panels/dropped_list.ts';
import { plotTools } from './panels/plot_tools.ts';
import { comparedCurve, limitLines } from './plot/compared_model.ts';
import type { Curve, PlotModel } from './plot/model.ts';
import type { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import { crossings } from './plot/section.ts';
import type { Results } from './results.ts';
import { ComparedCurves } from './session/compared.ts';
import { Differences } from './session/differing.ts';
import { type Compared, MOST_COMPARED, tidyName, withPinned } from './state/compared.ts';
import { curvePresetOf, overlaysIn } from './state/plane.ts';
import { inside } from './state/ranges.ts';
import { defaults, planeOfState, type State } from './state.ts';

export interface DeskEvents {
  /** The pointer is at this point; null when it leaves. */
  point: (at: Point | null, pixel: Point | null, spoken?: boolean) => void;
  pin: (at: Point | null) => void;
  change: (make: (state: State) => State, moving?: boolean) => void;
  /** What is drawn beside the results has changed. */
  redraw: () => void;
  /** Something went wrong, in words. */
  tell: (error: unknown) => void;
}

export class PlotDesk {
  private results: Results | null = null;
  /** The newest settings; what is on display may still be that of older ones. */
  private state: State | null = null;
  private pinBefore: Point | null = null;
  /** The place of the pointer, or of the point that the keyboard moves, on the canvas. */
  private pixel: Point | null = null;
  private readonly tools = plotTools(byId('toolbar-plot'));
  private readonly zooming: Zooming;
  private readonly compared: ComparedCurves;
  private readonly list: ComparedList;
  private readonly differences = new Differences(() => this.showCompared());
  readonly dropped: DroppedCurves;
  /** The point whose numbers are shown. */
  private point: Point | null = null;

  constructor(area: HTMLElement, canvas: HTMLCanvasElement, plot: Plot, events: DeskEvents) {
    // First, so that the end of a gesture is not taken for a click.
    this.zooming = new Zooming(
      area,
      canvas,
      plot,
      this.tools,
      {
        axes: () => this.axes(),
        zoom: ({ x, y }, moving) => events.change((state) => ({ ...state, x, y }), moving),
        focus: () => this.pixel,
        restore: ({ x, y }) => events.change((state) => ({ ...state, x, y, pin: this.pinBefore })),
      },
      new WheelHint(area),
    );
    this.tools.keep.addEventListener('click', () => events.change(withPinned));
    this.compared = new ComparedCurves(() => {
      events.redraw();
      this.showCompared();
    });
    this.list = new ComparedList(byId('pins'), {
      rename: (index, name) =>
        events.change((state) =>
          withCompared(state, (all) => all.map((one, i) => (i === index ? { ...one, name: tidyName(name) } : one))),
        ),
      remove: (index) => events.change((state) => withCompared(state, (all) => all.filter((_, i) => i !== index))),
    });
    this.dropped = new DroppedCurves(() => {
      events.redraw();
      this.showDropped();
    });
    fillScreen(area.closest<HTMLElement>('.figure')!, byId('toolbar-plot'), this.tools.full);
    printLarge(plot);
    receiveFiles(area.closest<HTMLElement>('.figure')!, area, this.tools.file, (files) =>
      this.receive(files).catch(events.tell),
    );
    followPointer(area, canvas, plot, {
      move: (at, pixel, blind) => {
        this.pixel = pixel;
        events.point(at, pixel, blind);
      },
      pin: (at) => {
        // A point belongs to the axes on display.
        if (!this.results) return;
        this.pinBefore = this.results.state.pin;
        events.pin(at);
      },
    });
  }

  /** These settings are to be shown next. */
  expect(state: State): void {
    this.state = state;
    this.zooming.expect(state);
  }

  /** These results are on display; null for none. */
  about(results: Results | null): void {
    this.results = results;
    this.compared.about(results);
    this.showCompared();
    this.showDropped();
    this.update();
  }

  update(): void {
    this.zooming.update();
    this.tools.keep.disabled = !this.results || (this.state?.compared.length ?? 0) >= MOST_COMPARED;
  }

  /** The numbers of this point are shown. */
  look(at: Point): void {
    this.point = at;
    this.showCompared();
  }

  /** The model with what the reader has put beside the results, in the window of the newest settings. */
  complete(model: PlotModel, results: Results): PlotModel {
    const window = this.isExpected(results) ? this.state! : results.state;
    const compared = this.compared.of(results).flatMap(({ name, state, results: own }, i) => {
      return own ? [comparedCurve(own, i, shortName(name || automaticName(results, state, i)))] : [];
    });
    const plane = planeOfState(results.analysis.card, results.state);
    const dropped = this.dropped.in(plane).map((curve, i) => droppedCurve(curve, plane, firstColour(results) + i));
    // Over what belongs to the figure, under its own limit: the first in the list is drawn on top.
    const [limits, others] = [model.curves.filter(isLimit), model.curves.filter((curve) => !isLimit(curve))];
    return {
      ...model,
      curves: [...limits, ...compared, ...dropped, ...others],
      x: { ...model.x, range: window.x },
      y: { ...model.y, range: window.y },
    };
  }

  private showCompared(): void {
    const { results } = this;
    if (!results) {
      this.list.show([], null, 0);
      return;
    }
    const plane = planeOfState(results.analysis.card, results.state);
    const scales = { x: plane.x.scale, y: plane.y.scale };
    const x = this.point?.[0] ?? restingPoint(results)[0];
    const family = familyOf(results);
    // What lies outside the window is not seen.
    const cut = (of: Results) =>
      crossings(limitLines(of, family?.value), x, scales).filter((y) => inside(y, results.state.y));
    const curves = this.compared.of(results);
    const present = curves.length > 0 ? cut(results) : [];
    const items = curves.map(({ name, state, results: own, busy, problem }, i) => ({
      name,
      automatic: automaticName(results, state, i),
      busy,
      problem,
      present,
      pinned: own ? cut(own) : [],
      areas: own && !busy && !problem ? this.differences.of(results, own) : null,
    }));
    this.list.show(items, plane, x, family?.text);
  }

  private async receive(files: File[]): Promise<void> {
    const { results } = this;
    if (!results) throw new Error('A curve can be added once there is a plot.');
    const plane = planeOfState(results.analysis.card, results.state);
    const problems: string[] = [];
    for (const file of files) {
      await this.dropped.add(file, plane).catch((error: unknown) => {
        problems.push(error instanceof Error ? error.message : String(error));
      });
    }
    if (problems.length > 0) throw new Error(problems.join(' '));
  }

  private showDropped(): void {
    const { results } = this;
    const root = byId('dropped');
    if (!results) {
      showDropped(root, [], 0, () => {});
      return;
    }
    const plane = planeOfState(results.analysis.card, results.state);
    showDropped(root, this.dropped.in(plane), firstColour(results), (curve) => this.dropped.remove(curve));
  }

  /** Whether results have the axes of the newest settings. */
  private isExpected({ analysis: { card }, state }: Results): boolean {
    if (!this.state || this.state.card !== state.card || this.state.preset !== state.preset) return false;
    const [own, newest] = [planeOfState(card, state), planeOfState(card, this.state)];
    return own.x.name === newest.x.name && own.y.name === newest.y.name;
  }

  private axes() {
    const { results, state } = this;
    if (!results || !state || !this.isExpected(results)) return null;
    const { card } = results.analysis;
    const plane = planeOfState(card, state);
    // Figures that the reader has given other axes show the range of their parameters by themselves.
    const own = defaults(card, state.card, state.preset);
    const whole = (axis: 'x' | 'y') =>
      planeOfState(card, own)[axis].name === plane[axis].name ? own[axis] : plane[axis].range;
    const axis = (name: 'x' | 'y') => ({
      range: state[name],
      bounds: plane[name].bounds,
      scale: plane[name].scale,
    });
    return { x: axis('x'), y: axis('y'), whole: { x: whole('x'), y: whole('y') } };
  }
}

/** What sets a pinned curve apart from the limit shown, in words. */
function automaticName(results: Results, state: State, index: number): string {
  const { analysis } = results;
  const [own, theirs] = [captionParts(results), captionParts({ analysis, state })];
  const different = theirs.filter((part) => !own.includes(part));
  return different.length > 0 ? different.join(', ') : `pinned ${index + 1}`;
}

const LONGEST_LABEL = 42;

function shortName(name: string): string {
  return name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name;
}

function withCompared(state: State, change: (all: Compared<State>[]) => Compared<State>[]): State {
  return { ...state, compared: change(state.compared as Compared<State>[]) } as State;
}

function isLimit({ role }: Curve): boolean {
  return role === 'observed' || role === 'series' || role === 'uncertainty';
}

/** The first curve of a family: the one that is compared. */
function familyOf({ analysis: { card }, state }: Results): { value: number | undefined; text: string } | null {
  if (state.kind !== 'curve') return null;
  const { series } = curvePresetOf(card, state.preset);
  if (!series) return null;
  const { symbol, unit } = card.parameters[series.parameter]!;
  const value = state.series[0];
  return { value, text: `{${symbol.text}} = ${withUnit(formatNumber(value, 4), unit)}` };
}

/** Colours of added curves come after those of all that the card may draw. */
function firstColour({ analysis: { card }, state }: Results): number {
  const plane = planeOfState(card, state);
  const overlays = overlaysIn(card, { x: plane.x.name, y: plane.y.name }).length;
  return overlays + (state.kind === 'contour' ? state.besideChannels.length + state.besideParts.length : 0);
}
