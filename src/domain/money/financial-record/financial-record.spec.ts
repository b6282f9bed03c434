import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Refusal } from '../../../kernel/rules.js';
import { plusDays } from '../../../kernel/values.js';
import { BOOKS_REGISTER, checkBooks } from '../books-register.js';
import { CloseFinancialPeriod, FinancialPeriod, FinancialPeriodClosed } from '../financial-period/financial-period.js';
import { financialYearOf, startOfFinancialYear } from '../financial-year.js';
import {
  ApproveEntry, MarkEntryPaid, RecordFinancialEntry, ReportBudgetUse, ReportFinancialEntryOverdue, ReverseEntry, SetBudget,
} from './financial-record-commands.js';
import {
  BudgetSet, BudgetThresholdReached, FinancialEntryApproved, FinancialEntryOverdue, FinancialEntryPaid, FinancialEntryRecorded, FinancialEntryReversed, FinancialRecord,
} from './financial-record.js';

type HeldEntry = RegisterEntry & { readonly target: string };
const entry = { recordType: 'expense', category: 'repairs', amountPence: 12_000, date: '2026-09-01' } as const;
const recorded = (change: Partial<FinancialEntryRecorded> = {}, by = 'femi') => happened(FinancialEntryRecorded, { ...entry, ...change }, { by });
const approved = happened(FinancialEntryApproved, {}, { by: 'priya' });
const paid = happened(FinancialEntryPaid, { paidDate: '2026-09-02' });
const reversed = happened(FinancialEntryReversed, { reason: 'Entered twice.', reversingEntryId: someId('reversal') });
const closed = (period: string): RegisterEntry => ({ register: BOOKS_REGISTER, owner: ORGANIZATION, kind: 'closed', key: period });

describe('an entry in the books', () => {
  it('is recorded, with the day by which it is due', async () => {
    await given(FinancialRecord).when(RecordFinancialEntry, entry).records([FinancialEntryRecorded, { ...entry }]);
    await given(FinancialRecord).when(RecordFinancialEntry, { ...entry, dueDate: '2026-09-30' })
      .records([FinancialEntryRecorded, { dueDate: '2026-09-30', due: { code: 'FIN-DUE', dueOn: '2026-09-30', dueAt: '2026-09-30T23:00:00.000Z' } }]);
    await given(FinancialRecord).when(RecordFinancialEntry, { ...entry, date: '2026-09-03' }).refused('GEN-3', 'date');
  });

  it('FIN-1: is of more than nothing', async () => {
    await given(FinancialRecord).when(RecordFinancialEntry, { ...entry, amountPence: 0 }).refused('FIN-1', 'amountPence');
    await given(FinancialRecord).when(RecordFinancialEntry, { ...entry, amountPence: 1 }).records(FinancialEntryRecorded);
    await given(FinancialRecord).when(SetBudget, { year: '2026/27', category: 'repairs', amountPence: 0 }).refused('FIN-1', 'amountPence');
  });

  it('FIN-3: is of a month that is open', async () => {
    const books = given(FinancialRecord).holding(BOOKS_REGISTER, ORGANIZATION, [closed('2026-08'), { ...closed('2026-09'), kind: 'budget' }]);
    for (const date of ['2026-08-01', '2026-08-31']) await books.when(RecordFinancialEntry, { ...entry, date }).refused('FIN-3', 'date');
    for (const date of ['2026-07-31', '2026-09-01']) await books.when(RecordFinancialEntry, { ...entry, date }).records(FinancialEntryRecorded);
  });

  it('FIN-4: of an expense above the limit is approved by somebody else before it is paid', async () => {
    const large = recorded({ amountPence: 50_001 });
    await given(FinancialRecord, recorded({ amountPence: 50_000 })).when(MarkEntryPaid).records([FinancialEntryPaid, { paidDate: '2026-09-02' }]);
    await given(FinancialRecord, recorded({ amountPence: 50_001, recordType: 'income' })).when(MarkEntryPaid).records(FinancialEntryPaid);
    await given(FinancialRecord, large).when(MarkEntryPaid).refused('FIN-4');
    await given(FinancialRecord, large).as('finance', 'femi').when(ApproveEntry).refused('FIN-4');
    await given(FinancialRecord, large).as('manager', 'priya').when(ApproveEntry).records(FinancialEntryApproved);
    await given(FinancialRecord, large, approved).as('owner', 'kofi').when(ApproveEntry).recordsNothing();
    await given(FinancialRecord, large, approved).as('finance', 'femi').when(MarkEntryPaid, { reference: 'BACS 7' }).records([FinancialEntryPaid, { reference: 'BACS 7' }]);
  });

  it('FIN-5: is paid on a day that has come', async () => {
    await given(FinancialRecord, recorded()).when(MarkEntryPaid, { paidDate: '2026-09-03' }).refused('FIN-5', 'paidDate');
    await given(FinancialRecord, recorded()).when(MarkEntryPaid, { paidDate: '2026-08-31' }).records([FinancialEntryPaid, { paidDate: '2026-08-31' }]);
    expect(stateOf(FinancialRecord, [recorded(), paid])).toMatchObject({ status: 'paid', paidDate: '2026-09-02' });
  });

  it('is overdue from the end of its day on, and paid all the same', async () => {
    const due = recorded({ dueDate: '2026-09-30' });
    const missed = { code: 'FIN-DUE', dueAt: '2026-09-30T23:00:00.000Z' };
    const overdue = happened(FinancialEntryOverdue, { dueDate: '2026-09-30' });
    await given(FinancialRecord, due).when(ReportFinancialEntryOverdue, missed).records([FinancialEntryOverdue, { dueDate: '2026-09-30' }]);
    for (const history of [[due, paid], [due, overdue], [due, reversed], [recorded({ dueDate: '2026-10-01' })], [recorded()]]) await given(FinancialRecord, ...history).when(ReportFinancialEntryOverdue, missed).recordsNothing();
    await given(FinancialRecord, due, overdue).when(MarkEntryPaid).records(FinancialEntryPaid);
    expect(stateOf(FinancialRecord, [due, overdue]).status).toBe('overdue');
  });

  it('FIN-2: is taken back by another one, once, and stays itself', async () => {
    for (const history of [[recorded()], [recorded(), paid], [recorded(), approved]]) {
      const [event] = await given(FinancialRecord, ...history).when(ReverseEntry, { reason: 'Entered twice.' }).events() as FinancialEntryReversed[];
      expect(event).toBeInstanceOf(FinancialEntryReversed);
      expect(event!.reversingEntryId).toMatch(/^[0-9a-f-]{36}$/);
    }
    const after = stateOf(FinancialRecord, [recorded(), paid, reversed]);
    expect(after).toMatchObject({ ...entry, status: 'reversed', reversedBy: someId('reversal'), reversalReason: 'Entered twice.', paidDate: '2026-09-02' });
    for (const command of [ReverseEntry, MarkEntryPaid, ApproveEntry]) await given(FinancialRecord, recorded(), reversed).when(command as never, { reason: 'x' } as never).refused('STATE');
  });
});

describe('a budget', () => {
  it('is of a financial year, for the organisation or a property', async () => {
    await given(FinancialRecord).when(SetBudget, { year: '2026/27', category: 'repairs', amountPence: 100 }).records([BudgetSet, { scope: 'organization', year: '2026/27' }]);
    await given(FinancialRecord).where('properties', someId('house'), stateOf(FinancialRecord, [])).when(SetBudget, { year: '2026/27', category: 'repairs', amountPence: 100, propertyId: someId('house') })
      .records([BudgetSet, { scope: 'property', propertyId: someId('house') }]);
    for (const year of ['2026/28', '2026/26', '26/27']) await given(FinancialRecord).when(SetBudget, { year, category: 'repairs', amountPence: 100 }).refused('VALIDATION', 'year');
    const set = happened(BudgetSet, { scope: 'organization', year: '2026/27', category: 'repairs', amountPence: 100 });
    expect(stateOf(FinancialRecord, [set])).toMatchObject({ recordType: 'budget', date: '2026-04-01', status: 'pending' });
    await given(FinancialRecord, set).when(MarkEntryPaid).refused('STATE');
  });

  it('tells when four fifths of it are used and when all is, once each for ever', async () => {
    const set = happened(BudgetSet, { scope: 'organization', year: '2026/27', category: 'repairs', amountPence: 99_999 });
    const told = (percent: number) => happened(BudgetThresholdReached, { percent, spentPence: 1, budgetPence: 99_999 });
    const use = (spentPence: number, ...more: Happened[]) => given(FinancialRecord, set, ...more).when(ReportBudgetUse, { spentPence });
    // 799.992 pounds are four fifths: a penny above 799.99.
    await use(79_999).recordsNothing();
    await use(80_000).records([BudgetThresholdReached, { percent: 80, spentPence: 80_000, budgetPence: 99_999 }]);
    await use(99_998).records([BudgetThresholdReached, { percent: 80 }]);
    for (const spent of [99_999, 200_000]) {
      await use(spent).records([BudgetThresholdReached, { percent: 100 }]);
      await use(spent, told(80)).records([BudgetThresholdReached, { percent: 100 }]);
    }
    for (const spent of [0, 80_000, 99_998]) await use(spent, told(80)).recordsNothing();
    for (const spent of [0, 80_000, 99_999]) await use(spent, told(100)).recordsNothing();
    await use(99_999, reversed).recordsNothing();
    await given(FinancialRecord, recorded()).when(ReportBudgetUse, { spentPence: 99_999 }).recordsNothing();
  });

  it('FIN-2: stands once, until it is reversed', () => {
    const budget = (change: Partial<BudgetSet> = {}) => happened(BudgetSet, { scope: 'organization', year: '2026/27', category: 'repairs', amountPence: 100, ...change });
    const holds = (name: string, ...history: Happened[]): HeldEntry[] => stateOf(FinancialRecord, history, someId(name)).holds().map((one) => ({ ...one, target: name }));
    const first = holds('first', budget());
    expect(asked(holds('second', budget({ amountPence: 200 })), ...first)).toBe('FIN-2 409');
    for (const other of [{ year: '2027/28' }, { category: 'food' }, { propertyId: someId('house') }]) expect(asked(holds('second', budget(other)), ...first)).toBe('accepted');
    expect(holds('first', budget(), reversed)).toEqual([]);
    expect(holds('entry', recorded())).toEqual([]);
  });
});

const asked = (wanted: HeldEntry[], ...others: HeldEntry[]): string => {
  try {
    checkBooks([...others, ...wanted], [], { now: '', held: [], wanted });
    return 'accepted';
  } catch (error) {
    return error instanceof Refusal ? `${error.code} ${error.status}` : String(error);
  }
};

describe('a month', () => {
  it('FIN-3: is closed once it is over, and once', async () => {
    await given(FinancialPeriod).when(CloseFinancialPeriod, { period: '2026-08' }).records([FinancialPeriodClosed, { fromDate: '2026-08-01', toDate: '2026-08-31' }]);
    for (const period of ['2026-09', '2026-10', '2027-01']) await given(FinancialPeriod).when(CloseFinancialPeriod, { period }).refused('FIN-3', 'period');
    await given(FinancialPeriod).now('2026-08-31T23:00:00.000Z').when(CloseFinancialPeriod, { period: '2026-08' }).records(FinancialPeriodClosed);
    for (const period of ['2026-00', '2026-13']) await given(FinancialPeriod).when(CloseFinancialPeriod, { period }).refused('VALIDATION', 'period');
    await given(FinancialPeriod).when(CloseFinancialPeriod, { period: '2024-02' }).records([FinancialPeriodClosed, { toDate: '2024-02-29' }]);
    const held = (name: string): HeldEntry[] => stateOf(FinancialPeriod, [happened(FinancialPeriodClosed, { period: '2026-08', fromDate: '2026-08-01', toDate: '2026-08-31' })], someId(name)).holds().map((one) => ({ ...one, target: name }));
    expect([asked(held('one')), asked(held('two'), ...held('one'))]).toEqual(['accepted', 'FIN-3 409']);
  });
});

describe('a financial year', () => {
  it('begins on 1 April', () => {
    expect(['2026-03-31', '2026-04-01', '2027-03-31', '2099-12-31', '2024-02-29'].map(financialYearOf)).toEqual(['2025/26', '2026/27', '2026/27', '2099/00', '2023/24']);
    fc.assert(fc.property(fc.integer({ min: 0, max: 36_000 }), (days) => {
      const date = plusDays('2000-04-01', days);
      const start = startOfFinancialYear(financialYearOf(date));
      if (start === undefined) return;
      expect(start <= date && date < `${Number(start.slice(0, 4)) + 1}-04-01`).toBe(true);
    }));
  });
});
