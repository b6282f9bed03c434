import { Refusal, type Actor, type CommandDeclaration, type Context } from '../kernel/command.js';
import type { State } from '../kernel/entity.js';
import type { DomainEvent } from '../kernel/event.js';
import type { ClassOf } from '../kernel/fields.js';
import { londonDate, uuidOf } from '../kernel/values.js';

/** What a decision may ask of the outside; asked for before it, or again with the answer. */
export interface Outside {
  /** State of another entity of the actor's organisation, or undefined. */
  load(entity: ClassOf, id: string): Promise<State | undefined>;
  /** Answer of a named question (USR-4, RES-11). */
  fact(name: string, id: string): Promise<readonly string[]>;
  /** The entity class behind a read table, for references. */
  entityOfTable(table: string): ClassOf | undefined;
  secret(commandId: string, purpose: string): string;
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

/** Thrown inside `decide` to fetch what it asks for; `decide` is pure, so it is simply run again. */
class Wanted extends Error {
  constructor(readonly key: string, readonly fetch: () => Promise<unknown>) {
    super(key);
  }
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
  for (;;) {
    try {
      const decided = question.command.decide(question.state, contextOf(question, known));
      return decided === undefined ? [] : Array.isArray(decided) ? (decided as DomainEvent<object>[]) : [decided as DomainEvent<object>];
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
  throw new Refusal('STATE', `this is not possible while it is ${status.replaceAll('_', ' ')}`, { status: 409 });
}

/** GEN-1: what a command refers to exists in the organisation at command time. */
async function checkReferences({ declaration, command, outside }: Question): Promise<void> {
  for (const field of declaration.fields) {
    const value = (command as unknown as Record<string, unknown>)[field.name];
    const entity = field.kind === 'ref' && field.table ? outside.entityOfTable(field.table) : undefined;
    if (!entity || typeof value !== 'string') continue;
    if (!(await outside.load(entity, value))) throw unknownReference(field.name);
  }
}

const unknownReference = (field?: string): Refusal =>
  new Refusal('GEN-1', 'what is referred to does not exist in this organisation', field ? { field } : {});

function contextOf(question: Question, known: ReadonlyMap<string, unknown>): Context {
  const { outside, actor, now, id, commandId } = question;
  const ask = <T>(key: string, fetch: () => Promise<T>): T => {
    if (!known.has(key)) throw new Wanted(key, fetch);
    return known.get(key) as T;
  };
  const find = <S extends State>(entity: ClassOf<S>, of: string): S | undefined =>
    ask(`state|${entity.name}|${of}`, () => outside.load(entity, of)) as S | undefined;
  return {
    now,
    today: londonDate(now),
    actor,
    id,
    newId: (kind) => uuidOf(commandId, kind),
    find,
    state: (entity, of) => {
      const found = find(entity, of);
      if (!found) throw unknownReference();
      return found;
    },
    fact: (name, of) => ask(`fact|${name}|${of}`, () => outside.fact(name, of)),
    secret: (purpose) => outside.secret(commandId, purpose),
  };
}
