// Reads event tables without the core: columns as Float64Array, labels, metadata.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const arrays = { F64: Float64Array, F32: Float32Array, U8: Uint8Array, U16: Uint16Array, U32: Uint32Array };

/// { rows, columns: { name: Float64Array }, labels: { name: [text] }, metadata }
export function readTable(path) {
  let bytes = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const size = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.subarray(8, 8 + size).toString('utf8'));
  const descriptions = JSON.parse(metadata.columns);
  const columns = {};
  const labels = {};
  for (const [name, { dtype, data_offsets: ends }] of Object.entries(entries)) {
    const data = Uint8Array.from(bytes.subarray(8 + size + ends[0], 8 + size + ends[1]));
    const codes = new arrays[dtype](data.buffer);
    const { quantisation, labels: names } = descriptions[name];
    if (names) labels[name] = names;
    columns[name] = Float64Array.from(codes, decoder(quantisation));
  }
  return { rows: Number(metadata.rows), columns, labels, metadata };
}

function decoder(quantisation) {
  if (!quantisation) return (code) => code;
  const { kind, low, step } = quantisation;
  if (kind === 'linear') return (code) => low + step * code;
  return (code) => (code === 0 ? 0 : low * Math.exp((code - 1) * step));
}

/// Places of the first value that is not below `low`, and of the first above `high`, in a rising column.
export function window(column, low, high) {
  const first = (isBeyond) => {
    let begin = 0;
    let end = column.length;
    while (begin < end) {
      const middle = (begin + end) >> 1;
      if (isBeyond(column[middle])) end = middle;
      else begin = middle + 1;
    }
    return begin;
  };
  return [first((value) => value >= low), first((value) => value > high)];
}
