import { randomUUID } from 'node:crypto';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { Entity, stateWith } from '../../src/kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type EventDeclaration } from '../../src/kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Int, List, Pence, Ref, Text } from '../../src/kernel/fields.js';
import { open, personal, pseudonymous, sensitive, special } from '../../src/kernel/privacy.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes, jsonOf } from '../../src/event-store/metadata.js';
import type { Destination } from '../../src/privacy/codec.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring, type KeyringOptions } from '../../src/privacy/keyring.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';

const Mood = { calm: 'calm', upset: 'upset' } as const;

/** Sealed as a whole. */
export class Address {
  @Text(personal('contact')) line1!: string;
  @Text(personal('contact'), { optional: true }) postcode?: string;
}
/** Clear itself, with a personal value inside. */
export class Journey {
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('location'), { optional: true }) destination?: string;
}
export class Friend {
  id!: string;
  @Text(personal('contact'), { subject: 'id' }) name!: string;
  @Text(special('safeguarding'), { optional: true }) worry?: string;
  @Choice(open, 'Mood', Mood, { optional: true }) mood?: keyof typeof Mood;
}
export class PersonFacts {
  @Text(personal('identity')) name!: string;
  @CivilDate(personal('identity'), { keepYear: true, optional: true }) dateOfBirth?: string;
  @Text(special('health'), { optional: true, blind: true }) nhsNumber?: string;
  @Text(special('identity'), { optional: true }) secret?: string;
  @List(special('health'), { optional: true }) allergies?: string[];
  @Group(personal('contact'), () => Address, { optional: true }) address?: Address;
  @Group(pseudonymous, () => Journey, { optional: true }) journey?: Journey;
  @Int(personal('finance'), { optional: true }) income?: number;
  @Flag(special('health'), { optional: true }) pregnant?: boolean;
  @Pence(pseudonymous, { optional: true }) rentPence?: number;
  @Choice(sensitive, 'Mood', Mood, { optional: true }) mood?: keyof typeof Mood;
  @Ref(open, 'people', { optional: true }) friendId?: string;
}

@Entity('people', 'A person.', { category: 'person' })
export class Person extends stateWith(PersonFacts) {
  @Children('friends', () => Friend, { parent: 'personId' }) friends: Friend[] = [];
}
@EventOf(Person, 'PersonMet', 1)
export class PersonMet extends eventWith(Person, PersonFacts) {
  @Children('friends_met', () => Friend, { parent: 'personId' }) friends!: Friend[];
  override apply(state: Person): void {
    Object.assign(state, { ...this });
  }
}
@EventOf(Person, 'PersonChanged', 1)
export class PersonChanged extends changeWith(Person, PersonFacts) {}
/** Version 1 called its text `remark` and knew no tone. */
@EventOf(Person, 'NoteTaken', 2, {
  upcasters: { 1: ({ remark, ...rest }) => ({ ...rest, note: remark, tone: 'plain' }) },
})
export class NoteTaken extends DomainEvent<Person> {
  @Text(special('safeguarding')) note!: string;
  @Text(open) tone!: string;
  apply(): void {}
}

/** About a person, and not a stream of theirs. */
@Entity('tenancies', 'A tenancy.', { category: 'tenancy', subject: 'personId' })
export class Tenancy extends stateWith(Address) {
  @Ref(pseudonymous, 'people') personId!: string;
}
@EventOf(Tenancy, 'TenancyEnded', 1)
export class TenancyEnded extends DomainEvent<Tenancy> {
  @Text(personal('location')) reason!: string;
  @Text(pseudonymous, { optional: true }) personId?: string;
  apply(): void {}
}

export const catalogue = new Catalogue([Person, Tenancy]);
export const declarationOf = (event: new () => object): EventDeclaration => catalogue.eventOf(event)!;

export const ORGANISATION = '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a51';
export const ELSEWHERE = '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a52';

/** A keyring of one's own and what is needed to write with it. */
export interface PrivacyWorld {
  readonly databases: TestDatabases;
  readonly keyring: Keyring;
  readonly codec: EventCodec;
  /** Another process on the same keyring. */
  another(options?: Partial<KeyringOptions>): Promise<{ keyring: Keyring; codec: EventCodec }>;
  remove(): Promise<void>;
}

export async function privacyWorld(): Promise<PrivacyWorld> {
  const databases = await testDatabases();
  const opened: Keyring[] = [];
  const another = async (options: Partial<KeyringOptions> = {}) => {
    const keyring = await Keyring.open({
      connectionString: databases.urls.keyring,
      masterKey: TEST_MASTER_KEY,
      ...options,
    });
    opened.push(keyring);
    return { keyring, codec: new EventCodec(catalogue, keyring) };
  };
  return {
    databases,
    ...(await another()),
    another,
    remove: async () => {
      await Promise.all(opened.map((keyring) => keyring.close()));
      await databases.drop();
    },
  };
}

export const destination = (of: Partial<Destination> = {}): Destination => ({
  organizationId: ORGANISATION,
  entityId: randomUUID(),
  eventId: randomUUID(),
  ...of,
});

/** The event as the log would give it back. */
export async function written(codec: EventCodec, event: object, at: Destination): Promise<RecordedEvent> {
  const declaration = declarationOf(event.constructor as new () => object);
  const { type, version, data } = await codec.encode(event as never, declaration, at);
  return {
    kind: 'event',
    id: at.eventId,
    type,
    data,
    metadata: jsonBytes({
      schemaVersion: version,
      organizationId: at.organizationId,
      recordedAt: '2026-09-02T08:00:00.000Z',
    }),
    stream: `person-${at.entityId}`,
    revision: 0,
    position: 1,
  };
}

/** The same with its data or metadata changed behind everyone's back. */
export const altered = (
  event: RecordedEvent,
  change: { data?: (data: Record<string, unknown>) => void; metadata?: object } & Partial<
    Omit<RecordedEvent, 'data' | 'metadata'>
  >,
): RecordedEvent => {
  const { data, metadata, ...rest } = change;
  const values = jsonOf(event.data);
  data?.(values);
  return {
    ...event,
    data: jsonBytes(values),
    metadata: jsonBytes({ ...jsonOf(event.metadata), ...metadata }),
    ...rest,
  };
};

/** Everything in the event, in clear. */
export async function readBack(codec: EventCodec, stored: RecordedEvent): Promise<Record<string, unknown>> {
  const [clear] = await codec.unseal([codec.decode(stored)!.event]);
  return { ...clear };
}
