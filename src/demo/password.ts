import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../platform/configuration.js';

/** The password of the demo sign-ins: the configured one, else one made at the first start and kept in the data folder. */
export function demoPassword({ demoPassword: configured, dataDir }: Configuration): string {
  if (configured !== undefined) return configured;
  const file = join(dataDir, 'demo.password');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(9).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
