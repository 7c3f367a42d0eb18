// An event table in another order, which packs smaller. Quantised columns that belong together (energy and momentum, two
// weights) become differences. Of what is then in a column first come all lowest bytes, then all next ones: the high
// bytes of numbers are alike, the low ones are noise.
//
// After the table comes one byte for each column: 1 + the place of the column it was subtracted from, or 0.

const WIDTHS: Record<string, number> = { F64: 8, F32: 4, U32: 4, U16: 2, U8: 1 };

interface Placed {
  /** Bytes of a number. */
  width: number;
  /** Where the column begins and ends in the file. */
  first: number;
  last: number;
}

/** `table`: a safetensors file. */
export function toPlanes(table: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const columns = columnsOf(table);
  const codes = columns.map((column) => codesOf(table, column));
  const result = new Uint8Array(table.length + columns.length);
  result.set(table);
  for (const [i, column] of columns.entries()) {
    const from = nearest(codes, i);
    result[table.length + i] = from + 1;
    moveBytes(from < 0 ? table : shifted(table, column, columns[from]!, -1), result, column, true);
  }
  return result;
}

/** The way back; null where `reordered` does not end as it should. */
export function fromPlanes(reordered: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const columns = columnsOf(reordered);
  const end = reordered.length - columns.length;
  if (columns.some(({ last }) => last > end)) return null;
  let result = reordered.slice(0, end);
  for (const [i, column] of columns.entries()) {
    moveBytes(reordered, result, column, false);
    const from = reordered[end + i]! - 1;
    if (from < 0) continue;
    const other = columns[from];
    if (from >= i || !other || !comparable(column, other)) return null;
    result = shifted(result, column, other, 1);
  }
  return result;
}

function columnsOf(table: Uint8Array<ArrayBuffer>): Placed[] {
  const begin = 8 + Number(new DataView(table.buffer, table.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(table.subarray(8, begin))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const columns = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (columns.length > 254) throw new Error(`a table of ${columns.length} columns`);
  return columns.map(([name, { dtype, data_offsets }]) => {
    const width = WIDTHS[dtype];
    if (!width) throw new Error(`column ${name} is of the unknown type ${dtype}`);
    return { width, first: begin + data_offsets[0], last: begin + data_offsets[1] };
  });
}

/** The numbers of a column of two bytes, which quantised ones are; null for others. */
function codesOf(table: Uint8Array<ArrayBuffer>, { width, first, last }: Placed): Uint16Array | null {
  if (width !== 2) return null;
  const view = new DataView(table.buffer, table.byteOffset);
  return Uint16Array.from({ length: (last - first) / 2 }, (_, row) => view.getUint16(first + 2 * row, true));
}

/** The column before column `i` whose subtraction makes it smallest; -1 where none does. */
function nearest(codes: (Uint16Array | null)[], i: number): number {
  const own = codes[i];
  if (!own) return -1;
  let best = { bytes: bytesNeeded(own), from: -1 };
  for (const [from, other] of codes.slice(0, i).entries()) {
    if (other?.length !== own.length) continue;
    const bytes = bytesNeeded(own.map((code, row) => code - other[row]!));
    if (bytes < best.bytes) best = { bytes, from };
  }
  return best.from;
}

function comparable(one: Placed, other: Placed): boolean {
  return one.width === 2 && other.width === 2 && one.last - one.first === other.last - other.first;
}

/** The table with `sign` times the numbers of `other` added to those of `column`, without what is above 16 bits. */
function shifted(table: Uint8Array<ArrayBuffer>, column: Placed, other: Placed, sign: 1 | -1): Uint8Array<ArrayBuffer> {
  const result = table.slice();
  const view = new DataView(result.buffer);
  for (let at = 0; at < column.last - column.first; at += 2) {
    const moved = view.getUint16(column.first + at, true) + sign * view.getUint16(other.first + at, true);
    view.setUint16(column.first + at, moved, true);
  }
  return result;
}

/** Copies a column whose numbers are together in `source` into `target` as planes, or the other way. */
function moveBytes(
  source: Uint8Array<ArrayBuffer>,
  target: Uint8Array<ArrayBuffer>,
  { width, first, last }: Placed,
  toPlanes: boolean,
): void {
  const rows = (last - first) / width;
  for (let plane = 0; plane < width; ++plane) {
    for (let row = 0; row < rows; ++row) {
      const apart = first + plane * rows + row;
      const together = first + row * width + plane;
      if (toPlanes) target[apart] = source[together]!;
      else target[together] = source[apart]!;
    }
  }
}

/** What the two planes take at least, if each of their bytes is packed by itself: their entropy. */
function bytesNeeded(codes: Uint16Array): number {
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  for (const code of codes) {
    ++low[code & 0xff]!;
    ++high[code >> 8]!;
  }
  let bits = 0;
  for (const counts of [low, high]) {
    for (const count of counts) if (count > 0) bits += count * Math.log2(codes.length / count);
  }
  return bits / 8;
}
