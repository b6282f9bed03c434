import { randomUUID } from 'node:crypto';
import { rentAccountOf as accountOf } from '../../src/domain/money/rent-account/rent-account.js';
import type { Answer, Caller, Json } from '../support/caller.js';
import { dateOf, dayOf } from '../support/reckoning.js';
import type { House, Lodger } from './house.js';
import { LICENCE, place } from './house.js';
import type { Answered } from './oracle.js';

/** Numbers that look random and come again with their seed. */
export class Chance {
  constructor(private state: number) {}
  /** From 0 up to, and without, 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  of<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }
}

/** A command on its way: it is sent again under the same key until it is answered for certain. */
interface Order {
  readonly category: string;
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly who: Caller;
}
interface Done {
  readonly order: Order;
  readonly id: string;
  readonly revision: number;
  readonly events: readonly { readonly type: string; readonly revision: number }[];
}

/**
 * People at work: placements, transfers, ends, corrections, payments and incidents, in many hands at once, over whichever
 * processes serve. What was answered is remembered; what was not is asked again.
 */
export class Load {
  /** London's day by the product's clock: nothing is recorded of a day after it. */
  today: string;
  readonly done: Done[] = [];
  /** Answers that no client should get, whatever was done to the product. */
  readonly broken: string[] = [];
  /** How often an answer was refused for each code. */
  readonly refused: Record<string, number> = {};
  /** Repeats of what was answered, and repeats of what was not and had been recorded all the same. */
  readonly replayed = { known: 0, unknown: 0 };
  private readonly unanswered: Order[] = [];
  private bases: readonly string[] = [];
  private readonly hands: Promise<void>[] = [];
  private working = false;
  private sent = 0;

  constructor(
    private readonly home: House,
    private readonly lodgers: readonly Lodger[],
    private readonly rooms: readonly string[],
    private readonly chance: Chance,
    today: string,
  ) {
    this.today = today;
  }

  /** Every event that a client was told of. */
  get answered(): Answered[] {
    return this.done.flatMap(({ order, id, events }) => events.map(({ type, revision }) => ({ stream: `${order.category}-${id}`, revision, type })));
  }

  /** Goes to work over these processes, first with what was not answered. */
  start(baseUrls: readonly string[], hands = 6): void {
    this.bases = baseUrls;
    this.working = true;
    // Those of an earlier start may still wait for their answer: they are waited for with the others.
    this.hands.push(...Array.from({ length: hands }, () => this.work()));
  }

  /** Resolves when every hand has its answer, or knows that it gets none. */
  async pause(): Promise<void> {
    this.working = false;
    await Promise.all(this.hands.splice(0));
  }

  /** Asks for what was not answered until all of it is. @throws when that does not come to an end. */
  async settle(baseUrls: readonly string[]): Promise<void> {
    this.bases = baseUrls;
    for (let tries = 0; this.unanswered.length > 0; tries++) {
      if (tries === 50) throw new Error(`Not answered: ${JSON.stringify(this.unanswered.map(({ path, key }) => [path, key]))}`);
      await Promise.all(this.unanswered.splice(0).map((order) => this.send(order)));
    }
  }

  private async work(): Promise<void> {
    while (this.working) {
      const order = this.unanswered.shift() ?? this.order();
      // Where nobody answers, this hand waits for the next process.
      if (!(await this.send(order))) return;
    }
  }

  /** @returns whether somebody answered. */
  private async send(order: Order): Promise<boolean> {
    const { who, path, body, key } = order;
    const base = this.bases[this.sent++ % this.bases.length]!;
    let answer: Answer<Json>;
    try {
      answer = await who.at(base).post<Json>(path, body, { 'idempotency-key': key });
    } catch {
      this.unanswered.push(order);
      return false;
    }
    const { status, text } = answer;
    if (status < 300) this.accept(order, answer);
    else if (status === 503) this.unanswered.push(order);
    else if (status >= 500 || ![403, 404, 409, 422].includes(status)) this.broken.push(`${path} was answered ${status}: ${text}`);
    else this.refused[String(answer.body['code'])] = (this.refused[String(answer.body['code'])] ?? 0) + 1;
    return true;
  }

  private accept(order: Order, { headers, body, text }: Answer<Json>): void {
    const { id, revision, events } = body as unknown as Omit<Done, 'order'>;
    const before = this.done.find((one) => one.order.key === order.key);
    const replayed = headers.get('idempotency-replayed') === 'true';
    if (before) {
      this.replayed.known += 1;
      const same = replayed && before.id === id && before.revision === revision && JSON.stringify(before.events) === JSON.stringify(events);
      if (!same) this.broken.push(`The repeat of ${order.path} was answered ${replayed ? '' : 'as new: '}${text}, and first ${JSON.stringify(before)}`);
      return;
    }
    if (replayed) this.replayed.unknown += 1;
    if (events.length > 0) this.done.push({ order, id, revision, events });
  }

  private ago(most: number): string {
    return dateOf(dayOf(this.today) - this.chance.below(most));
  }

  /** Something that somebody wants; what the rules make of it is theirs. */
  private order(): Order {
    const { chance, home } = this;
    const placements = this.done.filter(({ order: { category, path } }) => category === 'placement' && path === '/placements');
    const placement = chance.of(placements.slice(-12));
    const manager = (category: string, path: string, body: object): Order => ({ category, path, body, key: randomUUID(), who: home.manager });
    const dice = chance.next();
    if (dice < 0.08 && this.done.length > 0) return chance.of(this.done)!.order;
    if (!placement || dice < 0.3) return manager('placement', '/placements', place(chance.of(this.lodgers)!, chance.of(this.rooms)!, this.ago(20)));
    const of = `/placements/${placement.id}`;
    if (dice < 0.42) return manager('placement', `${of}/end`, { on: this.ago(10), terminationType: 'planned_move_on' });
    if (dice < 0.52) return manager('placement', `${of}/transfer`, { roomId: chance.of(this.rooms), on: this.ago(10), weeklyCharges: { ...LICENCE, corePence: 15_000 + chance.below(9_999) } });
    if (dice < 0.6) return manager('placement', `${of}/correct-date`, { which: chance.of(['start', 'end']), date: this.ago(25), reason: 'It was another day.' });
    if (dice < 0.75) return manager('incident', '/incidents', this.incident());
    return this.payment(placement);
  }

  private incident(): object {
    return {
      propertyId: this.home.propertyId, residentId: this.chance.of(this.lodgers)!.residentId, incidentType: 'safety', severity: 'medium',
      occurredAt: `${this.today}T06:00:00Z`, title: 'Smoke in the kitchen', description: 'A pan was left on the hob; the alarm went off and everybody came out.',
    };
  }

  /** Into the account of a placement, whose id follows from the placement's; before it is opened there is none. */
  private payment(placement: Done): Order {
    const body = { amountPence: 1 + this.chance.below(50_000), method: 'bank_transfer', on: this.today, externalRef: randomUUID() };
    return { category: 'rentAccount', path: `/rent-accounts/${accountOf(placement.id)}/record-payment`, body, key: randomUUID(), who: this.home.finance };
  }
}
