import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** How PostgreSQL's programs are started here: as us, or, because it refuses to run as root, as another user. */
export interface PostgresAccount {
  /** The owner of the data folder; undefined when it is us. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Whether this account can run the program and write to the folder. */
  reaches(program: string, folder: string): boolean;
}

interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

function findUser(name: string): UnixUser | undefined {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

function serverUser(): UnixUser {
  const known = findUser('postgres');
  if (known) return known;
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const user = findUser('postgres') ?? findUser('nobody');
  if (user) return user;
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" and none could be made. Create one, or set DATABASE_URL.',
  );
}

function account(prefix: readonly string[], owner: UnixUser | undefined, switchUser: boolean): PostgresAccount {
  const identity = switchUser && owner ? owner : {};
  const command = (program: string, args: readonly string[]): [string, string[]] => {
    const [first = program, ...rest] = [...prefix, program, ...args];
    return [first, rest];
  };
  return {
    owner,
    spawn: (program, args, options) => spawn(...command(program, args), { ...options, ...identity }),
    reaches: (program, folder) =>
      spawnSync(...command('/bin/sh', ['-c', 'test -x "$1" && test -w "$2"', 'sh', program, folder]), identity)
        .status === 0,
  };
}

/** Capability bits of linux/capability.h that let a process walk through closed folders, the weaker first. */
const CLOSED_FOLDERS: readonly (readonly [bit: number, name: string])[] = [
  [2, 'dac_read_search'],
  [1, 'dac_override'],
];

function heldCapability(): string | undefined {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
    const held = BigInt(`0x${effective}`);
    return CLOSED_FOLDERS.find(([bit]) => (held >> BigInt(bit)) & 1n)?.[1];
  } catch {
    return undefined;
  }
}

/**
 * The accounts worth trying, best first. As root the server runs as `postgres`.
 * That user cannot enter a clone under /root; there setpriv leaves it the one
 * capability of walking through, rather than us opening the folders to all.
 */
export function postgresAccounts(): readonly PostgresAccount[] {
  if (userInfo().uid !== 0) return [account([], undefined, false)];
  const user = serverUser();
  const accounts = [account([], user, true)];
  const capability = heldCapability();
  if (capability !== undefined && spawnSync('setpriv', ['--version']).status === 0) {
    const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
    const keep = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
    accounts.push(account(['setpriv', ...ids, ...keep, '--'], user, false));
  }
  return accounts;
}
