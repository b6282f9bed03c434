import { BadRequest } from '../problems/errors.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a command's headers ask for. */
export interface CommandHeaders {
  readonly idempotencyKey?: string;
  readonly ifMatch?: number;
  /** Milliseconds to wait for the read side. */
  readonly wait?: number;
}

const LONGEST_WAIT = 10;

/** @throws BadRequest naming the header that cannot be read. `Prefer` alone is only a wish: what is unknown in it is ignored. */
export function commandHeaders(headers: Headers): CommandHeaders {
  const idempotencyKey = headers['idempotency-key'];
  const ifMatch = headers['if-match'];
  const wait = waitOf(headers['prefer']);
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: idempotencyKeyOf(idempotencyKey) }),
    ...(ifMatch === undefined ? {} : { ifMatch: revisionOf(ifMatch) }),
    ...(wait === undefined ? {} : { wait }),
  };
}

/** @throws BadRequest */
export function idempotencyKeyOf(value: unknown): string {
  if (typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(value)) return value;
  throw new BadRequest('Idempotency-Key has 1 to 255 printable ASCII characters.', 'IDEMPOTENCY_KEY');
}

function revisionOf(value: unknown): number {
  const match = typeof value === 'string' ? /^"(0|[1-9]\d{0,8})"$/.exec(value) : null;
  if (!match) throw new BadRequest('If-Match is a revision in quotes, as an ETag gives it: "3".', 'IF_MATCH');
  return Number(match[1]);
}

function waitOf(value: string | string[] | undefined): number | undefined {
  const wishes = (Array.isArray(value) ? value.join(',') : (value ?? '')).split(/[,;]/);
  for (const wish of wishes) {
    const match = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*$/i.exec(wish);
    if (match) return Math.min(Number(match[1]), LONGEST_WAIT) * 1000;
  }
  return undefined;
}

/** The revision of a row as an ETag. */
export const etagOf = (revision: number): string => `"${revision}"`;
