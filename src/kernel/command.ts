import { takeFields, type RegisterEntry, type State } from './entity.js';
import type { DomainEvent } from './event.js';
import { fieldsOf, type ClassOf, type Field } from './fields.js';

/** Who asks. */
export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly organizationId: string;
  readonly permissions: ReadonlySet<string>;
  /** The organisation may be read and exported, and not changed (GEN-8). */
  readonly organizationPaused?: boolean;
  /** Of a user in the role `resident`: whose own data alone may be seen. */
  readonly residentId?: string;
  /** A program with a token of the user's: it does nothing about the user's own account. */
  readonly byToken?: boolean;
}

/** What comes into a decision from outside; everything else is the state and the command. */
export interface Context {
  readonly now: string;
  readonly today: string;
  readonly actor: Actor;
  /** Id of the stream that is decided on. */
  readonly id: string;
  /** A new id that a repeat of the command gives again. */
  newId(kind: string): string;
  /**
   * The current state of another entity of the organisation, by its read table: entities know each other by table and
   * type, never by code. Personal values in it are sealed. @throws Refusal GEN-1 when there is none.
   */
  state<S extends State>(table: string, id: string): S;
  /** As `state`, or undefined where there is none. */
  find<S extends State>(table: string, id: string): S | undefined;
  /** What is certainly held in a register of the organisation (of the platform for `platform` registers). */
  held(register: string, owner: string): readonly RegisterEntry[];
  /**
   * What others hold in a register, or may hold once what is under way is recorded. For a rule that a register cannot
   * decide by itself, of a command that claims in that register: once the claim stands the command is decided again on
   * what was claimed before it, so that of two at once the later one sees the earlier.
   */
  rivals(register: string, owner: string): readonly RegisterEntry[];
  /** A fact that only tables or keys can tell, asked after the log's head (USR-4, RES-11). */
  fact(name: string, id: string): readonly string[];
  /**
   * Copies with personal values opened, for a rule that is about them: only what the clear values leave in question. A
   * tombstone is what is left of an erased one.
   */
  read<T extends object>(objects: readonly T[]): readonly T[];
  /** A secret shown once that a repeat of the command gives again. */
  secret(purpose: string): string;
  /**
   * The next number of a register whose numbers have no gaps. Asked last, when nothing can be refused any more; the state
   * holds it afterwards (`holds()`, kind `number`, the number as its key). @param owner what the numbers are counted for.
   */
  number(register: string, owner: string): number;
}

export type Decision = DomainEvent<never> | readonly DomainEvent<never>[] | undefined;

/** Something that is asked of an entity. */
export abstract class DomainCommand<S extends object> {
  /** Decides without I/O. @throws Refusal */
  abstract decide(state: S, context: Context): unknown;
}

export interface CommandOptions {
  readonly permission?: string;
  readonly doc: string;
  readonly creates?: boolean;
  /** The entity is created by the first such command, by the plain route. */
  readonly plain?: boolean;
  /** Statuses in which it is accepted; elsewhere it is refused with `STATE`. */
  readonly from?: readonly string[];
  /** No route: processes and the pipeline send it. */
  readonly internal?: boolean;
  /** Personal fields of the state that a rule is about. */
  readonly reads?: readonly string[];
  /** Anyone may: the command proves itself (an invitation's token). */
  readonly anonymous?: boolean;
  /** The command is about the actor's own stream. */
  readonly self?: boolean;
  /** Only an actor of the platform organisation may (suspending an organisation). */
  readonly platformActor?: boolean;
  /** Accepted while the organisation is paused (GEN-8): what privacy asks. */
  readonly whilePaused?: boolean;
  /** Field of the command that holds the civil date or instant it is true from. */
  readonly effective?: string;
  /** Verb in the route, where the name's own does not do. */
  readonly route?: string;
  /** Its way in is written by hand (a password or a token comes with it): no route and no mutation is derived. */
  readonly handWritten?: boolean;
  /** One-time secret that the answer shows under this name: HMAC of the command's id, so that a repeat shows it again. */
  readonly reveals?: { readonly name: string; readonly purpose: string };
}

export interface CommandDeclaration {
  readonly name: string;
  readonly entity: ClassOf;
  readonly command: new () => DomainCommand<object>;
  readonly options: CommandOptions;
  readonly fields: readonly Field[];
  /** Absent keeps and null clears (`changing`). */
  readonly partial: boolean;
}

const commands: CommandDeclaration[] = [];
export const declaredCommands = (): readonly CommandDeclaration[] => commands;

/** Declares a command of an entity. */
export function CommandOf<S extends State>(entity: ClassOf<S>, options: CommandOptions) {
  return (command: new () => DomainCommand<S>): void => {
    commands.push({
      name: command.name,
      entity,
      command: command as unknown as new () => DomainCommand<object>,
      options,
      fields: fieldsOf(command),
      partial: partialCommands.has(Object.getPrototypeOf(command) as ClassOf),
    });
  };
}

type CommandBase<S extends object, F> = abstract new () => DomainCommand<S> & F;

/** A command that asks with these facts. */
export function commandWith<S extends State, F extends object>(_entity: ClassOf<S>, facts: ClassOf<F>): CommandBase<S, F> {
  return asking(facts, false) as unknown as CommandBase<S, F>;
}

/** A command that asks with some of these facts: absent keeps, null clears. */
export function changing<S extends State, F extends object>(
  _entity: ClassOf<S>,
  facts: ClassOf<F>,
): CommandBase<S, { [K in keyof F]?: F[K] | null }> {
  return asking(facts, true) as unknown as CommandBase<S, { [K in keyof F]?: F[K] | null }>;
}

const partialCommands = new WeakSet<ClassOf>();

function asking(facts: ClassOf, partial: boolean): ClassOf {
  abstract class Asking extends DomainCommand<object> {}
  takeFields(Asking, facts, partial);
  if (partial) partialCommands.add(Asking);
  return Asking;
}
