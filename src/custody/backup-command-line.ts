import { resolve } from 'node:path';
import { needed, told, wordsOf } from '../platform/command-words.js';
import type { Terminal } from '../../projections/engine/command-line.js';
import { takeBackup, type BackupParts, type BackupProgress } from './backup.js';
import { BackupRefused } from './manifest.js';
import { progressLine } from './progress-line.js';

const usage = `backup --to <folder>

Log, tables and keyring at one moment, while the product works. The master key is not in it: keep it elsewhere, for without
it nothing personal in a backup can be read by anybody, you included.
`;

/** What a backup is taken of, and where is told how far it is. */
export type BackupCommandParts = Omit<BackupParts, 'onProgress'> & { readonly terminal: Terminal };

/** `backup --to …`. @param argv what follows the word `backup`. @returns the exit code: 0 done, 1 refused, 2 not understood. */
export function backupCommand(argv: readonly string[], { terminal, ...parts }: BackupCommandParts): Promise<number> {
  return told((text) => terminal.line(text.trimEnd()), usage, () => run(argv, parts, terminal), (error) => (error instanceof BackupRefused ? error.message : undefined));
}

async function run(argv: readonly string[], parts: BackupParts, terminal: Terminal): Promise<string> {
  const { given } = wordsOf(argv, { to: { type: 'string' } });
  const folder = resolve(needed(given, 'to'));
  const { log, rows, files } = await takeBackup(folder, { ...parts, onProgress: progressTold(terminal) });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${log.events} events, ${rows.main} rows and ${rows.keyring} rows of the keyring are in ${folder} (${bytes} bytes).\nThe master key is not.\n`;
}

function progressTold(terminal: Terminal): (progress: BackupProgress) => void {
  let doing: string | undefined;
  let since = 0;
  return (progress) => {
    if (doing !== progress.doing) [doing, since] = [progress.doing, performance.now()];
    terminal.progress(progressLine(progress.doing, { share: progress.share, events: progress.done, since }));
  };
}
