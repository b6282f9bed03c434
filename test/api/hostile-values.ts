import { fieldsOf, type Field } from '../../src/kernel/fields.js';
import { isCivilDate, isInstant } from '../../src/kernel/values.js';

/** A value for a field, as JSON text (some of them no program would write), and whether it must be refused. */
export interface Hostile {
  readonly json: string;
  /** Never valid for the field; otherwise it is for the rules to say. */
  readonly wrong: boolean;
  /** Pointer that the answer must name, where it is wrong; what is inside the value counts too. */
  readonly pointer: string;
}

const long = (characters: number, of = 'a'): string => of.repeat(characters);

/** Texts that nobody may write, whatever the field: GEN-2. */
const UNCLEAN = ['a\u0000b', 'bell\u0007', 'esc\u001b[31m', 'del\u007f', 'c1\u0085', 'rtl\u202egnp', 'isolate\u2066x', 'mark\u200f', 'bom\ufeffx', 'non\uffff', 'high\ud800', 'low\udc00 x', '\ud83d half'];

/** Texts that are strange and may be right. */
export const STRANGE = [
  '', ' ', '\u00a0', '\u200b', 'x', 'Zoë', 'Zoe\u0308', 'O’Brien-Ñandú', 'Null', 'undefined', 'true', 'مرحبا', '日本語のテキスト', '👩‍👩‍👧‍👦 family', 'Z\u0351\u0352\u0353algo', 'İıẞß ﬁ', 'line\r\nfeed\ttab',
  "'; drop table read.residents; --", "1' or '1'='1", '$1', '%s%n', '\\', '"', '{"a":1}', '[1]', '__proto__', 'constructor', 'toString', '<script>alert(1)</script>', '{{7*7}} ${7*7}', '../../etc/passwd', '=cmd|calc', '@sum(a)',
  '${jndi:ldap://x}', 'NaN', 'Infinity', '-Infinity', '1e309', '-1', '0', '9007199254740993', '1.5', '2024-02-29', '2026-02-29', '2026-04-31', '9999-12-31', '0000-01-01', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00',
  long(200), long(201), long(2_001), long(20_000), long(20_001), long(10_001, '𝕏'), long(200_001),
];

const NUMBERS = ['-1', '-0', '0', '1', '1.5', '0.1', '1e309', '-1e309', '1e-400', '9007199254740991', '9007199254740992', '9007199254740993', '100000000000000000000', '2147483648', '"5"', '"NaN"', '""'];
const DATES = [
  '2024-02-29', '2026-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-1-1', '0000-01-01', '1899-12-31', '2199-12-31', '2200-01-01', '9999-12-31', '-2026-01-01', '+002026-01-01', '2026-03-29', '2026-09-02T00:00:00Z', '', 'today', '2026-09-02 ', '２０２６-09-02',
];
const INSTANTS = [
  '2026-03-29T01:30:00Z', '2026-03-29T01:30:00', '2026-03-29T01:30:00+01:00', '2026-10-25T01:30:00Z', '2024-02-29T23:59:59.999Z', '2026-02-29T00:00:00Z', '2026-09-02T24:00:00Z', '2026-09-02T23:59:60Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-09-02', '2026-09-02T08:00:00.1234567Z', 'now', '',
];
export const IDS = ['', 'x', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '6ba7b810-9dad-41d1-80b4-00c04fd430c', '{6ba7b810-9dad-41d1-80b4-00c04fd430c8}', '6ba7b8109dad41d180b400c04fd430c8', '../residents', '1 or 1=1', '６ba7b810-9dad-41d1-80b4-00c04fd430c8'];
const UNKNOWN_IDS = ['6ba7b810-9dad-41d1-80b4-00c04fd430c8', '6BA7B810-9DAD-41D1-80B4-00C04FD430C8'];

/** What is of no field's type: each with the kinds that it would be right for. */
const OTHER_TYPES: readonly [string, readonly Field['kind'][]][] = [
  ['true', ['flag']], ['false', ['flag']], ['12', ['int', 'pence', 'decimal']], ['"text"', ['text']], ['[]', ['list', 'children']], ['{}', ['group']], ['[[[[[]]]]]', []], ['{"a":{"b":{"c":1}}}', []], ['{"toString":1}', []], ['[null]', []], ['[1]', []],
];

/** Hostile values of a field by its declaration. @param pointer of the field; @param partial null clears. */
export function hostileValues(field: Field, pointer: string, partial: boolean, otherIds: readonly string[]): Hostile[] {
  const of = (json: string, wrong: boolean, at = pointer): Hostile => ({ json, wrong, pointer: at });
  const texts = (values: readonly string[], wrong: (value: string) => boolean): Hostile[] => values.map((value) => of(jsonOf(value), wrong(value)));
  const nothing = of('null', partial ? !field.optional || field.mandatory === true : !field.optional);
  const mistyped = OTHER_TYPES.filter(([, kinds]) => !kinds.includes(field.kind) && !(field.kind === 'choice' && kinds.includes('text'))).map(([json]) => of(json, true));
  const typed = (): Hostile[] => {
    switch (field.kind) {
      case 'text': return [...texts(UNCLEAN, () => true), ...texts(STRANGE, (value) => badLength(field, value))];
      case 'choice': return texts([...UNCLEAN, ...STRANGE], (value) => !field.values!.includes(value));
      case 'ref': return [...texts([...IDS, ...UNCLEAN], () => true), ...texts([...UNKNOWN_IDS, ...otherIds], () => false)];
      case 'date': return texts([...DATES, ...UNCLEAN], (value) => !isCivilDate(value));
      case 'instant': return texts([...INSTANTS, ...UNCLEAN], (value) => !isInstant(value));
      case 'pence':
      case 'int': return NUMBERS.map((json) => of(json, !isNumber(field, JSON.parse(json))));
      case 'decimal': return [...NUMBERS, '0.00001'].map((json) => of(json, !isDecimal(field, JSON.parse(json))));
      case 'flag': return ['0', '1', '"true"', '"false"', '""'].map((json) => of(json, true));
      case 'list': return field.of ? items(field, pointer, otherIds) : lists(field, of);
      case 'group': return groups(field, pointer, otherIds);
      default: throw new Error(`${field.name} is of a kind that no body has: ${field.kind}.`);
    }
  };
  return [nothing, ...mistyped, ...typed()];
}

/** A lone surrogate as JSON has it, in ASCII: as bytes it could not even be sent. */
const jsonOf = (value: string): string => JSON.stringify(value).replaceAll(/[\u007f-\u{10ffff}]/gu, (one) => [...Array(one.length).keys()].map((at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''));

function badLength({ min = 0, max = Infinity, pattern, normalise }: Field, value: string): boolean {
  const length = [...value.normalize('NFC').trim()].length;
  if (length > 200 && (pattern || normalise)) return true;
  return length > max || (length < min && !normalise);
}

const isNumber = ({ min = 0, max = Number.MAX_SAFE_INTEGER }: Field, value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;

const isDecimal = ({ min = -Infinity, max = Infinity, scale = 4 }: Field, value: unknown): boolean =>
  typeof value === 'number' && value >= min && value <= max && Number(value.toFixed(scale)) === value;

function lists({ max = 100, values, pattern }: Field, of: (json: string, wrong: boolean) => Hostile): Hostile[] {
  const item = values?.[0] ?? itemFor(pattern);
  const many = (count: number): string => JSON.stringify(Array.from({ length: count }, () => item));
  const wrong = [many(max + 1), many(20_000), '[""]', '[null]', '[1]', '[["x"]]', '[{}]', '["\\ud800"]', '["a\\u0000"]', JSON.stringify([long(201)]), '{"0":"x","length":1}', '"x"'];
  return [...wrong.map((json) => of(json, true)), of(values ? '["nonsense"]' : '["__proto__"]', values !== undefined || pattern !== undefined), of(many(2), false)];
}

/** A group with one of its fields hostile at a time, and with a name that it does not have. */
function groups({ of }: Field, pointer: string, otherIds: readonly string[]): Hostile[] {
  const inner = fieldsOf(of!());
  const base = inner.filter(({ optional }) => !optional);
  const withOne = (name: string, json: string): string => `{${[...base.filter((one) => one.name !== name).map((one) => `"${one.name}":${plausible(one)}`), `"${name}":${json}`].join(',')}}`;
  return [
    ...inner.flatMap((field) => hostileValues(field, `${pointer}/${field.name}`, false, otherIds).map((one) => ({ ...one, json: withOne(field.name, one.json) }))),
    ...['nonsense', 'constructor', 'hasOwnProperty', 'a/b~c'].map((name) => ({ json: withOne(name, '1'), wrong: true, pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` })),
  ];
}

/** A list of groups: one of them hostile, too many of them, and what is no list of them. */
function items(field: Field, pointer: string, otherIds: readonly string[]): Hostile[] {
  const one = plausible({ ...field, kind: 'group' });
  const many = (count: number): string => `[${Array.from({ length: count }, () => one).join(',')}]`;
  const wrong = [many((field.max ?? 100) + 1), '["x"]', '[null]', '[[]]', `{"0":${one},"length":1}`, '"x"'].map((json) => ({ json, wrong: true, pointer }));
  return [...wrong, ...groups(field, `${pointer}/0`, otherIds).map((hostile) => ({ ...hostile, json: `[${hostile.json}]` }))];
}

const BY_NAME: Readonly<Record<string, string>> = { schemeCode: '"S12"', locationCode: '"3"', postcode: '"E8 1AA"', phone: '"+447700900123"', email: '"somebody@spec.example"', firstName: '"Jordan"', lastName: '"Ellis"', dateOfBirth: '"2005-05-02"', password: '"correct horse battery"', newPassword: '"correct horse battery"', mobilePhone: '"+447700900123"', quietFrom: '"22:00"', quietTo: '"07:00"', mutedNotifications: '["message"]' };
const ID = '"6ba7b810-9dad-41d1-80b4-00c04fd430c8"';

/** An item of a list that its pattern allows. */
const itemFor = (pattern: RegExp | undefined): string => ['residents:read', '2026-08-03'].find((one) => !pattern || pattern.test(one)) ?? 'nothing fits';

/** A value that the declaration of a field allows, as JSON text. */
export function plausible(field: Field): string {
  const { kind, name, values, min = 0, of, pattern } = field;
  if (BY_NAME[name]) return BY_NAME[name];
  switch (kind) {
    case 'text': return pattern?.test(JSON.parse(ID) as string) ? ID : JSON.stringify('a reason that is long enough'.slice(0, Math.min(field.max ?? 200, 28)));
    case 'choice': return JSON.stringify(values![0]);
    case 'ref': return ID;
    case 'instant': return '"2026-08-03T07:00:00Z"';
    case 'date': return '"2026-08-03"';
    case 'pence':
    case 'int':
    case 'decimal': return String(Math.max(min, 1));
    case 'flag': return 'true';
    case 'list': return of ? `[${plausible({ ...field, kind: 'group' })}]` : JSON.stringify([values?.[0] ?? itemFor(pattern)]);
    case 'group': return `{${fieldsOf(of!()).filter(({ optional }) => !optional).map((one) => `"${one.name}":${plausible(one)}`).join(',')}}`;
    default: throw new Error(`${name} is of a kind that no body has: ${kind}.`);
  }
}
