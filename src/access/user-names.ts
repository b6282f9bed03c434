import { Sealed, Tombstone } from '../kernel/sealed.js';
import type { Codec } from '../privacy/codec.js';
import type { Authority } from './authority.js';
import type { UserState } from './states.js';

/** Shown for who has no name any more. */
const NAMELESS = '[erased]';

/** Names of users, opened from the log and kept while nobody changes them. */
export class UserNames {
  private readonly opened = new WeakMap<object, string>();

  constructor(
    private readonly authority: Authority,
    private readonly codec: Codec,
  ) {}

  /** First and last name. @throws KeysUnavailable */
  async of(user: UserState): Promise<string> {
    const { firstName, lastName } = user;
    // The sealed value is a new object whenever the name is changed, and the same one until then.
    const [first, last] = [firstName, lastName].map((value) => (value instanceof Sealed ? this.opened.get(value) : String(value)));
    if (first !== undefined && last !== undefined) return `${first} ${last}`.trim();
    const [clear] = await this.codec.unseal([{ firstName, lastName }], { classes: [2] });
    const names = [clear!.firstName, clear!.lastName].map((value) => (value instanceof Tombstone ? NAMELESS : String(value)));
    if (firstName instanceof Sealed) this.opened.set(firstName, names[0]!);
    if (lastName instanceof Sealed) this.opened.set(lastName, names[1]!);
    return names.every((name) => name === NAMELESS) ? NAMELESS : names.join(' ').trim();
  }

  /** Names by id; who is no user is left out. */
  async byId(userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const named = await Promise.all(
      [...new Set(userIds)].map(async (id) => {
        const user = await this.authority.user(id);
        return user ? ([id, await this.of(user)] as const) : undefined;
      }),
    );
    return new Map(named.filter((one) => one !== undefined));
  }
}
