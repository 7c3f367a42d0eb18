// What a browser must be able to do for the core, and the words for one that is not.

// A module whose only function holds try … catch_all and returns i32x4.splat(0): valid where exceptions (2021) and vectors
// (SIMD, 2021) of WebAssembly are known.
const MODULE = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 0x0a, 12, 1, 10, 0, 0x06, 0x40, 0x19, 0x0b,
  0x41, 0, 0xfd, 0x11, 0x0b,
];

/** Why the core could not be compiled, in one sentence; `error` is what the browser said. */
export function whyNotCompiled(error: unknown): string {
  if (!WebAssembly.validate(new Uint8Array(MODULE)))
    return 'This browser does not know WebAssembly with SIMD and exceptions, which the computation needs: Chrome and Edge have both since version 95, Firefox since 100, Safari since 16.4.';
  return `The computation core could not be compiled: ${error instanceof Error ? error.message : String(error)}`;
}
