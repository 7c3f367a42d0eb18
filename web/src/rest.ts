// Waits until nothing has moved for a while.

// Milliseconds in which something may come of a disturbance.
const RECENT = 1000;

export class Rest {
  private disturbed = Number.NEGATIVE_INFINITY;

  /** `pause`: milliseconds without a disturbance. */
  constructor(private readonly pause: number) {}

  disturb(): void {
    this.disturbed = performance.now();
  }

  /** A call soon after a disturbance is one more: what it waits for has only now been seen, and may be moved on. */
  async settled(): Promise<void> {
    if (performance.now() - this.disturbed < RECENT) this.disturb();
    for (;;) {
      const wait = this.disturbed + this.pause - performance.now();
      if (!(wait > 0)) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
