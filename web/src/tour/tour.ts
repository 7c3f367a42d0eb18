// The guided tour: a question of a card, answered step by step with what is computed meanwhile. It stands beside what it is
// about, blocks nothing, and the settings it leaves are those of any other visit.

import type { Card, Tour as CardTour } from 'anyslice';
import { element, replaceContent } from '../dom.ts';
import type { RestingPoint } from '../resting_point.ts';
import { hashOfState } from '../state.ts';
import { labelNodes } from '../symbols.ts';
import { typeset } from '../typography.ts';
import { sentenceOf, stateAfter } from './steps.ts';

export interface TourEvents {
  /** Opens the card of this file. */
  open: (file: string) => Promise<Card>;
  /** Shows what an address describes. */
  goTo: (hash: string) => void;
  fail: (error: unknown) => void;
}

const PLACES = {
  plot: '.figure',
  readout: '.readout-box',
  statements: '#statements',
  figure: '[data-group="figure"]',
  plane: '[data-group="plane"]',
  parameters: '[data-group="parameters"]',
  limit: '[data-group="limit"]',
};

interface Step {
  file: string;
  card: Card;
  tour: CardTour;
  index: number;
  /** The address of its settings. */
  hash: string;
}

export class Tour {
  private step: Step | null = null;
  /** The newest point on display. */
  private point: RestingPoint | null = null;
  /** The step's own settings have been on display: from then on its numbers follow the reader's, too. */
  private arrived = false;
  private marked: Element | null = null;
  private readonly head = element('p', { id: 'tour-title', class: 'tour-head', tabindex: -1 });
  private readonly text = element('p', { class: 'tour-text', 'aria-live': 'polite' });
  private readonly back = element('button', { type: 'button', class: 'small' }, 'Back');
  private readonly next = element('button', { type: 'button', class: 'small primary' }, 'Next');
  private readonly root: HTMLElement;

  constructor(
    private readonly button: HTMLButtonElement,
    private readonly events: TourEvents,
  ) {
    const close = element('button', { type: 'button', class: 'small', 'aria-label': 'End the tour' }, '×');
    this.root = element(
      'section',
      { id: 'tour', 'aria-labelledby': 'tour-title', hidden: true },
      element('div', { class: 'tour-top' }, this.head, close),
      this.text,
      element('div', { class: 'tour-steps' }, this.back, this.next),
    );
    document.body.append(this.root);
    close.addEventListener('click', () => this.end());
    this.back.addEventListener('click', () => this.move(-1));
    this.next.addEventListener('click', () => this.move(1));
    this.root.addEventListener('keydown', (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move !== undefined) this.move(move);
      else if (event.key === 'Escape') this.end();
      else return;
      event.preventDefault();
    });
  }

  /** Offers the tour of the card in `file`; the button says its question. */
  offer(file: string, question: string): void {
    this.button.textContent = question;
    this.button.title = 'A short tour that computes the answer';
    this.button.disabled = false;
    this.button.onclick = () => this.start(file).catch(this.events.fail);
  }

  /** There is no tour to offer. */
  offerNone(): void {
    this.button.hidden = true;
  }

  /** A point rests on the plot, with its numbers. */
  follow(point: RestingPoint): void {
    this.point = point;
    const { step } = this;
    if (!step) return;
    const { card } = point.results.analysis;
    if (point.results.state.card !== step.file) this.arrived = false;
    else if (hashOfState(point.results.state, card) === step.hash) this.arrived = true;
    this.write();
  }

  private async start(file: string): Promise<void> {
    const card = await this.events.open(file);
    if (!card.tour) return;
    this.show({ file, card, tour: card.tour, index: 0, hash: '' });
  }

  private move(by: number): void {
    const { step } = this;
    if (!step) return;
    const index = step.index + by;
    if (index < 0) return;
    if (index >= step.tour.steps.length) this.end();
    else this.show({ ...step, index });
  }

  private show(step: Step): void {
    const { card, file, tour, index } = step;
    const hash = hashOfState(stateAfter(card, file, tour.steps, index), card);
    const same = this.arrived && this.step?.hash === hash;
    this.step = { ...step, hash };
    this.arrived = same;
    this.head.textContent = `${tour.question} (${index + 1} of ${tour.steps.length})`;
    this.back.disabled = index === 0;
    this.next.textContent = index === tour.steps.length - 1 ? 'Done' : 'Next';
    this.root.hidden = false;
    // What is on display already needs no new entry in the history.
    if (!same || location.hash !== hash) this.events.goTo(hash);
    this.write();
    this.mark();
    this.head.focus({ preventScroll: true });
  }

  private write(): void {
    const { step } = this;
    if (!step) return;
    const { text } = step.tour.steps[step.index]!;
    const pieces = sentenceOf(typeset(text), step.card, this.arrived ? this.point : null);
    replaceContent(
      this.text,
      pieces.map((piece) => (piece.number ? element('b', {}, ...labelNodes(piece.text)) : piece.text)),
    );
    // The fields of another figure are new elements.
    if (!this.marked?.isConnected) this.mark();
  }

  private mark(): void {
    this.unmark();
    const { highlight } = this.step!.tour.steps[this.step!.index]!;
    const target = highlight ? document.querySelector(PLACES[highlight]) : null;
    if (!target) return;
    target.classList.add('tour-mark');
    this.marked = target;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    target.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  }

  private unmark(): void {
    this.marked?.classList.remove('tour-mark');
    this.marked = null;
  }

  private end(): void {
    this.unmark();
    this.step = null;
    this.root.hidden = true;
    this.button.focus();
  }
}
