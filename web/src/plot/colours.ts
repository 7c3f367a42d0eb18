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
  // What is not in the page yet has no colours; it will have those of the page.
  const style = getComputedStyle(at.isConnected ? at : document.documentElement);
  const value = (name: string) => long(style.getPropertyValue(`--plot-${name}`).trim() || '#888');
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

/** The colours on white paper, whatever the theme of the page. */
export function paperColours(): Colours {
  const sheet = document.createElement('div');
  sheet.className = 'on-paper';
  sheet.hidden = true;
  document.body.append(sheet);
  const colours = readColours(sheet);
  sheet.remove();
  return colours;
}

export function dashOf(index: number): number[] {
  return DASHES[index % DASHES.length]!;
}

export function comparedDashOf(index: number): number[] {
  return COMPARED_DASHES[index % COMPARED_DASHES.length]!;
}

/** #rrggbb of #rgb, which is what the build makes of some colours. */
function long(colour: string): string {
  return /^#[0-9a-f]{3}$/i.test(colour) ? `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}` : colour;
}

/** The colour with this opacity; colours of the style sheet are written #rrggbb. */
export function faint(colour: string, opacity: number): string {
  return /^#[0-9a-f]{6}$/i.test(colour)
    ? `${colour}${Math.round(255 * opacity)
        .toString(16)
        .padStart(2, '0')}`
    : colour;
}
