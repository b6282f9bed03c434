import { createHmac } from 'node:crypto';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { keyringMigrations } from '../../migrations/keyring/index.js';
import { migrate } from './migrator.js';

/** Connection strings, one for each role that may work in a database. */
export interface DatabaseUrls {
  /** Owns the schemas; for migrations and rebuilds. */
  readonly owner: string;
  /** Commands and reads. */
  readonly app: string;
  /** Read models. */
  readonly projector: string;
  /** The keyring's application role, in its own database. */
  readonly keyring: string;
  /** Owns the keyring's schema; for migrations. */
  readonly keyringOwner: string;
}

/** What `prepareDatabases` takes. */
export interface DatabasePreparation {
  /** A role that may create databases and roles. A database it names, other than `postgres`, is the one used. */
  readonly adminUrl: string;
  /** The same for the keyring, when it lies elsewhere; its name defaults to the main one's with `_keyring`. */
  readonly keyringAdminUrl?: string;
  readonly masterKey: Uint8Array;
}

const MAIN_ROLES = ['yuthub_owner', 'yuthub_app', 'yuthub_projector'] as const;
const KEYRING_ROLES = ['yuthub_keyring_owner', 'yuthub_keyring_app'] as const;
type RoleName = (typeof MAIN_ROLES)[number] | (typeof KEYRING_ROLES)[number];

/** Several processes may start at once on one server; roles cannot be changed by two of them at a time. */
const PREPARATION_LOCK = 0x59_55_54_48;

/** The keyring was made with another master key. Nothing was changed. */
export class OtherMasterKey extends Error {
  override readonly name = 'OtherMasterKey';
}

/**
 * Makes the databases and roles that are missing, brings both databases up to
 * date and answers how to connect. Safe to run at every start, by every process.
 * @throws OtherMasterKey
 */
export async function prepareDatabases(options: DatabasePreparation): Promise<DatabaseUrls> {
  const { main, keyring } = databaseNames(options);
  const keyringAdminUrl = options.keyringAdminUrl ?? options.adminUrl;
  await refuseOtherMasterKey(withDatabase(keyringAdminUrl, keyring), databaseUrls(options).keyring);
  await withAdmin(options.adminUrl, async (admin) => {
    await ensureRoles(admin, MAIN_ROLES, options.masterKey);
    await ensureReportingRoles(admin);
    await ensureDatabase(admin, main, MAIN_ROLES);
  });
  await withAdmin(keyringAdminUrl, async (admin) => {
    await ensureRoles(admin, KEYRING_ROLES, options.masterKey);
    await ensureDatabase(admin, keyring, KEYRING_ROLES);
  });
  const urls = databaseUrls(options);
  await migrate(urls.owner, migrations);
  await migrate(urls.keyringOwner, keyringMigrations);
  return urls;
}

/** Under another master key the roles would get passwords that whoever is at work here does not have. */
async function refuseOtherMasterKey(adminUrl: string, appUrl: string): Promise<void> {
  if (!(await holdsKeys(adminUrl))) return;
  const refused = await failureOf(appUrl, () => Promise.resolve());
  if (refused?.code !== WRONG_PASSWORD) return;
  throw new OtherMasterKey('MASTER_KEY is not the one that this keyring was made with, and could open nothing in it: name the right one. Nothing was changed.');
}

async function holdsKeys(keyringUrl: string): Promise<boolean> {
  let holds = false;
  const failure = await failureOf(keyringUrl, async (client) => {
    holds = ((await client.query('select from keyring.kek_epoch limit 1')).rowCount ?? 0) > 0;
  });
  if (failure && ![NO_DATABASE, NO_TABLE, NO_SCHEMA].includes(failure.code ?? '')) throw failure;
  return holds;
}

const WRONG_PASSWORD = '28P01';
const NO_DATABASE = '3D000';
const NO_TABLE = '42P01';
const NO_SCHEMA = '3F000';

async function failureOf(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<pg.DatabaseError | undefined> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
    return undefined;
  } catch (error) {
    return error as pg.DatabaseError;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The connection strings `prepareDatabases` answers, without touching the server. */
export function databaseUrls(options: DatabasePreparation): DatabaseUrls {
  const { main, keyring } = databaseNames(options);
  const url = (server: string, database: string, role: RoleName): string =>
    withLogin(server, database, role, rolePassword(options.masterKey, role));
  const keyringServer = options.keyringAdminUrl ?? options.adminUrl;
  return {
    owner: url(options.adminUrl, main, 'yuthub_owner'),
    app: url(options.adminUrl, main, 'yuthub_app'),
    projector: url(options.adminUrl, main, 'yuthub_projector'),
    keyring: url(keyringServer, keyring, 'yuthub_keyring_app'),
    keyringOwner: url(keyringServer, keyring, 'yuthub_keyring_owner'),
  };
}

/** The same server, another database. */
export function withDatabase(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** Who holds the master key can compute the passwords; nothing else has to be stored or handed around. */
function rolePassword(masterKey: Uint8Array, role: RoleName): string {
  return createHmac('sha256', masterKey).update(`role|${role}`).digest('hex');
}

function withLogin(server: string, database: string, user: string, password: string): string {
  const url = new URL(withDatabase(server, database));
  url.username = user;
  url.password = password;
  return url.href;
}

function databaseNames(options: DatabasePreparation): { main: string; keyring: string } {
  const main = databaseName(options.adminUrl) ?? 'yuthub';
  const given = options.keyringAdminUrl === undefined ? undefined : databaseName(options.keyringAdminUrl);
  const keyring = given ?? `${main}_keyring`;
  const sameServer = new URL(options.keyringAdminUrl ?? options.adminUrl).host === new URL(options.adminUrl).host;
  if (sameServer && main === keyring) throw new Error('The keyring needs a database of its own, not the main one.');
  return { main, keyring };
}

function databaseName(connectionString: string): string | undefined {
  const name = decodeURIComponent(new URL(connectionString).pathname.slice(1));
  return name === '' || name === 'postgres' ? undefined : name;
}

async function withAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  // The database itself may not exist yet; `postgres` always does.
  const admin = new pg.Client({ connectionString: withDatabase(adminUrl, 'postgres') });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [PREPARATION_LOCK]);
    await work(admin);
  } finally {
    await admin.end();
  }
}

async function ensureRoles(admin: pg.Client, roles: readonly RoleName[], masterKey: Uint8Array): Promise<void> {
  for (const role of roles) {
    const name = pg.escapeIdentifier(role);
    const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
    if (rowCount === 0) await admin.query(`create role ${name}`);
    const may = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
    const superuser = await isSuperuser(admin);
    // Only a superuser may speak of superuser and bypassrls; a role made by anyone else has neither.
    const attributes = superuser ? may : 'login nocreatedb nocreaterole';
    await admin.query(`alter role ${name} ${attributes} password ${pg.escapeLiteral(rolePassword(masterKey, role))}`);
    if (!superuser) await admin.query(`grant ${name} to current_user`);
  }
}

/**
 * Who owns the views that reports read, and whoever reads them: neither can sign in. The owner of the schemas may make
 * views theirs.
 */
async function ensureReportingRoles(admin: pg.Client): Promise<void> {
  for (const role of ['yuthub_reporting', 'yuthub_reporters']) {
    const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
    if (rowCount === 0) await admin.query(`create role ${role} nologin`);
  }
  await admin.query('grant yuthub_reporting to yuthub_owner');
}

async function isSuperuser(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return rows[0]?.rolsuper ?? false;
}

/** Creates the database unless it is there, gives it to its owner and lets only its own roles in. */
async function ensureDatabase(admin: pg.Client, database: string, roles: readonly RoleName[]): Promise<void> {
  const name = pg.escapeIdentifier(database);
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
  const owner = pg.escapeIdentifier(roles[0] ?? '');
  if (rowCount === 0) await admin.query(`create database ${name} owner ${owner} template template0`);
  else await admin.query(`alter database ${name} owner to ${owner}`);
  await restrictConnections(admin, database, roles);
}

async function restrictConnections(admin: pg.Client, database: string, roles: readonly string[]): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await admin.query(`revoke all on database ${name} from public`);
  await admin.query(
    `grant connect on database ${name} to ${roles.map((role) => pg.escapeIdentifier(role)).join(', ')}`,
  );
}

/**
 * Copies a prepared pair of databases. A copy carries the tables and their
 * grants, but not who may connect.
 */
export async function copyDatabases(adminUrl: string, from: DatabaseUrls, to: DatabaseUrls): Promise<void> {
  const pairs = [
    [from.owner, to.owner, MAIN_ROLES],
    [from.keyringOwner, to.keyringOwner, KEYRING_ROLES],
  ] as const;
  const admin = new pg.Client({ connectionString: withDatabase(adminUrl, 'postgres') });
  await admin.connect();
  try {
    for (const [source, target, roles] of pairs) {
      const [template, copy] = [databaseName(source) ?? '', databaseName(target) ?? ''];
      const [owner] = roles;
      await admin.query(
        `create database ${pg.escapeIdentifier(copy)} owner ${owner} template ${pg.escapeIdentifier(template)} strategy file_copy`,
      );
      await restrictConnections(admin, copy, roles);
    }
  } finally {
    await admin.end();
  }
}
