import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that this is, from package.json. */
export function productVersion(): string {
  for (let folder = import.meta.dirname; folder !== '/'; folder = join(folder, '..')) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return '0';
}
