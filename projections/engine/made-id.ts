/** SQL of an id for what has no event of its own: a UUID made of what it is about. @param parts SQL of texts. */
export const idOf = (...parts: string[]): string =>
  `overlay(overlay(md5(concat_ws('|', ${parts.join(', ')})) placing '8' from 13) placing '8' from 17)::uuid`;
