// Bytes as text that can stand inside a <script> of a page in UTF-8: 14 bits take 2 bytes, where base64 needs 2.33.
//
// 125 characters of one byte are safe there: all of ASCII but NUL and carriage return, which a parser changes, and "<",
// which could end the element. A pair of them tells 15625 values apart; the other 759 are a character of two bytes each.

const SAFE = Array.from({ length: 127 }, (_, i) => i + 1).filter((code) => code !== 0x0d && code !== 0x3c);
const PAIRS = SAFE.length ** 2;
const FIRST_WIDE = 0xa1;
const VALUES = 2 ** 14;

export function denseText(bytes: Uint8Array): string {
  const units = new Uint16Array(2 * Math.ceil((bytes.length * 8) / 14));
  let end = 0;
  const write = (value: number) => {
    if (value >= PAIRS) {
      units[end++] = FIRST_WIDE + value - PAIRS;
    } else {
      units[end++] = SAFE[Math.floor(value / SAFE.length)]!;
      units[end++] = SAFE[value % SAFE.length]!;
    }
  };
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    if (bits < 14) continue;
    bits -= 14;
    write(held >> bits);
    held &= (1 << bits) - 1;
  }
  if (bits > 0) write(held << (14 - bits));
  return new TextDecoder('utf-16le').decode(units.subarray(0, end));
}

/** The first `length` bytes of a dense text; null where it is none of that length. */
export function bytesOfDenseText(text: string, length: number): Uint8Array<ArrayBuffer> | null {
  const placeOf = new Int32Array(128).fill(-1);
  for (const [i, code] of SAFE.entries()) placeOf[code] = i;
  const bytes = new Uint8Array(length);
  let end = 0;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    let value: number;
    if (code < 128) {
      const [high = -1, low = -1] = [placeOf[code], placeOf[text.charCodeAt(++i)]];
      if (high < 0 || low < 0) return null;
      value = high * SAFE.length + low;
    } else {
      value = PAIRS + code - FIRST_WIDE;
      if (value < PAIRS || value >= VALUES) return null;
    }
    held = (held << 14) | value;
    bits += 14;
    while (bits >= 8) {
      bits -= 8;
      if (end < length) bytes[end++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return end === length ? bytes : null;
}
