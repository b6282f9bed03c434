import type { RegisterEntry } from '../kernel/entity.js';
import { versionsOf, type HeldEntry, type Holding, type Register, type RegisterClaimed } from './register.js';

/** The kind of entries in a register of numbers; the key is the number. */
export const NUMBER = 'number';

const numbersIn = (entries: readonly RegisterEntry[]): string[] => entries.filter(({ kind }) => kind === NUMBER).map(({ key }) => key);

/**
 * Which numbers of a register are taken, kept beside its fold: what the next number is, and who else has one, does not depend
 * on how many there are.
 */
export class TakenNumbers {
  /** By number: how often each target has it, in whichever of its versions. */
  private readonly takers = new Map<string, Map<string, number>>();
  /** Targets with claims that are open. */
  private readonly waiting = new Set<string>();
  /** All numbers below are taken. */
  private lowest = 1;

  static of(register: Register): TakenNumbers {
    const taken = new TakenNumbers();
    for (const [target, holding] of register) taken.changed(target, undefined, holding);
    return taken;
  }

  /** Takes over what is known of a target now. */
  changed(target: string, before: Holding | undefined, after: Holding): void {
    for (const version of versionsOf(after)) for (const number of numbersIn(version)) this.count(number, target, 1);
    if (before) for (const version of versionsOf(before)) for (const number of numbersIn(version)) this.count(number, target, -1);
    if (after.pending.size > 0) this.waiting.add(target);
    else this.waiting.delete(target);
  }

  /**
   * The lowest number from 1 on that nobody holds and no command in flight may come to hold. What another attempt of the
   * same command has been given does not count: one of them at most is recorded.
   * @param before what an earlier attempt was given: a command that tries again keeps its number, or what it left for a lower one
   *   would be a gap while nobody else asks.
   */
  next(register: Register, commandId: string, before?: number): number {
    const own = this.claimsOf(register, commandId);
    const isFree = (number: number): boolean => this.timesTaken(number) === timesIn(own, number);
    if (before !== undefined && isFree(before)) return before;
    const given = own.flatMap(({ wanted }) => numbersIn(wanted)).map(Number).filter(isFree);
    return Math.min(...given, this.lowest);
  }

  /** What others than a target have, or may come to have, of some entries. */
  amongOthers(target: string, wanted: readonly RegisterEntry[]): HeldEntry[] {
    return wanted.flatMap((entry) => [...(this.takers.get(entry.key)?.keys() ?? [])].filter((other) => other !== target).map((other) => ({ ...entry, target: other })));
  }

  private claimsOf(register: Register, commandId: string): RegisterClaimed[] {
    const claims = [...this.waiting].flatMap((target) => [...(register.get(target)?.pending.values() ?? [])]);
    return claims.filter((claim) => claim.commandId === commandId);
  }

  private timesTaken(number: number): number {
    return [...(this.takers.get(String(number))?.values() ?? [])].reduce((sum, times) => sum + times, 0);
  }

  private count(number: string, target: string, change: 1 | -1): void {
    const takers = this.takers.get(number) ?? new Map<string, number>();
    const times = (takers.get(target) ?? 0) + change;
    if (times > 0) takers.set(target, times);
    else takers.delete(target);
    if (takers.size > 0) this.takers.set(number, takers);
    else this.takers.delete(number);
    if (takers.size === 0) this.lowest = Math.min(this.lowest, Number(number));
    else while (this.takers.has(String(this.lowest))) this.lowest += 1;
  }
}

const timesIn = (claims: readonly RegisterClaimed[], number: number): number =>
  claims.filter(({ wanted }) => numbersIn(wanted).includes(String(number))).length;
