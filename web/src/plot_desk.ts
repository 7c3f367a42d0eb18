// What the reader does at the plot itself: points, zooms, pins curves, adds files, fills the screen.

import { followPointer } from './controls/pointing.ts';
import { Zooming } from './controls/zooming.ts';
import { byId } from './dom.ts';
import { plotTools } from './panels/plot_tools.ts';
import type { PlotModel } from './plot/model.ts';
import type { Plot } from './plot/plot.ts';
import type { Point } from './plot/regions.ts';
import type { Results } from './results.ts';
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
  private readonly tools = plotTools(byId('toolbar-plot'));
  private readonly zooming: Zooming;

  constructor(area: HTMLElement, canvas: HTMLCanvasElement, plot: Plot, events: DeskEvents) {
    // First, so that the end of a gesture is not taken for a click.
    this.zooming = new Zooming(area, canvas, plot, this.tools, {
      axes: () => this.axes(),
      zoom: ({ x, y }, moving) => events.change((state) => ({ ...state, x, y }), moving),
      restore: ({ x, y }) => events.change((state) => ({ ...state, x, y, pin: this.pinBefore })),
    });
    followPointer(area, canvas, plot, {
      move: events.point,
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
  }

  /** These results are on display; null for none. */
  about(results: Results | null): void {
    this.results = results;
    this.update();
  }

  update(): void {
    this.zooming.update();
  }

  /** The model with what the reader has put beside the results, in the window of the newest settings. */
  complete(model: PlotModel, results: Results): PlotModel {
    const window = this.isExpected(results) ? this.state! : results.state;
    return {
      ...model,
      x: { ...model.x, range: window.x },
      y: { ...model.y, range: window.y },
    };
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
