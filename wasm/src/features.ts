// What a browser must be able to do for the core, and the words for one that is not.

// A module whose only function returns i32x4.splat(0): valid where vectors are known (WebAssembly SIMD, 2021).
const VECTORS = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 0x0a, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x11, 0x0b,
];

/** Why the core could not be compiled, in one sentence; `error` is what the browser said. */
export function whyNotCompiled(error: unknown): string {
  if (!WebAssembly.validate(new Uint8Array(VECTORS)))
    return 'This browser does not know WebAssembly SIMD, which the computation needs: Chrome and Edge have it since version 91, Firefox since 89, Safari since 16.4.';
  return `The computation core could not be compiled: ${error instanceof Error ? error.message : String(error)}`;
}
