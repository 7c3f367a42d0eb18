// The addresses of the page in the browser's history: one entry per change, and one per move of a slider. Undo and redo
// are steps in it, so that they and the browser's own buttons do the same.

/** What happens to the history: a new entry, the last one replaced, one per move, or nothing. */
export type Entry = 'push' | 'replace' | 'move' | 'keep';

// While a slider moves the address follows it this often, in milliseconds: browsers refuse many changes in a short time.
const PACE = 250;

export class Addresses {
  /** A slider is moving, and the entry of this move has been made. */
  private moving = false;
  private late: ReturnType<typeof setTimeout> | undefined;
  private latest = '';
  /** The entry on display and the newest one, counted from the first of this page. */
  private position = positionOf(history.state) ?? 0;
  private newest = this.position;

  /** `onChange`: called when what can be undone or redone may have changed. */
  constructor(private readonly onChange: (canUndo: boolean, canRedo: boolean) => void) {
    // An entry without a number is later known to be one that the reader typed.
    write('replaceState', this.position);
  }

  /** The browser has gone to another entry. */
  arrive(state: unknown): void {
    const known = positionOf(state);
    if (known === null) {
      ++this.position;
      this.newest = this.position;
      write('replaceState', this.position);
    } else {
      this.position = known;
      this.newest = Math.max(this.newest, known);
    }
    this.tell();
  }

  undo(): void {
    this.flush();
    if (this.position > 0) history.back();
  }

  redo(): void {
    this.flush();
    if (this.position < this.newest) history.forward();
  }

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
    if (replaces) this.replace(hash);
    else {
      if (write('pushState', this.position + 1, hash)) this.newest = ++this.position;
    }
    this.tell();
  }

  private replaceLater(hash: string): void {
    this.latest = hash;
    this.late ??= setTimeout(() => {
      this.late = undefined;
      this.replace(this.latest);
    }, PACE);
  }

  /** Whoever leaves an entry finds it again as it was at last. */
  private flush(): void {
    if (this.late === undefined) return;
    clearTimeout(this.late);
    this.late = undefined;
    this.replace(this.latest);
  }

  private replace(hash: string): void {
    write('replaceState', this.position, hash);
  }

  private tell(): void {
    this.onChange(this.position > 0, this.position < this.newest);
  }
}

function positionOf(state: unknown): number | null {
  const position = (state as { position?: unknown } | null)?.position;
  return typeof position === 'number' && Number.isInteger(position) && position >= 0 ? position : null;
}

/** Whether the address could be changed: that of a page in a sandboxed frame may not be, which then keeps its settings
 * for itself. */
function write(how: 'pushState' | 'replaceState', position: number, hash?: string): boolean {
  try {
    history[how]({ position }, '', hash);
    return true;
  } catch {
    return false;
  }
}
