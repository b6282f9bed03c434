import { changing, CommandOf, commandWith } from '../../../kernel/command.js';
import { Entity, factsOf, stateWith } from '../../../kernel/entity.js';
import { changeWith, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, Int, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import '../referral.rules.js';

/** As HSDS 3.0 says it. */
export const ServiceStatus = {
  active: 'active',
  inactive: 'inactive',
  defunct: 'defunct',
  temporarily_closed: 'temporarily_closed',
} as const;

/** What a directory says of a service. */
export class ReferralServiceFacts {
  @Text(open, { max: 200 }) name!: string;
  @Text(open, { optional: true, max: 100, pattern: /^[A-Za-z0-9][A-Za-z0-9:._/-]*$/, doc: 'Its id in an HSDS directory' }) hsdsServiceId?: string;
  @Choice(open, 'ServiceStatus', ServiceStatus) status!: keyof typeof ServiceStatus;
  @Int(open, { optional: true, max: 120, doc: 'For people of this age and older' }) minimumAge?: number;
  @Int(open, { optional: true, max: 120, doc: 'For people of this age and younger' }) maximumAge?: number;
}

@Entity('referral_services', 'A service that residents can be referred to, as a directory has it.', {
  category: 'referralService',
  search: ['name'],
})
export class ReferralService extends stateWith(ReferralServiceFacts) {
  /** The ages it is for, where it says. */
  ages(): { readonly minimumAge?: number; readonly maximumAge?: number } {
    const { minimumAge, maximumAge } = this;
    return { ...(typeof minimumAge === 'number' ? { minimumAge } : {}), ...(typeof maximumAge === 'number' ? { maximumAge } : {}) };
  }
}

@EventOf(ReferralService, 'ReferralServiceRegistered', 1, { toOneOf: ['active', 'inactive', 'defunct', 'temporarily_closed'] })
export class ReferralServiceRegistered extends eventWith(ReferralService, ReferralServiceFacts) {}

@EventOf(ReferralService, 'ReferralServiceChanged', 1)
export class ReferralServiceChanged extends changeWith(ReferralService, ReferralServiceFacts) {}

type Ages = { readonly [K in 'minimumAge' | 'maximumAge']?: number | null };
const checkAges = ({ minimumAge, maximumAge }: Ages): void => {
  const ordered = typeof minimumAge !== 'number' || typeof maximumAge !== 'number' || minimumAge <= maximumAge;
  rule('REF-5', 'The youngest age of a service is not above the oldest.', ordered, 'maximumAge');
};

@CommandOf(ReferralService, { permission: 'referral_services:register', doc: 'Takes a service into the directory.', creates: true, plain: true })
export class RegisterReferralService extends commandWith(ReferralService, ReferralServiceFacts) {
  decide() {
    checkAges(this);
    return ReferralServiceRegistered.of(factsOf(this as ReferralServiceFacts, ReferralServiceFacts));
  }
}
@CommandOf(ReferralService, { permission: 'referral_services:change', doc: 'Changes what the directory says of a service.' })
export class ChangeReferralService extends changing(ReferralService, ReferralServiceFacts) {
  decide(service: ReferralService) {
    const { minimumAge = service.minimumAge, maximumAge = service.maximumAge } = this;
    checkAges({ minimumAge, maximumAge });
    return ReferralServiceChanged.of(factsOf(this, ReferralServiceFacts));
  }
}
