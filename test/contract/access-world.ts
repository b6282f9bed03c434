import { createHmac, randomUUID } from 'node:crypto';
import pg from 'pg';
import { AccessLog } from '../../src/access/access-log.js';
import { type Access, makeAccess } from '../../src/access/access.js';
import { PasswordHasher } from '../../src/access/credentials.js';
import { accessFacts } from '../../src/access/facts.js';
import type { SignedIn } from '../../src/access/session-resolver.js';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { References } from '../../src/commands/references.js';
import { Registers } from '../../src/commands/registers.js';
import type { Acknowledgement } from '../../src/commands/request.js';
import { Streams } from '../../src/commands/streams.js';
import { entities, registerRules } from '../../src/domain/index.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor } from '../../src/kernel/command.js';
import { validateCommand } from '../../src/kernel/validation.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { TEST_MASTER_KEY, type TestDatabases } from '../support/databases.js';

export const PASSWORD = 'correct horse battery staple';
export const catalogue = new Catalogue(entities);
const serverKey = createHmac('sha256', TEST_MASTER_KEY).update('server').digest();

/** The time of a world: both clocks, so that a test can move each. */
export interface Times {
  /** The product's. */
  product: string;
  /** Real, in milliseconds. */
  real: number;
}

/** One process of an installation: the pipeline and access on real databases. */
export class AccessWorld {
  readonly accessLog: AccessLog;
  readonly access: Access;
  readonly pipeline: CommandPipeline;
  readonly codec: EventCodec;

  private constructor(
    readonly store: PostgresEventStore,
    readonly keyring: Keyring,
    readonly pool: pg.Pool,
    readonly times: Times,
    settled: () => Promise<void>,
  ) {
    const codec = new EventCodec(catalogue, keyring);
    this.codec = codec;
    const references = new References(pool);
    const registers = new Registers(store, registerRules);
    const streams = new Streams(store, codec);
    const clock = { now: () => Promise.resolve(times.product) };
    this.accessLog = new AccessLog(pool, clock);
    const hasher = new PasswordHasher({ memoryCost: 64, timeCost: 1, parallelism: 1 });
    const parts = { pool, catalogue, store, codec, streams, registers, clock, serverKey };
    this.access = makeAccess({ ...parts, execute: (request) => this.pipeline.execute(request), now: () => times.real, hasher });
    const facts = accessFacts({ ...parts, authority: this.access.authority, settled });
    this.pipeline = new CommandPipeline({
      ...parts,
      facts: (name, id) => facts[name]!(id),
      reference: (entity, organizationId, now) => references.next(entity, organizationId, now),
      refused: this.accessLog.refused,
    });
  }

  static async open(databases: TestDatabases, times: Times, settled: () => Promise<void> = () => Promise.resolve()): Promise<AccessWorld> {
    const { app, keyring } = databases.urls;
    return new AccessWorld(
      await PostgresEventStore.open({ connectionString: app }),
      await Keyring.open({ connectionString: keyring, masterKey: TEST_MASTER_KEY }),
      new pg.Pool({ connectionString: app, max: 4 }),
      times,
      settled,
    );
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.keyring.close();
    await this.pool.end();
  }

  /** Sends a command as somebody. */
  do(name: string, actor: Actor, body: object, id?: string, idempotencyKey?: string): Promise<Acknowledgement> {
    const declaration = catalogue.command(name)!;
    return this.pipeline.execute({
      declaration,
      command: validateCommand(declaration, body),
      body,
      actor,
      source: 'api',
      correlationId: randomUUID(),
      route: `${name}/${id ?? ''}`,
      ...(id ? { id } : {}),
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
  }

  /** Accepts an invitation, as its page does. */
  async accept(membershipId: string, token: string, password = PASSWORD, names: object = { firstName: 'Sam', lastName: 'Spec' }): Promise<Acknowledgement> {
    const { invitations } = this.access;
    const ready = await invitations.accept(await invitations.find(membershipId, token), { token, password, ...names }, randomUUID(), false);
    return this.do(ready.name, ready.actor, ready.body, membershipId);
  }

  /** Signs in and says who that is. */
  async signIn(email: string, organizationId?: string, password = PASSWORD): Promise<{ token: string; actor: SignedIn }> {
    const { token } = await this.access.signIn.signIn({ email, password, ...(organizationId ? { organizationId } : {}) });
    return { token, actor: (await this.access.sessions.actorOf(token))! };
  }

  /** Invites somebody and lets them accept and sign in. */
  async member(by: Actor, role: string, email = `${role}-${randomUUID()}@spec.example`) {
    const invited = await this.do('InviteUser', by, { email, role });
    await this.accept(invited.id, invited.revealed!['invitationToken']!);
    return { email, membershipId: invited.id, ...(await this.signIn(email, by.organizationId)) };
  }

  /** An organisation with its owner, signed in. */
  async organisation(name = 'Hackney Young Futures', ownerEmail = `owner-${randomUUID()}@spec.example`) {
    const founded = await this.access.founding.create({ name, organizationType: 'charity', ownerEmail });
    await this.accept(founded.membershipId, founded.token);
    return { id: founded.organizationId, membershipId: founded.membershipId, email: ownerEmail, ...(await this.signIn(ownerEmail, founded.organizationId)) };
  }

  actorOf(token: string): Promise<SignedIn | undefined> {
    return this.access.sessions.actorOf(token);
  }
}
