import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { rule } from '../../../kernel/rules.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';
import {
  Organization,
  OrganizationDetails,
  OrganizationDetailsChanged,
  OrganizationReactivated,
  OrganizationRegistered,
  OrganizationSettings,
  OrganizationSettingsChanged,
  OrganizationSuspended,
  SubscriptionTier,
} from './organization.js';

function checkNumbers(command: { charityNumber?: string | null; registrationNumber?: string | null }): void {
  const { charityNumber, registrationNumber } = command;
  rule('ORG-3', 'A charity number has six or seven digits.', !charityNumber || /^\d{6,7}(-\d+)?$/.test(charityNumber), 'charityNumber');
  rule('ORG-3', 'A company number has eight characters.', !registrationNumber || /^[A-Z0-9]{8}$/.test(registrationNumber), 'registrationNumber');
}

@CommandOf(Organization, { permission: 'organizations:register', doc: 'Takes an organisation on.', creates: true, plain: true, platformActor: true })
export class RegisterOrganization extends commandWith(Organization, OrganizationDetails) {
  @Choice(open, 'SubscriptionTier', SubscriptionTier, { optional: true }) tier?: (typeof SubscriptionTier)[keyof typeof SubscriptionTier];
  decide(_state: Organization, _context: Context) {
    checkNumbers(this);
    return OrganizationRegistered.of({ ...factsOf(this, OrganizationDetails), tier: this.tier ?? 'enterprise' });
  }
}

@CommandOf(Organization, { permission: 'organizations:change-details', doc: 'Changes what the organisation says of itself.', from: ['active'], route: 'change-details' })
export class ChangeOrganizationDetails extends changing(Organization, OrganizationDetails) {
  decide(_state: Organization, _context: Context) {
    checkNumbers(this);
    return OrganizationDetailsChanged.of(factsOf(this, OrganizationDetails));
  }
}

@CommandOf(Organization, { permission: 'organizations:change-settings', doc: 'Changes how the product behaves for the organisation.', from: ['active'], route: 'change-settings' })
export class ChangeOrganizationSettings extends changing(Organization, OrganizationSettings) {
  decide(_state: Organization, _context: Context) {
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
