// Files inside a page come out as they went in, whatever their bytes.

import { describe, expect, it } from 'vitest';
import { reordered } from '../../web/src/ship/column_planes.ts';
import { bytesOfDenseText, denseText } from '../../web/src/ship/dense_text.ts';

/** All values of 14 bits one after the other. */
function everyValue(): Uint8Array<ArrayBuffer> {
  const bits = Array.from({ length: 2 ** 14 }, (_, value) => value.toString(2).padStart(14, '0')).join('');
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));
}

describe('dense text', () => {
  it('gives back bytes of any length', () => {
    for (let length = 0; length < 30; ++length) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 83) % 256);
      expect(bytesOfDenseText(denseText(bytes), length)).toEqual(bytes);
    }
  });
  it('gives back every value, in two bytes of UTF-8 each, without what a parser of HTML changes', () => {
    const bytes = everyValue();
    const text = denseText(bytes);
    expect(bytesOfDenseText(text, bytes.length)).toEqual(bytes);
    expect(text).not.toMatch(/[\0\r<]/);
    const written = new TextEncoder().encode(text);
    expect(written).toHaveLength(2 * 2 ** 14);
    expect(new TextDecoder().decode(written)).toBe(text);
  });
  it('notices a text that was changed or cut', () => {
    const bytes = everyValue().subarray(0, 700);
    const text = denseText(bytes);
    expect(bytesOfDenseText(text.slice(0, -4), bytes.length)).toBeNull();
    expect(bytesOfDenseText(`<${text.slice(1)}`, bytes.length)).toBeNull();
    expect(bytesOfDenseText(`\u0ff0${text}`, bytes.length)).toBeNull();
  });
});

describe('the order of a table', () => {
  it('is turned into planes and back', () => {
    const header = JSON.stringify({
      __metadata__: { format: '1' },
      wide: { dtype: 'F64', shape: [2], data_offsets: [0, 16] },
      narrow: { dtype: 'U16', shape: [2], data_offsets: [16, 20] },
    });
    const bytes = new Uint8Array(8 + header.length + 20);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    for (let i = 0; i < 20; ++i) bytes[8 + header.length + i] = i;
    const planes = reordered(bytes, true);
    expect([...planes.subarray(8 + header.length)]).toEqual([
      ...[0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15],
      ...[16, 18, 17, 19],
    ]);
    expect(reordered(planes, false)).toEqual(bytes);
  });
});
