import type { RegisterEntry } from '../kernel/entity.js';
import { WrongRevision } from '../event-store/errors.js';
import type { Claimant, CommandMetadata, RegisterChange, Registers } from './registers.js';

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
