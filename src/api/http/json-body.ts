/** What is wrong with a body before anybody looks at its fields. */
export class BadBody extends Error {
  override readonly name = 'BadBody';
}

const DEEPEST = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COLON, COMMA] = ['"', '\\', '{', '}', '[', ']', ':', ','].map((one) => one.charCodeAt(0));

/**
 * A JSON body, read strictly: UTF-8, no name twice in one object (two readers would disagree), no `__proto__`, not deeper
 * than 32. Nothing where it is empty. @throws BadBody
 */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new BadBody('The body is not UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadBody('The body is not JSON.');
  }
  checkNames(text);
  return value;
}

/** One pass over a text that is known to be JSON: every string that a colon follows is a name of the innermost object. */
function checkNames(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (expectsName) {
        addName(open.at(-1)!, text.slice(at, end + 1));
        expectsName = false;
      }
      at = end;
    } else if (code === OPEN || code === OPEN_LIST) {
      if (open.length === DEEPEST) throw new BadBody(`The body is nested deeper than ${DEEPEST}.`);
      open.push(code === OPEN ? new Set() : undefined);
      expectsName = code === OPEN;
    } else if (code === CLOSE || code === CLOSE_LIST) {
      open.pop();
      expectsName = false;
    } else if (code === COMMA) expectsName = open.at(-1) !== undefined;
    else if (code === COLON) expectsName = false;
  }
}

function addName(names: Set<string>, quoted: string): void {
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (name === '__proto__') throw new BadBody('The body has a name that is not allowed: __proto__.');
  if (names.has(name)) throw new BadBody('The body has a name twice in one object.');
  names.add(name);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
}
