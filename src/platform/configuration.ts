import { resolve } from 'node:path';
import { developmentMasterKey, parseMasterKey } from './master-key.js';

/** What a process can do; one process does all of it unless told otherwise. */
export const PROCESS_ROLES = ['api', 'projector', 'worker'] as const;
/** One of PROCESS_ROLES. */
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** How e-mail goes out. */
export interface MailSettings {
  /** `smtp://…`, upgraded to TLS where the server can, or `smtps://…`. */
  readonly smtpUrl: string;
  /** An address, or `Name <address>`. */
  readonly from: string;
  /** Where the product is reached from outside, without a slash at its end: what links begin with. */
  readonly publicUrl: string;
  /** Nothing is sent in the clear. */
  readonly requireTls: boolean;
}

/** Everything the environment decides, checked. */
export interface Configuration {
  readonly production: boolean;
  readonly host: string;
  /** 0 means a free one. */
  readonly port: number;
  /** Where a process without the api role tells its health; undefined: nowhere. */
  readonly healthPort?: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** Defined exactly when `databaseUrl` is. */
  readonly keyringDatabaseUrl?: string;
  /** Undefined: the log lies in PostgreSQL. */
  readonly eventStoreUrl?: string;
  /** Of an administrator of EventStoreDB; for preparing it, and for nothing else. */
  readonly eventStoreAdminUrl?: string;
  /** Undefined: the queues lie in PostgreSQL. */
  readonly redisUrl?: string;
  /** Undefined: nothing is sent, and what is to be sent waits for whoever carries it. */
  readonly mail?: MailSettings;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly demo: boolean;
  /** Undefined: made at the first start and printed. */
  readonly demoPassword?: string;
  /** Whether the clock stands still and is moved by hand. */
  readonly clockControl: boolean;
  /** Where a movable clock starts on an empty installation; ISO 8601 in UTC. */
  readonly clockStart: string;
  /** After how many milliseconds without an answer a command that has claimed something is given up, and what it claimed freed. */
  readonly claimGraceMs: number;
  /** For how many hours read tables that a rebuild has replaced are kept for going back to; 0: they are dropped as soon as may be. */
  readonly keepOldTablesHours: number;
  readonly roles: readonly ProcessRole[];
}

/** The environment is wrong; the message has one sentence for each wrong variable. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const POSTGRES = ['postgres:', 'postgresql:'];
const EVENTSTORE = ['esdb:', 'esdb+discover:', 'kurrentdb:', 'kurrentdb+discover:'];
const SHORTEST_PASSWORD = 8;
/** Far more than any command takes. */
const CLAIM_GRACE_MS = 30_000;
const KEEP_OLD_TABLES_HOURS = 24;

/**
 * Reads and checks the environment. Values of variables that may hold a
 * password are never repeated in a message. Throws InvalidConfiguration.
 */
export function loadConfiguration(env: Environment): Configuration {
  const problems: string[] = [];
  const read = new Reader(env, problems);
  const production = env['NODE_ENV'] === 'production';
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  const databaseUrl = read.url('DATABASE_URL', POSTGRES);
  const keyring = read.url('KEYRING_DATABASE_URL', POSTGRES);
  if (keyring !== undefined && databaseUrl === undefined) {
    problems.push('KEYRING_DATABASE_URL needs DATABASE_URL: the embedded PostgreSQL has its own keyring.');
  }
  if (keyring !== undefined && databaseUrl !== undefined && sameDatabase(keyring, databaseUrl)) {
    problems.push('KEYRING_DATABASE_URL must name another database than DATABASE_URL.');
  }
  const demo = read.onOff('DEMO') ?? !production;
  const clockControl = read.onOff('CLOCK_CONTROL') ?? false;
  const demoPassword = read.text('DEMO_PASSWORD');
  if (demoPassword !== undefined && demoPassword.length < SHORTEST_PASSWORD) {
    problems.push(`DEMO_PASSWORD must have at least ${SHORTEST_PASSWORD} characters.`);
  }
  const key = read.masterKey('MASTER_KEY');
  const rest = {
    production,
    host: read.text('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: read.port('PORT') ?? 3000,
    healthPort: read.port('HEALTH_PORT'),
    dataDir,
    databaseUrl,
    keyringDatabaseUrl: databaseUrl === undefined ? undefined : (keyring ?? withKeyringSuffix(databaseUrl)),
    eventStoreUrl: read.url('EVENTSTORE_URL', EVENTSTORE),
    eventStoreAdminUrl: read.url('EVENTSTORE_ADMIN_URL', EVENTSTORE),
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    mail: mailOf(read, problems, production),
    demo,
    demoPassword,
    clockControl,
    clockStart: read.instant('CLOCK_START') ?? '2026-08-03T08:00:00Z',
    claimGraceMs: read.milliseconds('CLAIM_GRACE_MS') ?? CLAIM_GRACE_MS,
    keepOldTablesHours: read.hours('KEEP_OLD_TABLES_HOURS') ?? KEEP_OLD_TABLES_HOURS,
    roles: read.roles('ROLES') ?? PROCESS_ROLES,
  };
  if (production) {
    if (read.text('MASTER_KEY') === undefined)
      problems.push(
        'MASTER_KEY must be set in production: 32 bytes in base64, for example from `openssl rand -base64 32`.',
      );
    for (const name of ['DATABASE_URL', 'KEYRING_DATABASE_URL', 'EVENTSTORE_URL', 'REDIS_URL', 'SMTP_URL'])
      if (hasEmptyPassword(read.text(name))) problems.push(`${name} has an empty password: in production everything that is connected to has one.`);
    if (/:\/\/(admin|ops):/.test(rest.eventStoreUrl ?? ''))
      problems.push('EVENTSTORE_URL must not name an administrator in production: name a user of its own, which `npm run log -- prepare` makes.');
    if (crossesNetworkInClear(rest.eventStoreUrl))
      problems.push('EVENTSTORE_URL must ask for TLS in production unless the server is on this machine: without it nobody notices a bit that changes on the way, or whoever listens.');
    if (clockControl) problems.push('CLOCK_CONTROL=on is refused in production: deadlines must follow the real time.');
    if (demoPassword !== undefined)
      problems.push('DEMO_PASSWORD is refused in production: there are no demo sign-ins.');
    if (demo) problems.push('DEMO=on is refused in production: demo data do not belong beside real people.');
  }
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return { ...rest, masterKey: key ?? developmentMasterKey(dataDir) };
}

/** Undefined where no server for mail is named. */
function mailOf(read: Reader, problems: string[], production: boolean): MailSettings | undefined {
  const smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
  const from = read.sender('MAIL_FROM');
  const publicUrl = read.url('PUBLIC_URL', ['http:', 'https:'])?.replace(/\/+$/, '');
  if (smtpUrl === undefined) return undefined;
  if (from === undefined) problems.push('SMTP_URL needs MAIL_FROM: the address that mail comes from.');
  if (publicUrl === undefined) problems.push('SMTP_URL needs PUBLIC_URL: where the product is reached, for the links in mail.');
  if (from === undefined || publicUrl === undefined) return undefined;
  return { smtpUrl, from, publicUrl, requireTls: production && !/^smtps?:\/\/(?:[^@/]*@)?(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|\?|$)/i.test(smtpUrl) };
}

class Reader {
  constructor(
    private readonly env: Environment,
    private readonly problems: string[],
  ) {}

  /** Undefined when unset or empty: `DATABASE_URL=` in an env file means unset. */
  text(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  port(name: string): number | undefined {
    return this.parsed(
      name,
      (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
      'a port number from 0 to 65535',
    );
  }

  milliseconds(name: string): number | undefined {
    return this.parsed(name, (text) => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined), 'a number of milliseconds from 1 to 9999999');
  }

  hours(name: string): number | undefined {
    return this.parsed(name, (text) => (/^\d{1,4}(\.\d{1,4})?$/.test(text) ? Number(text) : undefined), 'a number of hours from 0 to 9999');
  }

  onOff(name: string): boolean | undefined {
    return this.parsed(name, (text) => ({ on: true, off: false })[text], '"on" or "off"');
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const wanted = `a connection string that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    // Not every connection string is a URL by the letter: EventStoreDB's may list several hosts.
    return this.parsed(
      name,
      (text) => (protocols.some((protocol) => text.startsWith(`${protocol}//`)) && plausible(text) ? text : undefined),
      wanted,
    );
  }

  /** An address, or a name with one in angle brackets. */
  sender(name: string): string | undefined {
    const address = /^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;
    return this.parsed(name, (text) => (address.test(text) ? text : undefined), 'an address such as no-reply@example.org, or Name <no-reply@example.org>');
  }

  instant(name: string): string | undefined {
    const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
    return this.parsed(
      name,
      (text) => (pattern.test(text) && exists(text) ? text : undefined),
      'an instant in UTC such as 2026-08-03T08:00:00Z',
    );
  }

  masterKey(name: string): Buffer | undefined {
    return this.parsed(name, parseMasterKey, '32 bytes in base64');
  }

  roles(name: string): readonly ProcessRole[] | undefined {
    const parse = (text: string): readonly ProcessRole[] | undefined => {
      const wanted = text.split(',').map((role) => role.trim());
      const known = PROCESS_ROLES.filter((role) => wanted.includes(role));
      return wanted.every((role) => PROCESS_ROLES.some((each) => each === role)) ? known : undefined;
    };
    return this.parsed(name, parse, `a comma-separated list of ${PROCESS_ROLES.join(', ')}`);
  }

  private parsed<T>(name: string, parse: (text: string) => T | undefined, wanted: string): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.problems.push(`${name} must be ${wanted}.`);
    return value;
  }
}

/** The 31st of February rolls over when parsed, so it comes back as another day. */
function exists(instant: string): boolean {
  const date = new Date(instant);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === instant.slice(0, 10);
}

function plausible(connectionString: string): boolean {
  return !/\s/.test(connectionString) && (!/^postgres/.test(connectionString) || URL.canParse(connectionString));
}

/** A variable that was to be put into it was not set. */
const hasEmptyPassword = (connectionString = ''): boolean => /^[a-z+]+:\/\/[^@/]*:@/i.test(connectionString);

/** EventStoreDB's connection strings may list several hosts; they mean TLS unless they say otherwise. */
function crossesNetworkInClear(connectionString = ''): boolean {
  const hosts = /^[a-z+]+:\/\/(?:[^@/]*@)?([^/?]*)/i.exec(connectionString)?.[1]?.split(',') ?? [];
  return /[?&]tls=false(&|$)/i.test(connectionString) && !hosts.every((host) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host));
}

function sameDatabase(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [first, second] = [new URL(one), new URL(other)];
  return first.host === second.host && first.pathname === second.pathname;
}

function withKeyringSuffix(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = `/${name === '' || name === 'postgres' ? 'yuthub' : name}_keyring`;
  return url.href;
}
