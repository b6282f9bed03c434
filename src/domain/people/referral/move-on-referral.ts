import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { ageOn } from '../../../kernel/values.js';
import { consentsFor, wantedFor } from '../referral-consent.js';
import { liveReferral, preparedReferral, RESIDENT_REGISTER } from '../resident-register.js';
import type { Consent } from '../resident/consent.js';
import type { Resident } from '../resident/resident.js';
import { responseDue } from './referral-commands.js';
import { Referral, ReferralCancelled, ReferralMade } from './referral.js';

/** The consents that a referral of somebody for a home may rest on today. */
function consentsOf({ id, consents }: Resident, { fact, today }: Context): Consent[] {
  const [dateOfBirth] = fact('date-of-birth', id);
  return consentsFor('housing', consents, today, dateOfBirth === undefined ? undefined : ageOn(dateOfBirth, today));
}

/**
 * Prepares the referral for a home of their own of who was assessed as ready to move on. It rests on a consent, as every
 * referral does; where there is none it is refused, and left to people. One that they have made already stands.
 * @throws Refusal REF-1; DUPLICATE
 */
@CommandOf(Referral, { creates: true, internal: true, doc: 'Prepares the referral for a home of their own of who is ready to move on.' })
export class PrepareMoveOnReferral extends DomainCommand<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'assessment_forms') assessmentId!: string;
  decide(_: Referral, context: Context) {
    const { residentId, assessmentId: preparedFrom } = this;
    const { today } = context;
    const resident = context.state<Resident>('residents', residentId);
    resident.checkOpen('active', 'at_risk');
    const held = context.held(RESIDENT_REGISTER, residentId);
    if (held.some((entry) => liveReferral(entry, 'outbound|housing') || preparedReferral(entry))) {
      throw new Refusal('DUPLICATE', 'There is a referral for a home already.', { status: 409, field: 'residentId' });
    }
    const [consent] = consentsOf(resident, context);
    rule('REF-1', `There is no live consent to ${wantedFor('housing')}: ask for it, and refer them then.`, consent !== undefined, 'residentId');
    return ReferralMade.of({
      residentId, preparedFrom, referralType: 'housing', serviceProvider: 'Housing register', urgency: 'routine', referralDate: today,
      reason: 'Assessed as ready to move on to a home of their own.', consentId: consent!.id, responseDue: responseDue('routine', today, context),
    });
  }
}

@CommandOf(Referral, { internal: true, doc: 'Takes a prepared referral back that nobody has answered: people have made one themselves.' })
export class WithdrawPreparedReferral extends DomainCommand<Referral> {
  decide(referral: Referral, { today }: Context) {
    if (!referral.isPrepared) return [];
    return ReferralCancelled.of({ residentId: referral.residentId, on: today, reason: 'Another referral for a home was made in its place.' });
  }
}

@CommandOf(Referral, { internal: true, doc: 'Takes a prepared referral back that nobody has sent: no consent that it may rest on holds any more.' })
export class WithdrawUnconsentedReferral extends DomainCommand<Referral> {
  decide(referral: Referral, context: Context) {
    const { isPrepared, residentId } = referral;
    if (!isPrepared || consentsOf(context.state<Resident>('residents', residentId), context).length > 0) return [];
    return ReferralCancelled.of({ residentId, on: context.today, reason: 'The consent to it was withdrawn.' });
  }
}
