import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** The data folder belongs to another YUTHUB process that is still running. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/** A process id is used again, in a container at once: its start time tells the two processes apart. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** A process that ended and was not yet reaped still answers signals: where nothing reaps orphans, for ever. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

function holder(file: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; started?: string };
    return isAlive(pid) && (started === undefined || startTime(pid) === started) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the data folder for this process, or throws DataDirInUse. A lock whose
 * process is gone is taken over. The answer gives the folder back.
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'yuthub.lock');
  const mine = join(dataDir, `yuthub.lock.${randomUUID()}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        // A link appears whole or not at all, so that nobody reads a half-written lock.
        linkSync(mine, file);
        return () => {
          rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const pid = holder(file);
      if (pid !== undefined) throw inUse(dataDir, pid);
      const stale = `${file}.${randomUUID()}`;
      try {
        renameSync(file, stale);
      } catch {
        continue;
      }
      rmSync(stale, { force: true });
    }
    throw inUse(dataDir, undefined);
  } finally {
    rmSync(mine, { force: true });
  }
}

function inUse(dataDir: string, pid: number | undefined): DataDirInUse {
  const by = pid === undefined ? 'another process' : `the YUTHUB process ${pid}`;
  return new DataDirInUse(
    `The data folder ${dataDir} is in use by ${by}. Stop it first, or set DATA_DIR to another folder.`,
  );
}
