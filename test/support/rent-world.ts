import { decide, type Outside } from '../../src/commands/decision.js';
import { RentAccount, rentAccountOf, RentAccountOpened } from '../../src/domain/money/rent-account/rent-account.js';
import '../../src/domain/money/index.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted, PlacementTransferred } from '../../src/domain/tenancy/placement/placement.js';
import type { WeeklyCharges } from '../../src/domain/weekly-charges.js';
import { declaredCommands, type DomainCommand } from '../../src/kernel/command.js';
import { entityOf, type State } from '../../src/kernel/entity.js';
import { declaredEvents, type DomainEvent } from '../../src/kernel/event.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { instantText, startOfLondonDay, uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { ProcessContext, ProcessTimer } from '../../src/processes/engine/process.js';
import { rentCharging } from '../../src/processes/rent-charging.js';
import { ORGANIZATION, someId } from './given.js';

const entities = { placements: Placement, rent_accounts: RentAccount } as const;
type Table = keyof typeof entities;

/** The work of the process was cut off: what it had done is done, its checkpoint is not. */
export class Crash extends Error {}

/** Pence a week: core, eligible service, ineligible service, support. */
export const weekly = (corePence: number, eligibleServicePence: number, ineligibleServicePence: number, supportPence = 0): WeeklyCharges =>
  ({ corePence, eligibleServicePence, ineligibleServicePence, supportPence });
export const LICENCE = weekly(18_240, 6_435, 2_150);

const names = { residentId: someId('jordan'), agreementId: someId('agreement'), propertyId: someId('house'), roomId: someId('R04') };

/**
 * A placement, its rent account and the charging process over a log in memory: what pipeline and engine do, without a
 * database. Command ids are derived as the engine derives them, so a repeated reaction finds what it did before.
 */
export class RentWorld {
  readonly placementId = someId('placement');
  readonly accountId = rentAccountOf(this.placementId);
  readonly log: DecodedEvent[] = [];
  readonly timers = new Map<string, ProcessTimer>();
  private readonly states = new Map<string, State>();
  private readonly done = new Set<string>();
  private readonly waiting = new Set<number>();
  private sent = 0;

  constructor(public now: string) {}

  get account(): RentAccount {
    return this.states.get(`rent_accounts|${this.accountId}`) as RentAccount;
  }
  get placement(): Placement {
    return this.states.get(`placements|${this.placementId}`) as Placement;
  }
  get undelivered(): number[] {
    return [...this.waiting];
  }

  start(on: string, weeklyCharges = LICENCE): void {
    this.record('placements', this.placementId, PlacementStarted.of({ ...names, moveId: someId('move'), on, weeklyCharges }));
  }
  /** An account that belongs to no placement. */
  open(): void {
    this.record('rent_accounts', this.accountId, RentAccountOpened.of({ ...names, paymentReference: 'R123' }));
  }
  transfer(on: string, weeklyCharges: WeeklyCharges, room = 'R09'): void {
    this.record('placements', this.placementId, PlacementTransferred.of({
      ...names, moveId: someId(room), fromPropertyId: names.propertyId, fromRoomId: this.placement.roomId, roomId: someId(room), on, weeklyCharges, emergency: false,
    }));
  }
  end(on: string): void {
    this.record('placements', this.placementId, PlacementEnded.of({ ...names, moveId: someId('out'), on, terminationType: 'planned_move_on' }));
  }
  correct(which: 'start' | 'end', on: string): void {
    this.record('placements', this.placementId, PlacementDateCorrected.of({ ...names, which, on, reason: 'It was another day.' }));
  }

  /** Sends a command to the account, as a person would. @throws Refusal */
  async ask<C extends DomainCommand<RentAccount>>(Command: new () => C, body: Partial<Omit<C, 'decide'>>): Promise<void> {
    await this.execute(Command.name, this.accountId, body, uuidOf('person', ++this.sent), 'finance');
  }

  /** The process takes in what waits, in its order, and timers that are due, until there is nothing left. */
  async settle(): Promise<this> {
    for (;;) {
      const [next] = this.undelivered;
      const [due] = [...this.timers.values()].filter(({ dueAt }) => dueAt <= this.now);
      if (next !== undefined) await this.deliver(next);
      else if (due) await this.fire(due);
      else return this;
    }
  }

  /** Moves the clock to the start of a London day, stopping wherever a timer is due. */
  async walkTo(date: string): Promise<this> {
    await this.settle();
    const target = startOfLondonDay(date);
    for (;;) {
      const [due] = [...this.timers.values()].filter(({ dueAt }) => dueAt <= target).sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
      if (!due) break;
      this.now = due.dueAt > this.now ? due.dueAt : this.now;
      await this.settle();
    }
    this.now = target > this.now ? target : this.now;
    return this.settle();
  }
  /** The clock moves on while nobody works. */
  jumpTo(date: string): void {
    this.now = startOfLondonDay(date) > this.now ? startOfLondonDay(date) : this.now;
  }

  /** Hands an event to the process, again where it had it before. @param crashAfter so many commands, the rest is not done. */
  async deliver(index: number, crashAfter?: number): Promise<void> {
    const event = this.log[index]!;
    await this.react(event.stored.id, crashAfter, (context) => rentCharging.react(event, context));
    this.waiting.delete(index);
  }
  async fire(timer: ProcessTimer, crashAfter?: number): Promise<void> {
    await this.react(uuidOf(timer.key, timer.dueAt), crashAfter, (context) => rentCharging.fire!(timer, context), timer);
  }

  private async react(cause: string, crashAfter: number | undefined, work: (context: ProcessContext) => Promise<void>, fired?: ProcessTimer): Promise<void> {
    const changes: (() => void)[] = fired ? [() => void this.timers.delete(fired.key)] : [];
    let commands = 0;
    await work({
      organizationId: ORGANIZATION,
      now: this.now,
      cause,
      find: <S extends State>(table: string, id: string) => Promise.resolve(this.states.get(`${table}|${id}`) as S | undefined),
      send: async ({ step, command, id, body }) => {
        await this.execute(command, id, body, uuidOf('rent-charging', cause, step), 'system');
        if (++commands === crashAfter) throw new Crash();
      },
      schedule: (timer) => void changes.push(() => {
        if (fired && timer.key === fired.key && timer.dueAt === fired.dueAt) throw new Error('The timer is set again for the instant at which it fired.');
        this.timers.set(timer.key, timer);
      }),
      cancel: (key) => void changes.push(() => this.timers.delete(key)),
    });
    for (const change of changes) change();
  }

  private async execute(name: string, id: string, body: object, commandId: string, role: string): Promise<void> {
    if (this.done.has(commandId)) return;
    const declaration = declaredCommands().find((one) => one.name === name)!;
    const table = entityOf(declaration.entity).table as Table;
    const known = this.states.get(`${table}|${id}`);
    if (declaration.options.creates ? known : !known) throw new Error(`${name} is for a record that ${known ? 'exists' : 'does not exist'}.`);
    const events = await decide({
      declaration,
      command: Object.assign(new declaration.command(), body) as never,
      state: known ?? unborn(entityOf(entities[table]), id, ORGANIZATION),
      id,
      commandId,
      actor: { id: someId(role), role, organizationId: ORGANIZATION, permissions: new Set(['*:*']) },
      now: this.now,
      outside: {
        load: (of: string, one: string) => Promise.resolve(this.states.get(`${of}|${one}`) ?? (names as unknown as State)),
        held: () => Promise.resolve([]),
      } as unknown as Outside,
    });
    for (const event of events) this.record(table, id, event as DomainEvent<never>, role);
    if (events.length > 0) this.done.add(commandId);
  }

  private record(table: Table, id: string, event: DomainEvent<never>, role = 'manager'): void {
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never))!;
    const entity = entityOf(entities[table]);
    const eventId = uuidOf('event', this.log.length);
    const recorded = {
      recordedAt: this.now, actorId: someId(role), actorRole: role, organizationId: ORGANIZATION, revision: 0, effectiveDate: '', eventId, commandId: '',
    };
    const decoded = { declaration, event, recorded, metadata: { recordedAt: this.now }, stored: { id: eventId, stream: `${entity.options.category}-${id}` } };
    const key = `${table}|${id}`;
    this.states.set(key, evolve(this.states.get(key) ?? unborn(entity, id, ORGANIZATION), decoded as never));
    if (rentCharging.on.includes(declaration.type)) this.waiting.add(this.log.length);
    this.log.push(decoded as unknown as DecodedEvent);
  }
}

/** Morning of a London day. */
export const morning = (date: string): string => instantText(Date.parse(startOfLondonDay(date)) + 8 * 3_600_000);
