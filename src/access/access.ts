import type { Pool } from 'pg';
import type { Registers } from '../commands/registers.js';
import type { Streams } from '../commands/streams.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Catalogue } from '../kernel/catalogue.js';
import type { Clock } from '../platform/clock.js';
import type { Codec } from '../privacy/codec.js';
import { ApiTokens } from './api-tokens.js';
import { Authority } from './authority.js';
import { Credentials, PasswordHasher } from './credentials.js';
import { emailKey } from './email-key.js';
import { Invitations } from './invitations.js';
import { OrganizationFounding } from './organization-founding.js';
import { PasswordProof } from './password-proof.js';
import { Passwords } from './passwords.js';
import { SessionResolver } from './session-resolver.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { type Execute, SystemCommands } from './system-commands.js';
import { UserNames } from './user-names.js';

/** What access is made of. */
export interface AccessParts {
  /** As the application's role. */
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly streams: Streams;
  readonly registers: Registers;
  readonly clock: Clock;
  readonly serverKey: Uint8Array;
  /** The pipeline's. */
  readonly execute: Execute;
  /** Real time in milliseconds, for sessions and locks. */
  readonly now?: () => number;
  readonly hasher?: PasswordHasher;
}

/** Everything about who comes in. */
export interface Access {
  readonly authority: Authority;
  readonly names: UserNames;
  readonly sessions: SessionResolver;
  /** Sessions and tokens as they are stored: for what clears them away. */
  readonly stored: Sessions;
  readonly signIn: SignIn;
  readonly invitations: Invitations;
  readonly passwords: Passwords;
  readonly apiTokens: ApiTokens;
  readonly founding: OrganizationFounding;
  /** For what the operator does. */
  readonly system: SystemCommands;
}

/** Puts access together. */
export function makeAccess(parts: AccessParts): Access {
  const { pool, catalogue, store, codec, clock, serverKey } = parts;
  const now = parts.now ?? Date.now;
  const authority = new Authority(catalogue, parts.streams, parts.registers);
  const names = new UserNames(authority, codec);
  const sessions = new Sessions(pool, now);
  const credentials = new Credentials(pool, parts.hasher ?? new PasswordHasher());
  const system = new SystemCommands(catalogue, parts.execute);
  const proof = new PasswordProof({ authority, credentials, attempts: new SignInAttempts(pool, now), system });
  return {
    authority,
    names,
    stored: sessions,
    sessions: new SessionResolver({ sessions, authority, names, clock }),
    signIn: new SignIn({ authority, proof, sessions, names, emailKey: (email) => emailKey(serverKey, email) }),
    invitations: new Invitations({ catalogue, store, codec, clock, authority, credentials, proof, system }),
    passwords: new Passwords({ authority, credentials, proof, sessions }),
    apiTokens: new ApiTokens(sessions, serverKey),
    founding: new OrganizationFounding(system),
    system,
  };
}
