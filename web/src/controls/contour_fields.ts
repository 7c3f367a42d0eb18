// The fields of a figure of contours: the plane, the limit, what enters it, and what is shown with it.

import { element } from '../dom.ts';
import { METHOD_LABELS } from '../panels/construction.ts';
import { LAYER_TITLES } from '../plot/contour_model.ts';
import { shortLabel } from '../plot/model.ts';
import { type ContourState, contourMethods, LAYERS, type Layer, withAxis } from '../state/contour.ts';
import { type AxisName, contourPresetOf, planeOf } from '../state/plane.ts';
import { benchmarkField } from './benchmark_fields.ts';
import type { FieldSet } from './field_set.ts';
import { checkField, folded, group, inLine, plainGroup, selectField, setText } from './fields.ts';
import { parameterFields } from './parameter_fields.ts';
import { sampleFields } from './sample_fields.ts';
import { levelField, overlayFields, rangeFields, variantGroup, whyField } from './shared_fields.ts';

type Fields = FieldSet<ContourState>;

export function contourGroups(fields: Fields, presetName: string, axes: ContourState['axes']): HTMLElement[] {
  const parameters = [benchmarkField(fields), ...parameterFields(fields, presetName, axes)].filter(
    (made) => made !== null,
  );
  const plane = planeOf(fields.card, contourPresetOf(fields.card, presetName), axes);
  return [
    planeGroup(fields),
    ...(parameters.length > 0 ? [group('Parameters', ...parameters)] : []),
    statistics(fields),
    shownWithIt(fields, axes),
    folded('ranges', 'Ranges of the axes', false, rangeFields(fields, 'x', plane), rangeFields(fields, 'y', plane)),
    ...sampleFields(fields),
    variantGroup(fields),
  ];
}

function planeGroup(fields: Fields): HTMLElement {
  const { card } = fields;
  // Without symbols, which a list of choices cannot typeset.
  const options = Object.entries(card.parameters).map(([value, { label }]) => ({ value, label: shortLabel(label) }));
  const choice = (axis: AxisName, label: string) =>
    fields.follow(
      selectField(
        label,
        options,
        (name) => fields.make((state) => withAxis(card, state, axis, name)),
        `choose-${axis}-parameter`,
      ),
      (state) => state.axes[axis],
    );
  const swap = element(
    'button',
    { type: 'button', class: 'small', id: 'swap-axes', 'aria-label': 'Exchange the axes', title: 'Exchange the axes' },
    '⇄',
  );
  swap.addEventListener('click', () => fields.make((state) => withAxis(card, state, 'x', state.axes.y)));
  const plane = element(
    'div',
    { class: 'plane' },
    inLine(choice('x', 'Horizontal')),
    swap,
    inLine(choice('y', 'Vertical')),
  );
  return plainGroup('Plane', plane);
}

function statistics(fields: Fields): HTMLElement {
  const { card } = fields;
  const method = fields.follow(
    selectField(
      'Statistic',
      contourMethods(card).map((value) => ({ value, label: METHOD_LABELS[value] })),
      (value) => fields.change({ method: value as ContourState['method'] }),
      'choose-method',
    ),
    (state) => state.method,
  );
  return group('Limit', inLine(method), levelField(fields), projection(fields), whyField(fields));
}

function projection(fields: Fields): HTMLElement | null {
  const { card } = fields;
  const projections = Object.entries(card.projections ?? {});
  if (projections.length === 0) return null;
  const options = [{ value: '', label: 'the data' }, ...projections.map(([value, { label }]) => ({ value, label }))];
  const field = fields.follow(
    selectField('Data', options, (name) => fields.change({ projection: name }), 'choose-projection'),
    (state) => state.projection,
  );
  const note = element('p', { class: 'note' });
  fields.watch((state) => {
    const known = card.projections?.[state.projection];
    const counts = known?.counts === 'whole' ? 'the whole part of the expected background' : 'the expected background';
    setText(note, known ? `There are no data yet: the counts are ${counts}. ${known.source ?? ''}` : null);
  });
  field.append(note);
  return inLine(field);
}

function shownWithIt(fields: Fields, axes: ContourState['axes']): HTMLElement {
  const layers = LAYERS.map((value) => ({ value, label: value === 'none' ? 'nothing' : LAYER_TITLES[value] }));
  const layer = fields.follow(
    selectField('Colours show', layers, (value) => fields.change({ layer: value as Layer }), 'choose-layer'),
    (state) => state.layer,
  );
  const band = fields.follow(
    checkField('Contours for ±1 Monte Carlo error', (shown) => fields.change({ band: shown }), 'choose-band'),
    (state) => state.band,
  );
  // A tip seems to be a spike of the drawing; it is how sure the limit is there.
  const tips = 'Where two edges meet at a small angle, a small error moves their tip far.';
  return folded(
    'shown',
    'Shown with it',
    false,
    layer,
    band,
    element('p', { class: 'note' }, tips),
    ...overlayFields(fields, axes),
  );
}
