import { Entity, factsOf, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, Flag, Int, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';

export const OrganizationType = {
  housing_provider: 'housing_provider',
  local_authority: 'local_authority',
  charity: 'charity',
  private: 'private',
} as const;
export const SubscriptionTier = {
  trial: 'trial',
  starter: 'starter',
  professional: 'professional',
  enterprise: 'enterprise',
} as const;
export const SubscriptionStatus = {
  trial: 'trial',
  active: 'active',
  past_due: 'past_due',
  paused: 'paused',
  cancelled: 'cancelled',
} as const;
type Of<T> = T[keyof T];

/** What an organisation says of itself. */
export class OrganizationDetails {
  @Text(open, { max: 100 }) name!: string;
  @Choice(open, 'OrganizationType', OrganizationType) organizationType!: Of<typeof OrganizationType>;
  @Text(open, { optional: true, max: 100 }) displayName?: string;
  @Text(open, { optional: true, pattern: /^[A-Z0-9]{8}$/, code: 'ORG-3', doc: 'Company number' }) registrationNumber?: string;
  @Text(open, { optional: true, max: 20, doc: 'Number with the Regulator of Social Housing' }) rshNumber?: string;
  @Text(open, { optional: true, pattern: /^\d{6,7}(-\d+)?$/, code: 'ORG-3' }) charityNumber?: string;
  @Text(open, { optional: true, max: 500 }) address?: string;
  @Text(open, { optional: true, max: 30 }) phone?: string;
  @Text(open, { optional: true, max: 254 }) email?: string;
  @Text(open, { optional: true, max: 300 }) website?: string;
  @Flag(open, { optional: true }) ofstedRegistered?: boolean;
}

/** How the product behaves for an organisation. */
export class OrganizationSettings {
  @Flag(open, { optional: true, doc: 'Managers and the like must use a second factor' }) mfaRequired?: boolean;
  @Int(open, { optional: true, min: 16, max: 99 }) minimumAge?: number;
  @Int(open, { optional: true, min: 16, max: 120 }) maximumAge?: number;
}

/** The limits of the tiers; absent is unlimited. */
export const tierLimits: Record<Of<typeof SubscriptionTier>, { maxResidents?: number; maxProperties?: number }> = {
  trial: { maxResidents: 25, maxProperties: 1 },
  starter: { maxResidents: 25, maxProperties: 1 },
  professional: { maxResidents: 100, maxProperties: 5 },
  enterprise: {},
};

@Entity('organizations', 'A provider of housing that uses the product.', {
  category: 'organization',
  home: 'self',
  later: ['trial', 'past_due', 'cancelled'],
})
export class Organization extends stateWith(OrganizationDetails) {
  @Choice(open, 'SubscriptionStatus', SubscriptionStatus) status!: Of<typeof SubscriptionStatus>;
  @Choice(open, 'SubscriptionTier', SubscriptionTier) tier!: Of<typeof SubscriptionTier>;
  @Flag(open, { optional: true }) mfaRequired?: boolean;
  @Int(open, { optional: true }) minimumAge?: number;
  @Int(open, { optional: true }) maximumAge?: number;
}

@EventOf(Organization, 'OrganizationRegistered', 1, { to: 'active' })
export class OrganizationRegistered extends eventWith(Organization, OrganizationDetails) {
  @Choice(open, 'SubscriptionTier', SubscriptionTier) tier!: Of<typeof SubscriptionTier>;
  override apply(state: Organization): void {
    Object.assign(state, factsOf(this, OrganizationDetails), { tier: this.tier });
  }
}

@EventOf(Organization, 'OrganizationDetailsChanged', 1)
export class OrganizationDetailsChanged extends changeWith(Organization, OrganizationDetails) {}

@EventOf(Organization, 'OrganizationSettingsChanged', 1)
export class OrganizationSettingsChanged extends changeWith(Organization, OrganizationSettings) {}

@EventOf(Organization, 'OrganizationSuspended', 1, { to: 'paused' })
export class OrganizationSuspended extends DomainEvent<Organization> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  apply(): void {}
}

@EventOf(Organization, 'OrganizationReactivated', 1, { to: 'active' })
export class OrganizationReactivated extends DomainEvent<Organization> {
  apply(): void {}
}

