import { readFile, rename, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sumOf, type WrittenFile } from './portable-file.js';

/** A backup cannot be used; the sentence says why. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

/** What a backup holds, and by what it is known to be whole. */
export interface Manifest {
  readonly format: 1;
  /** Version of the product that took it. */
  readonly release: string;
  /** Real time, ISO 8601 in UTC. */
  readonly takenAt: string;
  /** Names of the migrations that the databases had. */
  readonly migrations: { readonly main: readonly string[]; readonly keyring: readonly string[] };
  readonly log: { readonly events: number; readonly lastPosition: number };
  readonly rows: { readonly main: number; readonly keyring: number };
  readonly files: readonly WrittenFile[];
}

/** Names of the files of a backup. */
export const FILES = { log: 'log.ndjson.gz', main: 'tables.ndjson.gz', keyring: 'keyring.ndjson.gz' } as const;
const MANIFEST = 'manifest.json';

/** Written last: a folder without it is no backup. It carries its own sum. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(manifest, null, 2);
  const draft = join(folder, `${MANIFEST}.draft`);
  await writeFile(draft, `${text}\n${sumOfText(text)}\n`, { mode: 0o600, flush: true });
  await rename(draft, join(folder, MANIFEST));
}

/** Reads a manifest, and every file against it. @throws BackupRefused */
export async function readBackup(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw new BackupRefused(`There is no backup in ${folder}, or it was not finished: it has no ${MANIFEST}.`);
  const manifest = manifestOf(await readFile(path, 'utf8'));
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = join(folder, name);
    if (!existsSync(file)) throw new BackupRefused(`The backup lacks its file ${name}.`);
    const found = await sumOf(file);
    if (found.bytes !== bytes || found.sha256 !== sha256) throw new BackupRefused(`The file ${name} is not what was written: the backup is damaged.`);
  }
  return manifest;
}

function manifestOf(text: string): Manifest {
  const end = text.trimEnd().lastIndexOf('\n');
  const [body, sum] = [text.slice(0, end), text.slice(end + 1).trim()];
  if (sumOfText(body) !== sum) throw new BackupRefused(`The ${MANIFEST} is not what was written: the backup is damaged.`);
  const manifest = JSON.parse(body) as Manifest;
  if ((manifest.format as number) !== 1) throw new BackupRefused('The backup is of a form that this release does not know: use the release that took it.');
  return manifest;
}

const sumOfText = (text: string): string => createHash('sha256').update(text).digest('hex');
