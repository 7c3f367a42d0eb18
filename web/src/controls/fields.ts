// Labelled form fields: selects, numbers, sliders, switches. Each keeps itself valid and says what it expects.

import { element, replaceContent } from '../dom.ts';
import { exactNumber, formatNumber, parseNumber } from '../format.ts';
import { clamp, type Range } from '../state/ranges.ts';
import { labelNodes } from '../symbols.ts';

export interface Field<Value> {
  root: HTMLElement;
  set(value: Value): void;
}

let lastId = 0;

export function selectField(
  label: string,
  options: { value: string; label: string }[],
  onChange: (value: string) => void,
  id = newId(),
): Field<string> {
  const select = element('select', { id });
  for (const option of options) select.append(element('option', { value: option.value }, option.label));
  // What is too long for the field is cut off.
  const explain = () => {
    select.title = select.selectedOptions[0]?.text ?? '';
  };
  select.addEventListener('change', () => {
    explain();
    onChange(select.value);
  });
  return {
    root: element('div', { class: 'field' }, element('label', { for: id }, labelNodes(label)), select),
    set: (value) => {
      if (select.value !== value) select.value = value;
      explain();
    },
  };
}

export interface NumberOptions {
  label: string;
  range: Range;
  unit?: string;
  onChange: (value: number) => void;
  whole?: boolean;
  id?: string;
  /** Shown value = inner value × factor, for percent. */
  factor?: number;
}

export function numberField(options: NumberOptions): Field<number> {
  const { label, range, unit, onChange, whole = false, id = newId(), factor = 1 } = options;
  const shownRange: Range = [tidy(range[0] * factor), tidy(range[1] * factor)];
  const error = element('p', { class: 'field-error', id: `${id}-error`, role: 'alert' });
  const input = element('input', {
    id,
    type: 'text',
    inputmode: 'decimal',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-error`,
  });
  let current = 0;
  const show = () => {
    // All fields are set whenever one of them moves: what is shown already costs nothing.
    const text = exactNumber(tidy(current * factor));
    if (input.value !== text) input.value = text;
    if (!input.hasAttribute('aria-invalid')) return;
    input.removeAttribute('aria-invalid');
    error.textContent = '';
  };
  input.addEventListener('change', () => {
    const typed = parseNumber(input.value);
    const good =
      typed !== null && typed >= shownRange[0] && typed <= shownRange[1] && (!whole || Number.isInteger(typed));
    if (!good) {
      input.setAttribute('aria-invalid', 'true');
      error.textContent = `Expected ${whole ? 'a whole number' : 'a number'} from ${plainly(shownRange[0])} to ${plainly(shownRange[1])}.`;
      return;
    }
    current = tidy(typed / factor);
    show();
    onChange(current);
  });
  const suffix = unit && unit !== '1' ? element('span', { class: 'unit' }, unit) : null;
  return {
    root: element(
      'div',
      { class: 'field' },
      element('label', { for: id }, labelNodes(label)),
      element('span', { class: 'with-unit' }, input, suffix),
      error,
    ),
    set: (value) => {
      // What is being typed stays, unless the value behind it has changed.
      if (value === current && document.activeElement === input) return;
      current = value;
      show();
    },
  };
}

export interface SliderOptions extends NumberOptions {
  scale: 'lin' | 'log';
  /** Called while the slider moves; `onChange` at the end of the move. */
  onInput?: (value: number) => void;
  /** Gives the field the value that it has by itself; left out, there is no button for it. */
  onReset?: () => void;
}

/** A number with a slider under it. */
export function sliderField(options: SliderOptions): Field<number> {
  const { range, scale, onChange, onInput = () => {} } = options;
  const number = numberField(options);
  const slider = element('input', { type: 'range', min: 0, max: 1000, step: 1 });
  const spoken = options.label.replaceAll(/[{}]/g, '').replaceAll('_', ' ');
  slider.setAttribute('aria-label', `${spoken}, slider`);
  const toValue = (position: number): number => {
    const share = position / 1000;
    if (position <= 0) return range[0];
    if (position >= 1000) return range[1];
    const value =
      scale === 'log' ? range[0] * (range[1] / range[0]) ** share : range[0] + (range[1] - range[0]) * share;
    return Number(value.toPrecision(3));
  };
  const toPosition = (value: number): number => {
    const inside = clamp(value, range);
    const share =
      scale === 'log'
        ? Math.log(inside / range[0]) / Math.log(range[1] / range[0])
        : (inside - range[0]) / (range[1] - range[0]);
    return Math.round(1000 * share);
  };
  const current = () => clamp(toValue(Number(slider.value)), range);
  slider.addEventListener('input', () => {
    number.set(current());
    slider.setAttribute('aria-valuetext', formatNumber(current()));
    onInput(current());
  });
  slider.addEventListener('change', () => onChange(current()));
  number.root.append(slider);
  number.root.classList.add('slider');
  if (options.onReset) number.root.append(resetButton(spoken, options.onReset));
  return {
    root: number.root,
    set: (value) => {
      number.set(value);
      const position = String(toPosition(value));
      if (document.activeElement !== slider && slider.value !== position) slider.value = position;
      const text = formatNumber(value);
      if (slider.getAttribute('aria-valuetext') !== text) slider.setAttribute('aria-valuetext', text);
    },
  };
}

function resetButton(spoken: string, onReset: () => void): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', class: 'reset-one', 'aria-label': `Reset ${spoken}`, title: 'Back to the value of this figure' },
    '↺',
  );
  button.addEventListener('click', onReset);
  return button;
}

/** Shows the button that resets a field only where there is something to reset; its place stays. */
export function showReset(root: HTMLElement, changed: boolean): void {
  const button = root.querySelector<HTMLButtonElement>('.reset-one');
  if (button) button.disabled = !changed;
}

/** Free text that is checked by `read`, which returns a value or what is wrong. */
export function textField<Value>(
  label: string,
  read: (text: string) => { value: Value } | { problem: string },
  write: (value: Value) => string,
  onChange: (value: Value) => void,
  id = newId(),
): Field<Value> {
  const error = element('p', { class: 'field-error', id: `${id}-error`, role: 'alert' });
  const input = element('input', {
    id,
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-error`,
  });
  let shown = '';
  input.addEventListener('change', () => {
    const result = read(input.value);
    const wrong = 'problem' in result;
    error.textContent = wrong ? `${result.problem.charAt(0).toUpperCase()}${result.problem.slice(1)}.` : '';
    if (wrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    if (!wrong) onChange(result.value);
  });
  return {
    root: element('div', { class: 'field' }, element('label', { for: id }, labelNodes(label)), input, error),
    set: (value) => {
      const text = write(value);
      // What is being typed stays, unless the value behind it has changed.
      if (text === shown && document.activeElement === input) return;
      shown = text;
      input.value = text;
      input.removeAttribute('aria-invalid');
      error.textContent = '';
    },
  };
}

export function checkField(label: Node | string, onChange: (value: boolean) => void, id = newId()): Field<boolean> {
  const input = element('input', { id, type: 'checkbox' });
  input.addEventListener('change', () => onChange(input.checked));
  return {
    root: element('div', { class: 'check' }, input, element('label', { for: id }, label)),
    set: (value) => {
      if (input.checked !== value) input.checked = value;
    },
  };
}

/** Small buttons that set a field to a value. */
export function quickButtons(choices: { label: string; title?: string; apply: () => void }[]): HTMLElement {
  const row = element('div', { class: 'quick' });
  for (const { label, title, apply } of choices) {
    const button = element('button', { type: 'button', class: 'small', title }, label);
    button.addEventListener('click', apply);
    row.append(button);
  }
  return row;
}

/** A titled group of fields. */
export function group(title: string, ...fields: (Node | null)[]): HTMLElement {
  return element('fieldset', { 'data-group': title.toLowerCase() }, element('legend', {}, title), fields);
}

/** A group that needs no heading for those who see it. */
export function plainGroup(title: string, ...fields: (Node | null)[]): HTMLElement {
  const made = group(title, ...fields);
  made.firstElementChild!.className = 'visually-hidden';
  return made;
}

/** Label and field in one line. */
export function inLine(field: HTMLElement): HTMLElement {
  field.classList.add('inline');
  return field;
}

/** Fields behind a heading that opens them; what the reader opened or closed stays so as long as the page. */
export function folded(id: string, title: string, open: boolean, ...fields: (Node | null)[]): HTMLDetailsElement {
  return element('details', { id: `fold-${id}`, class: 'fold', open }, element('summary', {}, title), fields);
}

export function setText(target: HTMLElement, ...content: (Node | string | null)[]): void {
  replaceContent(target, content);
  target.hidden = target.childNodes.length === 0;
}

function newId(): string {
  return `field-${++lastId}`;
}

/** Removes the rounding noise of a multiplication. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function plainly(value: number): string {
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7 ? exactNumber(value) : value.toExponential();
}
