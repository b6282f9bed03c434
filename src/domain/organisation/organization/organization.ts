import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Children, Choice, Flag, Hidden, Instant, Int, List, Text } from '../../../kernel/fields.js';
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
export const BillingCycle = { monthly: 'monthly', annual: 'annual' } as const;
type Of<T> = T[keyof T];
export type Tier = Of<typeof SubscriptionTier>;

const upper = (text: string): string => text.toUpperCase();
export const CHARITY_NUMBER = /^\d{6,7}(-\d+)?$/;
export const COMPANY_NUMBER = /^[A-Z0-9]{8}$/;

/** What an organisation says of itself. */
export class OrganizationDetails {
  @Text(open, { min: 2, max: 100 }) name!: string;
  @Choice(open, 'OrganizationType', OrganizationType) organizationType!: Of<typeof OrganizationType>;
  @Text(open, { optional: true, max: 100 }) displayName?: string;
  @Text(open, { optional: true, pattern: COMPANY_NUMBER, normalise: upper, code: 'ORG-3', doc: 'Company number' }) registrationNumber?: string;
  @Text(open, { optional: true, max: 20, doc: 'Number with the Regulator of Social Housing' }) rshNumber?: string;
  @Text(open, { optional: true, pattern: CHARITY_NUMBER, code: 'ORG-3' }) charityNumber?: string;
  @Text(open, { optional: true, max: 500 }) address?: string;
  @Text(open, { optional: true, max: 30 }) phone?: string;
  @Text(open, { optional: true, max: 254 }) email?: string;
  @Text(open, { optional: true, max: 300 }) website?: string;
  @Flag(open, { optional: true }) ofstedRegistered?: boolean;
}

/** Codes of the lettings return: 1 weekly for 52 weeks, 2 every 2 weeks, 3 every 4, 4 every month, 5 to 11 weekly for other numbers of weeks. */
const CORE_RENT_PERIODS = Array.from({ length: 11 }, (_, index) => String(index + 1));

/** How the product behaves for an organisation. */
export class OrganizationSettings {
  @Flag(open, { optional: true, doc: 'Admins, managers, data protection officers and finance sign in with a second factor' }) mfaRequired?: boolean;
  @Int(open, { optional: true, min: 16, max: 99, doc: 'Youngest age at which somebody moves in' }) minimumAge?: number;
  @Int(open, { optional: true, min: 16, max: 120, doc: 'Oldest age at which somebody moves in' }) maximumAge?: number;
  @Text(open, { optional: true, max: 20, pattern: /^[A-Za-z0-9]+$/, doc: 'Its id in the lettings return (CORE)' }) coreOrganisationId?: string;
  @List(open, { optional: true, enumName: 'CoreRentPeriod', values: CORE_RENT_PERIODS, max: 11, doc: 'Rent periods that it is registered for in the lettings return' })
  coreRentPeriods?: string[];
}

/** What a tier includes; absent is unlimited. */
export class TierLimits {
  @Int(open, { optional: true, doc: 'Unlimited where absent' }) maxResidents?: number;
  @Int(open, { optional: true, doc: 'Unlimited where absent' }) maxProperties?: number;
}
/** Limits of the tiers at the time of registering; the event keeps those that were agreed. */
export const tierLimits: Readonly<Record<Tier, TierLimits>> = {
  trial: { maxResidents: 25, maxProperties: 1 },
  starter: { maxResidents: 25, maxProperties: 1 },
  professional: { maxResidents: 100, maxProperties: 5 },
  enterprise: {},
};

/** A policy figure that the organisation has set for itself. */
export class OrganizationPolicy {
  id!: string;
  @Text(open, { max: 40 }) code!: string;
  @Int(open) value!: number;
}

@Entity('organizations', 'A provider of housing that uses the product.', {
  category: 'organization',
  home: 'self',
  later: ['trial', 'past_due', 'cancelled'],
})
export class Organization extends stateWith(OrganizationDetails, OrganizationSettings, TierLimits) {
  @Choice(open, 'SubscriptionStatus', SubscriptionStatus) status!: Of<typeof SubscriptionStatus>;
  @Choice(open, 'SubscriptionTier', SubscriptionTier) subscriptionTier!: Tier;
  @Choice(open, 'BillingCycle', BillingCycle, { optional: true }) billingCycle?: Of<typeof BillingCycle>;
  @Flag(open, { optional: true, doc: 'It was told of that a limit of the plan is nearly, or wholly, used' }) usageAlertSent?: boolean;
  @Instant(open, { optional: true }) lastUsageAlertDate?: string;
  /** Percentages of a limit that were told of, as `resident|80`. */
  @Hidden(open) usageAlerts: string[] = [];
  @Children('organization_policies', () => OrganizationPolicy, { parent: 'ofOrganizationId' }) policies: OrganizationPolicy[] = [];

  /** The limits of its plan (GEN-9). */
  holds(): RegisterEntry[] {
    const { maxResidents, maxProperties } = this;
    return [{ key: 'resident', weight: maxResidents }, { key: 'property', weight: maxProperties }].flatMap(({ key, weight }) =>
      (typeof weight === 'number' ? [{ register: 'plan', owner: this.id, kind: 'limit', key, weight }] : []));
  }
}

@EventOf(Organization, 'OrganizationRegistered', 1, { to: 'active' })
export class OrganizationRegistered extends eventWith(Organization, OrganizationDetails) {
  @Choice(open, 'SubscriptionTier', SubscriptionTier) tier!: Tier;
  @Int(open, { optional: true }) maxResidents?: number;
  @Int(open, { optional: true }) maxProperties?: number;
  override apply(organization: Organization): void {
    Object.assign(organization, factsOf(this, OrganizationDetails), factsOf(this, TierLimits), { subscriptionTier: this.tier });
  }
}

/** Another plan, or another limit of it. Absent is unlimited. */
@EventOf(Organization, 'SubscriptionChanged', 1)
export class SubscriptionChanged extends DomainEvent<Organization> {
  @Choice(open, 'SubscriptionTier', SubscriptionTier) tier!: Tier;
  @Choice(open, 'BillingCycle', BillingCycle, { optional: true }) cycle?: Of<typeof BillingCycle>;
  @Int(open, { optional: true }) maxResidents?: number;
  @Int(open, { optional: true }) maxProperties?: number;
  apply(organization: Organization): void {
    const { tier: subscriptionTier, cycle, maxResidents, maxProperties } = this;
    Object.assign(organization, { subscriptionTier, maxResidents, maxProperties, usageAlertSent: false, usageAlerts: [], ...(cycle ? { billingCycle: cycle } : {}) });
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
