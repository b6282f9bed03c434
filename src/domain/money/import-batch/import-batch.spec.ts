import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Refusal } from '../../../kernel/rules.js';
import { checkImports } from '../import-register.js';
import { fileDateOf, isFileName } from './file-names.js';
import { CompleteImport, GiveUpImport, PostImportRows, ReadImportRows, StartImport } from './import-batch-commands.js';
import { ImportBatch, ImportCompleted, ImportRejected, ImportRowsPosted, ImportRowsRead, ImportStarted, RowOutcome, type ImportRow } from './import-batch.js';

type HeldEntry = RegisterEntry & { readonly target: string };
const sha256 = 'a'.repeat(64);
const facts = { kind: 'cash', fileName: 'CashFile20261026.dat', sha256, sizeBytes: 100, encoding: 'utf_8', rows: 3 } as const;
const started = (change: Partial<ImportStarted> = {}) => happened(ImportStarted, { ...facts, fileDate: '2026-10-26', ...change });
const row = (at: number, outcome: ImportRow['outcome'] = 'posted', amountPence = 100): ImportRow => ({ row: at, line: at + 1, outcome, amountPence, rentAccountId: someId(`account ${at}`) });
const read = (...rows: ImportRow[]) => happened(ImportRowsRead, { rows });
const posted = (...otherwise: ImportRow[]) => happened(ImportRowsPosted, { otherwise });

describe('a file of payments', () => {
  it('begins to be imported under its name, content and day', async () => {
    await given(ImportBatch).when(StartImport, facts).records([ImportStarted, { ...facts, fileDate: '2026-10-26' }]);
    await given(ImportBatch).when(StartImport, { ...facts, kind: 'mt940', fileName: 'day.sta' }).records([ImportStarted, { fileName: 'day.sta', fileDate: undefined }]);
  });

  it('IMP-1: has a name that says what it is', async () => {
    await given(ImportBatch).when(StartImport, { ...facts, fileName: 'cash.dat' }).refused('IMP-1', 'fileName');
    for (const name of ['CashFile20261026.dat', 'cashfile20240229.DAT']) expect([name, isFileName('cash', name)]).toEqual([name, true]);
    for (const name of ['CashFile20260229.dat', 'CashFile20261026', 'CashFile20261026.csv', 'HousingBenefitFile20261026.dat', 'CashFile2026102.dat', 'x/CashFile20261026.dat', 'CashFile20261026.dat\n', '']) {
      expect([name, isFileName('cash', name)]).toEqual([name, false]);
    }
    for (const name of ['HousingBenefitFile20261026.dat', 'HousingBenefitFile20261026']) expect([name, isFileName('housing_benefit', name)]).toEqual([name, true]);
    for (const name of ['../day.xml', 'Jordan Ellis.xml', '.xml', 'x'.repeat(101)]) expect([name, isFileName('camt053', name)]).toEqual([name, false]);
    expect([fileDateOf('cash', 'CashFile20261026.dat'), fileDateOf('mt940', 'CashFile20261026.dat')]).toEqual(['2026-10-26', undefined]);
  });

  it('IMP-4: of lettings is taken in by who may answer their logs, and by the operator', async () => {
    const lettings = { ...facts, kind: 'core_lettings', fileName: '2026_27_lettings_bulk_upload.csv' } as const;
    await given(ImportBatch).as('manager', 'priya', ['import_batches:start', 'core_logs:answer']).when(StartImport, lettings).records([ImportStarted, { kind: 'core_lettings' }]);
    await given(ImportBatch).as('system').when(StartImport, lettings).records(ImportStarted);
    await given(ImportBatch).as('finance', 'femi', ['import_batches:start']).when(StartImport, lettings).refused('IMP-4', 'kind');
    await given(ImportBatch).as('finance', 'femi', ['import_batches:start']).when(StartImport, facts).records(ImportStarted);
  });

  it('IMP-2: has something in it', async () => {
    await given(ImportBatch).when(StartImport, { ...facts, rows: 0 }).refused('IMP-2', 'rows');
    await given(ImportBatch).when(StartImport, { ...facts, rows: 1 }).records(ImportStarted);
  });

  it('that is not taken is recorded with the reason, and without a name that is none', async () => {
    await given(ImportBatch).when(StartImport, { ...facts, problem: 'duplicate' }).records([ImportRejected, { kind: 'cash', reason: 'duplicate', fileName: facts.fileName, sha256 }]);
    await given(ImportBatch).when(StartImport, { ...facts, fileName: 'Jordan Ellis.txt', problem: 'bad_name' }).records([ImportRejected, { reason: 'bad_name', fileName: undefined }]);
    const batch = stateOf(ImportBatch, [happened(ImportRejected, { kind: 'cash', reason: 'duplicate', fileName: facts.fileName, sha256 })]);
    expect(batch).toMatchObject({ status: 'rejected', rejection: 'duplicate', processedRows: 0, postedPence: 0 });
    expect(batch.holds()).toEqual([]);
  });

  it('is worked through a stretch at a time: what is settled is settled once, and posted once', async () => {
    const rows = [row(1), row(2)];
    await given(ImportBatch, started()).when(ReadImportRows, { rows }).records([ImportRowsRead, { rows }]);
    await given(ImportBatch, started(), read(row(1))).when(ReadImportRows, { rows }).recordsNothing();
    await given(ImportBatch, started(), read(...rows), posted()).when(ReadImportRows, { rows }).recordsNothing();
    await given(ImportBatch, started(), read(...rows)).when(PostImportRows, { first: 1, otherwise: [] }).records(ImportRowsPosted);
    await given(ImportBatch, started(), read(...rows), posted()).when(PostImportRows, { first: 1, otherwise: [] }).recordsNothing();
    await given(ImportBatch, started(), read(...rows), posted()).when(ReadImportRows, { rows: [row(3)] }).records(ImportRowsRead);
  });

  it('is completed, in part where rows were bad, and takes nothing more then', async () => {
    const [good, partly] = [[started(), read(row(1), row(2)), posted()], [started(), read(row(1), row(2, 'rejected')), posted()]];
    await given(ImportBatch, ...good).when(CompleteImport).records([ImportCompleted, { accepted: 2, rejected: 0 }]);
    await given(ImportBatch, ...partly).when(CompleteImport).records([ImportCompleted, { accepted: 1, rejected: 1 }]);
    const done = happened(ImportCompleted, { accepted: 2, rejected: 0 });
    expect(stateOf(ImportBatch, [...good, done]).status).toBe('completed');
    expect(stateOf(ImportBatch, [...partly, happened(ImportCompleted, { accepted: 1, rejected: 1 })]).status).toBe('partial');
    for (const command of [ReadImportRows, PostImportRows, CompleteImport, GiveUpImport]) await given(ImportBatch, ...good, done).when(command as never).refused('STATE');
  });

  it('whose content is lost is given up, and may come again', async () => {
    await given(ImportBatch, started(), read(row(1))).when(GiveUpImport).records([ImportRejected, { reason: 'content_lost' }]);
    const batch = stateOf(ImportBatch, [started(), read(row(1)), happened(ImportRejected, { kind: 'cash', reason: 'content_lost' })]);
    expect(batch).toMatchObject({ status: 'rejected', fileName: facts.fileName, rejection: 'content_lost', planned: [] });
    expect(batch.holds()).toEqual([]);
  });

  it('adds up: every row has one outcome, and every penny is posted, kept or not taken', () => {
    const anyRow = fc.record({ outcome: fc.constantFrom(...Object.values(RowOutcome)), after: fc.option(fc.constantFrom('suspended' as const, 'repeated' as const)), amountPence: fc.integer({ min: 1, max: 99_999 }) });
    fc.assert(fc.property(fc.array(fc.array(anyRow, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (stretches) => {
      const history: Happened[] = [started()];
      const ended: ImportRow[] = [];
      for (const stretch of stretches) {
        const rows = stretch.map(({ outcome, amountPence }, index) => row(ended.length + index + 1, outcome, amountPence));
        const otherwise = rows.flatMap((one, index) => (one.outcome === 'posted' && stretch[index]!.after ? [{ ...one, outcome: stretch[index]!.after! }] : []));
        history.push(read(...rows), posted(...otherwise));
        ended.push(...rows.map((one) => otherwise.find((other) => other.row === one.row) ?? one));
      }
      const batch = stateOf(ImportBatch, history);
      const counts = [batch.postedRows, batch.suspendedRows, batch.repeatedRows, batch.skippedRows, batch.rejectedRows];
      expect(counts).toEqual(Object.values(RowOutcome).map((outcome) => ended.filter((one) => one.outcome === outcome).length));
      expect(batch.processedRows).toBe(ended.length);
      const sum = (outcome: string): number => ended.reduce((total, one) => total + (one.outcome === outcome ? one.amountPence! : 0), 0);
      expect([batch.postedPence, batch.suspendedPence]).toEqual([sum('posted'), sum('suspended')]);
    }));
  });

  describe('INT-5: is imported once', () => {
    const holds = (change: Partial<ImportStarted>, name: string): HeldEntry[] => stateOf(ImportBatch, [started(change)], someId(name)).holds().map((entry) => ({ ...entry, target: name }));
    const ask = (wanted: HeldEntry[], ...others: HeldEntry[]): string => {
      try {
        checkImports([...others, ...wanted], [], { now: '', held: [], wanted });
        return 'accepted';
      } catch (error) {
        return error instanceof Refusal ? `${error.code} ${error.status}` : String(error);
      }
    };
    const first = holds({}, 'first');

    it('by its content, whatever it is called', () => {
      expect(first.every(({ register, owner }) => register === 'imports' && owner === ORGANIZATION)).toBe(true);
      expect(ask(first)).toBe('accepted');
      expect(ask(first, ...first)).toBe('accepted');
      expect(ask(holds({ fileName: 'CashFile20261027.dat' }, 'second'), ...first)).toBe('INT-5 409');
    });

    it('by its name, whatever is in it, in small or capital letters', () => {
      expect(ask(holds({ sha256: 'b'.repeat(64), fileName: 'CASHFILE20261026.DAT' }, 'second'), ...first)).toBe('INT-5 409');
      expect(ask(holds({ sha256: 'b'.repeat(64), fileName: 'CashFile20261027.dat' }, 'second'), ...first)).toBe('accepted');
      expect(ask(holds({ sha256: 'b'.repeat(64), kind: 'mt940' }, 'second'), ...first)).toBe('accepted');
    });
  });
});
