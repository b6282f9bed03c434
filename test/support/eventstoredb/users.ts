import users from '@eventstore/db-client/generated/users_pb.js';
import type { CreateReq, CreateResp, DeleteReq, DeleteResp, DetailsReq, DetailsResp, ResetPasswordReq, ResetPasswordResp } from '@eventstore/db-client/generated/users_pb.js';
import type grpc from '@grpc/grpc-js';
import type { MemoryLog } from './memory-log.js';
import * as wire from './wire-format.js';

/** Somebody who may sign in. */
interface User {
  readonly login: string;
  readonly fullName: string;
  readonly groups: readonly string[];
  password: string;
  /** What the node remembers since they signed in, and for how many times more it asks for that instead. */
  remembered?: { readonly password: string; times: number };
}

/** After a reset a node that remembers a password goes by that one until it has heard of the reset. */
const BY_THE_OLD_PASSWORD = 3;

/** What may be done to a stream. */
type StreamAction = 'read' | 'write' | 'delete' | 'metadataRead' | 'metadataWrite';
type Acl = Partial<Record<'$r' | '$w' | '$d' | '$mr' | '$mw', string | string[]>>;

const ADMINS = '$admins';
const EVERYBODY = '$all';
const FIELD = { read: '$r', write: '$w', delete: '$d', metadataRead: '$mr', metadataWrite: '$mw' } as const;

/** Users and access lists, as a secure node keeps them: lists stand in the log, as metadata of streams and as settings. */
export class Users {
  private readonly byLogin = new Map<string, User>([
    ['admin', { login: 'admin', fullName: 'Administrator', groups: [ADMINS], password: 'changeit' }],
  ]);

  constructor(private readonly log: MemoryLog) {}

  /** Who calls. @throws a status for a wrong password; undefined for nobody. */
  whoCalls(metadata: grpc.Metadata): User | undefined {
    const [header] = metadata.get('authorization');
    if (header === undefined) return undefined;
    const [login = '', ...rest] = Buffer.from(header.toString().replace(/^Basic /, ''), 'base64').toString().split(':');
    const user = this.byLogin.get(login);
    const password = user?.remembered && user.remembered.times-- > 0 ? user.remembered.password : user?.password;
    if (!user || password !== rest.join(':')) throw wire.failure(16, 'Unauthenticated');
    if (password === user.password) user.remembered = { password, times: 0 };
    return user;
  }

  /** @throws a status where the caller may not. Of a stream of metadata, its stream decides. */
  check(metadata: grpc.Metadata, stream: string, action: 'read' | 'write' | 'delete'): void {
    const user = this.whoCalls(metadata);
    if (!user) throw wire.accessDenied();
    if (user.groups.includes(ADMINS)) return;
    const isMetadata = stream.startsWith('$$');
    const wanted: StreamAction = isMetadata ? (action === 'read' ? 'metadataRead' : 'metadataWrite') : action;
    const roles = this.rolesFor(isMetadata ? stream.slice(2) : stream, wanted);
    if (!roles.some((role) => role === EVERYBODY || role === user.login || user.groups.includes(role))) throw wire.accessDenied();
  }

  service() {
    return {
      create: (call: grpc.ServerUnaryCall<CreateReq, CreateResp>, answer: grpc.sendUnaryData<CreateResp>) =>
        this.asAdmin(call, answer, () => {
          const options = call.request.getOptions()!;
          const login = options.getLoginName();
          if (this.byLogin.has(login)) throw wire.failure(9, 'Conflict.', { exception: 'user-conflict', 'login-name': login });
          this.byLogin.set(login, { login, fullName: options.getFullName(), groups: options.getGroupsList(), password: options.getPassword() });
          return new users.CreateResp();
        }),
      resetPassword: (call: grpc.ServerUnaryCall<ResetPasswordReq, ResetPasswordResp>, answer: grpc.sendUnaryData<ResetPasswordResp>) =>
        this.asAdmin(call, answer, () => {
          const options = call.request.getOptions()!;
          const user = this.known(options.getLoginName());
          if (user.remembered) user.remembered.times = BY_THE_OLD_PASSWORD;
          user.password = options.getNewPassword();
          return new users.ResetPasswordResp();
        }),
      delete: (call: grpc.ServerUnaryCall<DeleteReq, DeleteResp>, answer: grpc.sendUnaryData<DeleteResp>) =>
        this.asAdmin(call, answer, () => {
          this.byLogin.delete(this.known(call.request.getOptions()!.getLoginName()).login);
          return new users.DeleteResp();
        }),
      details: (call: grpc.ServerWritableStream<DetailsReq, DetailsResp>) => {
        try {
          const login = call.request.getOptions()?.getLoginName() ?? '';
          const caller = this.whoCalls(call.metadata);
          if (!caller || !(caller.groups.includes(ADMINS) || caller.login === login)) throw wire.accessDenied();
          call.write(detailsOf(this.known(login)));
          call.end();
        } catch (error) {
          call.emit('error', error);
        }
      },
    };
  }

  private asAdmin<Q, A>(call: grpc.ServerUnaryCall<Q, A>, answer: grpc.sendUnaryData<A>, work: () => A): void {
    try {
      if (!this.whoCalls(call.metadata)?.groups.includes(ADMINS)) throw wire.accessDenied();
      answer(null, work());
    } catch (error) {
      answer(error as grpc.ServiceError);
    }
  }

  private known(login: string): User {
    const user = this.byLogin.get(login);
    if (!user) throw wire.failure(5, `User '${login}' is not found.`, { exception: 'user-not-found', 'login-name': login });
    return user;
  }

  /** The stream's own list, field by field; else that of the settings for streams of its kind; else what a fresh server has. */
  private rolesFor(stream: string, action: StreamAction): readonly string[] {
    const isSystem = stream.startsWith('$');
    const own = (this.lastOf(`$$${stream}`) as { $acl?: Acl } | undefined)?.$acl;
    const settings = this.lastOf('$settings') as { $userStreamAcl?: Acl; $systemStreamAcl?: Acl } | undefined;
    const general = isSystem ? settings?.$systemStreamAcl : settings?.$userStreamAcl;
    const field = FIELD[action];
    return [own?.[field] ?? general?.[field] ?? (isSystem ? ADMINS : EVERYBODY)].flat();
  }

  private lastOf(stream: string): unknown {
    const visible = this.log.visible(stream);
    const last = Array.isArray(visible) ? (visible.at(-1) as { data: Uint8Array } | undefined) : undefined;
    return last && (JSON.parse(Buffer.from(last.data).toString()) as unknown);
  }
}

function detailsOf({ login, fullName, groups }: User): DetailsResp {
  const details = new users.DetailsResp.UserDetails();
  details.setLoginName(login);
  details.setFullName(fullName);
  details.setGroupsList([...groups]);
  const response = new users.DetailsResp();
  response.setUserDetails(details);
  return response;
}
