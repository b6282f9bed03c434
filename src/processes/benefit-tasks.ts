import { benefitTaskOf } from '../domain/money/rent-account/benefit-task.js';
import type { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import { policyIn } from '../domain/policies.js';
import type { Property } from '../domain/property/property/property.js';
import { londonDate } from '../kernel/values.js';
import type { ProcessContext } from './engine/process.js';

/**
 * Has the account say so where there is something to ask of a benefit office, or not any more. What is looked at is how the account
 * stands after the event; another category of its property is noticed with its next week at the latest.
 */
export async function reviewBenefitTask(accountId: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  if (!account) return;
  const organization = await context.find<Organization>('organizations', context.organizationId);
  const property = await context.find<Property>('properties', account.propertyId);
  const specifiedAccommodation = property?.specifiedAccommodation;
  const figures = { directWeeks: policyIn(organization, 'UK-T11.weeks'), managedMonths: policyIn(organization, 'UK-T9.months') };
  const task = benefitTaskOf(account, { ...figures, today: londonDate(context.now), specifiedAccommodation });
  if (task === account.benefitTask) return;
  await context.send({ step: 'benefit task', command: 'ReviewBenefitTask', id: accountId, body: { specifiedAccommodation } });
}
