import { describe, expect, it } from '@jest/globals';
import { given, happened, stateOf } from '../../../../test/support/given.js';
import {
  Organization,
  OrganizationDetailsChanged,
  OrganizationReactivated,
  OrganizationRegistered,
  OrganizationSettingsChanged,
  OrganizationSuspended,
  SubscriptionChanged,
} from './organization.js';
import {
  ChangeOrganizationDetails,
  ChangeOrganizationSettings,
  ChangeSubscription,
  ReactivateOrganization,
  RegisterOrganization,
  SuspendOrganization,
} from './organization-commands.js';

const registered = happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' });
const details = { name: 'Hackney Young Futures', organizationType: 'charity' } as const;

describe('an organisation', () => {
  it('is taken on, with the limits of its tier', async () => {
    await given(Organization).when(RegisterOrganization, details).records([OrganizationRegistered, { tier: 'enterprise' }]);
    await given(Organization).when(RegisterOrganization, { ...details, tier: 'professional' }).records([OrganizationRegistered, { maxResidents: 100, maxProperties: 5 }]);
  });

  it('changes its plan, with the limits of the tier or others', async () => {
    const change = given(Organization, registered);
    await change.when(ChangeSubscription, { tier: 'starter', cycle: 'annual' }).records([SubscriptionChanged, { tier: 'starter', cycle: 'annual', maxResidents: 25, maxProperties: 1 }]);
    await change.when(ChangeSubscription, { tier: 'enterprise', maxResidents: 400 }).records([SubscriptionChanged, { maxResidents: 400, maxProperties: undefined }]);
    await change.when(ChangeSubscription, { tier: 'enterprise' }).recordsNothing();
    const limited = happened(SubscriptionChanged, { tier: 'professional', maxResidents: 100, maxProperties: 0 });
    const limits = (...more: Parameters<typeof stateOf<Organization>>[1]) => stateOf(Organization, [registered, ...more]).holds().map(({ key, weight }) => [key, weight]);
    expect([limits(), limits(limited), limits(limited, happened(SubscriptionChanged, { tier: 'enterprise' }))]).toEqual([[], [['resident', 100], ['property', 0]], []]);
  });

  it('ORG-3: has numbers of the right form, or none', async () => {
    const numbers = { charityNumber: '1234567-1', registrationNumber: 'SC123456' };
    await given(Organization).when(RegisterOrganization, { ...details, ...numbers }).records([OrganizationRegistered, numbers]);
    await given(Organization).when(RegisterOrganization, { ...details, charityNumber: '12345' }).refused('ORG-3', 'charityNumber');
    await given(Organization, registered).when(ChangeOrganizationDetails, { registrationNumber: '1234567' }).refused('ORG-3', 'registrationNumber');
    await given(Organization, registered).when(ChangeOrganizationDetails, { charityNumber: null }).records([OrganizationDetailsChanged, { charityNumber: null }]);
  });

  it('keeps its ages in order', async () => {
    await given(Organization, registered).when(ChangeOrganizationSettings, { minimumAge: 16, maximumAge: 25 }).records(OrganizationSettingsChanged);
    const upTo20 = happened(OrganizationSettingsChanged, { maximumAge: 20 });
    await given(Organization, registered, upTo20).when(ChangeOrganizationSettings, { minimumAge: 21 }).refused('VALIDATION', 'maximumAge');
    await given(Organization, registered, upTo20).when(ChangeOrganizationSettings, { minimumAge: 21, maximumAge: null }).records(OrganizationSettingsChanged);
    await given(Organization, registered).when(ChangeOrganizationSettings, { minimumAge: 26 }).refused('VALIDATION', 'maximumAge');
    await given(Organization, registered).when(ChangeOrganizationSettings, { minimumAge: 25 }).records(OrganizationSettingsChanged);
  });

  it('is paused and comes back', async () => {
    await given(Organization, registered).when(SuspendOrganization, { reason: 'unpaid' }).records(OrganizationSuspended);
    const paused = happened(OrganizationSuspended, { reason: 'unpaid' });
    await given(Organization, registered, paused).when(SuspendOrganization, { reason: 'again' }).refused('STATE');
    await given(Organization, registered, paused).when(ReactivateOrganization).records(OrganizationReactivated);
    await given(Organization, registered).when(ReactivateOrganization).refused('STATE');
  });
});
