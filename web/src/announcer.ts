// One sentence at a time for those who listen: what changes quickly is said once it has settled.

const SETTLED = 400;

export class Announcer {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `region`: a live region that is not seen. */
  constructor(private readonly region: HTMLElement) {}

  say(sentence: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.region.textContent = sentence;
    }, SETTLED);
  }
}
