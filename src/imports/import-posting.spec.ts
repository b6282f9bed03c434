import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Outside } from '../commands/decision.js';
import '../domain/money/import-batch/import-batch-commands.js';
import { ImportBatch, ImportStarted } from '../domain/money/import-batch/import-batch.js';
import { declaredCommands } from '../kernel/command.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { ProcessContext } from '../processes/engine/process.js';
import { happened, ORGANIZATION, stateOf, type Happened } from '../../test/support/given.js';
import { importPosting } from './import-posting.js';

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
  commandsLeft = Infinity;
  /** How often others come first with a number of cash. */
  othersFirst = 0;

  constructor(content: string, rows: number) {
    this.stored = Buffer.from(content);
    const facts = { kind: 'cash', fileName: 'CashFile20261026.dat', sha256: 'a'.repeat(64), sizeBytes: this.stored.length, encoding: 'utf_8', rows } as const;
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
  }, 120_000);

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
