import type { Actor, CommandDeclaration, Context } from '../kernel/command.js';
import type { RegisterEntry, State } from '../kernel/entity.js';
import type { DomainEvent } from '../kernel/event.js';
import { Refusal, rule } from '../kernel/rules.js';
import { londonDate, uuidOf } from '../kernel/values.js';

/** What a decision may ask of the outside; asked for before it, or again with the answer. */
export interface Outside {
  /** State of another entity of the actor's organisation, or undefined; a user counts who is an active member of it. */
  load(table: string, id: string): Promise<State | undefined>;
  /** What is certainly held in a register. */
  held(register: string, owner: string): Promise<readonly RegisterEntry[]>;
  /** What others hold in a register, or may hold. */
  rivals(register: string, owner: string): Promise<readonly RegisterEntry[]>;
  /** Answer of a named question (USR-4, RES-11). */
  fact(name: string, id: string): Promise<readonly string[]>;
  /** Copies with sealed values opened, in the same order. */
  open(objects: readonly object[]): Promise<readonly object[]>;
  secret(commandId: string, purpose: string): string;
  /** The next number of a register of numbers, for this attempt of the command. */
  number(register: string, owner: string): Promise<number>;
}

/** Everything a decision is made from. */
export interface Question {
  readonly declaration: CommandDeclaration;
  readonly command: { decide(state: State, context: Context): unknown };
  readonly state: State;
  readonly id: string;
  readonly commandId: string;
  readonly actor: Actor;
  /** The clock's instant. */
  readonly now: string;
  readonly outside: Outside;
}

/** Thrown inside `decide` to fetch what it asks for; `decide` is pure, so it is simply run again. No Error: it is no failure, and a stack costs more than the fetch. */
class Wanted {
  constructor(
    readonly key: string,
    readonly fetch: () => Promise<unknown>,
  ) {}
}

/**
 * Decides a command: its accepted states, its references, its rules.
 * @returns the events to append, none where nothing changes.
 * @throws Refusal
 */
export async function decide(question: Question): Promise<DomainEvent<object>[]> {
  checkStatus(question);
  await checkReferences(question);
  const known = new Map<string, unknown>();
  const opened = new Map<object, object>();
  for (;;) {
    try {
      const decided = question.command.decide(question.state, contextOf(question, known, opened));
      if (decided === undefined) return [];
      return Array.isArray(decided) ? (decided as DomainEvent<object>[]) : [decided as DomainEvent<object>];
    } catch (asked) {
      if (!(asked instanceof Wanted)) throw asked;
      known.set(asked.key, await asked.fetch());
    }
  }
}

function checkStatus({ declaration, state }: Question): void {
  const { from } = declaration.options;
  const status = (state as { status?: string }).status;
  if (!from || status === undefined || from.includes(status)) return;
  throw new Refusal('STATE', `This is not possible while it is ${status.replaceAll('_', ' ')}.`, { status: 409 });
}

/** GEN-1: what a command refers to exists in the organisation at command time. */
async function checkReferences({ declaration, command, outside }: Question): Promise<void> {
  for (const field of declaration.fields) {
    const value = (command as unknown as Record<string, unknown>)[field.name];
    if (field.kind !== 'ref' || !field.table || typeof value !== 'string') continue;
    exists(await outside.load(field.table, value), field.name);
  }
}

/** @throws Refusal GEN-1 */
function exists(state: State | undefined, field?: string): asserts state is State {
  rule('GEN-1', 'What is referred to does not exist in this organisation.', state !== undefined, field);
}

function contextOf(question: Question, known: ReadonlyMap<string, unknown>, opened: Map<object, object>): Context {
  const { outside, actor, now, id, commandId } = question;
  const ask = <T>(key: string, fetch: () => Promise<T>): T => {
    if (!known.has(key)) throw new Wanted(key, fetch);
    return known.get(key) as T;
  };
  const find = (table: string, of: string): State | undefined =>
    ask(`state|${table}|${of}`, () => outside.load(table, of));
  return {
    now,
    today: londonDate(now),
    actor,
    id,
    newId: (kind) => uuidOf(commandId, kind),
    find: <S extends State>(table: string, of: string) => find(table, of) as S | undefined,
    state: <S extends State>(table: string, of: string) => {
      const found = find(table, of);
      exists(found);
      return found as S;
    },
    held: (register, owner) => ask(`held|${register}|${owner}`, () => outside.held(register, owner)),
    rivals: (register, owner) => ask(`rivals|${register}|${owner}`, () => outside.rivals(register, owner)),
    read: <T extends object>(objects: readonly T[]) => {
      const closed = objects.filter((one) => !opened.has(one));
      if (closed.length > 0) throw new Wanted('', async () => {
        const copies = await outside.open(closed);
        closed.forEach((one, at) => opened.set(one, copies[at]!));
      });
      return objects.map((one) => opened.get(one) as T);
    },
    fact: (name, of) => ask(`fact|${name}|${of}`, () => outside.fact(name, of)),
    secret: (purpose) => outside.secret(commandId, purpose),
    number: (register, owner) => ask(`number|${register}|${owner}`, () => outside.number(register, owner)),
  };
}
