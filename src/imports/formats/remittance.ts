import { referenceKey } from './row.js';

/** Lookups that one row of a statement may ask for. */
const MOST_CANDIDATES = 40;

/**
 * Everything in the texts of a bank line that may be a reference of ours: each word, and each text as a whole, for payers
 * put spaces into references and words around them.
 */
export function candidatesIn(...texts: readonly (string | undefined)[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    if (!text) continue;
    for (const part of [text, ...text.split(/[^\p{L}\p{N}-]+/u)]) {
      const key = referenceKey(part);
      if (/^[A-Z0-9-]{4,18}$/.test(key)) found.add(key);
    }
  }
  return [...found].slice(0, MOST_CANDIDATES);
}
