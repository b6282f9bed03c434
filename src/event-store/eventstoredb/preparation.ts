import { type AppendExpectedRevision, BACKWARDS, END, EventStoreDBClient, jsonEvent, NO_STREAM, StreamNotFoundError } from '@eventstore/db-client';
import { LogUnavailable } from '../errors.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { type CallError, isAccessDenied, unavailable } from './failures.js';
import { Patience } from './patience.js';
import { ServerUsers } from './server-users.js';

/** The server cannot be prepared as it is; the sentence says what to do. */
export class PreparationRefused extends Error {
  override readonly name = 'PreparationRefused';
}

/** How a server is prepared. */
export interface Preparation {
  /** Connection string of an administrator. */
  readonly adminUrl: string;
  /** The product's own, which names the user that is made, and its password. */
  readonly appUrl: string;
  /** Whether others keep streams on this server: then what may be done to streams in general is left as it is. */
  readonly shared: boolean;
}

type Roles = string | readonly string[];
interface AccessList {
  readonly $r?: Roles;
  readonly $w?: Roles;
  readonly $d?: Roles;
  readonly $mr?: Roles;
  readonly $mw?: Roles;
}
interface Settings {
  readonly $userStreamAcl?: AccessList;
  readonly $systemStreamAcl?: AccessList;
}

/** For how long a reset of a password may take to be known to every node. */
const RESET_WITHIN_MS = 15_000;

const ADMINS = '$admins';
const ADMINS_ONLY: AccessList = { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS };

/**
 * Makes the user that the product works as, which is no administrator; lets it read the whole log; and closes streams to
 * everybody else. Run again, it changes nothing that is so already. The rights are then tried out as that user.
 * @returns sentences about what was done. @throws PreparationRefused; LogUnavailable
 */
export async function prepareServer({ adminUrl, appUrl, shared }: Preparation): Promise<readonly string[]> {
  const user = userOf(appUrl);
  const client = EventStoreDBClient.connectionString(adminUrl);
  const said: string[] = [];
  try {
    said.push(await makeUser(new ServerUsers(client), user, appUrl));
    said.push(await letReadAll(client, user.login));
    said.push(shared ? 'Streams in general are left as they are.' : await closeStreams(client, user.login));
  } catch (error) {
    if (isAccessDenied(error as Error)) throw new PreparationRefused('The server does not take EVENTSTORE_ADMIN_URL for an administrator’s: look at its user and password.');
    throw error instanceof PreparationRefused ? error : unavailable(error as CallError);
  } finally {
    await client.dispose();
  }
  const mayNot = await denialOf(appUrl);
  if (mayNot) throw new PreparationRefused(`The user ${user.login} is there, but: ${mayNot}`);
  return [...said, `${user.login} reads the log, and is no administrator.`];
}

/** The user in a connection string. @throws PreparationRefused */
function userOf(url: string): { login: string; password: string } {
  if (/[?&]tls=false\b/i.test(url)) throw new PreparationRefused('EVENTSTORE_URL says tls=false: such a server knows no users, and lets everybody do everything.');
  const [, login, password] = /\/\/([^:@/]+):([^@/]*)@/.exec(url) ?? [];
  if (!login || !password) throw new PreparationRefused('EVENTSTORE_URL names no user and password: write esdb://user:password@host:2113, and that user is made.');
  return { login: decodeURIComponent(login), password: decodeURIComponent(password) };
}

async function makeUser(users: ServerUsers, { login, password }: { login: string; password: string }, appUrl: string): Promise<string> {
  const there = await users.find(login);
  if (!there) {
    await users.create(login, password, 'The product');
    return `The user ${login} was made.`;
  }
  if (there.groups.includes(ADMINS)) throw new PreparationRefused(`${login} is an administrator: name another user in EVENTSTORE_URL, which is made then.`);
  if (there.disabled) throw new PreparationRefused(`The user ${login} has been disabled on the server: enable it there, or name another one.`);
  if (await signsIn(appUrl, login)) return `The user ${login} was there.`;
  await users.resetPassword(login, password);
  // A node at which somebody has just signed in with the old password goes by that one for about a second more.
  const patience = new Patience(RESET_WITHIN_MS);
  while (!(await signsIn(appUrl, login)) && (await patience.pause()));
  return `The user ${login} was there, and has the password of EVENTSTORE_URL now.`;
}

async function signsIn(appUrl: string, login: string): Promise<boolean> {
  const client = EventStoreDBClient.connectionString(appUrl);
  try {
    return (await new ServerUsers(client).find(login)) !== undefined;
  } catch (error) {
    if (isAccessDenied(error as Error)) return false;
    throw error;
  } finally {
    await client.dispose();
  }
}

/** Whoever may read everything stays able to. */
async function letReadAll(client: EventStoreDBClient, login: string): Promise<string> {
  const { data, revision } = await lastOf<{ $acl?: AccessList }>(client, '$$$all');
  const readers = [data?.$acl?.$r ?? [ADMINS]].flat();
  if (readers.includes(login)) return `${login} could read the whole log already.`;
  await write(client, '$$$all', revision, '$metadata', { ...data, $acl: { ...data?.$acl, $r: [...new Set([ADMINS, ...readers, login])] } });
  return `${login} may read the whole log.`;
}

async function closeStreams(client: EventStoreDBClient, login: string): Promise<string> {
  const wanted: AccessList = { $r: [login, ADMINS], $w: [login, ADMINS], $d: [ADMINS], $mr: [login, ADMINS], $mw: [ADMINS] };
  const { data, revision } = await lastOf<Settings>(client, '$settings');
  if (data?.$userStreamAcl && isSame(data.$userStreamAcl, wanted)) return 'Streams were closed to everybody else already.';
  if (data?.$userStreamAcl) {
    throw new PreparationRefused('Somebody has decided already who may use streams on this server ($settings). Where others work there, run this with --shared and let them give the user its rights; else take that decision back first.');
  }
  await write(client, '$settings', revision, 'update-default-acl', { $userStreamAcl: wanted, $systemStreamAcl: data?.$systemStreamAcl ?? ADMINS_ONLY });
  return 'Streams are closed to everybody else; nobody but administrators may delete one or limit its length.';
}

const FIELDS = ['$r', '$w', '$d', '$mr', '$mw'] as const;
const rolesOf = (roles: Roles | undefined): string => [roles ?? []].flat().sort().join();
const isSame = (one: AccessList, other: AccessList): boolean => FIELDS.every((field) => rolesOf(one[field]) === rolesOf(other[field]));

async function lastOf<T>(client: EventStoreDBClient, stream: string): Promise<{ data: T | undefined; revision: AppendExpectedRevision }> {
  let last: { data: T | undefined; revision: AppendExpectedRevision } = { data: undefined, revision: NO_STREAM };
  try {
    // To its end: the client never gets over a read that is left early.
    for await (const { event } of client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true })) {
      if (event) last = { data: event.data as T, revision: event.revision };
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return last;
}

/** At the revision that was read: what somebody else decides meanwhile is not overwritten. */
async function write(client: EventStoreDBClient, stream: string, expectedRevision: AppendExpectedRevision, type: string, data: object): Promise<void> {
  await client.appendToStream(stream, jsonEvent({ type, data: data as Record<string, unknown> }), { expectedRevision });
}

/** What keeps the product's user from working, in words; it writes nothing. */
async function denialOf(appUrl: string): Promise<string | undefined> {
  try {
    const store = await EventStoreDbEventStore.open({ connectionString: appUrl });
    try {
      // Of no stream there is: only whether it may be asked for.
      await store.readStreams([{ stream: 'prepared-00000000-0000-4000-8000-000000000000' }]);
      return undefined;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof LogUnavailable) return error.message;
    throw error;
  }
}
