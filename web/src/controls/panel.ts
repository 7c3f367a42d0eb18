// The control panel: builds the fields of a card and figure, and keeps them equal to the state.

import type { Card, Preset } from 'anyslice';
import { element } from '../dom.ts';
import { exactNumber, formatNumber, formatPercent } from '../format.ts';
import { CONSTRAINT_LABELS, constructionNote, METHOD_LABELS, variantNote } from '../panels/construction.ts';
import {
  axisBounds,
  CONSTRAINTS,
  constructionOf,
  EXPOSURE_RANGE,
  freeParameters,
  LEVEL_RANGE,
  METHODS,
  overlaysFor,
  parseSeries,
  presetOf,
  type Range,
  type State,
  TOYS_RANGE,
} from '../state.ts';
import {
  checkField,
  type Field,
  group,
  numberField,
  quickButtons,
  selectField,
  setText,
  sliderField,
  textField,
} from './fields.ts';

export interface PanelEvents {
  /** A change of the state; `moving` while a slider is being dragged. */
  change: (change: Partial<State>, moving?: boolean) => void;
  chooseCard: (file: string) => void;
  choosePreset: (preset: string) => void;
}

export class Panel {
  private sync: ((state: State) => void)[] = [];
  private built = '';
  private state!: State;

  constructor(
    private readonly root: HTMLElement,
    private readonly events: PanelEvents,
  ) {}

  /** Before any analysis is open: only the choice between them. `chosen` is '' when none could be opened. */
  offer(titles: Map<string, string>, chosen: string): void {
    this.built = '';
    const analysis = this.picker(titles);
    analysis.set(chosen);
    this.sync = [];
    this.root.replaceChildren(group('Figure', analysis.root));
  }

  /** The titles of the analyses arrive late: they must not disturb a field that is being typed into. */
  retitle(titles: Map<string, string>): void {
    for (const option of this.root.querySelectorAll<HTMLOptionElement>('#choose-analysis option')) {
      option.textContent = titles.get(option.value) ?? option.textContent;
    }
  }

  /** Shows the state; builds the fields anew when card or figure have changed. `titles` name the analyses. */
  show(card: Card, state: State, titles: Map<string, string>): void {
    this.state = state;
    const signature = JSON.stringify([state.card, state.preset]);
    if (signature !== this.built) {
      this.built = signature;
      this.sync = [];
      const focused = document.activeElement?.id;
      this.root.replaceChildren(...this.build(card, presetOf(card, state.preset)[1], titles));
      if (focused) document.getElementById(focused)?.focus();
    }
    for (const update of this.sync) update(state);
  }

  private build(card: Card, preset: Preset, titles: Map<string, string>): HTMLElement[] {
    return [
      this.figure(card, titles),
      this.statistics(card),
      this.axes(card, preset),
      this.exposure(card),
      this.overlays(card, preset),
    ];
  }

  private figure(card: Card, titles: Map<string, string>): HTMLElement {
    const analysis = this.follow(this.picker(titles), (state) => state.card);
    const presets = Object.entries(card.presets ?? {}).map(([value, { label }]) => ({ value, label }));
    const preset = this.follow(
      selectField('Figure', presets, this.events.choosePreset, 'choose-figure'),
      (state) => state.preset,
    );
    const variants = Object.entries(card.variants ?? {}).map(([value, { label }]) => ({ value, label }));
    const note = element('div', { class: 'note' });
    const variant = this.follow(
      selectField(
        'Variant',
        variants,
        (name) => this.events.change({ variant: name, ...constructionOf(card, name) }),
        'choose-variant',
      ),
      (state) => state.variant,
    );
    this.sync.push((state) => setText(note, ...variantNote(card, state)));
    return group('Figure', analysis, presets.length > 1 ? preset : null, variants.length > 1 ? variant : null, note);
  }

  private picker(titles: Map<string, string>): Field<string> {
    const options = [...titles].map(([value, label]) => ({ value, label }));
    const field = selectField('Analysis', options, this.events.chooseCard, 'choose-analysis');
    const none = element('option', { value: '', disabled: true, hidden: true }, 'Choose an analysis');
    field.root.querySelector('select')!.prepend(none);
    return field;
  }

  private statistics(card: Card): HTMLElement {
    const { change } = this.events;
    const method = this.follow(
      selectField(
        'Construction',
        METHODS.map((value) => ({ value, label: METHOD_LABELS[value] })),
        (value) => change({ method: value as State['method'] }),
        'choose-method',
      ),
      (state) => state.method,
    );
    const constraint = this.follow(
      selectField(
        'Constraint of the uncertainties',
        CONSTRAINTS.map((value) => ({ value, label: CONSTRAINT_LABELS[value] })),
        (value) => change({ constraint: value as State['constraint'] }),
        'choose-constraint',
      ),
      (state) => state.constraint,
    );
    const level = this.follow(
      numberField({
        label: 'Confidence level',
        range: LEVEL_RANGE,
        factor: 100,
        unit: '%',
        onChange: (cl) => change({ cl }),
        id: 'choose-level',
      }),
      (state) => state.cl,
    );
    level.append(quickButtons([0.9, 0.95].map((cl) => ({ label: formatPercent(cl), apply: () => change({ cl }) }))));
    const toys = this.follow(
      numberField({
        label: 'Toys per tested signal',
        range: TOYS_RANGE,
        whole: true,
        onChange: (value) => change({ toys: value }),
        id: 'choose-toys',
      }),
      (state) => state.toys,
    );
    const seed = this.follow(
      numberField({
        label: 'Seed of the toys',
        range: [0, Number.MAX_SAFE_INTEGER],
        whole: true,
        onChange: (value) => change({ seed: value }),
        id: 'choose-seed',
      }),
      (state) => state.seed,
    );
    const pair = element('div', { class: 'pair' }, toys, seed);
    const note = element('div', { class: 'note' });
    this.sync.push((state) => {
      pair.hidden = state.method !== 'cls-toys';
      constraint.hidden = state.method === 'cls-exact';
      setText(note, ...constructionNote(card, state));
    });
    return group('Limit', method, constraint, level, pair, note);
  }

  private axes(card: Card, preset: Preset): HTMLElement {
    const bounds = axisBounds(card, preset);
    const fields: HTMLElement[] = [];
    const ends = (axis: 'x' | 'y', name: string) => {
      const { symbol, unit } = card.parameters[name]!;
      const end = (index: 0 | 1, word: string) =>
        this.follow(
          numberField({
            label: `{${symbol.text}} ${word}`,
            unit,
            range: bounds[axis],
            onChange: (value) => this.setEnd(axis, index, value, bounds[axis]),
            id: `choose-${axis}-${word}`,
          }),
          (state) => state[axis][index],
        );
      fields.push(element('div', { class: 'pair' }, end(0, 'from'), end(1, 'to')));
    };
    ends('x', preset.versus);
    ends('y', preset.on);
    if (preset.series) {
      const { symbol, unit, range } = card.parameters[preset.series.parameter]!;
      fields.push(
        this.follow(
          textField<number[]>(
            `Curves at {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`,
            (text) => {
              const { values, problem } = parseSeries(text, range);
              return problem ? { problem } : { value: values };
            },
            (values) => values.map(exactNumber).join(', '),
            (series) => this.events.change({ series }),
            'choose-series',
          ),
          (state) => state.series,
        ),
      );
    }
    for (const name of freeParameters(card, preset)) {
      const { symbol, label, unit, range, scale } = card.parameters[name]!;
      const changed = (value: number) => ({ set: { ...this.state.set, [name]: value } });
      fields.push(
        this.follow(
          sliderField({
            label: `{${symbol.text}}, ${label}`,
            unit,
            range,
            scale,
            onChange: (value) => this.events.change(changed(value)),
            onInput: (value) => this.events.change(changed(value), true),
            id: `choose-${name}`,
          }),
          (state) => state.set[name]!,
        ),
      );
    }
    return group('Axes and parameters', ...fields);
  }

  private exposure(card: Card): HTMLElement {
    const { change } = this.events;
    const field = this.follow(
      sliderField({
        label: 'Exposure relative to the data',
        unit: '×',
        range: EXPOSURE_RANGE,
        scale: 'log',
        onChange: (exposure) => change({ exposure }),
        onInput: (exposure) => change({ exposure }, true),
        id: 'choose-exposure',
      }),
      (state) => state.exposure,
    );
    const projections = Object.values(card.projections ?? {}).map(({ label, exposure_scale }) => ({
      label: `× ${formatNumber(exposure_scale, 4)}`,
      title: label,
      apply: () => change({ exposure: exposure_scale }),
    }));
    field.append(
      quickButtons([{ label: '× 1', title: 'the data', apply: () => change({ exposure: 1 }) }, ...projections]),
    );
    const note = element('p', { class: 'note' });
    this.sync.push((state) => {
      const known = Object.values(card.projections ?? {}).find(
        ({ exposure_scale }) => exposure_scale === state.exposure,
      );
      setText(
        note,
        state.exposure === 1
          ? null
          : `${known ? `${known.label}. ` : ''}Signal and backgrounds grow with the exposure, uncertainties keep their relative size, but those from counted events shrink with its square root. There are no data yet, so only expected limits are shown.`,
      );
    });
    return group('Exposure', field, note);
  }

  private overlays(card: Card, preset: Preset): HTMLElement {
    const names = overlaysFor(card, preset);
    const fields: HTMLElement[] = [];
    if (!preset.series) {
      fields.push(
        this.follow(
          checkField(
            'Expected limit with ±1 and ±2 s.d. bands',
            (bands) => this.events.change({ bands }),
            'choose-bands',
          ),
          (state) => state.bands,
        ),
      );
    }
    for (const name of names) {
      const overlay = card.overlays![name]!;
      const field = checkField(
        element('span', {}, overlay.label, element('span', { class: 'kind' }, ` ${overlay.kind ?? ''}`)),
        (shown) =>
          this.events.change({
            overlays: names.filter((other) => (other === name ? shown : this.state.overlays.includes(other))),
          }),
        `overlay-${name}`,
      );
      fields.push(this.follow(field, (state) => state.overlays.includes(name)));
    }
    const made = group('Shown with it', ...fields);
    made.hidden = fields.length === 0;
    return made;
  }

  /** One end of an axis; an end beyond the other one moves the other to the end of what is allowed. */
  private setEnd(axis: 'x' | 'y', index: 0 | 1, value: number, bounds: Range): void {
    const range: Range = [...this.state[axis]];
    range[index] = value;
    if (!(range[0] < range[1])) range[1 - index] = bounds[1 - index]!;
    // Both ends at the same end of the allowed range leave nothing to show: the fields go back to what is shown.
    this.events.change({ [axis]: range[0] < range[1] ? range : this.state[axis] });
  }

  private follow<Value>(field: Field<Value>, read: (state: State) => Value): HTMLElement {
    this.sync.push((state) => field.set(read(state)));
    return field.root;
  }
}
