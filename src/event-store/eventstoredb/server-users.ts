import type { EventStoreDBClient } from '@eventstore/db-client';
import services from '@eventstore/db-client/generated/users_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_pb.js';
import type { DetailsResp } from '@eventstore/db-client/generated/users_pb.js';
import type { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
import type { CallError } from './failures.js';

type Headers = NonNullable<Parameters<UsersClient['details']>[1]>;
type CallOptions = NonNullable<Parameters<UsersClient['details']>[2]>;

/** The parts of the client library below its public calls: it has none for users. */
interface ClientParts {
  getGRPCClient(client: typeof UsersClient, name: string): Promise<UsersClient>;
  callArguments(options: { deadline?: number }): [Headers, CallOptions];
}

/** Somebody the server knows. */
export interface ServerUser {
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

const ANSWER_WITHIN_MS = 15_000;

/** Users of the server, as an administrator manages them. */
export class ServerUsers {
  private readonly parts: ClientParts;

  constructor(client: EventStoreDBClient) {
    const parts: unknown = client;
    this.parts = parts as ClientParts;
  }

  /** @returns undefined where the server knows nobody of that name. */
  async find(login: string): Promise<ServerUser | undefined> {
    const [client, [headers, options]] = [await this.client(), this.arguments()];
    const request = new users.DetailsReq();
    const wanted = new users.DetailsReq.Options();
    wanted.setLoginName(login);
    request.setOptions(wanted);
    try {
      for await (const response of client.details(request, headers, options) as AsyncIterable<DetailsResp>) {
        const details = response.getUserDetails();
        if (details) return { groups: details.getGroupsList(), disabled: details.getDisabled() };
      }
      return undefined;
    } catch (error) {
      if ((error as CallError).metadata?.get('exception')[0]?.toString() === 'user-not-found') return undefined;
      throw error;
    }
  }

  /** Makes somebody who is in no group. */
  async create(login: string, password: string, fullName: string): Promise<void> {
    const options = new users.CreateReq.Options();
    options.setLoginName(login);
    options.setPassword(password);
    options.setFullName(fullName);
    options.setGroupsList([]);
    const request = new users.CreateReq();
    request.setOptions(options);
    await this.called((client, headers, callOptions, done) => client.create(request, headers, callOptions, done));
  }

  async resetPassword(login: string, password: string): Promise<void> {
    const options = new users.ResetPasswordReq.Options();
    options.setLoginName(login);
    options.setNewPassword(password);
    const request = new users.ResetPasswordReq();
    request.setOptions(options);
    await this.called((client, headers, callOptions, done) => client.resetPassword(request, headers, callOptions, done));
  }

  private async called(call: (client: UsersClient, headers: Headers, options: CallOptions, done: (error: Error | null) => void) => unknown): Promise<void> {
    const [client, [headers, options]] = [await this.client(), this.arguments()];
    await new Promise<void>((resolve, reject) => void call(client, headers, options, (error) => (error ? reject(error) : resolve())));
  }

  private client(): Promise<UsersClient> {
    return this.parts.getGRPCClient(services.UsersClient, 'users');
  }

  private arguments(): [Headers, CallOptions] {
    return this.parts.callArguments({ deadline: ANSWER_WITHIN_MS });
  }
}
