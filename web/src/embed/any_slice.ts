// <any-slice>: a figure of an analysis in any page, computed there.
//
//   <script type="module" src="https://…/embed/any-slice.js"></script>
//   <any-slice analysis="nd280-dark-neutrino-heavy" plane="mZ,epsilon" set.mN="0.15"></any-slice>

import { type Analysis, isAbort } from 'anyslice';
import { Rest } from '../rest.ts';
import type { Results } from '../results.ts';
import { compute } from '../session.ts';
import { computationKey, hashOfState, type State, stateOfHash } from '../state.ts';
import { type Attribute, addressOfAttributes, cardOfAddress } from './attributes.ts';
import { addressOfCard, open, pageAddress } from './computer.ts';
import { Figure } from './figure.ts';

// What is fine is computed when nothing has moved for this long, in milliseconds.
const REST = 160;

/** Events: `change` when the reader has moved something (`detail.address`), `result` when something has been computed
 * (`detail.address`, `detail.results`), `error` when it could not be (`detail.message`). */
export class AnySlice extends HTMLElement {
  private figure: Figure | null = null;
  private analysis_: Analysis | null = null;
  private state: State | null = null;
  private shown: Results | null = null;
  private running: { controller: AbortController; key: string; shown: boolean } | null = null;
  private visits = 0;
  private readonly rest = new Rest(REST);
  private readonly watcher = new MutationObserver((records) => this.attributesChanged(records));
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly restyle = () => this.figure?.restyle();

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.replaceChildren();
    this.figure = new Figure(root, (make, moving) => this.moved(make, moving));
    this.watcher.observe(this, { attributes: true });
    this.dark.addEventListener('change', this.restyle);
    this.begin();
  }

  disconnectedCallback(): void {
    ++this.visits;
    this.watcher.disconnect();
    this.dark.removeEventListener('change', this.restyle);
    this.running?.controller.abort();
    this.running = null;
    this.figure?.close();
    this.figure = null;
  }

  /** The name of a built-in analysis, or the address of a card. */
  get analysis(): string {
    return this.getAttribute('analysis') ?? cardOfAddress(this.getAttribute('address') ?? '') ?? '';
  }

  set analysis(name: string) {
    this.setAttribute('analysis', name);
  }

  /** Without sliders. */
  get readonly(): boolean {
    return this.hasAttribute('readonly');
  }

  set readonly(on: boolean) {
    this.toggleAttribute('readonly', on);
  }

  /** The settings as the address of the page has them (`#…`); empty until the analysis is open. */
  get address(): string {
    return this.state && this.analysis_ ? hashOfState(this.state, this.analysis_.card) : '';
  }

  set address(address: string) {
    this.setAttribute('address', address);
  }

  /** What is on display: of a figure of curves `limits`, of a contour `contour`; null before there is any. */
  get results(): Results | null {
    return this.shown;
  }

  // ------------------------------------------------------------ from attributes to a figure

  private attributesChanged(records: MutationRecord[]): void {
    if (records.every(({ attributeName }) => attributeName === 'theme')) this.restyle();
    else this.begin();
  }

  private async begin(): Promise<void> {
    const visit = ++this.visits;
    const { figure, analysis: name } = this;
    if (!figure) return;
    figure.say('Loading…');
    try {
      if (!name)
        throw new Error('This element needs the attribute analysis: the name of one, or the address of a card.');
      const analysis = await open(addressOfCard(name));
      if (visit !== this.visits) return;
      const attributes: Attribute[] = [...this.attributes].map(({ name, value }) => ({ name, value }));
      const { card } = analysis;
      const { state, problems } = stateOfHash(addressOfAttributes(attributes, card, name), card, name);
      // Whoever wrote the attributes should see it; the reader sees what can be shown.
      if (problems.length > 0) console.warn(`<any-slice>: some attributes were adjusted: ${problems.join('; ')}.`);
      this.analysis_ = analysis;
      this.apply(state);
    } catch (error) {
      if (visit === this.visits) this.fail(error);
    }
  }

  private moved(make: (card: Analysis['card'], state: State) => State, moving = false): void {
    if (!this.state || !this.analysis_) return;
    if (moving) this.rest.disturb();
    this.apply(make(this.analysis_.card, this.state));
    this.tell('change', { address: this.address });
  }

  private apply(state: State): void {
    this.state = state;
    const { card } = this.analysis_!;
    const page = pageAddress(this.analysis, (name) => hashOfState({ ...state, card: name }, card));
    this.figure?.showState(card, state, this.readonly, page);
    // Something that is about to be shown is let be shown, so that the figure follows a slider.
    if (!this.running || this.running.shown) this.compute();
  }

  private async compute(): Promise<void> {
    const { figure, analysis_: analysis, state } = this;
    if (!figure || !analysis || !state) return;
    this.running?.controller.abort();
    const running = { controller: new AbortController(), key: computationKey(state), shown: false };
    this.running = running;
    const show = (results: Results) => {
      running.shown = true;
      this.shown = results;
      figure.showResults(results);
    };
    figure.say('Computing…');
    try {
      const results = await compute(analysis, state, {
        signal: running.controller.signal,
        onPartial: (partial) => {
          if (this.running !== running) return;
          show(partial);
          if (this.isOvertaken(running.key)) this.compute();
        },
        rest: () => this.rest.settled(),
      });
      if (this.running !== running) return;
      this.running = null;
      show(results);
      if (this.isOvertaken(running.key)) return this.compute();
      figure.say('');
      this.tell('result', { address: this.address, results });
    } catch (error) {
      if (this.running !== running) return;
      this.running = null;
      // What failed is not what is asked for any more.
      if (this.isOvertaken(running.key)) return this.compute();
      if (!isAbort(error)) this.fail(error);
    }
  }

  private isOvertaken(key: string): boolean {
    return this.state !== null && computationKey(this.state) !== key;
  }

  private fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.figure?.say(message, true);
    this.tell('error', { message });
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

if (!customElements.get('any-slice')) customElements.define('any-slice', AnySlice);
