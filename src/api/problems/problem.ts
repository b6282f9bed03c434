import { HttpException } from '@nestjs/common';
import { AppendRefused, LogUnavailable, OutcomeUncertain, WrongRevision } from '../../event-store/errors.js';
import { Refusal } from '../../kernel/rules.js';
import { InvalidInput, type FieldProblem } from '../../kernel/validation.js';
import { isOutage } from '../../platform/outage.js';
import { KeysUnavailable, SubjectErased } from '../../privacy/codec.js';
import { BadBody } from '../http/json-body.js';
import { ApiError, BadRequest } from './errors.js';

/** An error as it is answered, without what the request adds. */
export interface ProblemDetails {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  /** Seconds. */
  readonly retryAfter?: number;
  /** Not of our making, and to be looked into. */
  readonly unexpected?: boolean;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'You are not signed in',
  403: 'You may not do this',
  404: 'Not found',
  405: 'This is not possible here',
  408: 'The request took too long to arrive',
  409: 'This conflicts with the current state',
  410: 'It has been erased',
  412: 'It has changed in the meantime',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'The body must be JSON',
  422: 'A rule forbids this',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Something went wrong on our side',
  503: 'Not possible at the moment',
};
/** A short sentence for a status. */
export const titleOf = (status: number): string => TITLES[status] ?? 'The request failed';

const CODES: Readonly<Record<number, string>> = {
  400: 'MALFORMED', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 408: 'TIMEOUT', 413: 'TOO_LARGE', 414: 'TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS', 431: 'TOO_LARGE', 503: 'UNAVAILABLE',
};

const INTERNAL: ProblemDetails = {
  status: 500,
  code: 'INTERNAL',
  detail: 'Nothing of what you sent was wrong. Tell us the correlation id and we can find out what happened.',
  unexpected: true,
};

/** What is answered for an error; whatever it is, nothing internal and nothing that was sent is in it. */
export function problemOf(error: unknown): ProblemDetails {
  if (error instanceof Refusal) return refused(error);
  if (error instanceof InvalidInput) return invalid(error);
  if (error instanceof BadRequest) {
    const { code, message, pointer } = error;
    return { status: 400, code, detail: message, ...(pointer === undefined ? {} : { errors: [{ pointer, code, message }] }) };
  }
  if (error instanceof BadBody) return { status: 400, code: 'MALFORMED', detail: error.message };
  if (error instanceof ApiError) return { status: error.status, code: error.code, detail: error.message, ...later(error.retryAfter) };
  return ofTheLog(error) ?? ofTheFramework(error) ?? typed(error) ?? (isAway(error) ? unavailable : INTERNAL);
}

function refused({ status, code, sentence, options }: Refusal): ProblemDetails {
  const errors = options.field === undefined ? [] : [{ pointer: `/${options.field}`, code, message: sentence }];
  return { status, code, detail: sentence, ...(errors.length > 0 ? { errors } : {}) };
}

function invalid({ problems, status }: InvalidInput): ProblemDetails {
  const [first] = problems;
  const code = status === 422 && first ? first.code : 'VALIDATION';
  const detail = problems.length === 1 && first ? first.message : `${problems.length} fields are not valid.`;
  return { status, code, detail, errors: problems };
}

const later = (seconds: number | undefined): { retryAfter?: number } => (seconds === undefined ? {} : { retryAfter: seconds });

const unavailable: ProblemDetails = {
  status: 503,
  code: 'UNAVAILABLE',
  detail: 'Something that we need does not answer at the moment: try again.',
  retryAfter: 2,
};

function ofTheLog(error: unknown): ProblemDetails | undefined {
  if (error instanceof WrongRevision) {
    return { status: 409, code: 'WRONG_REVISION', detail: 'Others change this at the same time: try again.' };
  }
  if (error instanceof OutcomeUncertain) {
    return { status: 503, code: 'OUTCOME_UNKNOWN', detail: 'It may or may not have been recorded: repeat it with the same Idempotency-Key.', retryAfter: 1 };
  }
  if (error instanceof LogUnavailable) return unavailable;
  if (error instanceof AppendRefused && error.reason === 'too-large') return { status: 413, code: 'TOO_LARGE', detail: 'This is more than can be recorded at once.' };
  if (error instanceof KeysUnavailable) return { ...unavailable, code: 'KEYS_UNAVAILABLE', detail: 'The keys to personal data cannot be reached at the moment: try again.' };
  if (error instanceof SubjectErased) return { status: 410, code: 'ERASED', detail: 'The personal data of this person have been erased: nothing more can be recorded of them.' };
  return undefined;
}

/** Errors of Nest and Fastify: status and code are theirs, the sentence is ours. */
function ofTheFramework(error: unknown): ProblemDetails | undefined {
  const status = error instanceof HttpException ? error.getStatus() : fastifyStatus(error);
  if (status === undefined || status >= 500) return undefined;
  return { status, code: CODES[status] ?? 'REFUSED', detail: `${titleOf(status)}.`, ...(status === 429 ? { retryAfter: 60 } : {}) };
}

function fastifyStatus(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : undefined;
}

/** Errors of other rooms that say their status and code (`SignInRefused`, an unknown filter). */
function typed(error: unknown): ProblemDetails | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, code, retryAfter, pointer } = error as { status?: unknown; code?: unknown; retryAfter?: unknown; pointer?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 503 || status === 500) return undefined;
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_-]*$/.test(code)) return undefined;
  const wait = typeof retryAfter === 'number' ? retryAfter : status === 429 ? 60 : status === 503 ? 2 : undefined;
  const errors = typeof pointer === 'string' ? { errors: [{ pointer, code, message: error.message }] } : {};
  return { status, code, detail: error.message, ...later(wait), ...errors };
}

/** PostgreSQL is there and could not do it by now: it took too long, a lock was held, it takes no changes, its socket is not there yet. */
const NOT_NOW = new Set(['57014', '55P03', '25006', 'ENOENT']);

/** Whether an error means that a dependency is away or busy, rather than that we are wrong. */
const isAway = (error: unknown): boolean => isOutage(error) || (error instanceof Error && 'code' in error && NOT_NOW.has(String(error.code)));
