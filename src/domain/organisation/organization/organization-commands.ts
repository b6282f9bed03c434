import { changing, CommandOf, commandWith, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Int, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { USUAL_AGES } from '../../ages.js';
import '../organisation.rules.js';
import {
  BillingCycle,
  CHARITY_NUMBER,
  COMPANY_NUMBER,
  Organization,
  OrganizationDetails,
  OrganizationDetailsChanged,
  OrganizationReactivated,
  OrganizationRegistered,
  OrganizationSettings,
  OrganizationSettingsChanged,
  OrganizationSuspended,
  SubscriptionChanged,
  SubscriptionTier,
  tierLimits,
  type Tier,
} from './organization.js';

function checkNumbers({ charityNumber, registrationNumber }: { charityNumber?: string | null; registrationNumber?: string | null }): void {
  rule('ORG-3', 'A charity number has six or seven digits.', !charityNumber || CHARITY_NUMBER.test(charityNumber), 'charityNumber');
  rule('ORG-3', 'A company number has eight letters or digits.', !registrationNumber || COMPANY_NUMBER.test(registrationNumber), 'registrationNumber');
}

@CommandOf(Organization, { permission: 'organizations:register', doc: 'Takes an organisation on.', creates: true, plain: true, platformActor: true })
export class RegisterOrganization extends commandWith(Organization, OrganizationDetails) {
  @Choice(open, 'SubscriptionTier', SubscriptionTier, { optional: true, doc: 'enterprise, where it is not given' }) tier?: Tier;
  decide() {
    checkNumbers(this);
    const tier = this.tier ?? 'enterprise';
    return OrganizationRegistered.of({ ...factsOf(this, OrganizationDetails), tier, ...tierLimits[tier] });
  }
}

@CommandOf(Organization, {
  permission: 'organizations:change-subscription',
  doc: 'Gives the organisation another plan. It has the limits of the tier, unless other ones are given.',
  from: ['active'],
  platformActor: true,
})
export class ChangeSubscription extends DomainCommand<Organization> {
  @Choice(open, 'SubscriptionTier', SubscriptionTier) tier!: Tier;
  @Choice(open, 'BillingCycle', BillingCycle, { optional: true }) cycle?: (typeof BillingCycle)[keyof typeof BillingCycle];
  @Int(open, { optional: true, max: 1_000_000 }) maxResidents?: number;
  @Int(open, { optional: true, max: 1_000_000 }) maxProperties?: number;
  decide(organization: Organization) {
    const { tier, cycle } = this;
    const maxResidents = this.maxResidents ?? tierLimits[tier].maxResidents;
    const maxProperties = this.maxProperties ?? tierLimits[tier].maxProperties;
    const standing = { tier: organization.subscriptionTier, maxResidents: organization.maxResidents, maxProperties: organization.maxProperties };
    const same = standing.tier === tier && standing.maxResidents === maxResidents && standing.maxProperties === maxProperties
      && (!cycle || cycle === organization.billingCycle);
    return same ? [] : SubscriptionChanged.of({ tier, cycle: cycle ?? undefined, maxResidents, maxProperties });
  }
}

@CommandOf(Organization, { permission: 'organizations:change-details', doc: 'Changes what the organisation says of itself.', from: ['active'] })
export class ChangeOrganizationDetails extends changing(Organization, OrganizationDetails) {
  decide() {
    checkNumbers(this);
    return OrganizationDetailsChanged.of(factsOf(this, OrganizationDetails));
  }
}

@CommandOf(Organization, { permission: 'organizations:change-settings', doc: 'Changes how the product behaves for the organisation.', from: ['active'] })
export class ChangeOrganizationSettings extends changing(Organization, OrganizationSettings) {
  decide(organization: Organization) {
    const { minimumAge = organization.minimumAge, maximumAge = organization.maximumAge } = this;
    if ((minimumAge ?? USUAL_AGES.from) > (maximumAge ?? USUAL_AGES.to)) {
      throw new Refusal('VALIDATION', 'The oldest age is not below the youngest.', { field: 'maximumAge' });
    }
    return OrganizationSettingsChanged.of(factsOf(this, OrganizationSettings));
  }
}

@CommandOf(Organization, { permission: 'organizations:suspend', doc: 'Makes the organisation read-only.', from: ['active'], platformActor: true })
export class SuspendOrganization extends DomainCommand<Organization> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide() {
    return OrganizationSuspended.of({ reason: this.reason });
  }
}

@CommandOf(Organization, { permission: 'organizations:reactivate', doc: 'Lets the organisation write again.', from: ['paused'], platformActor: true, whilePaused: true })
export class ReactivateOrganization extends DomainCommand<Organization> {
  decide() {
    return OrganizationReactivated.of({});
  }
}
