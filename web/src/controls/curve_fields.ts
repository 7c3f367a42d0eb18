// The fields of a figure of limit curves.

import type { Card } from 'anyslice';
import { element } from '../dom.ts';
import { exactNumber, formatNumber } from '../format.ts';
import { CONSTRAINT_LABELS, METHOD_LABELS } from '../panels/construction.ts';
import {
  CONSTRAINTS,
  type CurveState,
  freeParameters,
  isByLikelihood,
  METHODS,
  parseSeries,
  throwsToys,
} from '../state/curve.ts';
import { curvePresetOf, planeOf } from '../state/plane.ts';
import { EXPOSURE_RANGE, TOYS_RANGE } from '../state/ranges.ts';
import { benchmarkField } from './benchmark_fields.ts';
import type { FieldSet } from './field_set.ts';
import {
  checkField,
  folded,
  group,
  inLine,
  numberField,
  quickButtons,
  selectField,
  setText,
  showReset,
  sliderField,
  textField,
} from './fields.ts';
import { levelField, overlayFields, rangeFields, variantGroup, whyField } from './shared_fields.ts';

export function curveGroups(fields: FieldSet<CurveState>, presetName: string): HTMLElement[] {
  return [
    parameters(fields, presetName),
    statistics(fields),
    axes(fields, presetName),
    shownWithIt(fields, presetName),
    variantGroup(fields),
  ];
}

function statistics(fields: FieldSet<CurveState>): HTMLElement {
  const method = fields.follow(
    selectField(
      'Construction',
      METHODS.map((value) => ({ value, label: METHOD_LABELS[value] })),
      (value) => fields.change({ method: value as CurveState['method'] }),
      'choose-method',
    ),
    (state) => state.method,
  );
  const constraint = fields.follow(
    selectField(
      'Constraint',
      CONSTRAINTS.map((value) => ({ value, label: CONSTRAINT_LABELS[value] })),
      (value) => fields.change({ constraint: value as CurveState['constraint'] }),
      'choose-constraint',
    ),
    (state) => state.constraint,
  );
  const toys = fields.follow(
    numberField({
      label: 'Toys per tested signal',
      range: TOYS_RANGE,
      whole: true,
      onChange: (value) => fields.change({ toys: value }),
      id: 'choose-toys',
    }),
    (state) => state.toys,
  );
  const seed = fields.follow(
    numberField({
      label: 'Seed of the toys',
      range: [0, Number.MAX_SAFE_INTEGER],
      whole: true,
      onChange: (value) => fields.change({ seed: value }),
      id: 'choose-seed',
    }),
    (state) => state.seed,
  );
  const pair = element('div', { class: 'pair' }, toys, seed);
  fields.watch((state) => {
    pair.hidden = !throwsToys(state.method);
    constraint.hidden = state.method === 'cls-exact' || isByLikelihood(state.method);
  });
  return group('Limit', inLine(method), inLine(constraint), levelField(fields), pair, whyField(fields));
}

function parameters(fields: FieldSet<CurveState>, presetName: string): HTMLElement {
  const sliders = freeParameterFields(fields, presetName);
  return group('Parameters', benchmarkField(fields), ...sliders, ...exposure(fields));
}

/** Sliders of the parameters that are neither on an axis nor the one of a series. */
export function freeParameterFields(fields: FieldSet<CurveState>, presetName: string): HTMLElement[] {
  const { card } = fields;
  return freeParameters(card, curvePresetOf(card, presetName)).map((name) => {
    const { symbol, label, unit, range, scale, default: own } = card.parameters[name]!;
    const set = (value: number, moving: boolean) =>
      fields.make((state) => ({ ...state, set: { ...state.set, [name]: value } }), moving);
    const slider = fields.follow(
      sliderField({
        label: `{${symbol.text}}, ${label}`,
        unit,
        range,
        scale,
        onChange: (value) => set(value, false),
        onInput: (value) => set(value, true),
        onReset: () => set(own, false),
        id: `choose-${name}`,
      }),
      (state) => state.set[name]!,
    );
    fields.watch((state) => showReset(slider, state.set[name] !== own));
    return slider;
  });
}

function axes(fields: FieldSet<CurveState>, presetName: string): HTMLElement {
  const { card } = fields;
  const preset = curvePresetOf(card, presetName);
  const plane = planeOf(card, preset);
  const made: HTMLElement[] = [rangeFields(fields, 'x', plane), rangeFields(fields, 'y', plane)];
  if (preset.series) {
    const { symbol, unit, range } = card.parameters[preset.series.parameter]!;
    made.push(
      fields.follow(
        textField<number[]>(
          `Curves at {${symbol.text}}${unit === '1' ? '' : ` [${unit}]`}`,
          (text) => {
            const { values, problem } = parseSeries(text, range);
            return problem ? { problem } : { value: values };
          },
          (values) => values.map(exactNumber).join(', '),
          (series) => fields.change({ series }),
          'choose-series',
        ),
        (state) => state.series,
      ),
    );
  }
  return folded('ranges', 'Axes', true, ...made);
}

function exposure(fields: FieldSet<CurveState>): HTMLElement[] {
  const { card } = fields;
  const field = fields.follow(
    sliderField({
      label: 'Exposure relative to the data',
      unit: '×',
      range: EXPOSURE_RANGE,
      scale: 'log',
      onChange: (exposure) => fields.change({ exposure }),
      onInput: (exposure) => fields.change({ exposure }, true),
      onReset: () => fields.change({ exposure: 1 }),
      id: 'choose-exposure',
    }),
    (state) => state.exposure,
  );
  const projections = projectionsOf(card).map(({ label, scale }) => ({
    label: `× ${formatNumber(scale, 4)}`,
    title: label,
    apply: () => fields.change({ exposure: scale }),
  }));
  field.append(
    quickButtons([{ label: '× 1', title: 'the data', apply: () => fields.change({ exposure: 1 }) }, ...projections]),
  );
  const note = element('p', { class: 'note' });
  fields.watch((state) => {
    showReset(field, state.exposure !== 1);
    const known = projectionsOf(card).find(({ scale }) => scale === state.exposure);
    setText(
      note,
      state.exposure === 1
        ? null
        : `${known ? `${known.label}. ` : ''}Signal and backgrounds grow with the exposure, uncertainties keep their relative size, but those from counted events shrink with its square root. There are no data yet, so only expected limits are shown.`,
    );
  });
  return [field, note];
}

/** Projections that change the exposure. */
function projectionsOf(card: Card): { label: string; scale: number }[] {
  return Object.values(card.projections ?? {}).flatMap(({ label, exposure_scale }) =>
    exposure_scale === undefined ? [] : [{ label, scale: exposure_scale }],
  );
}

function shownWithIt(fields: FieldSet<CurveState>, presetName: string): HTMLElement {
  const preset = curvePresetOf(fields.card, presetName);
  const made = overlayFields(fields, { x: preset.versus, y: preset.on });
  if (!preset.series) {
    const bands = checkField(
      'Expected limit with ±1 and ±2 s.d. bands',
      (shown) => fields.change({ bands: shown }),
      'choose-bands',
    );
    made.unshift(fields.follow(bands, (state) => state.bands));
  }
  const shown = folded('shown', 'Shown with it', true, ...made);
  shown.hidden = made.length === 0;
  return shown;
}
