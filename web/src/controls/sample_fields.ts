// What enters the limit: channels and parts of the events, and the bandwidth of the kernel.

import { element } from '../dom.ts';
import { bandwidthRange, type ContourState, kernelAxes } from '../state/contour.ts';
import type { FieldSet } from './field_set.ts';
import { checkField, folded, selectField, sliderField } from './fields.ts';

type Fields = FieldSet<ContourState>;

const DISTANCES = { log10: 'decades', ln: 'e-folds', linear: '' };

export function sampleFields(fields: Fields): HTMLElement[] {
  return [channelGroup(fields), kernelGroup(fields)].filter((made) => made !== null);
}

function channelGroup(fields: Fields): HTMLElement | null {
  const { card } = fields;
  const channels = Object.entries(card.channels ?? {}).map(([name, { label }]) => ({ name, label: label ?? name }));
  const parts = Object.entries(card.parts ?? {}).map(([name, { label }]) => ({ name, label }));
  const made: HTMLElement[] = [];
  if (channels.length > 1) {
    made.push(subheading('Channels in the limit'));
    for (const { name, label } of channels) made.push(channelField(fields, name, label));
  }
  if (parts.length > 0) {
    const options = [{ value: '', label: 'all events' }, ...parts.map(({ name, label }) => ({ value: name, label }))];
    made.push(
      fields.follow(
        selectField('Events in the limit', options, (part) => fields.change({ part }), 'choose-part'),
        (state) => state.part,
      ),
    );
  }
  if (channels.length > 1 || parts.length > 0) made.push(subheading('Drawn beside it, each by itself'));
  if (channels.length > 1) made.push(...besideFields(fields, 'besideChannels', channels));
  made.push(...besideFields(fields, 'besideParts', parts));
  return made.length > 0 ? folded('events', 'Events in the limit', false, ...made) : null;
}

/** The last channel cannot be taken away: a limit needs one. */
function channelField(fields: Fields, name: string, label: string): HTMLElement {
  const all = Object.keys(fields.card.channels ?? {});
  const root = fields.follow(
    checkField(
      label,
      (on) =>
        fields.make((state) => ({
          ...state,
          channels: all.filter((other) => (other === name ? on : state.channels.includes(other))),
        })),
      `channel-${name}`,
    ),
    (state) => state.channels.includes(name),
  );
  const input = root.querySelector('input')!;
  fields.watch((state) => {
    input.disabled = state.channels.length === 1 && state.channels[0] === name;
  });
  return root;
}

function besideFields(
  fields: Fields,
  list: 'besideChannels' | 'besideParts',
  items: { name: string; label: string }[],
): HTMLElement[] {
  return items.map(({ name, label }) =>
    fields.follow(
      checkField(
        label,
        (on) =>
          fields.make((state) => ({
            ...state,
            [list]: items
              .map((item) => item.name)
              .filter((other) => (other === name ? on : state[list].includes(other))),
          })),
        `beside-${name}`,
      ),
      (state) => state[list].includes(name),
    ),
  );
}

function kernelGroup(fields: Fields): HTMLElement | null {
  const { card } = fields;
  const axes = kernelAxes(card);
  if (axes.length === 0) return null;
  const sliders = axes.map((axis) => {
    const { parameter, distance, bandwidth } = axis;
    const { symbol, unit } = card.parameters[parameter]!;
    const set = (value: number, moving: boolean) =>
      fields.make((state) => ({ ...state, bandwidth: { ...state.bandwidth, [parameter]: value } }), moving);
    return fields.follow(
      sliderField({
        label: `Bandwidth in {${symbol.text}}`,
        unit: distance === 'linear' ? unit : DISTANCES[distance],
        range: bandwidthRange(axis),
        scale: 'log',
        onChange: (value) => set(value, false),
        onInput: (value) => set(value, true),
        id: `bandwidth-${parameter}`,
      }),
      (state) => state.bandwidth[parameter] ?? bandwidth,
    );
  });
  const note = element(
    'p',
    { class: 'note' },
    'Events simulated at other masses count at this one, the less the further away they are. A wider kernel takes in more events and so lowers the statistical error; it also averages the prediction over more of the parameter space, which biases it.',
  );
  return folded('kernel', 'Kernel bandwidth', false, ...sliders, note);
}

function subheading(text: string): HTMLElement {
  return element('p', { class: 'subheading' }, text);
}
