// The one error type of the package: what was wrong, where, and what would have been right.

export interface ErrorDetail {
  /** The file, address or request that was read. */
  source?: string;
  /** Path inside it. */
  field?: string;
  /** What would have been accepted. */
  expected?: string;
  message: string;
}

/** Bad input, a missing file or a computation that could not be done. `message` is one clear sentence. */
export class AnysliceError extends Error {
  readonly source: string;
  readonly field: string;
  readonly expected: string;

  constructor(detail: ErrorDetail) {
    super(detail.message);
    this.name = 'AnysliceError';
    this.source = detail.source ?? '';
    this.field = detail.field ?? '';
    this.expected = detail.expected ?? '';
  }

  /** A copy that survives being posted between threads. */
  toDetail(): ErrorDetail {
    return { source: this.source, field: this.field, expected: this.expected, message: this.message };
  }
}

/** What an aborted computation is rejected with, as by `fetch`. */
export function abortError(): DOMException {
  return new DOMException('The computation was cancelled.', 'AbortError');
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
