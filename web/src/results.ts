// What was computed for a state: whatever is on display or exported comes from one of these and needs nothing else.

import type { Analysis, Comparison, Contour, ExcludedAlong, Field, SignalLimits } from 'anyslice';
import type { SeriesLimit } from './plot/curve_model.ts';
import type { ContourState } from './state/contour.ts';
import type { CurveState } from './state/curve.ts';

interface ResultsFor<OneState> {
  analysis: Analysis;
  state: OneState;
  /** What they belong to. */
  key: string;
  /** Milliseconds from request to result. */
  duration: number;
}

export interface CurveResults extends ResultsFor<CurveState> {
  kind: 'curve';
  limits: SeriesLimit[];
  /** What is said below the plot; null until it is known. */
  findings: Findings | null;
}

export interface Findings {
  /** Where each overlay that is a function lies inside the exclusion, by overlay name. */
  along: Record<string, ExcludedAlong>;
  comparison: Comparison | null;
}

/** A channel or a part of the events by itself. */
export interface BesideContour {
  label: string;
  contour: Contour;
}

export interface ContourResults extends ResultsFor<ContourState> {
  kind: 'contour';
  contour: Contour;
  beside: BesideContour[];
  /** The limits in events that decide; null where the likelihood does. */
  signalLimits: SignalLimits | null;
  /** The quantity that colours show; null for none. */
  field: Field | null;
  /** False while something of it is still coarse or not there. */
  complete: boolean;
  /** What is missing was cancelled or failed: it comes only if it is asked for again. */
  stopped: boolean;
}

export type Results = CurveResults | ContourResults;

/** Whether all of it is there, as exactly as it is going to be. */
export function isComplete(results: Results): boolean {
  return results.kind === 'curve' || results.complete;
}

/** Whether nothing more of it comes by itself. */
export function isSettled(results: Results): boolean {
  return results.kind === 'curve' || results.complete || results.stopped;
}
