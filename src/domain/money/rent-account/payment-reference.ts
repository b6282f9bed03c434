import { uuidOf } from '../../../kernel/values.js';

/** Without letters that are read as digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * What payers of an account quote on a bank line: `R` and nine characters, the last of which tells a mistyped one. It
 * follows from the account's id, so that a repeat gives it again.
 */
export function paymentReferenceOf(accountId: string): string {
  const bits = BigInt(`0x${uuidOf(accountId, 'payment-reference').replaceAll('-', '').slice(0, 10)}`);
  const places = Array.from({ length: 8 }, (_, place) => Number((bits >> BigInt(5 * place)) & 31n));
  return `R${places.map((value) => ALPHABET[value]).join('')}${ALPHABET[checkOf(places)]}`;
}

/** Weighed by odd numbers, so that one wrong character always changes it. */
const checkOf = (places: readonly number[]): number => places.reduce((sum, value, place) => sum + value * (2 * place + 1), 0) % 32;
