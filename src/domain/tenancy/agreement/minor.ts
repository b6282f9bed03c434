import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Group, Instant } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { ageOn } from '../../../kernel/values.js';
import { ADULT } from '../../ages.js';
import { Deadline, deadlineMissed, inCalendarDays } from '../../deadline.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import { Agreement } from './agreement.js';

/** Agreements that give a legal estate, which nobody under 18 can hold. */
const ESTATES: readonly string[] = ['assured_shorthold', 'assured_periodic', 'secure', 'starter'];

type Held = Pick<Agreement, 'residentId' | 'agreementType' | 'startDate'> & { equitable?: boolean | null };
type Parties = { guarantorName?: unknown; localAuthorityParty?: boolean | null };

/** Whether the resident is under 18 on the first day of an agreement; no where their date of birth is not known. */
export function isMinors({ residentId, startDate }: Pick<Held, 'residentId' | 'startDate'>, { fact }: Context): boolean {
  const [born] = fact('date-of-birth', residentId);
  return born !== undefined && ageOn(born, startDate) < ADULT;
}

/** Somebody under 18 holds a licence, or a tenancy that is held on trust for them (AGR-3). @throws Refusal */
export function checkTenure(held: Held, minor: boolean, field: string): void {
  const fits = !minor || Boolean(held.equitable) || !ESTATES.includes(held.agreementType);
  rule('AGR-3', 'The resident is under 18: they hold a licence, or a tenancy that is held on trust for them.', fits, field);
}

/** A local authority is a party only where one is responsible for the resident. @throws Refusal AGR-3 */
export function checkAuthority({ localAuthorityParty }: Parties, residentId: string, context: Context): void {
  const known = !localAuthorityParty || Boolean(context.state<Resident>('residents', residentId).responsibleLa);
  rule('AGR-3', 'No local authority is recorded that is responsible for the resident.', known, 'localAuthorityParty');
}

/** Beside somebody under 18 a guarantor or their local authority is bound (AGR-3). @throws Refusal */
export function checkBound(parties: readonly Parties[], minor: boolean): void {
  const bound = !minor || parties.some(({ guarantorName, localAuthorityParty }) => Boolean(guarantorName) || Boolean(localAuthorityParty));
  rule('AGR-3', 'The resident is under 18: a guarantor is bound beside them, or the local authority that is responsible.', bound, ['guarantorName', 'on']);
}

/** Who held an agreement under 18 is of age: what is agreed on is theirs now, and is agreed anew. */
@EventOf(Agreement, 'AgreementHolderOfAge', 1)
export class AgreementHolderOfAge extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  @Group(pseudonymous, () => Deadline, { doc: 'By when an agreement of an adult is in its stead' }) adultAgreementDue!: Deadline;
  apply(agreement: Agreement): void {
    agreement.holderOfAgeOn = this.on;
  }
}
/** Nothing was agreed anew in time. */
@EventOf(Agreement, 'AgreementOfAdultOverdue', 1)
export class AgreementOfAdultOverdue extends DomainEvent<Agreement> {
  @Instant(pseudonymous) dueAt!: string;
  apply(): void {}
}

@CommandOf(Agreement, { internal: true, doc: 'Its holder, who was under 18, has turned 18.', effective: 'on' })
export class NoteHolderOfAge extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  decide({ status, withMinor, holderOfAgeOn, renewedById }: Agreement, context: Context) {
    if (!withMinor || holderOfAgeOn || renewedById || (status !== 'active' && status !== 'pending')) return [];
    const adultAgreementDue = inCalendarDays(context, 'AGR-3.adult', this.on, policy(context, 'AGR-3.adult'));
    return AgreementHolderOfAge.of({ on: this.on, adultAgreementDue });
  }
}
@CommandOf(Agreement, { internal: true, doc: 'The time to agree anew with somebody who is of age is over.' })
export class ReportAdultAgreementMissing extends deadlineMissed(Agreement) {
  decide({ status, renewedById, holderOfAgeOn }: Agreement) {
    const open = holderOfAgeOn && !renewedById && (status === 'active' || status === 'pending');
    return open ? AgreementOfAdultOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
