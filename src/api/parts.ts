import type { DynamicModule, Provider, Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Inconsistency } from '../audit/consistency.js';
import type { HistoryPage } from '../audit/history.js';
import type { TrailFilter, TrailPage } from '../audit/trail.js';
import type { Acknowledgement, CommandRequest } from '../commands/request.js';
import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import type { EntityDeclaration } from '../kernel/entity.js';
import type { ClassOf } from '../kernel/fields.js';
import type { DeclaredRule, Refusal } from '../kernel/rules.js';
import type { HealthProbe } from '../platform/health.js';
import type { Metrics } from '../platform/metrics.js';
import type { CommandAnswer, CommandCall, CommandGateway } from './commands/command-gateway.js';

/** Somebody with a session. */
export type SignedIn = Actor & {
  readonly user: { readonly id: string; readonly name: string };
  readonly organization: { readonly id: string; readonly name: string };
};

/** A column of a table that can be read. */
export interface ReadColumn {
  /** As JSON has it, camelCase. */
  readonly name: string;
  /** PostgreSQL type. */
  readonly type: string;
  readonly nullable: boolean;
  readonly doc: string;
  readonly privacy: 0 | 1 | 2 | 3;
  readonly filterable: boolean;
  readonly sortable: boolean;
}

/** A table that can be read: of an entity, of its children, or of a projection. */
export interface ReadSchema {
  /** snake_case. */
  readonly table: string;
  readonly doc: string;
  readonly columns: readonly ReadColumn[];
  /** `q=` searches it. */
  readonly searchable?: boolean;
  /** The order of its list where none is asked for, as `sort` has it; as the rows came to be, where it is left out. */
  readonly order?: string;
}

export type Row = Readonly<Record<string, unknown>>;
/** Query parameters of a list, as they came: filters, `sort`, `limit`, `cursor`, `q`, `include`. */
export type ListParameters = Readonly<Record<string, string | readonly string[]>>;
export interface RowPage {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
  /** Cursor after the item of this index. */
  readonly cursorOf?: (index: number) => string;
}

/** Rows as an actor may see them: of their organisation, masked for their role. */
export interface Rows {
  /** Undefined where the organisation has no such row. */
  get(table: string, id: string, actor: Actor): Promise<Row | undefined>;
  /** @throws an error with status 400 (unknown filter, bad cursor) or 403 (a filter on what is masked). */
  list(table: string, parameters: ListParameters, actor: Actor): Promise<RowPage>;
  /** All rows, without a limit. Throws as `list` does, before the first row. */
  stream(table: string, parameters: ListParameters, actor: Actor): AsyncIterable<Row>;
}

/** History, time travel, and the trail across entities. */
export interface AuditReads {
  of(entity: EntityDeclaration, id: string, actor: Actor, page: { from: number; limit: number }): Promise<HistoryPage | undefined>;
  at(entity: EntityDeclaration, id: string, actor: Actor, instant: string): Promise<Row | undefined>;
  trail(actor: Actor, filter: TrailFilter, limit: number, cursor?: string): Promise<TrailPage>;
}

/** Where the consequences of a command have got to. */
export interface Consequences {
  /** Of the last event of the correlation. */
  readonly position: number;
  /** Whether every process has passed it. */
  readonly settled: boolean;
  /** What parked on the way, for people. */
  readonly parked: readonly string[];
}

/** Waiting for the read side; none of it throws for being late. */
export interface Waits {
  /** True once the read tables contain the position. */
  waitForReads(position: number, milliseconds: number): Promise<boolean>;
  /** Follows what a command led to until every process has passed the last of it. */
  followConsequences(correlationId: string, position: number, milliseconds: number): Promise<Consequences>;
  /** `?after=`: as both of the above for the correlation of the event at the position. */
  waitForAfter(position: number, milliseconds: number): Promise<boolean>;
}

/** The clock where people may move it. */
export interface ClockControl {
  now(): Promise<string>;
  /** Answers when everything due up to the instant has run. @throws Refusal where it would go back. */
  moveTo(instant: string): Promise<void>;
}

/** The processes of the product and what parked in them, of the actor's organisation. */
export interface ProcessesControl {
  list(actor: Actor): Promise<readonly object[]>;
  /** @throws Refusal 404 where nothing is parked there. */
  retry(process: string, stream: string, actor: Actor): Promise<void>;
  drop(process: string, stream: string, actor: Actor): Promise<void>;
}

/** What changed and what was erased, for readers that keep a copy. */
export type Changes = (actor: Actor, after: number, limit: number) => Promise<{ readonly items: readonly object[]; readonly next: number }>;

/** A call of a command that is written by hand, by whatever door. */
export interface HandWrittenCall extends Omit<CommandCall, 'actor'> {
  readonly id: string;
  /** Absent where nobody is signed in: the command is `anonymous`. */
  readonly actor?: SignedIn;
  /** The bearer token of who is signed in. */
  readonly token?: string;
}

/** Answers such a call. @returns the acknowledgement, with secrets that are shown once among `revealed`. */
export type HandWrittenCommand = (call: HandWrittenCall, gateway: CommandGateway) => Promise<CommandAnswer>;

/** Controllers that stand in for derived routes, or beside them. */
export interface HandWritten {
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly imports?: readonly (Type | DynamicModule)[];
  /** Commands whose derived route they take over, and the declared class of their body where it is not the command's. */
  readonly commands: Readonly<Record<string, ClassOf | undefined>>;
  /** Commands whose body may also be a file as it is, and the fields of the body that are parameters then. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
  /** What the mutations of these commands do. */
  readonly mutations?: Readonly<Record<string, HandWrittenCommand>>;
}

/** Everything that the API is made of. */
export interface ApiParts {
  readonly catalogue: Catalogue;
  readonly commands: {
    execute(request: CommandRequest): Promise<Acknowledgement>;
    /** Told of refusals that validation finds; the pipeline tells of its own. */
    refused?(request: CommandRequest, refusal: Refusal): Promise<void>;
  };
  readonly sessions: { actorOf(bearerToken: string): Promise<SignedIn | undefined> };
  readonly rows: Rows;
  readonly readSchemas: readonly ReadSchema[];
  readonly audit: AuditReads;
  readonly waits: Waits;
  readonly processes: ProcessesControl;
  readonly changes: Changes;
  /** What does not agree across an organisation's records. */
  readonly consistency: (organizationId: string) => Promise<readonly Inconsistency[]>;
  readonly rules: () => readonly DeclaredRule[];
  /** Absent where the clock follows the real time. */
  readonly clock?: ClockControl;
  readonly health: readonly HealthProbe[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly handWritten: HandWritten;
  /** Shown by OpenAPI. */
  readonly version: string;
}

/** Token of the parts in Nest's container. */
export const API_PARTS = Symbol('ApiParts');
