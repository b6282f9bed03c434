import type { DeclaredRule } from '../../kernel/rules.js';

/** Codes that are no rules of the domain, and what they mean. */
export const generalCodes: Readonly<Record<string, string>> = {
  VALIDATION: 'Fields of the request are missing, unknown or not of the right form; `errors` names each.',
  UNKNOWN: 'There is no such parameter, filter or order; the answer lists those that there are.',
  MALFORMED: 'The request cannot be read: no JSON, no UTF-8, a name twice in one object, or nested too deep.',
  IDEMPOTENCY_KEY: 'The Idempotency-Key has 1 to 255 printable ASCII characters.',
  IDEMPOTENCY_KEY_REUSED: 'The Idempotency-Key was used before for another request: choose a new one.',
  IF_MATCH: 'If-Match is a revision in quotes, as an ETag gives it.',
  QUERY_TOO_COSTLY: 'The GraphQL query asks for too much at once: ask for less, or in parts.',
  UNAUTHENTICATED: 'There is no valid bearer token: sign in.',
  SIGN_IN_FAILED: 'The e-mail address or the password is wrong.',
  PASSWORD: 'The current password is wrong.',
  NOT_A_MEMBER: 'You have no live membership of the organisation that you want to sign in to.',
  FORBIDDEN: 'Your role does not allow this.',
  SOD: 'Separation of duties: this needs another person than the one who did the step before it.',
  NOT_FOUND: 'There is no such record in your organisation.',
  STATE: 'Not possible in the state that the record is in.',
  DUPLICATE: 'It exists already.',
  WRONG_REVISION: 'It has changed in the meantime: read it again and decide again.',
  CLOCK: 'The clock moves forward only.',
  ERASED: 'The personal data of this person have been erased: nothing more can be recorded of them.',
  TOO_LARGE: 'The request is larger than is accepted.',
  TIMEOUT: 'The request took too long to arrive.',
  TOO_LONG: 'The list took too long: narrow it by a filter.',
  REFUSED: 'The request cannot be served as it is.',
  METHOD_NOT_ALLOWED: 'This is not possible at this address.',
  UNSUPPORTED_MEDIA_TYPE: 'The body must be application/json in UTF-8.',
  TOO_MANY_REQUESTS: 'Too many requests: wait as long as Retry-After says.',
  OUTCOME_UNKNOWN: 'It may or may not have been recorded: repeat the request with the same Idempotency-Key.',
  NOT_YET: 'The read tables do not contain the position yet: try again.',
  UNAVAILABLE: 'Something that the product needs does not answer: try again.',
  KEYS_UNAVAILABLE: 'The keys to personal data cannot be reached: try again.',
  INTERNAL: 'A defect on our side. The correlation id finds what happened.',
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The page that a problem's `type` leads to; undefined for a code that there is not. */
export function codePage(code: string, rules: readonly DeclaredRule[]): string | undefined {
  const sentence = Object.hasOwn(generalCodes, code) ? generalCodes[code] : rules.find((rule) => rule.code === code)?.sentence;
  if (sentence === undefined) return undefined;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(code)}</title></head><body><h1>${escaped(code)}</h1><p>${escaped(sentence)}</p></body></html>\n`;
}
