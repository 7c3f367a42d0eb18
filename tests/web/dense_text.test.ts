// Files inside a page come out as they went in, whatever their bytes.

import { describe, expect, it } from 'vitest';
import { fromPlanes, toPlanes } from '../../web/src/ship/column_planes.ts';
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
  const table = (columns: Record<string, ['F64' | 'U16' | 'U8', number[]]>) => {
    const header: Record<string, unknown> = { __metadata__: { format: '1' } };
    const content: number[] = [];
    for (const [name, [dtype, bytes]] of Object.entries(columns)) {
      header[name] = { dtype, shape: [], data_offsets: [content.length, content.length + bytes.length] };
      content.push(...bytes);
    }
    const text = new TextEncoder().encode(JSON.stringify(header));
    const result = new Uint8Array(8 + text.length + content.length);
    new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
    result.set(text, 8);
    result.set(content, 8 + text.length);
    return { bytes: result, begin: 8 + text.length };
  };
  const twoBytes = (numbers: number[]) => numbers.flatMap((number) => [number & 0xff, number >> 8]);

  it('is turned into planes and back', () => {
    const { bytes, begin } = table({
      wide: ['F64', Array.from({ length: 16 }, (_, i) => i)],
      narrow: ['U16', [16, 17, 18, 19]],
    });
    const planes = toPlanes(bytes);
    expect([...planes.subarray(begin)]).toEqual([
      ...[0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15],
      ...[16, 18, 17, 19],
      ...[0, 0],
    ]);
    expect(fromPlanes(planes)).toEqual(bytes);
  });
  it('makes differences of columns that belong together, below zero and above 16 bits, too', () => {
    const energies = Array.from({ length: 40 }, (_, i) => (i * 7919) % 65536);
    const { bytes, begin } = table({
      energy: ['U16', twoBytes(energies)],
      region: ['U8', energies.map((_, i) => i % 3)],
      momentum: ['U16', twoBytes(energies.map((energy, i) => (energy + (i % 2 ? 2303 : 63000)) % 65536))],
      other: ['U16', twoBytes(energies.map((energy) => (energy * energy) % 65521))],
      again: ['U16', twoBytes(energies.map((energy, i) => (energy + (i % 2 ? 2303 : 63000) + 5) % 65536))],
    });
    const planes = toPlanes(bytes);
    expect([...planes.subarray(bytes.length)].filter((_, i) => i !== 3)).toEqual([0, 0, 1, 3]);
    expect([...planes.subarray(begin + 120, begin + 160)]).toEqual(
      energies.map((_, i) => (i % 2 ? 2303 : 63000) & 0xff),
    );
    expect([...planes.subarray(begin + 280, begin + 360)]).toEqual([...Array(40).fill(5), ...Array(40).fill(0)]);
    expect(fromPlanes(planes)).toEqual(bytes);
    expect(fromPlanes(planes.slice(0, -1))).toBeNull();
    planes[bytes.length + 2] = 4;
    expect(fromPlanes(planes)).toBeNull();
  });
});
