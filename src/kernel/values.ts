import { createHash, hash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';

/** Civil date, London, `YYYY-MM-DD`. */
export type CivilDateText = string;
/** Instant, RFC 3339 UTC with milliseconds and `Z`. */
export type InstantText = string;

const LONDON = 'Europe/London';
const NAMESPACE = createHash('sha1').update('yuthub').digest().subarray(0, 16);

const londonDates = new Map<string, CivilDateText>();

/** The London civil date at an instant. */
export function londonDate(instant: InstantText): CivilDateText {
  // London is whole hours from UTC and changes on the hour, so the date is the same all through an hour of UTC.
  const hour = instant.slice(0, 13);
  const known = londonDates.get(hour);
  if (known) return known;
  const date = Temporal.Instant.from(instant).toZonedDateTimeISO(LONDON).toPlainDate().toString();
  if (londonDates.size > 10_000) londonDates.clear();
  londonDates.set(hour, date);
  return date;
}

/** The instant at which a London civil date begins. */
export function startOfLondonDay(date: CivilDateText): InstantText {
  return instantText(Temporal.PlainDate.from(date).toZonedDateTime(LONDON).toInstant().epochMilliseconds);
}

/** Milliseconds since 1970 as an instant text. */
export const instantText = (epochMilliseconds: number): InstantText => new Date(epochMilliseconds).toISOString();

/** An instant some minutes later. */
export const plusMinutes = (instant: InstantText, minutes: number): InstantText =>
  instantText(Date.parse(instant) + minutes * 60_000);

const toDay = (date: CivilDateText): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const fromDay = (day: number): CivilDateText => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** A civil date some days later (or earlier). */
export const plusDays = (date: CivilDateText, days: number): CivilDateText => fromDay(toDay(date) + days);
/** Whole days from one date to another: nights stayed on `[from, to)`. */
export const daysBetween = (from: CivilDateText, to: CivilDateText): number => toDay(to) - toDay(from);
/** The Monday of the rent week that a date lies in. */
export const mondayOf = (date: CivilDateText): CivilDateText => fromDay(toDay(date) - ((toDay(date) + 3) % 7));
/** Age in whole years on a date; born on 29 February counts from 1 March in other years. */
export function ageOn(dateOfBirth: CivilDateText, on: CivilDateText): number {
  const years = Number(on.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return on.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}
export const earlier = <T extends string>(a: T, b: T): T => (a < b ? a : b);
export const later = <T extends string>(a: T, b: T): T => (a > b ? a : b);

/** Whether a text is a civil date that exists, years 1900 to 2200. */
export function isCivilDate(value: unknown): value is CivilDateText {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = toDay(value);
  return Number.isFinite(day) && fromDay(day) === value && value >= '1900-01-01' && value < '2200-01-01';
}

/** Whether a text is an RFC 3339 UTC instant that exists, years 1900 to 2200. */
export function isInstant(value: unknown): value is InstantText {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?Z$/.test(value)) return false;
  return isCivilDate(value.slice(0, 10));
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Whether a text is a UUID in lower case, and not the nil one. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** Deterministic id of what the parts name (UUIDv5 under the product's namespace). */
export function uuidOf(...parts: readonly (string | number)[]): string {
  const digest = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(parts.join('|'))]), 'buffer');
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Trimmed and NFC (GEN-2). Control characters are refused by validation, not stripped here. */
export const normaliseText = (text: string): string => text.normalize('NFC').trim();

// Control characters, bidirectional overrides, lone surrogates and non-characters break logs, exports and screens.
const UNSAFE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/;
/** Whether a text is free of control characters and malformed Unicode (GEN-2); line breaks and tabs are fine. */
export const isCleanText = (text: string): boolean => !UNSAFE.test(text) && text.isWellFormed();

/** Half-up rounding of pence times a fraction of integers. */
export function roundHalfUp(pence: number, numerator: number, denominator: number): number {
  const scaled = BigInt(pence) * BigInt(numerator) * 2n + BigInt(denominator);
  const divisor = BigInt(denominator) * 2n;
  const quotient = scaled / divisor;
  return Number(scaled % divisor < 0n ? quotient - 1n : quotient);
}
