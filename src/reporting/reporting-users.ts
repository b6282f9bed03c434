import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { instantText, isUuid } from '../kernel/values.js';

/** A login of PostgreSQL that reads one organisation's rows, without personal values. */
export interface ReportingUser {
  readonly login: string;
  readonly organizationId: string;
  /** What it is for. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A login as it is told once, when it is made. */
export interface NewReportingUser extends ReportingUser {
  readonly password: string;
  readonly connectionString: string;
}

/** It cannot be done; the message is a sentence for the operator. */
export class ReportingRefused extends Error {
  override readonly name = 'ReportingRefused';
}

/** What keeps one report from holding up everybody else. */
const LIMITS = {
  connections: 5,
  settings: {
    statement_timeout: `'60s'`,
    idle_in_transaction_session_timeout: `'60s'`,
    lock_timeout: `'5s'`,
    default_transaction_read_only: 'on',
    search_path: 'reporting',
    timezone: `'UTC'`,
  },
} as const;

const columns = `l.login, l.organization_id as "organizationId", l.title as name, l.made_at as "createdAt"`;

/** Makes, lists and removes logins for reports. */
export class ReportingUsers {
  /** @param adminUrl of a role that may create roles, to the main database. */
  constructor(private readonly adminUrl: string) {}

  /**
   * Makes a login for an organisation. @param name what it is for.
   * @throws ReportingRefused where there is no such organisation.
   */
  create(organizationId: string, name: string): Promise<NewReportingUser> {
    if (!isUuid(organizationId)) throw new ReportingRefused('--organization is the id of an organisation: a UUID.');
    if (name.trim().length === 0 || name.length > 100) throw new ReportingRefused('--name has 1 to 100 characters.');
    // Every login of the server can read the names of all: they say nothing of whose they are.
    const login = `report_${randomBytes(6).toString('hex')}`;
    const password = randomBytes(24).toString('base64url');
    return this.inTransaction(async (client) => {
      await client.query('set local role yuthub_owner');
      const { rowCount } = await client.query('select from read.organizations where id = $1', [organizationId]);
      if (rowCount === 0) throw new ReportingRefused(`There is no organisation ${organizationId}.`);
      await client.query('reset role');
      const role = pg.escapeIdentifier(login);
      await client.query(`create role ${role} login nocreatedb nocreaterole connection limit ${LIMITS.connections} password ${pg.escapeLiteral(verifierOf(password))}`);
      for (const [setting, value] of Object.entries(LIMITS.settings)) await client.query(`alter role ${role} set ${setting} = ${value}`);
      await client.query(`grant yuthub_reporters to ${role}`);
      await client.query('set local role yuthub_owner');
      await client.query(`grant connect on database ${await databaseOf(client)} to ${role}`);
      const { rows } = await client.query<ReportingUser>(
        `insert into app.reporting_logins as l (login, organization_id, title) values ($1, $2, $3) returning ${columns}`,
        [login, organizationId, name],
      );
      return { ...told(rows[0]!), password, connectionString: this.connectionString(login, password) };
    });
  }

  /** The logins there are, of one organisation or of all. */
  list(organizationId?: string): Promise<readonly ReportingUser[]> {
    if (organizationId !== undefined && !isUuid(organizationId)) throw new ReportingRefused('--organization is the id of an organisation: a UUID.');
    return this.inTransaction(async (client) => {
      await client.query('set local role yuthub_owner');
      const { rows } = await client.query<ReportingUser>(
        `select ${columns} from app.reporting_logins l where $1::uuid is null or l.organization_id = $1 order by l.organization_id, l.made_at`,
        [organizationId ?? null],
      );
      return rows.map(told);
    });
  }

  /** Takes a login away and ends its connections; from now on it sees nothing. @throws ReportingRefused where there is none of this name. */
  async remove(login: string): Promise<void> {
    await this.inTransaction(async (client) => {
      await client.query('set local role yuthub_owner');
      const { rowCount } = await client.query('delete from app.reporting_logins where login = $1', [login]);
      if (rowCount === 0) throw new ReportingRefused(`There is no reporting login ${login}.`);
      const { rowCount: there } = await client.query('select from pg_roles where rolname = $1', [login]);
      const role = pg.escapeIdentifier(login);
      // A restored database names logins that this server has never had.
      if (there) await client.query(`revoke connect on database ${await databaseOf(client)} from ${role}`);
      await client.query('reset role');
      if (!there) return;
      await client.query('savepoint ending');
      // Without the right to end them its connections stay, and see nothing.
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [login]).catch(() => client.query('rollback to savepoint ending'));
      await client.query(`drop role ${role}`);
    });
  }

  private connectionString(login: string, password: string): string {
    const url = new URL(this.adminUrl);
    url.username = login;
    url.password = password;
    return url.href;
  }

  private async inTransaction<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } finally {
      await client.end();
    }
  }
}

const told = (row: ReportingUser & { readonly createdAt: string | Date }): ReportingUser => ({ ...row, createdAt: instantText(new Date(row.createdAt).getTime()) });

async function databaseOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  return pg.escapeIdentifier(rows[0]!.name);
}

/** What PostgreSQL keeps of a password (RFC 5803): so that the password itself is in no statement, and in no log of one. */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const keyed = (key: string): Buffer => createHmac('sha256', salted).update(key).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
