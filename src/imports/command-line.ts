import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ImportKind, type ImportKindName } from '../domain/money/import-batch/file-names.js';
import type { ImportBatch } from '../domain/money/import-batch/import-batch.js';
import { Refusal } from '../kernel/rules.js';
import { isUuid } from '../kernel/values.js';
import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import { FileTooLarge, type Receiving, type StartBody } from './receiving.js';

const usage = `import --organization <id> --kind <${Object.keys(ImportKind).join('|')}> [--name <file name>] [--wait <seconds>] [--json] <file>
  takes a file of payments in and tells how it comes along; a running product posts its rows
`;

const options = {
  organization: { type: 'string' },
  kind: { type: 'string' },
  name: { type: 'string' },
  wait: { type: 'string', default: '600' },
  json: { type: 'boolean', default: false },
} as const;

/** What the command line works with. */
export interface ImportLineParts {
  readonly receiving: Receiving;
  /** Sends `StartImport` as the operator, for a batch of this id. @throws Refusal */
  readonly start: (organizationId: string, batchId: string, body: StartBody) => Promise<{ readonly acknowledgement: { readonly replayed: boolean } }>;
  readonly batch: (organizationId: string, batchId: string) => Promise<ImportBatch | undefined>;
  readonly print: (text: string) => void;
  readonly progress: (text: string) => void;
}

/**
 * `import --kind … file`.
 * @param argv what follows the word `import`.
 * @returns the exit code: 0 done or under way, 1 refused, 2 not understood.
 */
export function importCommand(argv: readonly string[], parts: ImportLineParts): Promise<number> {
  return told(parts.print, usage, () => run(argv, parts), sentenceOf);
}

async function run(argv: readonly string[], { receiving, start, batch, progress }: ImportLineParts): Promise<string> {
  const { task: file, given } = wordsOf(argv, options);
  const organizationId = needed(given, 'organization').toLowerCase();
  const kind = needed(given, 'kind');
  if (!isUuid(organizationId)) throw new Misused('--organization is the id of an organisation.');
  if (!Object.hasOwn(ImportKind, kind)) throw new Misused(`--kind is one of ${Object.keys(ImportKind).join(', ')}.`);
  if (file === undefined) throw new Misused('Say which file.');
  if (!(await stat(file).catch(() => undefined))?.isFile()) throw new Misused('There is no such file.');
  const wait = Number(given.wait) * 1000;
  if (!(wait >= 0)) throw new Misused('--wait is a number of seconds.');
  const batchId = randomUUID();
  await receiving.take(
    { organizationId, batchId, kind: kind as ImportKindName, fileName: given.name ?? basename(file), bytes: createReadStream(file) },
    (body) => start(organizationId, batchId, body),
    (body) => start(organizationId, randomUUID(), body),
  );
  const until = performance.now() + wait;
  let now = await batch(organizationId, batchId);
  while (now?.status === 'processing' && performance.now() < until) {
    await delay(250);
    now = await batch(organizationId, batchId);
    if (now?.status === 'processing') progress(`${now.processedRows} of ${now.rows} rows`);
  }
  return given.json ? `${JSON.stringify(figuresOf(now!))}\n` : shown(now!);
}

const figuresOf = ({ id, reference, status, rows, processedRows, postedRows, postedPence, suspendedRows, suspendedPence, repeatedRows, skippedRows, rejectedRows }: ImportBatch) =>
  ({ id, reference, status, rows, processedRows, postedRows, postedPence, suspendedRows, suspendedPence, repeatedRows, skippedRows, rejectedRows });

const pounds = (pence: number): string => `${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`;

function shown(batch: ImportBatch): string {
  const { id, reference, status, rows, processedRows, postedRows, postedPence, suspendedRows, suspendedPence, repeatedRows, skippedRows, rejectedRows } = batch;
  const head = status === 'processing' ? `Taken in as ${reference}, and not through: ${processedRows} of ${rows} rows so far. A product with the role worker goes on with it.` : `${reference}: ${status}.`;
  return `${head}
  posted     ${postedRows} rows, ${pounds(postedPence)} pounds
  suspense   ${suspendedRows} rows, ${pounds(suspendedPence)} pounds
  repeated   ${repeatedRows}
  skipped    ${skippedRows}
  rejected   ${rejectedRows}
  GET /api/v1/import-batch-rows?importBatchId=${id}&outcome=rejected
`;
}

/** What a person reads of an error that is theirs to mend. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return `${error.code}: ${error.sentence}`;
  return error instanceof FileTooLarge ? error.message : undefined;
}
