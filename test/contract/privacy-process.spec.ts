import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { Registers } from '../../src/commands/registers.js';
import { Streams } from '../../src/commands/streams.js';
import { peopleEntities, peopleRegisters } from '../../src/domain/people/index.js';
import type { Resident } from '../../src/domain/people/resident/resident.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonOf, metadataOf } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { Tombstone } from '../../src/kernel/sealed.js';
import { KeysUnavailable } from '../../src/privacy/codec.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { Reactor } from '../../src/processes/engine/reactor.js';
import { erasureProcess } from '../../src/processes/erasure.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';

const catalogue = new Catalogue(peopleEntities);
const actor = { id: randomUUID(), role: 'dpo', organizationId: randomUUID(), permissions: new Set(['*:*', 'residents:erase']) };

describe('the erasure of a resident', () => {
  let databases: TestDatabases;
  let store: PostgresEventStore;
  let keyring: Keyring;
  let codec: EventCodec;
  let pipeline: CommandPipeline;
  beforeAll(async () => {
    databases = await testDatabases();
    store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    keyring = await Keyring.open({ connectionString: databases.urls.keyring, masterKey: TEST_MASTER_KEY });
    codec = new EventCodec(catalogue, keyring);
    pipeline = new CommandPipeline({
      catalogue,
      store,
      codec,
      registers: new Registers(store, peopleRegisters),
      clock: { now: () => Promise.resolve('2026-09-02T08:00:00.000Z') },
      serverKey: keyring.derive('server'),
      facts: () => Promise.resolve([]),
      reference: () => Promise.resolve('RES-000001'),
    });
  });
  afterAll(async () => {
    await Promise.all([store.close(), keyring.close()]);
    await databases.drop();
  });

  const send = async (command: string, body: object, id?: string) => {
    const declaration = catalogue.command(command)!;
    const route = `/${command}/${id}`;
    return pipeline.execute({
      declaration,
      body,
      actor,
      route,
      source: 'api',
      correlationId: randomUUID(),
      command: Object.assign(new declaration.command(), body),
      ...(id ? { id } : {}),
    });
  };
  const history = async (id: string): Promise<RecordedEvent[]> => {
    const stream = `resident-${id}`;
    return (await store.readStreams([{ stream }])).get(stream)!;
  };
  const shown = async (id: string): Promise<Resident> => {
    const { state } = await new Streams(store, codec).load(catalogue.entity('residents')!, id, actor.organizationId);
    return (await codec.unseal([state as Resident]))[0]!;
  };
  const reactor = (keys: Pick<Keyring, 'destroy'>): Reactor =>
    new Reactor(
      { catalogue, store, codec, pipeline, clock: { now: () => Promise.resolve('2026-09-02T08:00:00.000Z') } },
      erasureProcess(keys),
      new Streams(store, codec),
    );

  it('destroys their keys and those of their contacts, removed ones too, and records which', async () => {
    const { id } = await send('RegisterResident', {
      firstName: 'Jordan',
      lastName: 'Ellis',
      dateOfBirth: '2006-05-02',
      phone: '+447700900123',
    });
    const contact = { contactType: 'family', name: 'Kim Ellis', relationship: 'mother', phone: '+447700900124' };
    for (let n = 0; n < 2; n++) await send('AddEmergencyContact', { ...contact, isPrimary: n === 0 }, id);
    await send(
      'RemoveEmergencyContact',
      { contactId: (await shown(id)).emergencyContacts[1]!.id, reason: 'moved away' },
      id,
    );
    expect((await shown(id)).emergencyContacts.map(({ name }) => name)).toEqual(['Kim Ellis', 'Kim Ellis']);
    const others = await send('RegisterResident', { firstName: 'Sam', lastName: 'Lee', dateOfBirth: '2006-05-03' });

    await send('EraseResident', {}, id);
    const decided = (await history(id)).at(-1)!;
    await reactor(keyring).react(decided);

    const erased = (await history(id)).at(-1)!;
    expect([erased.type, metadataOf(erased).actorRole, metadataOf(erased).causationId]).toEqual([
      'ResidentPersonalDataErased',
      'system',
      decided.id,
    ]);
    const used = (await history(id)).flatMap(({ data }) =>
      ((jsonOf(data)['$p'] ?? []) as { k: string }[]).map(({ k }) => k),
    );
    expect(new Set(jsonOf(erased.data)['keyFingerprints'] as string[])).toEqual(new Set(used));
    const left = await shown(id);
    expect([left.firstName, left.phone, ...left.emergencyContacts.map(({ name }) => name)]).toEqual([
      new Tombstone('text', 'identity'),
      ...Array.from({ length: 3 }, () => new Tombstone('text', 'contact')),
    ]);
    expect(await shown(others.id)).toMatchObject({ firstName: 'Sam' });
    await expect(send('AddEmergencyContact', contact, id)).rejects.toMatchObject({ status: 410 });
    expect(await keyring.ledgerBrokenAt()).toBeUndefined();
  });

  it('is taken up where it broke off, and recorded once', async () => {
    const { id } = await send('RegisterResident', { firstName: 'Jo', lastName: 'Day', dateOfBirth: '2006-05-02' });
    await send('EraseResident', {}, id);
    const decided = (await history(id)).at(-1)!;
    await expect(
      reactor({ destroy: () => Promise.reject(new KeysUnavailable('away')) }).react(decided),
    ).rejects.toThrow(KeysUnavailable);
    expect((await history(id)).at(-1)).toEqual(decided);
    // Broken off between the destruction and its record.
    const resident = await keyring.destroy({
      erasureId: decided.id,
      organizationId: actor.organizationId,
      subject: id,
      scopes: ['identity'],
    });
    for (let n = 0; n < 2; n++) await reactor(keyring).react(decided);
    const types = (await history(id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ResidentPersonalDataErased')).toHaveLength(1);
    expect(jsonOf((await history(id)).at(-1)!.data)['keyFingerprints']).toEqual(resident);
  });
});
