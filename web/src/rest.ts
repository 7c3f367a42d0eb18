// Waits until nothing has moved for a while.

export class Rest {
  private disturbed = Number.NEGATIVE_INFINITY;

  /** `pause`: milliseconds without a disturbance. */
  constructor(private readonly pause: number) {}

  disturb(): void {
    this.disturbed = performance.now();
  }

  async settled(): Promise<void> {
    for (;;) {
      const wait = this.disturbed + this.pause - performance.now();
      if (!(wait > 0)) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
