// Attributes of <any-slice>: what a page writes for an element is what the element shows.

import { describe, expect, it } from 'vitest';
import { addressOfAttributes, attributesOfState } from '../../web/src/embed/attributes.ts';
import type { ContourState } from '../../web/src/state/contour.ts';
import { defaults, hashOfState, stateOfHash } from '../../web/src/state.ts';
import { planeCard } from './fixtures.ts';

const file = 'plane';

describe('the attributes of an element', () => {
  it('bring back every setting, also those that HTML has a use for', () => {
    const usual = defaults(planeCard, file) as ContourState;
    const [part = ''] = Object.keys(planeCard.parts ?? {});
    expect(part).not.toBe('');
    const state: ContourState = { ...usual, part, cl: 0.95, band: !usual.band, overlays: [] };
    const attributes = attributesOfState(state, planeCard);
    expect(attributes).toContainEqual({ name: 'part', value: part });
    const read = stateOfHash(addressOfAttributes(attributes, planeCard, file), planeCard, file);
    expect(read.problems).toEqual([]);
    expect(hashOfState(read.state, planeCard)).toBe(hashOfState(state, planeCard));
  });

  it('leave out what any element may have', () => {
    const address = addressOfAttributes([{ name: 'class', value: 'wide' }], planeCard, file);
    expect(address).toBe('#card=plane');
  });
});
