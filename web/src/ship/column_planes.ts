// An event table with the bytes of its columns in another order, which packs smaller: first all lowest bytes of a
// column, then all next ones. The high bytes of quantised numbers are alike, the low ones are noise.

const WIDTHS: Record<string, number> = { F64: 8, F32: 4, U32: 4, U16: 2, U8: 1 };

/** `table`: a safetensors file. `toPlanes`: the way there, else the way back. */
export function reordered(table: Uint8Array<ArrayBuffer>, toPlanes: boolean): Uint8Array<ArrayBuffer> {
  const begin = 8 + Number(new DataView(table.buffer, table.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(table.subarray(8, begin))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const result = table.slice();
  for (const [name, column] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const width = WIDTHS[column.dtype];
    if (!width) throw new Error(`column ${name} is of the unknown type ${column.dtype}`);
    const [first, last] = column.data_offsets;
    const rows = (last - first) / width;
    for (let plane = 0; plane < width; ++plane) {
      for (let row = 0; row < rows; ++row) {
        const apart = begin + first + plane * rows + row;
        const together = begin + first + row * width + plane;
        if (toPlanes) result[apart] = table[together]!;
        else result[together] = table[apart]!;
      }
    }
  }
  return result;
}
