import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** Reads a base64 key of 32 bytes; undefined when it is anything else. */
export function parseMasterKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  return key.length === KEY_BYTES && key.toString('base64') === trimmed ? key : undefined;
}

/**
 * The key of a development installation, generated once into its data folder,
 * readable by its owner only. It lies beside the data it protects, so
 * production never comes here.
 */
export function developmentMasterKey(dataDir: string): Buffer {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'master.key');
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o400, flag: 'wx' });
  try {
    // Two processes may start at once: the first link counts, for both.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = parseMasterKey(readFileSync(file, 'utf8'));
  if (!key)
    throw new Error(
      `${file} is damaged: it must hold 32 bytes in base64. Data sealed with it cannot be read without it.`,
    );
  return key;
}
