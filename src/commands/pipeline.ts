import { createHmac, createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import type { Catalogue } from '../kernel/catalogue.js';
import type { CommandDeclaration } from '../kernel/command.js';
import type { DomainEvent } from '../kernel/event.js';
import { copyOf } from '../kernel/copy.js';
import { entityOf, type EntityDeclaration, type State } from '../kernel/entity.js';
import { unborn } from '../kernel/fold.js';
import { Refusal } from '../kernel/rules.js';
import { londonDate, uuidOf } from '../kernel/values.js';
import { WrongRevision } from '../event-store/errors.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Clock } from '../platform/clock.js';
import type { Codec } from '../privacy/codec.js';
import { authorise } from './authorise.js';
import { calendarUsed } from './calendar-used.js';
import { canonical } from './canonical.js';
import { decide, type Outside } from './decision.js';
import { afterClaims, mayExistFor, outsideOf, watched, type Facts } from './outside.js';
import { Numbers } from './numbers.js';
import { Recorder, type Change, type ClaimedBefore } from './recording.js';
import type { CommandMetadata, Registers } from './registers.js';
import type { Acknowledgement, CommandRequest } from './request.js';
import { holdsOf, homeOf, nothingOf, Streams, streamOf, type Folded, type RecordedCommand } from './streams.js';
import { Turns } from './turns.js';
import { withoutUnchanged } from './unchanged.js';

/** What the pipeline is made of. */
export interface PipelineParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly registers: Registers;
  readonly clock: Clock;
  readonly serverKey: Buffer;
  readonly facts: Facts;
  /** Next human reference of an entity in an organisation; asked for entities that have one. */
  readonly reference: (entity: EntityDeclaration, organizationId: string, now: string) => Promise<string>;
  /** Told of every refusal, for the auditor; a failure to tell is a failure of the command. */
  readonly refused?: (request: CommandRequest, refusal: Refusal) => Promise<void>;
}

/** How often a command is tried again where others were first. */
const ATTEMPTS = 20;

/** The one way of every command: authorise → idempotency → load → If-Match → decide → claim → append → acknowledge. */
export class CommandPipeline {
  private readonly streams: Streams;
  private readonly recorder: Recorder;
  private readonly turns = new Turns();
  /** A key object is taken in a third of the time of bytes. */
  private readonly serverKey: KeyObject;

  constructor(private readonly parts: PipelineParts) {
    this.streams = new Streams(parts.store, parts.codec);
    this.serverKey = createSecretKey(parts.serverKey);
    this.recorder = new Recorder(parts.catalogue, parts.store, parts.codec, parts.registers);
  }

  /** @throws Refusal; WrongRevision (stale `If-Match`, or many conflicts); OutcomeUncertain, LogUnavailable, KeysUnavailable, SubjectErased. */
  async execute(request: CommandRequest): Promise<Acknowledgement> {
    try {
      authorise(request.declaration, request.actor, request.id);
      return await this.attempts(request, this.hmac(canonical(request.body ?? null, request.declaration.partial)));
    } catch (thrown) {
      const error = thrown instanceof Refusal ? seenBy(request.declaration, thrown) : thrown;
      if (error instanceof Refusal) await this.parts.refused?.(request, error);
      if (error instanceof WrongRevision) await this.parts.refused?.(request, new Refusal('WRONG_REVISION', 'It has changed in the meantime.', { status: 409 }));
      throw error;
    }
  }

  private async attempts(request: CommandRequest, bodyHmac: string): Promise<Acknowledgement> {
    const numbers = new Map<string, number>();
    const early = await this.onMemory(request, bodyHmac, numbers);
    if (early) return early;
    const again = async (left: number): Promise<Acknowledgement> => {
      try {
        return await this.attempt(request, bodyHmac, numbers);
      } catch (error) {
        if (!(error instanceof WrongRevision) || left === 0 || request.ifMatch !== undefined) throw error;
        // Who was overtaken once waits for his turn, or many at one account would overtake each other until most of them give up.
        return left === ATTEMPTS ? this.turns.take(error.stream, () => again(left - 1)) : again(left - 1);
      }
    };
    return again(ATTEMPTS);
  }

  /**
   * Decides on what is remembered of the stream. An append proves that this was how it is; whatever else comes of it is
   * decided anew on what the log says.
   */
  private async onMemory(request: CommandRequest, bodyHmac: string, numbers: Map<string, number>): Promise<Acknowledgement | undefined> {
    const entity = entityOf(request.declaration.entity);
    const folded = request.id ? this.streams.recall(entity, request.id, homeAsked(request, entity, request.id)) : undefined;
    if (!folded) return undefined;
    try {
      const commandId = commandIdOf(request, 1);
      const done = folded.abandoned.has(commandId) ? undefined : await this.attempt(request, bodyHmac, numbers, { folded, commandId, id: request.id! });
      return done && done.events.length > 0 && !done.replayed ? done : undefined;
    } catch (error) {
      if (error instanceof Refusal || error instanceof WrongRevision) return undefined;
      throw error;
    }
  }

  private async attempt(request: CommandRequest, bodyHmac: string, given: Map<string, number>, at?: Target): Promise<Acknowledgement> {
    const { declaration, actor } = request;
    const entity = entityOf(declaration.entity);
    const { folded, commandId, id } = at ?? (await this.target(request, entity));
    if (!(await mayExistFor(this.parts.registers, entity, id, actor))) throw notFound();
    const repeated = folded.commands.get(commandId);
    if (repeated) return this.again(request, { id, commandId }, folded, repeated, bodyHmac);
    const home = homeOf(entity, id, actor.organizationId);
    const state = stateFor(request, entity, folded, id, home);
    const now = await this.parts.clock.now();
    const asked = this.metadataOf(request, { home: entity.options.home === 'self' ? id : home, now, commandId, bodyHmac });
    const claimant = { target: folded.stream, base: folded.revision, claimId: randomUUID() };
    const numbers = new Numbers(this.parts.registers, claimant, () => holdsOf(folded.state), asked, given);
    const outside = watched(outsideOf({ ...this.parts, streams: this.streams, secret: this.secret }, actor, numbers, folded.stream));
    try {
      const question = {
        declaration,
        command: request.command as never,
        state: await this.readable(declaration, state),
        id,
        commandId,
        actor,
        now,
        outside,
      };
      const events = await withoutUnchanged(await decide(question), state, this.parts.catalogue, this.parts.codec);
      const confirm = outside.rivalsAsked() ? (before: ClaimedBefore) => decide(afterClaims(question, before)) : undefined;
      const metadata = { ...asked, ...calendarUsed(events, this.parts.catalogue) };
      if (events.length > 0) return await this.record(request, entity, { id, folded, events, metadata, confirm });
      await numbers.giveBack();
      return { ...head(id, folded), events: [], replayed: false, correlationId: request.correlationId };
    } catch (error) {
      // Also where it is not known whether it was recorded: the claim that comes with the events then holds the number. And
      // where the log is away, whoever recovers claims gives it back.
      await numbers.giveBack().catch(() => undefined);
      throw error;
    }
  }

  private async record(request: CommandRequest, entity: EntityDeclaration, { metadata, ...decided }: Decided): Promise<Acknowledgement> {
    const { id, folded } = decided;
    const { declaration, correlationId } = request;
    const { commandId, bodyHmac } = metadata;
    const creates = !folded.state && entity.options.reference !== undefined;
    const reference = creates ? await this.parts.reference(entity, metadata.organizationId, metadata.recordedAt) : undefined;
    const { after, revision, position, types, last } = await this.recorder.record({
      entity, ...decided, metadata, ...(reference ? { reference } : {}),
    });
    const first = folded.revision + 1;
    const recorded = types.map((type, index) => ({ type, revision: first + index }));
    this.streams.advance(entity, id, homeAsked(request, entity, id), folded, {
      state: after, revision, position, commandId, command: { correlationId, events: recorded, position, ...(bodyHmac ? { bodyHmac } : {}) }, ...(last ? { last } : {}),
    });
    return {
      id,
      ...(after.reference ? { reference: after.reference } : {}),
      revision,
      position,
      events: recorded,
      replayed: false,
      correlationId,
      ...this.revealed(declaration, commandId),
    };
  }

  private metadataOf(request: CommandRequest, { home, now, commandId, bodyHmac }: { home: string; now: string; commandId: string; bodyHmac: string }): CommandMetadata {
    const { actor, declaration, source, correlationId, causationId } = request;
    return {
      recordedAt: now,
      effectiveDate: effectiveDate(request, now),
      organizationId: home,
      actorId: actor.id,
      actorRole: actor.role,
      source,
      commandId,
      command: declaration.name,
      bodyHmac,
      correlationId,
      causationId: causationId ?? commandId,
    };
  }

  /** The stream, and the command's id: a repeat after an abandonment is a new attempt. */
  private async target(request: CommandRequest, entity: EntityDeclaration): Promise<Target> {
    for (let attempt = 1; ; attempt++) {
      const commandId = commandIdOf(request, attempt);
      const id = request.id ?? uuidOf(commandId, entity.table);
      const unheardOf = !request.id && !request.commandId && !request.idempotencyKey;
      // Nothing can have been recorded of what was just named at random; the append finds out if it was.
      const folded = unheardOf ? nothingOf(streamOf(entity, id)) : await this.streams.load(entity, id, homeAsked(request, entity, id));
      if (!folded.abandoned.has(commandId)) return { folded, commandId, id };
    }
  }

  /** Only a command that declares it reads them sees personal values; a tombstone is what is left of an erased one. */
  private async readable(declaration: CommandDeclaration, state: State): Promise<State> {
    const reads = declaration.options.reads ?? [];
    if (reads.length === 0) return state;
    const values = state as unknown as Record<string, unknown>;
    const [opened] = await this.parts.codec.unseal([Object.fromEntries(reads.map((name) => [name, values[name]]))]);
    return copyOf(state, opened);
  }

  private again(
    request: CommandRequest,
    { id, commandId }: { id: string; commandId: string },
    folded: Folded,
    repeated: RecordedCommand,
    bodyHmac: string,
  ): Acknowledgement {
    if (repeated.bodyHmac !== bodyHmac) {
      throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.', { status: 422 });
    }
    const { events, position, correlationId } = repeated;
    return {
      ...head(id, folded),
      revision: events.at(-1)!.revision,
      position,
      events,
      replayed: true,
      correlationId,
      ...this.revealed(request.declaration, commandId),
    };
  }

  private revealed(declaration: CommandDeclaration, commandId: string): Pick<Acknowledgement, 'revealed'> {
    const { reveals } = declaration.options;
    return reveals ? { revealed: { [reveals.name]: this.secret(commandId, reveals.purpose) } } : {};
  }

  private readonly secret: Outside['secret'] = (commandId, purpose) => this.hmac(`${commandId}|${purpose}`);

  private hmac(text: string): string {
    return createHmac('sha256', this.serverKey).update(text).digest('base64url');
  }
}

/** What a command is decided on. */
interface Target {
  readonly folded: Folded;
  readonly commandId: string;
  readonly id: string;
}

/** What was decided and is to be recorded. */
interface Decided {
  readonly id: string;
  readonly folded: Folded;
  readonly events: readonly DomainEvent<object>[];
  readonly metadata: CommandMetadata;
  readonly confirm?: Change['confirm'];
}

/** An organisation that is being made is its own home. */
const homeAsked = ({ declaration, actor }: CommandRequest, entity: EntityDeclaration, id: string): string =>
  entity.options.home === 'self' && declaration.options.creates ? id : actor.organizationId;

function commandIdOf({ actor, commandId, idempotencyKey, route }: CommandRequest, attempt: number): string {
  if (commandId) return attempt === 1 ? commandId : uuidOf(commandId, attempt);
  return idempotencyKey ? uuidOf(actor.organizationId, actor.id, route, idempotencyKey, attempt) : randomUUID();
}

/** A refusal at a field that the command has; what is written by hand has a body of its own. */
const seenBy = ({ fields, options }: CommandDeclaration, refusal: Refusal): Refusal =>
  options.handWritten ? refusal : refusal.within(fields);

const notFound = (): Refusal => new Refusal('NOT_FOUND', 'There is no such record.', { status: 404 });

function stateFor(request: CommandRequest, entity: EntityDeclaration, folded: Folded, id: string, home: string): State {
  const { creates } = request.declaration.options;
  if (!folded.state && !creates) throw notFound();
  if (folded.state && creates) throw new Refusal('DUPLICATE', 'This record exists already.', { status: 409 });
  if (request.ifMatch !== undefined && request.ifMatch !== folded.revision) {
    throw new WrongRevision(folded.stream, request.ifMatch, folded.revision);
  }
  return folded.state ?? unborn(entity, id, entity.options.home === 'self' ? id : home);
}

/** The command's own date where it has one, else today in London. */
function effectiveDate({ declaration, command }: CommandRequest, now: string): string {
  const { effective } = declaration.options;
  const dated = effective ? (command as Record<string, unknown>)[effective] : undefined;
  if (typeof dated !== 'string') return londonDate(now);
  return dated.length === 10 ? dated : londonDate(dated);
}

function head(id: string, folded: Folded) {
  const reference = folded.state?.reference;
  return { id, ...(reference ? { reference } : {}), revision: folded.revision, position: folded.position };
}
