import { Entity, factsOf, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Hidden, Instant, Int, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { Payer, PaymentMethod } from '../payment.js';
import '../money.rules.js';
import './suspense-item.rules.js';

type Of<T> = T[keyof T];

/** `proposed` while somebody has said what it is and nobody else has agreed. */
export const SuspenseStatus = { open: 'open', proposed: 'proposed', resolved: 'resolved', returned: 'returned' } as const;
/** How it got here. */
export const SuspenseSource = {
  manual: 'manual',
  cash_file: 'cash_file',
  housing_benefit_file: 'housing_benefit_file',
  bank_statement: 'bank_statement',
  overpayment: 'overpayment',
} as const;
/** What is to become of it: it is rent of an account, or goes back to the payer. */
export const SuspenseProposal = { post: 'post', return: 'return' } as const;

/** Money that came in, with what its payer and the bank said of it. */
export class SuspenseItemFacts {
  @Pence(pseudonymous, { min: 1, decimal: 'amount' }) amountPence!: number;
  @Choice(open, 'SuspenseSource', SuspenseSource) source!: Of<typeof SuspenseSource>;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod) method!: Of<typeof PaymentMethod>;
  @Choice(pseudonymous, 'Payer', Payer) payer!: Of<typeof Payer>;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'What the payer quoted' }) paymentReference?: string;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'Who the bank or the file says that it is from' }) payerName?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the bank, the file or the till' }) externalRef?: string;
  @Ref(open, 'import_batches', { optional: true, doc: 'The file that it came with' }) importBatchId?: string;
  @Int(open, { optional: true, doc: 'Its line in that file' }) line?: number;
}

@Entity('suspense_items', 'Money that came in and that no account was found for, until two people have agreed what it is.', {
  category: 'suspenseItem',
  reference: { prefix: 'SUS', digits: 6 },
})
export class SuspenseItem extends stateWith(SuspenseItemFacts) {
  @CivilDate(pseudonymous, { doc: 'It keeps this date wherever it goes' }) receivedOn!: string;
  @Choice(open, 'SuspenseStatus', SuspenseStatus) status!: Of<typeof SuspenseStatus>;
  @Choice(open, 'SuspenseProposal', SuspenseProposal, { optional: true }) proposal?: Of<typeof SuspenseProposal>;
  @Ref(pseudonymous, 'rent_accounts', { optional: true, doc: 'The account that it is for, or was posted to' }) rentAccountId?: string;
  @Ref(pseudonymous, 'users', { optional: true }) proposedBy?: string;
  @Instant(open, { optional: true }) proposedAt?: string;
  @Text(personal('finance'), { optional: true, max: 1000, doc: 'Why, in the words of who proposed it' }) proposalReason?: string;
  @Text(personal('finance'), { optional: true, max: 1000, doc: 'Why the last proposal was not agreed to' }) rejectionReason?: string;
  @Text(open, { optional: true, max: 40, doc: 'Code of the rule by which the account refused it after it was agreed to' }) postingRefusedBy?: string;
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Who agreed' }) approvedBy?: string;
  @CivilDate(open, { optional: true, doc: 'When it was settled' }) settledOn?: string;
  @Hidden(open) resolutionEventId?: string;
}

/** Money came in that nobody could place. */
@EventOf(SuspenseItem, 'SuspenseItemCreated', 1, { to: 'open' })
export class SuspenseItemCreated extends eventWith(SuspenseItem, SuspenseItemFacts) {
  @CivilDate(pseudonymous, { doc: 'When it was received' }) on!: string;
  override apply(item: SuspenseItem): void {
    Object.assign(item, factsOf(this, SuspenseItemFacts));
    item.receivedOn = this.on;
  }
}

/** Somebody says which account it is for. */
@EventOf(SuspenseItem, 'SuspenseResolutionProposed', 1, { to: 'proposed' })
export class SuspenseResolutionProposed extends DomainEvent<SuspenseItem> {
  @Ref(pseudonymous, 'rent_accounts') rentAccountId!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(item: SuspenseItem, recorded: Recorded): void {
    propose(item, 'post', this.reason, recorded);
    item.rentAccountId = this.rentAccountId;
  }
}

/** Somebody says that it goes back to who paid it. */
@EventOf(SuspenseItem, 'SuspenseReturnProposed', 1, { to: 'proposed' })
export class SuspenseReturnProposed extends DomainEvent<SuspenseItem> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(item: SuspenseItem, recorded: Recorded): void {
    propose(item, 'return', this.reason, recorded);
  }
}

/** A proposal was not agreed to, or taken back: it waits again. */
@EventOf(SuspenseItem, 'SuspenseResolutionRejected', 1, { to: 'open' })
export class SuspenseResolutionRejected extends DomainEvent<SuspenseItem> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(item: SuspenseItem): void {
    Object.assign(item, NO_PROPOSAL);
    item.rejectionReason = this.reason;
  }
}

/** Somebody else agreed: it is posted to the account, with the date on which it was received. */
@EventOf(SuspenseItem, 'SuspenseResolved', 1, { to: 'resolved' })
export class SuspenseResolved extends DomainEvent<SuspenseItem> {
  @Ref(pseudonymous, 'rent_accounts') rentAccountId!: string;
  apply(item: SuspenseItem, recorded: Recorded): void {
    settle(item, recorded);
    item.resolutionEventId = recorded.eventId;
  }
}

/** The account did not take what two people had agreed on: it waits again. */
@EventOf(SuspenseItem, 'SuspensePostingRefused', 1, { to: 'open' })
export class SuspensePostingRefused extends DomainEvent<SuspenseItem> {
  @Text(open, { max: 40, doc: 'Code of the rule by which the account refused it' }) code!: string;
  apply(item: SuspenseItem): void {
    Object.assign(item, { ...NO_PROPOSAL, approvedBy: undefined, settledOn: undefined, postingRefusedBy: this.code });
  }
}

/** Somebody else agreed: it goes back to who paid it. */
@EventOf(SuspenseItem, 'SuspenseReturned', 1, { to: 'returned' })
export class SuspenseReturned extends DomainEvent<SuspenseItem> {
  apply(item: SuspenseItem, recorded: Recorded): void {
    settle(item, recorded);
  }
}

const NO_PROPOSAL = { proposal: undefined, rentAccountId: undefined, proposedBy: undefined, proposedAt: undefined, proposalReason: undefined } as const;

function propose(item: SuspenseItem, proposal: Of<typeof SuspenseProposal>, reason: string | undefined, { actorId, recordedAt }: Recorded): void {
  Object.assign(item, { proposal, proposedBy: actorId, proposedAt: recordedAt, proposalReason: reason, rejectionReason: undefined, postingRefusedBy: undefined });
}

function settle(item: SuspenseItem, { actorId, recordedAt }: Recorded): void {
  item.approvedBy = actorId;
  item.settledOn = londonDate(recordedAt);
}
