import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Outside } from '../commands/decision.js';
import '../domain/money/import-batch/import-batch-commands.js';
import { ImportBatch, ImportRowsRead, ImportStarted } from '../domain/money/import-batch/import-batch.js';
import { sentenceOfRow } from '../domain/money/import-batch/row-problems.js';
import { declaredCommands } from '../kernel/command.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { ProcessContext } from '../processes/engine/process.js';
import { coreRow } from '../../test/support/core-rows.js';
import { coreFile } from '../reports/core-lettings-file.js';
import { happened, ORGANIZATION, stateOf, type Happened } from '../../test/support/given.js';
import { Unreadable } from './formats/row.js';
import { importPosting } from './import-posting.js';
import { lettingsFile } from './lettings-file.js';

const batchId = uuidOf('batch');
const HEAD = 'date,reference,amount,transaction\n';
class Died extends Error {}

interface Made {
  readonly id: string;
  readonly pence: number;
}

/** The log and the accounts as posting sees them: what was recorded once is answered from what was recorded. */
class World {
  readonly history: Happened[];
  readonly receipts: Made[] = [];
  readonly items: Made[] = [];
  private readonly done = new Set<string>();
  private stored: Buffer | undefined;
  /** Accounts that are known now; others turn up, or close, while the process is dead. */
  accounts = new Map<string, string>();
  closed = new Set<string>();
  lettings = new Map<string, string[]>();
  readonly answered: { readonly id: string; readonly body: object }[] = [];
  commandsLeft = Infinity;
  /** How often others come first with a number of cash. */
  othersFirst = 0;

  constructor(content: string, rows: number, kind: 'cash' | 'core_lettings' = 'cash') {
    this.stored = Buffer.from(content);
    const facts = { kind, fileName: 'CashFile20261026.dat', sha256: 'a'.repeat(64), sizeBytes: this.stored.length, encoding: 'utf_8', rows } as const;
    this.history = [happened(ImportStarted, facts)];
  }
  get batch(): ImportBatch {
    return stateOf(ImportBatch, this.history, batchId);
  }
  get isGone(): boolean {
    return this.stored === undefined;
  }

  /** Works until it is through, or dies after so many commands. */
  async work(commands = Infinity): Promise<void> {
    this.commandsLeft = commands;
    const { stored } = this;
    const process = importPosting({
      uploads: {
        find: () => Promise.resolve(stored && { uploadId: 'u', batchId, organizationId: ORGANIZATION }),
        content: async function* () {
          if (stored) yield await Promise.resolve(stored);
        },
        removeOf: () => Promise.resolve(void (this.stored = undefined)),
      },
      lettings: () => Promise.resolve(this.lettings),
      accounts: (_organization, _kind, references) => Promise.resolve(new Map(references.flatMap((one) => (this.accounts.has(one) ? [[one, [this.accounts.get(one)!]] as const] : [])))),
      readsAt: () => Promise.resolve(),
    });
    const context = { organizationId: ORGANIZATION, now: '2026-10-27T09:00:00.000Z', cause: 'cause', find: (table: string, id: string) => Promise.resolve(this.found(table, id)), send: this.send } as unknown as ProcessContext;
    const { event } = this.history[0]!;
    await process.react({ stored: { stream: `importBatch-${batchId}`, position: 1 }, event } as never, context).catch((error: unknown) => {
      if (!(error instanceof Died)) throw error;
    });
  }

  private found(table: string, id: string): object | undefined {
    if (table === 'import_batches') return this.batch;
    const item = this.items.find((one) => one.id === id) as (Made & { line: number }) | undefined;
    return item && { importBatchId: batchId, line: item.line };
  }

  private readonly send = async ({ step, command, id, body }: { step: string; command: string; id: string; body: object }): Promise<void> => {
    if (this.commandsLeft <= 0) throw new Died();
    if (!this.done.has(step)) await this.record(command, id, body);
    this.done.add(step);
    this.commandsLeft -= 1;
    if (this.commandsLeft <= 0) throw new Died();
  };

  private async record(command: string, id: string, body: object): Promise<void> {
    const { amountPence: pence, externalRef, line } = body as { amountPence: number; externalRef: string; line: number };
    if (command === 'RecordPayment') {
      if (this.othersFirst-- > 0) throw new Refusal('RNT-8', 'This number was just given.');
      if (this.closed.has(id)) throw new Refusal('STATE', 'It is closed.');
      if (this.receipts.some((one) => one.id === `${id} ${externalRef} ${pence}`)) throw new Refusal('RNT-5', 'It is there.');
      this.receipts.push({ id: `${id} ${externalRef} ${pence}`, pence });
    } else if (command === 'AnswerCoreLog') {
      if (this.closed.has(id)) throw new Refusal('STATE', 'It is taken.');
      this.answered.push({ id, body });
    } else if (command === 'SuspendReceipt') {
      if (this.items.some((one) => one.id === id)) throw new Refusal('DUPLICATE', 'It is there.');
      this.items.push({ id, pence, line } as Made);
    } else {
      const declaration = declaredCommands().find(({ name }) => name === command)!;
      const question = { declaration, command: Object.assign(new declaration.command(), body) as never, state: this.batch, id, commandId: uuidOf(command, id), now: '2026-10-27T09:00:00.000Z', outside: { load: () => Promise.resolve(this.batch) } as unknown as Outside, actor: {} as never };
      this.history.push(...(await decide(question)).map((event) => ({ event: event as never })));
    }
  }
}

const anyRow = fc.record({
  who: fc.constantFrom('A', 'B', 'C', 'NEW', 'SHUT', 'NOBODY'),
  pence: fc.integer({ min: 1, max: 99_999 }),
  kind: fc.constantFrom('good', 'good', 'good', 'bad', 'future', 'known'),
});
const known = new Map(['A', 'B', 'C', 'SHUT'].map((name) => [`${name}-REF`, `account ${name}`]));

describe('posting a file', () => {
  it('posts each good row once, keeps what is unknown once and reports the rest, wherever it dies and whatever changes meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 450 }), fc.array(fc.nat(120), { maxLength: 6 }), async (rows, deaths) => {
        const lines = rows.map(({ who, pence, kind }, index) => {
          const date = kind === 'future' ? '2026-10-28' : '2026-10-26';
          return `${date},${who}-ref,${kind === 'bad' ? 'much' : (pence / 100).toFixed(2)},T-${kind === 'known' ? 'SAME' : index}`;
        });
        const world = new World(`${HEAD}${lines.join('\n')}`, rows.length);
        world.accounts = new Map(known);
        for (const [turn, commands] of deaths.entries()) {
          await world.work(commands + 1);
          // An account is opened and another one closed between two lives of the process.
          if (turn === 0) world.accounts.set('NEW-REF', 'account NEW');
          if (turn === 1) world.closed.add('account SHUT');
          if (turn === 2) world.closed.delete('account SHUT');
        }
        await world.work();
        const { batch } = world;
        const sum = (some: readonly Made[]): number => some.reduce((total, { pence }) => total + pence, 0);
        expect(batch.processedRows).toBe(rows.length);
        expect([batch.postedRows, batch.suspendedRows]).toEqual([world.receipts.length, world.items.length]);
        expect([batch.postedPence, batch.suspendedPence]).toEqual([sum(world.receipts), sum(world.items)]);
        expect(batch.rejectedRows).toBe(rows.filter(({ kind }) => kind === 'bad' || kind === 'future').length);
        expect(batch.postedRows + batch.suspendedRows + batch.repeatedRows + batch.rejectedRows).toBe(rows.length);
        // What is unlike any other is repeated by nothing.
        const unlike = rows.filter(({ kind }) => kind === 'good').reduce((total, { pence }) => total + pence, 0);
        expect(sum(world.receipts) + sum(world.items)).toBeGreaterThanOrEqual(unlike);
        expect(new Set(world.receipts.map(({ id }) => id)).size).toBe(world.receipts.length);
        expect([batch.status, world.isGone]).toEqual([batch.rejectedRows > 0 ? 'partial' : 'completed', true]);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves money where it was put when the account refused it, though the account would take it by now', async () => {
    const world = new World(`${HEAD}2026-10-26,SHUT-REF,1.00,T-1\n`, 1);
    world.accounts = new Map(known);
    world.closed.add('account SHUT');
    await world.work(2);
    expect([world.items.length, world.batch.processedRows]).toEqual([1, 0]);
    world.closed.clear();
    await world.work();
    expect([world.receipts.length, world.items.length, world.batch.suspendedRows]).toEqual([0, 1, 1]);
  });

  it('asks again for a number of cash that somebody else was given', async () => {
    const world = new World(`${HEAD}2026-10-26,A-REF,1.00,T-1\n`, 1);
    world.accounts = new Map(known);
    world.othersFirst = 3;
    await world.work();
    expect([world.receipts.length, world.items.length, world.batch.postedRows]).toEqual([1, 0, 1]);
  });

  it('does as was settled before it died, though the account is known by now', async () => {
    const world = new World(`${HEAD}2026-10-26,NEW-REF,1.00,T-1\n2026-10-26,NEW-REF,2.00,T-2\n`, 2);
    await world.work(2);
    world.accounts.set('NEW-REF', 'account NEW');
    await world.work();
    expect([world.receipts.length, world.items.length]).toEqual([0, 2]);
  });

  it('posts nothing more once it is through, and gives up what has no content any more', async () => {
    const world = new World(`${HEAD}2026-10-26,A-REF,1.00,T-1\n`, 1);
    world.accounts = new Map(known);
    await world.work();
    await world.work();
    expect([world.receipts.length, world.batch.status]).toEqual([1, 'completed']);
    const lost = new World(`${HEAD}2026-10-26,A-REF,1.00,T-1\n`, 1);
    await lost.work(0);
    Object.assign(lost, { stored: undefined });
    await lost.work();
    expect([lost.batch.status, lost.batch.rejection, lost.receipts.length]).toEqual(['rejected', 'content_lost', 0]);
  });
});

describe('a file of lettings', () => {
  const content = coreFile([
    coreRow(), coreRow({ 13: 'res2', 8: '29', 9: '2', 10: '2027' }), coreRow({ 13: 'RES3' }), coreRow({ 13: 'RES4' }), coreRow({ 13: 'RES5' }), coreRow({ 47: '9' }),
    coreRow({ 8: '28', 9: '2', 10: '27', 13: 'res2', 20: 'Flat "2", rear' }), coreRow({ 8: '31', 9: '3', 10: '26' }), coreRow({ 8: '1', 9: '4', 10: '27' }), coreRow({ 25: 'Hackney' }),
  ]).text;
  const world = (): World => {
    const made = new World(content, 10, 'core_lettings');
    made.lettings = new Map([['RES000001 2026-09-02', ['log 1']], ['RES2 2027-02-28', ['log 2']], ['RES3 2026-09-02', ['one', 'other']], ['RES4 2026-09-02', ['taken']]]);
    made.closed.add('taken');
    return made;
  };

  it('answers the log of each letting that it knows, once, and reports the rest line by line', async () => {
    const made = world();
    await made.work();
    expect(made.answered).toEqual([{ id: 'log 1', body: coreRow() }, { id: 'log 2', body: coreRow({ 8: '28', 9: '2', 10: '27', 13: 'res2', 20: 'Flat "2", rear' }) }]);
    const rows = made.history.flatMap(({ event }) => (event instanceof ImportRowsRead ? event.rows : []));
    expect(rows.map(({ line, outcome, code, coreLogId }) => [line, outcome, code ?? coreLogId])).toEqual([
      [9, 'posted', 'log 1'], [10, 'rejected', 'letting_start'], [11, 'rejected', 'several_lettings'], [12, 'posted', 'taken'], [13, 'rejected', 'unknown_letting'],
      [14, 'rejected', 'answer_47'], [15, 'posted', 'log 2'], [16, 'rejected', 'letting_year'], [17, 'rejected', 'letting_year'], [18, 'rejected', 'answer_25'],
    ]);
    expect(made.batch).toMatchObject({ status: 'partial', processedRows: 10, postedRows: 2, rejectedRows: 8, suspendedRows: 0 });
    for (const code of ['answer_47', 'letting_start', 'log_refused']) expect(sentenceOfRow(code)).toMatch(/\.$/);
  });

  it('comes to the same wherever it dies', async () => {
    for (let commands = 1; commands < 7; commands++) {
      const made = world();
      await made.work(commands);
      await made.work();
      expect([made.answered.map(({ id }) => id).sort(), made.batch.postedRows, made.batch.rejectedRows, made.batch.status]).toEqual([['log 1', 'log 2'], 2, 8, 'partial']);
    }
  });

  it('is refused whole where it is none', async () => {
    const rowsIn = async (text: string): Promise<number> => {
      let rows = 0;
      for await (const _ of lettingsFile(piecesOf(text))) rows += 1;
      return rows;
    };
    expect(await rowsIn(content)).toBe(10);
    expect(await rowsIn(coreFile([]).text)).toBe(0);
    for (const text of ['a,b\n1,2\n', '"broken', content.replace(',147\r\n', ',148\r\n'), 'x'.repeat(9 * 1024 * 1024)]) await expect(rowsIn(text)).rejects.toThrow(Unreadable);
  });
});

async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 1_000_000) yield await Promise.resolve(text.slice(at, at + 1_000_000));
}
