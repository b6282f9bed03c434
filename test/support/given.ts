import { expect } from '@jest/globals';
import { decide, type Outside } from '../../src/commands/decision.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor, DomainCommand } from '../../src/kernel/command.js';
import { declaredCommands } from '../../src/kernel/command.js';
import { entityOf, type RegisterEntry, type State } from '../../src/kernel/entity.js';
import { declaredEvents, type DomainEvent } from '../../src/kernel/event.js';
import type { ClassOf } from '../../src/kernel/fields.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { Refusal } from '../../src/kernel/rules.js';
import { uuidOf } from '../../src/kernel/values.js';

/** Ids that are easy to read in a failure: `someId('resident')`. */
export const someId = (name: string): string => uuidOf('spec', name);
export const ORGANIZATION = someId('organization');
export const NOW = '2026-09-02T08:00:00.000Z';

type Facts<E> = Partial<Omit<E, 'decide' | 'apply'>>;
/** A recorded event, by whom and when where that matters. */
export interface Happened {
  readonly event: DomainEvent<never>;
  readonly at?: string;
  readonly by?: string;
  readonly role?: string;
}

/** An event that has happened: `happened(IncidentLogged, {...}, { by: 'anna' })`. */
export function happened<E extends DomainEvent<never>>(
  event: new () => E,
  facts: Facts<E> = {},
  recording: { at?: string; by?: string; role?: string } = {},
): Happened {
  return { event: Object.assign(new event(), facts), ...recording };
}

interface World {
  readonly id: string;
  readonly now: string;
  readonly actor: Actor;
  readonly others: ReadonlyMap<string, State>;
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly held: ReadonlyMap<string, readonly RegisterEntry[]>;
}

/** The state after what happened, values in clear: for asking `holds()` or a figure. */
export function stateOf<S extends State>(entity: new () => S, history: readonly Happened[], id = someId(entity.name)): S {
  let state = unborn(entityOf(entity), id, ORGANIZATION);
  history.forEach(({ event, at, by, role }, revision) => {
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never));
    if (!declaration) throw new Error(`${event.constructor.name} is no declared event.`);
    state = evolve(state, {
      declaration,
      event: event as unknown as DomainEvent<object>,
      recorded: {
        recordedAt: at ?? NOW,
        actorId: someId(by ?? 'somebody'),
        actorRole: role ?? 'manager',
        organizationId: ORGANIZATION,
        revision,
        effectiveDate: (at ?? NOW).slice(0, 10),
        eventId: uuidOf('spec-event', revision),
        commandId: uuidOf('spec-command', revision),
      },
    });
  });
  return state as S;
}

/**
 * The grammar of the pure level: `given(Incident, happened(IncidentLogged, {...})).when(CloseIncident, {...}).refused('INC-4')`.
 * Between `given` and `when`: `.now('2026-…Z')`, `.as('manager', 'anna')`, `.where('residents', id, state)`,
 * `.fact('open-responsibilities', id, ['…'])`, `.holding('member', owner, [entry])`.
 */
export function given<S extends State>(entity: new () => S, ...history: Happened[]): Given<S> {
  return new Given(entity, history, {
    id: someId(entity.name),
    now: NOW,
    actor: { id: someId('somebody'), role: 'manager', organizationId: ORGANIZATION, permissions: new Set(['*:*']) },
    others: new Map(),
    facts: new Map(),
    held: new Map(),
  });
}

export class Given<S extends State> {
  constructor(
    private readonly entity: new () => S,
    private readonly history: readonly Happened[],
    private readonly world: World,
  ) {}

  private with(change: Partial<World>): Given<S> {
    return new Given(this.entity, this.history, { ...this.world, ...change });
  }
  now(now: string): Given<S> {
    return this.with({ now });
  }
  as(role: string, name = 'somebody', permissions: readonly string[] = ['*:*']): Given<S> {
    return this.with({ actor: { ...this.world.actor, role, id: someId(name), permissions: new Set(permissions) } });
  }
  where(table: string, id: string, state: State): Given<S> {
    return this.with({ others: new Map(this.world.others).set(`${table}|${id}`, state) });
  }
  fact(name: string, id: string, answer: readonly string[]): Given<S> {
    return this.with({ facts: new Map(this.world.facts).set(`${name}|${id}`, answer) });
  }
  holding(register: string, owner: string, entries: readonly RegisterEntry[]): Given<S> {
    return this.with({ held: new Map(this.world.held).set(`${register}|${owner}`, entries) });
  }

  when<C extends DomainCommand<S>>(command: new () => C, body: Facts<C> = {}): When<S> {
    return new When(this.entity, this.history, this.world, Object.assign(new command(), body));
  }
}

export class When<S extends State> {
  constructor(
    private readonly entity: new () => S,
    private readonly history: readonly Happened[],
    private readonly world: World,
    private readonly command: DomainCommand<S>,
  ) {}

  /** Events decided, for assertions of one's own. */
  async events(): Promise<DomainEvent<object>[]> {
    const declaration = declaredCommands().find((one) => one.command === (this.command.constructor as never));
    if (!declaration) throw new Error(`${this.command.constructor.name} is no declared command.`);
    const { others, facts, held, ...rest } = this.world;
    const outside: Outside = {
      load: (table, id) => Promise.resolve(others.get(`${table}|${id}`)),
      held: (register, owner) => Promise.resolve(held.get(`${register}|${owner}`) ?? []),
      rivals: (register, owner) => Promise.resolve(held.get(`${register}|${owner}`) ?? []),
      fact: (name, id) => Promise.resolve(facts.get(`${name}|${id}`) ?? []),
      open: (objects) => Promise.resolve(objects),
      number: (register, owner) => Promise.resolve(1 + (held.get(`${register}|${owner}`) ?? []).length),
      secret: (commandId, purpose) => `${commandId}-${purpose}`,
    };
    const state = stateOf(this.entity, this.history, rest.id);
    return decide({ declaration, command: this.command as never, state, commandId: someId('command'), outside, ...rest });
  }

  /** It is accepted and records exactly these events; of each, at least these facts. */
  async records(...wanted: readonly (readonly [new () => DomainEvent<never>, object?] | (new () => DomainEvent<never>))[]): Promise<void> {
    const events = await this.events();
    const pairs = wanted.map((one) => (Array.isArray(one) ? (one as [new () => object, object?]) : ([one, {}] as [new () => object, object?])));
    expect(events.map((event) => event.constructor.name)).toEqual(pairs.map(([event]) => event.name));
    events.forEach((event, index) => expect(event).toMatchObject(pairs[index]![1] ?? {}));
  }

  /** It is accepted and changes nothing. */
  async recordsNothing(): Promise<void> {
    expect(await this.events()).toEqual([]);
  }

  /** It is refused with this code, and, where given, at this field. */
  async refused(code: string, field?: string): Promise<void> {
    const outcome = await this.events().then(
      (events) => `accepted: ${events.map((event) => event.constructor.name).join(', ') || 'nothing'}`,
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        const seen = this.seen(error).options.field;
        return field ? `${error.code} at ${seen}` : error.code;
      },
    );
    expect(outcome).toBe(field ? `${code} at ${field}` : code);
  }

  /** A refusal as the pipeline passes it on. @throws where it names a field that the command does not have. */
  private seen(refusal: Refusal): Refusal {
    const { fields, options } = declaredCommands().find((one) => one.command === (this.command.constructor as never))!;
    if (options.handWritten) return refusal;
    const seen = refusal.within(fields);
    const { field } = refusal.options;
    if (field && !seen.options.field) throw new Error(`${this.command.constructor.name} has no field ${field}, which ${refusal.code} names.`);
    return seen;
  }
}

/** Catalogue of some entities, for specs of the machinery. */
export const catalogueOf = (...states: ClassOf[]): Catalogue => new Catalogue(states);
