/** A request that cannot be understood: 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  constructor(
    /** Shown as it is: it never quotes what was sent. */
    message: string,
    readonly code = 'VALIDATION',
    /** Query parameter or field that it is about. */
    readonly pointer?: string,
  ) {
    super(message);
  }
}

/** An answer with a status and a code of its own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    /** Shown as it is. */
    message: string,
    /** Seconds after which to try again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export const notFound = (): ApiError => new ApiError(404, 'NOT_FOUND', 'There is no such record.');
export const unauthenticated = (): ApiError => new ApiError(401, 'UNAUTHENTICATED', 'Sign in first: this needs a valid bearer token.');
export const forbidden = (): ApiError => new ApiError(403, 'FORBIDDEN', 'Your role does not allow this.');
/** If-Match named another revision than the current one. */
export const stale = (): ApiError => new ApiError(412, 'WRONG_REVISION', 'It has changed since you read it: read it again, then decide again.');
/** What was asked for after a position is not in the read tables yet. */
export const notYet = (): ApiError => new ApiError(503, 'NOT_YET', 'The read tables do not contain this position yet: try again.', 1);
