import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { ResidentOutgrewAgeBand, ResidentTurnedEighteen } from '../domain/people/resident/coming-of-age.js';
import { ResidentRegistered } from '../domain/people/resident/resident-events.js';
import { ResidentMovedIn } from '../domain/people/resident/resident-moves.js';
import { Resident } from '../domain/people/resident/resident.js';
import { Sealed } from '../kernel/sealed.js';
import { londonDate, startOfLondonDay } from '../kernel/values.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';
import { comingOfAge } from './coming-of-age.js';

const residentId = someId('resident');
const sealedYear = (kept: string): string => new Sealed({} as never, 'dateOfBirth', 'date', {} as never, kept) as unknown as string;
const movedIn = (on: string) => happened(ResidentMovedIn, { placementId: someId('p'), propertyId: someId('h'), roomId: someId('r'), agreementId: someId('a'), on });

/** Somebody born in a year, of which the day is known to the commands alone. */
class Life {
  readonly timers = new Map<string, ProcessTimer>();
  readonly marked: string[] = [];
  private history: Happened[];
  constructor(year: string, readonly happens: Readonly<Record<string, Happened>>, on = '2026-01-10') {
    this.history = [happened(ResidentRegistered, { firstName: 'A', lastName: 'B', dateOfBirth: sealedYear(year) }), movedIn(on)];
  }
  private context(now: string): ProcessContext {
    return {
      organizationId: someId('organisation'), now, cause: 'cause',
      find: (table: string) => Promise.resolve(table === 'residents' ? stateOf(Resident, this.history, residentId) : undefined),
      send: ({ command }: ProcessCommand) => {
        const day = londonDate(now);
        this.marked.push(day);
        expect(command).toBe('MarkAge');
        if (this.happens[day]) this.history.push({ ...this.happens[day], at: `${day}T08:00:00.000Z` });
        return Promise.resolve();
      },
      schedule: (timer: ProcessTimer) => void this.timers.set(timer.key, timer),
      cancel: (key: string) => void this.timers.delete(key),
    } as unknown as ProcessContext;
  }
  async began(now: string): Promise<this> {
    await comingOfAge.react({ stored: { stream: `resident-${residentId}` } } as never, this.context(now));
    return this;
  }
  /** Fires what is due up to a day. */
  async until(day: string): Promise<void> {
    for (let [timer] = this.timers.values(); timer && timer.dueAt <= startOfLondonDay(day); [timer] = this.timers.values()) {
      this.timers.delete(timer.key);
      await comingOfAge.fire!(timer, this.context(timer.dueAt));
    }
  }
}

describe('the coming of age', () => {
  it('is looked for every day of the year, until it is there', async () => {
    const turned = happened(ResidentTurnedEighteen, { adultReviewDue: { code: 'RES-ADULT' } as never });
    const life = await new Life('2008', { '2026-03-01': turned }).began('2026-02-26T10:00:00.000Z');
    await life.until('2026-06-01');
    expect(life.marked).toEqual(['2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01']);
    expect([...life.timers.values()].map(({ dueAt }) => dueAt)).toEqual(['2027-01-01T00:00:00.000Z']);
  });

  it('sets timers that tell the year of birth, and nothing of the day', async () => {
    const before = await new Life('2008', {}).began('2026-02-26T10:00:00.000Z');
    expect([...before.timers.values()]).toEqual([{ key: residentId, dueAt: '2026-02-27T00:00:00.000Z', payload: { residentId } }]);
    const after = await new Life('2006', {}).began('2026-02-26T10:00:00.000Z');
    expect([...after.timers.values()]).toEqual([{ key: residentId, dueAt: '2027-01-01T00:00:00.000Z', payload: { residentId } }]);
  });

  it('wakes once a year otherwise, and daily in the year in which somebody outgrows the property', async () => {
    const outgrown = happened(ResidentOutgrewAgeBand, { maximumAge: 25 });
    const life = await new Life('2001', { '2027-01-03': outgrown }).began('2026-05-01T10:00:00.000Z');
    await life.until('2028-02-01');
    expect(life.marked).toEqual(['2026-05-01', '2027-01-01', '2027-01-02', '2027-01-03', '2028-01-01']);
  });

  it('is nobody’s concern who does not live here', async () => {
    const life = new Life('2008', {});
    await life.began('2026-02-26T10:00:00.000Z');
    Object.assign(life, { history: [happened(ResidentRegistered, { firstName: 'A', lastName: 'B', dateOfBirth: sealedYear('2008') })] });
    await life.began('2026-02-27T10:00:00.000Z');
    expect(life.timers.size).toBe(0);
    expect(life.marked).toEqual(['2026-02-26']);
  });
});
