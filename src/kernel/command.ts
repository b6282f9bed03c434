import { takeFields, type State } from './entity.js';
import type { DomainEvent } from './event.js';
import { fieldsOf, type ClassOf, type Field } from './fields.js';

/** Who asks. */
export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly organizationId: string;
  readonly permissions: ReadonlySet<string>;
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
  /** The current state of another entity of the organisation. @throws Refusal GEN-1 when there is none. */
  state<S extends State>(entity: ClassOf<S>, id: string): S;
  /** As `state`, or undefined where there is none. */
  find<S extends State>(entity: ClassOf<S>, id: string): S | undefined;
  /** A fact that only tables can tell, asked after the log's head (USR-4, RES-11). */
  fact(name: string, id: string): readonly string[];
  /** A secret shown once that a repeat of the command gives again. */
  secret(purpose: string): string;
}

/** A refusal: a rule's code, its sentence, and where it can be seen in the input. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    readonly options: { readonly status?: 403 | 404 | 409 | 410 | 422; readonly field?: string } = {},
  ) {
    super(`${code}: ${sentence}`);
  }
  get status(): number {
    return this.options.status ?? 422;
  }
}

/** Refuses with this rule unless it holds. @throws Refusal */
export function rule(code: string, sentence: string, holds: boolean, field?: string): asserts holds {
  if (!holds) throw new Refusal(code, sentence, field ? { field } : {});
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
  /** The command belongs to the platform organisation. */
  readonly platform?: boolean;
  /** Accepted while the organisation is paused (GEN-8). */
  readonly whilePaused?: boolean;
  /** Field of the command that holds the civil date or instant it is true from. */
  readonly effective?: string;
  /** Rules that it may refuse with, for `/rules`. */
  readonly route?: string;
}

export interface CommandDeclaration {
  readonly name: string;
  readonly entity: ClassOf;
  readonly command: new () => DomainCommand<object>;
  readonly options: CommandOptions;
  readonly fields: readonly Field[];
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

function asking(facts: ClassOf, partial: boolean): ClassOf {
  abstract class Asking extends DomainCommand<object> {}
  takeFields(Asking, facts, partial);
  return Asking;
}
