// The addresses of the page in the browser's history: one entry per change, and one per move of a slider.

/** What happens to the history: a new entry, the last one replaced, one per move, or nothing. */
export type Entry = 'push' | 'replace' | 'move' | 'keep';

// While a slider moves the address follows it this often, in milliseconds: browsers refuse many changes in a short time.
const PACE = 250;

export class Addresses {
  /** A slider is moving, and the entry of this move has been made. */
  private moving = false;
  private late: ReturnType<typeof setTimeout> | undefined;
  private latest = '';

  remember(hash: string, entry: Entry): void {
    if (entry === 'move' && this.moving) {
      this.replaceLater(hash);
      return;
    }
    clearTimeout(this.late);
    this.late = undefined;
    const known = hash === location.hash;
    // The first step of a move leaves the entry of the state before it; its later steps and its end have the same entry.
    const replaces = entry === 'replace' || (entry !== 'keep' && this.moving);
    if (entry !== 'move') this.moving = false;
    if (known || entry === 'keep') return;
    if (entry === 'move') this.moving = true;
    write(replaces ? 'replaceState' : 'pushState', hash);
  }

  private replaceLater(hash: string): void {
    this.latest = hash;
    this.late ??= setTimeout(() => {
      this.late = undefined;
      write('replaceState', this.latest);
    }, PACE);
  }
}

/** A page in a sandboxed frame has an address that may not be changed; it then keeps its settings for itself. */
function write(how: 'pushState' | 'replaceState', hash: string): void {
  try {
    history[how](null, '', hash);
  } catch {
    // The settings are on display all the same.
  }
}
