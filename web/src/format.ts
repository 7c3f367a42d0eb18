// Numbers as a reader expects them: few digits, powers of ten, values with their uncertainty.

const SUPERSCRIPTS: Record<string, string> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

const MINUS = '−';

export function superscript(exponent: number | string): string {
  return [...String(exponent)].map((character) => SUPERSCRIPTS[character] ?? character).join('');
}

/** 10ⁿ, and 1 and 10 as such. */
export function powerOfTen(exponent: number): string {
  return exponent === 0 ? '1' : exponent === 1 ? '10' : `10${superscript(exponent)}`;
}

/** A number with `digits` significant digits, written with a power of ten when it is very small or large. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -3 && exponent < 5) {
    return signed(plainFormat(digits).format(value));
  }
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  // The mantissa of an exact power of ten says nothing.
  if (trimmed === '1') return `10${superscript(exponent)}`;
  return `${signed(trimmed)}×10${superscript(exponent)}`;
}

const PLAIN = new Map<number, Intl.NumberFormat>();

/** Making one takes a hundred times as long as using it. */
function plainFormat(digits: number): Intl.NumberFormat {
  let format = PLAIN.get(digits);
  if (!format) {
    format = new Intl.NumberFormat('en', { maximumSignificantDigits: digits, useGrouping: 'min2' });
    PLAIN.set(digits, format);
  }
  return format;
}

/** "5.42 ± 0.01": as many decimals as two significant digits of the error need. */
export function formatWithError(value: number, error: number | null | undefined): string {
  if (!Number.isFinite(value)) return '–';
  if (!error || !Number.isFinite(error)) return formatNumber(value, 4);
  const exponent = Math.floor(Math.log10(Math.max(Math.abs(value), error)));
  if (exponent >= 5 || exponent < -3) {
    const unit = 10 ** exponent;
    return `(${fixed(value / unit, error / unit)} ± ${fixed(error / unit, error / unit)})×10${superscript(exponent)}`;
  }
  return `${fixed(value, error)} ± ${fixed(error, error)}`;
}

/** Percent with sign: "+2.1 %". */
export function formatDifference(relative: number | null | undefined): string {
  if (relative === null || relative === undefined || !Number.isFinite(relative)) return '–';
  const percent = (100 * relative).toFixed(1);
  if (Number(percent) === 0) return '0.0 %';
  return `${relative > 0 ? '+' : ''}${signed(percent)} %`;
}

/** "95 %", "99.7 %" of a fraction. */
export function formatPercent(fraction: number, digits = 4): string {
  return `${formatNumber(100 * fraction, digits)} %`;
}

/** A value with its unit; the unit "1" is not written. */
export function withUnit(text: string, unit: string | undefined): string {
  return unit && unit !== '1' ? `${text} ${unit}` : text;
}

/** The shortest text that reads back as the same number: for links and input fields. */
export function exactNumber(value: number): string {
  return String(value);
}

/** A number a person typed: decimal point, optional exponent. Null when it is not one. */
export function parseNumber(text: string): number | null {
  const trimmed = text
    .trim()
    .replace(MINUS, '-')
    .replace(/×10\^?/, 'e');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

function fixed(value: number, error: number): string {
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return signed(value.toFixed(decimals));
}

function signed(text: string): string {
  return text.replace('-', MINUS);
}
