// Colours of the plot, read from the style sheet so that themes and print need nothing else.

export interface Colours {
  ink: string;
  grid: string;
  paper: string;
  observed: string;
  excluded: string;
  band1: string;
  band2: string;
  expected: string;
  published: string;
  /** Safe for colour-blind readers; each also has its own dash pattern. */
  curves: string[];
  /** Of pinned curves, with dash patterns of their own. */
  compared: string[];
}

/** How many colours of curves there are. */
export const CURVES = 10;

/** How many colours of pinned curves there are. */
export const COMPARED = 4;

const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [5, 2], [12, 4], [2, 2, 6, 2], [4, 5], [1, 4], [10, 2]];

const COMPARED_DASHES = [
  [11, 4],
  [3, 3],
  [11, 3, 3, 3],
  [6, 3, 2, 3, 2, 3],
];

/** As they are at an element: a plot may stand in a part of the page that has its own. */
export function readColours(at: Element = document.documentElement): Colours {
  const style = getComputedStyle(at);
  const value = (name: string) => style.getPropertyValue(`--plot-${name}`).trim() || '#888';
  return {
    ink: value('ink'),
    grid: value('grid'),
    paper: value('paper'),
    observed: value('observed'),
    excluded: value('excluded'),
    band1: value('band-1'),
    band2: value('band-2'),
    expected: value('expected'),
    published: value('published'),
    curves: Array.from({ length: CURVES }, (_, i) => value(`curve-${i + 1}`)),
    compared: Array.from({ length: COMPARED }, (_, i) => value(`compared-${i + 1}`)),
  };
}

export function dashOf(index: number): number[] {
  return DASHES[index % DASHES.length]!;
}

export function comparedDashOf(index: number): number[] {
  return COMPARED_DASHES[index % COMPARED_DASHES.length]!;
}

/** The colour with this opacity; colours of the style sheet are written #rrggbb. */
export function faint(colour: string, opacity: number): string {
  return /^#[0-9a-f]{6}$/i.test(colour)
    ? `${colour}${Math.round(255 * opacity)
        .toString(16)
        .padStart(2, '0')}`
    : colour;
}
