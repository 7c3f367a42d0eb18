// Outlines as the path data of SVG, made by the calls that a canvas understands.

/** a, b, c, d, e, f of a canvas: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** The matrix that first does `inner`, then `outer`. */
export function product(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

/** How much longer lines become: turned and scaled axes alike, as everywhere on the plot. */
export function scaleOf([a, b, c, d]: Matrix): number {
  return Math.sqrt(Math.abs(a * d - b * c));
}

/** Hundredths of a pixel, without noise in the last digits. */
export function short(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

type Step = { letter: 'M' | 'L'; x: number; y: number } | { letter: 'Z' } | Arc;

interface Arc {
  letter: 'A';
  radius: number;
  large: boolean;
  forward: boolean;
  x: number;
  y: number;
}

export class SvgPath {
  private readonly steps: Step[] = [];

  get empty(): boolean {
    return this.steps.length === 0;
  }

  moveTo(x: number, y: number): void {
    this.steps.push({ letter: 'M', x, y });
  }

  /** As on a canvas, a path may begin with a line. */
  lineTo(x: number, y: number): void {
    this.steps.push({ letter: this.empty ? 'M' : 'L', x, y });
  }

  closePath(): void {
    if (!this.empty) this.steps.push({ letter: 'Z' });
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  arc(x: number, y: number, radius: number, from: number, to: number, backward = false): void {
    const turn = 2 * Math.PI;
    const whole = Math.abs(to - from) >= turn - 1e-9;
    const sweep = whole ? turn : (((backward ? from - to : to - from) % turn) + turn) % turn;
    const direction = backward ? -1 : 1;
    const at = (share: number): [number, number] => {
      const angle = from + direction * sweep * share;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    };
    this.lineTo(...at(0));
    // In halves: a whole circle would end where it begins, which is no arc.
    for (const share of [0.5, 1]) {
      const [endX, endY] = at(share);
      this.steps.push({ letter: 'A', radius, large: false, forward: !backward, x: endX, y: endY });
    }
  }

  /** Adds the steps of another path, moved by the matrix. */
  add(other: SvgPath, matrix: Matrix): void {
    const [a, b, c, d, e, f] = matrix;
    for (const step of other.steps) {
      if (step.letter === 'Z') {
        this.steps.push(step);
        continue;
      }
      const [x, y] = [a * step.x + c * step.y + e, b * step.x + d * step.y + f];
      this.steps.push(
        step.letter === 'A' ? { ...step, radius: step.radius * scaleOf(matrix), x, y } : { ...step, x, y },
      );
    }
  }

  toString(): string {
    let text = '';
    let last = '';
    for (const step of this.steps) {
      let next = step.letter as string;
      if (step.letter === 'A') {
        const radius = short(step.radius);
        next = `A${radius} ${radius} 0 ${step.large ? 1 : 0} ${step.forward ? 1 : 0} ${short(step.x)} ${short(step.y)}`;
      } else if (step.letter !== 'Z') {
        next = `${step.letter}${short(step.x)} ${short(step.y)}`;
      }
      // What does not move by a hundredth of a pixel is not seen.
      if (step.letter !== 'L' || next.slice(1) !== last) text += next;
      last = next.slice(1);
    }
    return text;
  }
}
