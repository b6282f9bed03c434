import type { FinancialEntryReversed, FinancialRecord } from '../../src/domain/money/financial-record/financial-record.js';
import type { RentAccount, RentAdjusted, RentCharged } from '../../src/domain/money/rent-account/rent-account.js';
import type { HousingBenefitClawback } from '../../src/domain/money/rent-account/benefit-events.js';
import type { RentCreditRefunded, RentWrittenOff } from '../../src/domain/money/rent-account/settlement-events.js';
import type { Agreement } from '../../src/domain/tenancy/agreement/agreement.js';
import type { DepositReturned, DepositTaken } from '../../src/domain/tenancy/agreement/deposit.js';
import { londonDate, uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { columnsWith, type BatchContext, type ColumnValue, type HandWrittenProjection, type RowChange } from '../engine/projection.js';

const TABLE = 'financial_postings';
const column = columnsWith({ nullable: false, privacy: 1 });
const totalOf = (delta: object): number => Object.values(delta).reduce((sum: number, pence: unknown) => sum + Number(pence ?? 0), 0);

/**
 * What other records tell the books, one row an event: rent as it is charged and adjusted, debts that are given up, rent that
 * is given back, and entries that are taken back.
 *
 * Rent counts when it is charged (FIN-6), and receipts are no rows. So a debt that is given up takes off what it was charged
 * for, as an expense; money that goes back to whom it came from was never added and takes nothing off. What the rows of an
 * account add is therefore what was received and kept, and what is still owed.
 */
export const financialPostings: HandWrittenProjection = {
  name: 'financial-postings',
  version: 4,
  tables: [
    {
      name: TABLE,
      columns: [
        column('record_type', 'text', 'income, expense, budget, rent or deposit'),
        column('category', 'text', 'What it is for'),
        column('amount_pence', 'bigint', 'What it is about, in pence; never negative'),
        column('net_signed_amount_pence', 'bigint', 'What it adds, in pence; negative where it takes off, nothing where money goes back that was never added'),
        column('effective_date', 'date', 'The day that it is about'),
        column('recorded_at', 'timestamptz', 'When it was recorded'),
        column('recorded_on', 'date', 'The same as a day in London'),
        column('log_position', 'bigint', 'Place of its event in the whole log'),
        column('source_type', 'text', 'Kind of record that it comes from'),
        column('source_id', 'uuid', 'Its id'),
        column('charge_id', 'text', 'Of rent: the charge', true),
        column('property_id', 'uuid', 'The property', true),
        column('resident_id', 'uuid', 'The resident', true),
        column('recorded_by', 'uuid', 'The user who recorded it; absent where the product did by itself', true),
        column('created_by', 'text', 'Who recorded it: a user, or a process of the product'),
      ],
      indexes: [['effective_date'], ['source_id'], ['resident_id'], ['property_id'], ['charge_id']],
    },
  ],
  on: ['RentCharged', 'RentAdjusted', 'RentWrittenOff', 'RentCreditRefunded', 'HousingBenefitClawback', 'DepositTaken', 'DepositReturned', 'FinancialEntryReversed'],
  apply: posted,
};

async function posted(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]> {
  const { stored, metadata, declaration } = event;
  const source = {
    recorded_at: metadata.recordedAt, recorded_on: londonDate(metadata.recordedAt), log_position: stored.position, created_by: metadata.actorId, recorded_by: metadata.actorRole === 'system' ? null : metadata.actorId,
  };
  const row = (values: Readonly<Record<string, ColumnValue>>, id = stored.id): RowChange[] =>
    [{ table: TABLE, organizationId: metadata.organizationId, id, values: { ...source, ...values } }];
  if (declaration.type === 'FinancialEntryReversed') return takenBack(event, context, row);
  if (declaration.type.startsWith('Deposit')) return ofDeposit(event, await context.state<Agreement>(event), row);
  const account = await context.state<RentAccount>(event);
  return row({ source_type: 'rent_account', source_id: account.id, resident_id: account.residentId, ...ofAccount(event, account, source.recorded_on) });
}

type Rows = (values: Readonly<Record<string, ColumnValue>>, id?: string) => RowChange[];

/** What was taken is held until it is paid back, or kept. */
function ofDeposit({ stored, declaration: { type }, event }: DecodedEvent, agreement: Agreement, row: Rows): RowChange[] {
  const { amountPence, on } = event as unknown as DepositTaken | DepositReturned;
  const { id, residentId, propertyId, depositTakenPence = 0 } = agreement;
  const source = { source_type: 'tenancy_agreement', source_id: id, resident_id: residentId, property_id: propertyId, effective_date: on };
  const deposit = (category: string, netPence: number, part?: string): RowChange[] =>
    (netPence === 0 ? [] : row({ ...source, record_type: 'deposit', category, ...amount(netPence) }, part && uuidOf(stored.id, part)));
  if (type === 'DepositTaken') return deposit('deposit_taken', amountPence);
  const keptPence = depositTakenPence - amountPence;
  const income = keptPence === 0 ? [] : row({ ...source, record_type: 'income', category: 'deposit_kept', ...amount(keptPence) }, uuidOf(stored.id, 'income'));
  return [...deposit('deposit_returned', 0 - amountPence), ...deposit('deposit_kept', 0 - keptPence, 'kept'), ...income];
}

/** What an event of a rent account is in the books. */
function ofAccount({ declaration: { type }, event }: DecodedEvent, account: RentAccount, recordedOn: string): Readonly<Record<string, ColumnValue>> {
  const settled = GIVEN_UP_OR_BACK[type];
  if (settled) {
    const { amountPence, on } = event as unknown as RentWrittenOff | RentCreditRefunded | HousingBenefitClawback;
    const { addsNothing, ...named } = settled;
    return { ...named, ...amount(addsNothing ? 0 : -amountPence, amountPence), effective_date: on, property_id: account.propertyId };
  }
  const { chargeId } = event as unknown as RentCharged | RentAdjusted;
  const charge = account.payments.find(({ id }) => id === chargeId);
  const rent = { record_type: 'rent', charge_id: chargeId, property_id: charge?.propertyId ?? account.propertyId };
  if (type === 'RentCharged') {
    const { totalPence, from } = event as unknown as RentCharged;
    return { ...rent, category: 'rent_charge', ...amount(totalPence), effective_date: from };
  }
  const { delta } = event as unknown as RentAdjusted;
  return { ...rent, category: 'rent_adjustment', ...amount(totalOf(delta)), effective_date: recordedOn };
}

/** Events that are about no charge. */
const GIVEN_UP_OR_BACK: Readonly<Record<string, { record_type: string; category: string; addsNothing: boolean } | undefined>> = {
  RentWrittenOff: { record_type: 'expense', category: 'rent_write_off', addsNothing: false },
  RentCreditRefunded: { record_type: 'rent', category: 'rent_refund', addsNothing: true },
  HousingBenefitClawback: { record_type: 'rent', category: 'hb_clawback', addsNothing: true },
};

const amount = (netPence: number, amountPence = Math.abs(netPence)) => ({ amount_pence: amountPence, net_signed_amount_pence: netPence });

/** What an entry adds to the books: expenses take off, a budget is only planned. */
const signOf: Readonly<Record<FinancialRecord['recordType'], number>> = { income: 1, expense: -1, rent: 1, deposit: 1, budget: 0 };

async function takenBack(event: DecodedEvent, context: BatchContext, row: (values: Readonly<Record<string, ColumnValue>>, id: string) => RowChange[]): Promise<readonly RowChange[]> {
  const { recordType, category, amountPence, propertyId, residentId, id } = await context.state<FinancialRecord>(event);
  const { reversingEntryId } = event.event as unknown as FinancialEntryReversed;
  return row({
    record_type: recordType, category, ...amount(0 - signOf[recordType] * amountPence, amountPence), effective_date: londonDate(event.metadata.recordedAt),
    source_type: 'financial_record', source_id: id, property_id: propertyId ?? null, resident_id: residentId ?? null,
  }, reversingEntryId);
}
