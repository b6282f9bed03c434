import { referenceKey } from './row.js';

/** Lookups that one row of a statement may ask for. */
const MOST_CANDIDATES = 40;

/** Pieces in which payers write one reference. */
const MOST_PIECES = 4;

/**
 * Everything in the texts of a bank line that may be a reference of ours: each text as a whole, each word, and a few words
 * after one another taken as one, for payers put spaces into references and words around them.
 */
export function candidatesIn(...texts: readonly (string | undefined)[]): string[] {
  const given = texts.filter((text): text is string => Boolean(text));
  const words = given.map((text) => text.split(/[^\p{L}\p{N}-]+/u).filter(Boolean));
  const joined = words.flatMap((of) => of.flatMap((_, first) => piecesFrom(of.slice(first, first + MOST_PIECES))));
  const found = new Set([...given, ...words.flat(), ...joined].map(referenceKey).filter((key) => /^[A-Z0-9-]{4,18}$/.test(key)));
  return [...found].slice(0, MOST_CANDIDATES);
}

/** The first two words as one, the first three, and so on: those with a figure in them. */
const piecesFrom = (words: readonly string[]): string[] =>
  words.slice(1).map((_, at) => words.slice(0, at + 2).join('')).filter((piece) => /\d/.test(piece));
