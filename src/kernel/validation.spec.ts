import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changing, CommandOf, commandWith, declaredCommands, DomainCommand } from './command.js';
import { Entity, State, stateWith } from './entity.js';
import { Choice, CivilDate, Flag, Group, Instant, Int, Items, List, Pence, Ref, Text } from './fields.js';
import { inputSchema } from './json-schema.js';
import { open, personal } from './privacy.js';
import { observeRules } from './rules.js';
import { InvalidInput, validateAs, validateCommand } from './validation.js';

const Kind = { bed: 'bed', studio: 'studio' } as const;

class Charges {
  @Pence(open) corePence!: number;
  @Pence(open, { optional: true }) supportPence?: number;
}
class LetFacts {
  @Text(personal('identity'), { min: 2, max: 10, code: 'LET-1' }) name!: string;
  @Text(personal('location'), { optional: true, pattern: /^[A-Z]\d$/, normalise: (text) => text.toUpperCase(), code: 'LET-2' }) code?: string;
  @Choice(open, 'LetKind', Kind) kind!: keyof typeof Kind;
  @Ref(open, 'rooms') roomId!: string;
  @Instant(open, { optional: true }) seenAt?: string;
  @CivilDate(open) startDate!: string;
  @Int(open, { max: 10 }) nights!: number;
  @Flag(open, { optional: true }) urgent?: boolean;
  @List(open, { optional: true, max: 3 }) tags?: string[];
  @Group(open, () => Charges) charges!: Charges;
  @Items(open, () => Charges, { optional: true, max: 2 }) extras?: Charges[];
}
@Entity('lets', 'A let.', { category: 'let' })
class Let extends stateWith(LetFacts) {}
@CommandOf(Let, { permission: 'lets:start', doc: 'Start', creates: true, plain: true })
class StartLet extends commandWith(Let, LetFacts) {
  decide(): undefined {}
}
@CommandOf(Let, { permission: 'lets:change', doc: 'Change' })
class ChangeLet extends changing(Let, LetFacts) {
  @Text(open) why!: string;
  decide(): undefined {}
}
class Small extends State {
  @Text(open) a!: string;
}
Entity('smalls', 'Small.', { category: 'small' })(Small);
@CommandOf(Small, { permission: 'smalls:do', doc: 'Do' })
class DoSmall extends DomainCommand<Small> {
  @Text(open, { max: 100 }) reason!: string;
  @CivilDate(open) on!: string;
  @Pence(open) amountPence!: number;
  decide(): undefined {}
}

const declarationOf = (command: unknown) => declaredCommands().find((one) => one.command === command)!;
const good = {
  name: 'Ann', kind: 'bed', roomId: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', startDate: '2026-09-02', nights: 3, charges: { corePence: 100 },
};
const start = (change: object = {}) => validateCommand(declarationOf(StartLet), { ...good, ...change }) as StartLet;
function refused(work: () => unknown): { status: number; at: string[] } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { status: error.status, at: error.problems.map(({ pointer, code }) => `${pointer} ${code}`) };
  }
  return { status: 200, at: [] };
}
const wrong = (change: object) => refused(() => start(change));

describe('a valid body', () => {
  it('becomes an instance of the command, normalised', () => {
    const command = start({ name: '  Zoe\u0308 ', code: ' a1 ', seenAt: '2026-09-02T08:00Z', tags: [' x '], roomId: good.roomId.toUpperCase() });
    expect(command).toBeInstanceOf(StartLet);
    expect(command).toMatchObject({ name: 'Zoë', code: 'A1', seenAt: '2026-09-02T08:00:00.000Z', tags: ['x'], roomId: good.roomId });
  });
  it('means the same with null as with nothing on a create', () => expect(start({ code: null })).not.toHaveProperty('code'));
  it('keeps what is absent and clears what is null on a change', () => {
    const change = validateCommand(declarationOf(ChangeLet), { why: 'moved', code: null }) as ChangeLet;
    expect(change.code).toBeNull();
    expect(change).not.toHaveProperty('name');
  });
  it('may be absent where nothing is required of it', () => {
    class Nothing {
      @Text(open, { optional: true }) note?: string;
    }
    expect(validateAs(Nothing, undefined)).toEqual({});
  });
});

describe('a wrong body', () => {
  it('is told every field that is wrong, and why', () => {
    expect(refused(() => validateCommand(declarationOf(StartLet), {}))).toEqual({
      status: 400,
      at: ['/name', '/kind', '/roomId', '/startDate', '/nights', '/charges'].map((pointer) => `${pointer} REQUIRED`),
    });
    for (const body of [null, [], 'x', 1]) expect(refused(() => validateCommand(declarationOf(StartLet), body)).at).toEqual([' TYPE']);
  });
  it.each([
    [{ name: 'A\u0000nn' }, '/name GEN-2'],
    [{ name: 7 }, '/name TYPE'],
    [{ kind: 'house' }, '/kind FORMAT'],
    [{ kind: 'toString' }, '/kind FORMAT'],
    [{ roomId: '00000000-0000-0000-0000-000000000000' }, '/roomId FORMAT'],
    [{ startDate: '2027-02-29' }, '/startDate FORMAT'],
    [{ seenAt: '2026-09-02T08:00:00+01:00' }, '/seenAt FORMAT'],
    [{ nights: 11 }, '/nights RANGE'],
    [{ nights: 1.5 }, '/nights TYPE'],
    [{ nights: Infinity }, '/nights TYPE'],
    [{ nights: '3' }, '/nights TYPE'],
    [{ urgent: 'yes' }, '/urgent TYPE'],
    [{ tags: ['a', 7] }, '/tags/1 FORMAT'],
    [{ tags: ['a', 'b', 'c', 'd'] }, '/tags RANGE'],
    [{ charges: { corePence: -1 } }, '/charges/corePence GEN-10'],
    [{ charges: { corePence: 1, extra: 1 } }, '/charges/extra UNKNOWN'],
    [{ charges: [] }, '/charges TYPE'],
    [{ extras: {} }, '/extras TYPE'],
    [{ extras: ['x'] }, '/extras/0 FORMAT'],
    [{ extras: [{ corePence: 1 }, { corePence: -1 }] }, '/extras/1/corePence GEN-10'],
    [{ extras: [{}] }, '/extras/0/corePence REQUIRED'],
    [{ extras: Array.from({ length: 3 }, () => ({ corePence: 1 })) }, '/extras RANGE'],
    [JSON.parse('{"__proto__":{"admin":true}}'), '/__proto__ UNKNOWN'],
    [{ 'a/b~c': 1 }, '/a~1b~0c UNKNOWN'],
  ])('%j is refused at the field', (change, at) => {
    const body = Object.defineProperties({ ...good }, Object.getOwnPropertyDescriptors(change)) as object;
    expect(refused(() => validateCommand(declarationOf(StartLet), body))).toEqual({ status: 400, at: [at] });
  });
  it('is 422 with the rule where nothing but rules is broken, and tells that the rule was asked', () => {
    const asked: string[] = [];
    observeRules((code, holds) => asked.push(`${code} ${holds}`));
    expect(wrong({ name: 'A', code: 'zz' })).toEqual({ status: 422, at: ['/name LET-1', '/code LET-2'] });
    start();
    wrong({ name: 'a\u0000', charges: { corePence: -1 } });
    observeRules(undefined);
    expect(asked).toEqual(expect.arrayContaining(['GEN-2 true', 'GEN-2 false', 'GEN-10 true', 'GEN-10 false']));
    expect(asked).toEqual(expect.arrayContaining(['LET-1 false', 'LET-2 false', 'LET-1 true']));
    expect(wrong({ name: 'A', nights: -1 }).status).toBe(400);
  });
  it('counts characters, not code units', () => {
    expect(wrong({ name: '👩'.repeat(10) }).at).toEqual([]);
    expect(wrong({ name: '👩'.repeat(11) }).at).toEqual(['/name LET-1']);
  });
  it('does not clear by a change what is required', () => {
    expect(refused(() => validateCommand(declarationOf(ChangeLet), { name: null })).at).toEqual(['/name REQUIRED', '/why REQUIRED']);
  });
});

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null, '', ' ', '\u0000', '\ud800', '\u202e', '__proto__', 'constructor', "'; drop table x; --", '=cmd|', '${7*7}', '../../etc/passwd',
    'a'.repeat(20_000), 'Z\u0351'.repeat(5_000), NaN, Infinity, -1, 2 ** 53, 1e308, '9999-12-31', '2026-02-31', [], {}, [[[[]]]], { a: { a: {} } }, true,
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double(),
  fc.anything({ maxDepth: 3 }),
);

describe('hostile input', () => {
  it('in any field is refused at that field, or accepted as it is; nothing else is thrown', () => {
    const fields = declarationOf(StartLet).fields.map(({ name }) => name);
    fc.assert(
      fc.property(fc.constantFrom(...fields), hostile, (name, value) => {
        for (const at of wrong({ [name]: value }).at) expect(at).toMatch(new RegExp(`^/${name}`));
      }),
      { numRuns: 2_000 },
    );
  });
  it('as the whole body is refused or accepted', () => {
    fc.assert(fc.property(fc.anything(), (body) => [400, 422].includes(refused(() => validateCommand(declarationOf(StartLet), body)).status)));
  });
});

describe('speed', () => {
  it('is far above what a process can append', () => {
    const declaration = declarationOf(DoSmall);
    const body = { reason: 'paid at the desk', on: '2026-09-02', amountPence: 19_161 };
    // Time of the processor: others may be using it too.
    const once = (): number => {
      const from = process.cpuUsage();
      for (let n = 0; n < 5_000; n++) validateCommand(declaration, body);
      const { user, system } = process.cpuUsage(from);
      return 5_000 / ((user + system) / 1e6);
    };
    expect(Math.max(once(), once(), once())).toBeGreaterThan(10_000);
  });
});

describe('the JSON schema of an input', () => {
  it('says what validation accepts', () => {
    const schema = inputSchema(declarationOf(StartLet).fields) as { required: string[]; properties: Record<string, object> };
    expect(schema.required).toEqual(['name', 'kind', 'roomId', 'startDate', 'nights', 'charges']);
    expect(schema.properties['code']).toEqual({ type: ['string', 'null'], maxLength: 200 });
    expect(schema.properties['kind']).toEqual({ type: 'string', enum: ['bed', 'studio'] });
    expect(inputSchema(declarationOf(ChangeLet).fields)['required']).toEqual(['why']);
  });
});
