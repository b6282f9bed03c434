import { declareField, fieldsOf, type ClassOf, type Field } from './fields.js';

/** Options of an entity. */
export interface EntityOptions {
  /** Stream category, camelCase without a hyphen. */
  readonly category: string;
  /** Prefix of the human reference, such as `RES`; with `yearly` it restarts each year (INC-2026-0001). */
  readonly reference?: { readonly prefix: string; readonly yearly?: boolean; readonly digits: number };
  /** Field of the state that names the data subject of personal fields; otherwise the stream's own id. */
  readonly subject?: string;
  /**
   * Which organisation its streams belong to: the actor's (the rule), the fixed platform organisation (users), or itself
   * (an organisation).
   */
  readonly home?: 'actor' | 'platform' | 'self';
  /** Fields that `q=` searches. */
  readonly search?: readonly string[];
  /**
   * Rows are shown to the user alone whom a field of them names, and only while the user may read the table that another
   * field names.
   */
  readonly shownTo?: { readonly user: string; readonly about?: string };
  /** States declared for later issues, and so not reachable yet. */
  readonly later?: readonly string[];
  /** Commands that a state says no to in general are named here for people (GEN-4). */
  readonly closed?: readonly string[];
}

/** The id in the name of a stream, `<category>-<id>`. */
export const idIn = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** What every folded entity carries. */
export abstract class State {
  id!: string;
  organizationId!: string;
  reference?: string;
}

/** The organisation that users, e-mail addresses and system roles belong to. */
export const PLATFORM = '5e9f4a52-61a8-5d3c-9b7e-0a5c6d2f1b10';

/** An entry that must hold over several streams; see `commands/registers`. */
export interface RegisterEntry {
  readonly register: string;
  /** What owns the register stream: a property's, resident's or organisation's id, the key of an e-mail address. */
  readonly owner: string;
  readonly key: string;
  /** Kind of entry, for the register's rule. */
  readonly kind: string;
  readonly weight?: number;
  /** Nights `[from, to)`, `to` absent while open. */
  readonly from?: string;
  readonly to?: string;
  /** Entries of the same party on the same key do not count against each other. */
  readonly party?: string;
  /** An entry that counts nothing from this instant on. */
  readonly expiresAt?: string;
}

/** What a register's rule is asked: may this target hold these entries instead of those? */
export interface RegisterQuestion {
  /** Instant of the claim, by the product's clock: entries past their `expiresAt` count nothing. */
  readonly now: string;
  readonly held: readonly RegisterEntry[];
  readonly wanted: readonly RegisterEntry[];
}

/** A declared entity. */
export interface EntityDeclaration {
  readonly table: string;
  readonly name: string;
  readonly doc: string;
  readonly options: EntityOptions;
  readonly state: new () => State;
  readonly fields: readonly Field[];
}

const entities = new Map<ClassOf, EntityDeclaration>();

/** Declares an entity: its read table, and what it is in one sentence. */
export function Entity(table: string, doc: string, options: EntityOptions) {
  return (state: new () => State): void => {
    entities.set(state, { table, name: state.name, doc, options, state, fields: fieldsOf(state) });
  };
}

/** The declaration of an entity class. @throws when the class was never declared. */
export function entityOf(state: ClassOf): EntityDeclaration {
  const found = entities.get(state);
  if (!found) throw new Error(`${state.name} is no entity: decorate it with @Entity.`);
  return found;
}

/** Gives a class the fields of another, optionally all optional. */
export function takeFields(target: ClassOf, facts: ClassOf, optional = false): void {
  for (const field of fieldsOf(facts)) {
    declareField(target, optional && !field.optional ? { ...field, optional: true, mandatory: true } : field);
  }
}

/** A state class that has all these facts. */
export function stateWith<F extends object, G extends object = object, H extends object = object>(
  ...facts: [ClassOf<F>, ClassOf<G>?, ClassOf<H>?]
): new () => State & F & G & H {
  class Mixed extends State {}
  for (const one of facts) if (one) takeFields(Mixed, one);
  return Mixed as unknown as new () => State & F & G & H;
}

/** The values of these facts in an object, absent ones left out. */
export function factsOf<F extends object>(from: object, facts: ClassOf<F>): F {
  const values: Record<string, unknown> = {};
  for (const { name } of fieldsOf(facts)) {
    const value = (from as Record<string, unknown>)[name];
    if (value !== undefined) values[name] = value;
  }
  return values as F;
}
