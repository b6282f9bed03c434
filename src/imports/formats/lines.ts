/** A line of text without its end; `overlong` where it is cut off because nobody writes such lines. */
export interface Line {
  readonly number: number;
  readonly text: string;
  readonly overlong: boolean;
}

/** Longest line that is kept, in characters. */
export const MOST_CHARACTERS = 8_192;

/** Lines of a text that comes in pieces, ended by CRLF, LF or CR; never more than one of them in memory. */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let kept = '';
  let number = 1;
  let overlong = false;
  let afterReturn = false;
  const add = (piece: string): void => {
    overlong ||= kept.length + piece.length > MOST_CHARACTERS;
    if (kept.length < MOST_CHARACTERS) kept += piece.slice(0, MOST_CHARACTERS - kept.length);
  };
  for await (const piece of text) {
    let rest = piece;
    if (afterReturn && rest.startsWith('\n')) rest = rest.slice(1);
    if (rest.length > 0) afterReturn = false;
    const ends = /\r\n|\n|\r/g;
    let from = 0;
    for (let end = ends.exec(rest); end; end = ends.exec(rest)) {
      add(rest.slice(from, end.index));
      yield { number, text: kept, overlong };
      [kept, overlong] = ['', false];
      number += 1;
      from = end.index + end[0].length;
      afterReturn = end[0] === '\r' && from === rest.length;
    }
    add(rest.slice(from));
  }
  if (kept !== '' || overlong) yield { number, text: kept, overlong };
}
