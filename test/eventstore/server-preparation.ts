import { BACKWARDS, END, EventStoreDBClient, jsonEvent, NO_STREAM, StreamNotFoundError } from '@eventstore/db-client';
import services from '@eventstore/db-client/generated/users_grpc_pb.js';
import type { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_pb.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { prepareServer } from '../../src/event-store/eventstoredb/preparation.js';
import { event } from '../contract/event-store-events.js';

type Headers = NonNullable<Parameters<UsersClient['details']>[1]>;
type CallOptions = NonNullable<Parameters<UsersClient['details']>[2]>;
interface ClientParts {
  getGRPCClient(client: typeof UsersClient, name: string): Promise<UsersClient>;
  callArguments(options: { deadline?: number }): [Headers, CallOptions];
}

const ALL = '$$$all';

/** Rights on a server that somebody runs: a user of its own, which is gone afterwards, and who may read the log is as before. */
export function serverPreparation(adminUrl: string): void {
  describe('preparing a real EventStoreDB', () => {
    const login = `spec-${randomUUID()}`;
    const appUrl = adminUrl.replace(/\/\/[^@/]*@/, `//${login}:${randomUUID()}@`);
    let admin: EventStoreDBClient;
    let before: object | undefined;

    const rules = async (stream = ALL): Promise<{ data: object | undefined; revision: bigint | typeof NO_STREAM }> => {
      let found: Awaited<ReturnType<typeof rules>> = { data: undefined, revision: NO_STREAM };
      try {
        for await (const { event: last } of admin.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 })) {
          if (last) found = { data: last.data as object, revision: last.revision };
        }
      } catch (error) {
        if (!(error instanceof StreamNotFoundError)) throw error;
      }
      return found;
    };
    const remove = async (): Promise<void> => {
      const parts: unknown = admin;
      const { getGRPCClient, callArguments } = parts as ClientParts;
      const client = await getGRPCClient(services.UsersClient, 'users');
      const options = new users.DeleteReq.Options();
      options.setLoginName(login);
      const request = new users.DeleteReq();
      request.setOptions(options);
      await new Promise<void>((resolve, reject) => void client.delete(request, ...callArguments({}), (error) => (error ? reject(error) : resolve())));
    };

    /** It reads and appends, is no administrator, and a second time changes nothing. */
    const worksWithTheLog = async (said: readonly string[]): Promise<void> => {
      expect(said).toContain(`The user ${login} was made.`);
      const { revision } = await rules();
      expect(await prepareServer({ adminUrl, appUrl, shared: true })).toContain(`The user ${login} was there.`);
      expect((await rules()).revision).toEqual(revision);
      const store = await EventStoreDbEventStore.open({ connectionString: appUrl });
      const stream = `spec-${randomUUID()}`;
      const { position } = await store.append(stream, 'no-stream', [event()]);
      expect((await store.eventAt(position))?.stream).toBe(stream);
      await store.close();
      const client = EventStoreDBClient.connectionString(appUrl);
      await expect(client.setStreamMetadata('$all', { acl: { readRoles: ['$all'] } })).rejects.toMatchObject({ type: 'access-denied' });
      await client.dispose();
    };

    beforeAll(async () => {
      admin = EventStoreDBClient.connectionString(adminUrl);
      before = (await rules()).data;
    });
    afterAll(async () => {
      const { revision } = await rules();
      await admin.appendToStream(ALL, jsonEvent({ type: '$metadata', data: (before ?? {}) as Record<string, unknown> }), { expectedRevision: revision });
      await remove();
      await admin.dispose();
    });

    it('makes a user that works with the log, unless somebody has decided who may; it says so then', async () => {
      const decided = (await rules('$settings')).data as { $userStreamAcl?: object } | undefined;
      const prepared = prepareServer({ adminUrl, appUrl, shared: true });
      if (decided?.$userStreamAcl) await expect(prepared).rejects.toThrow(`The user ${login} is there, but: The log does not accept the user`);
      else await worksWithTheLog(await prepared);
    });
  });
}
