import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../platform/configuration.js';

type Settings = Pick<Configuration, 'dataDir' | 'demoPassword'>;

/** Where the password of the demo sign-ins is kept; readable by its owner only. */
export const passwordFile = ({ dataDir }: Pick<Settings, 'dataDir'>): string => join(dataDir, 'demo.password');

/** The password that the demo sign-ins were given last; undefined where none is kept in this data folder. */
export function keptPassword(settings: Settings): string | undefined {
  const file = passwordFile(settings);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Keeps it, whole or not at all. */
export function keepPassword(settings: Settings, password: string): void {
  const file = passwordFile(settings);
  mkdirSync(settings.dataDir, { recursive: true });
  writeFileSync(`${file}.new`, password, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The password with which the sign-ins are made: the one of a start that was cut off, else the configured one, else a new one. */
export function firstPassword(settings: Settings): string {
  const password = keptPassword(settings) ?? settings.demoPassword ?? randomBytes(9).toString('base64url');
  keepPassword(settings, password);
  return password;
}
