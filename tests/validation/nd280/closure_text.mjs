// Numbers and names in the words of CORE_CLOSURE.md.

const percent = (value, digits = 1) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(digits)}`;

export const withError = (value, error, digits = 1) => `${percent(value, digits)} ± ${(100 * error).toFixed(digits)}`;

export const signed = (value) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`;

export const short = (value) => String(Number(value.toPrecision(3)));

export const named = (plane, channel) => `${plane.name}${plane.mediator === 'light' ? `, analysis ${channel}` : ''}`;
