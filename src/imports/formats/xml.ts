import { Unreadable } from './row.js';

/** A piece of an XML document. Names are without their prefixes. */
export type XmlPiece =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly line: number }
  | { readonly kind: 'close'; readonly name: string; readonly line: number }
  | { readonly kind: 'text'; readonly text: string; readonly line: number };

const MOST_DEPTH = 60;
const MOST_PIECE = 65_536;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TAG = /^<(\/?)([\p{L}_][\p{L}\p{N}._-]*(?::[\p{L}_][\p{L}\p{N}._-]*)?)((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>$/u;
const ATTRIBUTE = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gu;
const broken = (line: number): Unreadable => new Unreadable(`It is no well-formed XML: see line ${line}.`);

/**
 * Reads XML that comes in pieces, strictly: elements, attributes, text, CDATA, comments and the five entities that XML has.
 * A document type is refused, so nothing is ever fetched or expanded. Never more than one tag or text is in memory.
 * @throws Unreadable where it is not well-formed, or goes deeper or on for longer than a statement does.
 */
export async function* xmlPieces(text: AsyncIterable<string>): AsyncGenerator<XmlPiece> {
  const open: string[] = [];
  let rest = '';
  let line = 1;
  let done = false;
  const take = (length: number): string => {
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    for (let at = taken.indexOf('\n'); at >= 0; at = taken.indexOf('\n', at + 1)) line += 1;
    return taken;
  };
  for await (const piece of text) {
    rest += piece;
    for (let length = nextLength(rest, line); length > 0; length = nextLength(rest, line)) {
      const at = line;
      const taken = take(length);
      for (const one of understood(taken, at, open, done)) {
        yield one;
        done ||= one.kind === 'close' && open.length === 0;
      }
    }
  }
  if (rest.trim() !== '' || open.length > 0 || !done) throw broken(line);
}

/** Length of the next whole markup or text; 0 where more must come first. */
function nextLength(rest: string, line: number): number {
  if (rest === '') return 0;
  const end = endOf(rest);
  if (end < 0 && rest.length > MOST_PIECE) throw broken(line);
  return Math.max(0, end);
}

function endOf(rest: string): number {
  const after = (mark: string, from: number): number => {
    const at = rest.indexOf(mark, from);
    return at < 0 ? -1 : at + mark.length;
  };
  if (!rest.startsWith('<')) return rest.indexOf('<');
  if (rest.length < 9 && ('<!--'.startsWith(rest) || '<![CDATA['.startsWith(rest))) return -1;
  if (rest.startsWith('<!--')) return after('-->', 4);
  if (rest.startsWith('<![CDATA[')) return after(']]>', 9);
  if (rest.startsWith('<?')) return after('?>', 2);
  return after('>', 1);
}

function* understood(taken: string, line: number, open: string[], done: boolean): Generator<XmlPiece> {
  if (taken.startsWith('<!--')) return;
  if (taken.startsWith('<?')) return;
  if (taken.startsWith('<![CDATA[')) {
    if (open.length === 0) throw broken(line);
    return yield { kind: 'text', text: taken.slice(9, -3), line };
  }
  if (taken.startsWith('<!')) throw new Unreadable('It has a document type, which no bank statement has.');
  if (taken.startsWith('<')) return yield* tagOf(taken, line, open, done);
  if (open.length > 0) return yield { kind: 'text', text: unescaped(taken, line), line };
  if (taken.replace('\ufeff', '').trim() !== '') throw broken(line);
}

function* tagOf(taken: string, line: number, open: string[], done: boolean): Generator<XmlPiece> {
  const [, closing, qualified, attributes, empty] = TAG.exec(taken) ?? [];
  if (qualified === undefined || (done && open.length === 0)) throw broken(line);
  const name = qualified.slice(qualified.indexOf(':') + 1);
  if (closing) {
    if (attributes || empty || open.pop() !== qualified) throw broken(line);
    return yield { kind: 'close', name, line };
  }
  if (open.length >= MOST_DEPTH) throw broken(line);
  const given = [...attributes!.matchAll(ATTRIBUTE)].map(([, key, one, other]) => [key!, unescaped(one ?? other ?? '', line)] as const);
  if (new Set(given.map(([key]) => key)).size < given.length) throw broken(line);
  yield { kind: 'open', name, attributes: Object.fromEntries(given), line };
  if (empty) yield { kind: 'close', name, line };
  else open.push(qualified);
}

function unescaped(text: string, line: number): string {
  return text.replaceAll(/&([^;\s]{0,12};?)/g, (_, entity: string) => {
    const name = /^([a-z]+);$/.exec(entity)?.[1];
    if (name && Object.hasOwn(NAMED, name)) return NAMED[name]!;
    const code = /^#(?:(\d{1,7})|x([0-9a-f]{1,6}));$/i.exec(entity);
    const point = code ? Number.parseInt(code[1] ?? code[2]!, code[1] ? 10 : 16) : -1;
    if (point < 9 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw broken(line);
    return String.fromCodePoint(point);
  });
}
