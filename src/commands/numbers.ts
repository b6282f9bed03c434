import type { RegisterEntry } from '../kernel/entity.js';
import { WrongRevision } from '../event-store/errors.js';
import type { Register } from './register.js';
import type { Claimant, CommandMetadata, RegisterChange, Registers } from './registers.js';

/** The kind of entries in a register of numbers; the key is the number. */
export const NUMBER = 'number';

/**
 * The lowest number from 1 on that nobody holds and no command in flight may come to hold. What another attempt of the
 * same command has been given does not count: one of them at most is recorded.
 * @param before what an earlier attempt was given: a command that tries again keeps its number, or what it left for a lower one
 *   would be a gap while nobody else asks.
 */
export function nextNumber(register: Register, commandId: string, before?: number): number {
  const taken = new Set<string>();
  for (const { entries, pending } of register.values()) {
    for (const { key } of entries) taken.add(key);
    for (const claim of pending.values()) if (claim.commandId !== commandId) for (const { key } of claim.wanted) taken.add(key);
  }
  if (before !== undefined && !taken.has(String(before))) return before;
  let number = 1;
  while (taken.has(String(number))) number++;
  return number;
}

/**
 * Numbers without gaps for one attempt of a command. Each is claimed in its register before the command is decided, and
 * given back when nothing comes of it; whoever dies in between has his claim settled like any other, and his number goes
 * to the next.
 */
export class Numbers {
  private readonly taken: RegisterChange[] = [];

  constructor(
    private readonly registers: Registers,
    private readonly claimant: Claimant,
    /** What the target holds; asked only where a number is. */
    private readonly held: () => readonly RegisterEntry[],
    private readonly metadata: CommandMetadata,
    /** What earlier attempts of the command were given, by register and owner. */
    private readonly given: Map<string, number>,
  ) {}

  /** @throws WrongRevision where the stream has moved on. */
  async next(register: string, owner: string): Promise<number> {
    const held = this.held().filter((entry) => entry.register === register && entry.owner === owner);
    const of = { register, owner, held, wanted: held };
    const name = `${register}|${owner}`;
    const number = await this.registers.claimNumber(of, this.claimant, this.metadata, this.given.get(name));
    if (number === undefined) throw new WrongRevision(this.claimant.target, this.claimant.base, this.claimant.base + 1);
    this.given.set(name, number);
    this.taken.push(of);
    return number;
  }

  /** Gives back what was taken and is not held: the command was refused, or changed nothing. */
  async giveBack(): Promise<void> {
    for (const of of this.taken.splice(0)) await this.registers.release(of, this.claimant, this.metadata);
  }
}
