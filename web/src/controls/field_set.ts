// A set of fields that stays equal to a state of one kind of figure, and says how the reader changes it.

import type { Card } from 'anyslice';
import type { State } from '../state.ts';
import type { Field } from './fields.ts';

/** Makes a state from another; `moving` while a slider is being dragged. */
export type Change = (make: (card: Card, state: State) => State, moving?: boolean) => void;

export class FieldSet<Kind extends State> {
  private readonly updates: ((state: Kind) => void)[] = [];

  constructor(
    readonly card: Card,
    readonly kind: Kind['kind'],
    private readonly send: Change,
  ) {}

  /** The field follows the value that `read` finds in the state. */
  follow<Value>(field: Field<Value>, read: (state: Kind) => Value): HTMLElement {
    this.updates.push((state) => field.set(read(state)));
    return field.root;
  }

  /** Calls `update` whenever the state has changed. */
  watch(update: (state: Kind) => void): void {
    this.updates.push(update);
  }

  /** Changes the newest state, if it is still of this kind. */
  make(make: (state: Kind) => Kind, moving = false): void {
    this.send((_card, state) => (state.kind === this.kind ? (make(state as Kind) as State) : state), moving);
  }

  change(change: Partial<Kind>, moving = false): void {
    this.make((state) => ({ ...state, ...change }), moving);
  }

  sync(state: Kind): void {
    for (const update of this.updates) update(state);
  }
}
