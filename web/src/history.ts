// The addresses of the page in the browser's history: one entry per change, and one per move of a slider.

/** What happens to the history: a new entry, the last one replaced, one per move, or nothing. */
export type Entry = 'push' | 'replace' | 'move' | 'keep';

export class Addresses {
  /** A slider is moving, and the entry of this move has been made. */
  private moving = false;

  remember(hash: string, entry: Entry): void {
    const known = hash === location.hash;
    // The first step of a move leaves the entry of the state before it; its later steps and its end have the same entry.
    const replaces = entry === 'replace' || (entry !== 'keep' && this.moving);
    if (entry !== 'move') this.moving = false;
    if (known || entry === 'keep') return;
    if (entry === 'move') this.moving = true;
    if (replaces) history.replaceState(null, '', hash);
    else history.pushState(null, '', hash);
  }
}
