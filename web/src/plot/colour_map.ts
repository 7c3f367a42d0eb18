// The colour map cividis: lightness grows steadily, for every kind of colour vision and in a grey print.

// Sixteen of its colours, from dark blue to yellow (Nuñez, Anderton, Renslow, PLOS ONE 13 (2018) e0199239).
const ANCHORS: [number, number, number][] = [
  [0, 34, 78],
  [0, 46, 106],
  [28, 57, 110],
  [52, 68, 108],
  [70, 79, 108],
  [87, 91, 109],
  [102, 102, 112],
  [117, 114, 117],
  [131, 126, 121],
  [147, 138, 120],
  [163, 151, 117],
  [180, 165, 111],
  [197, 179, 103],
  [215, 194, 91],
  [234, 209, 74],
  [254, 232, 56],
];

/** The colour at a share of the scale, 0 to 1: red, green and blue from 0 to 255. */
export function colourAt(share: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (ANCHORS.length - 1);
  const first = Math.min(ANCHORS.length - 2, Math.floor(place));
  const [a, b] = [ANCHORS[first]!, ANCHORS[first + 1]!];
  const between = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * (place - first));
  return [between(0), between(1), between(2)];
}
