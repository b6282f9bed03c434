import type { Organization } from '../domain/organisation/organization/organization.js';
import type { Process } from './engine/process.js';

/** Tells how much of its plan an organisation uses, where the plan has limits. */
export const planUsage: Process = {
  name: 'plan-usage',
  doc: 'Tells when 80 and 100 percent of the residents or properties of a plan are reached.',
  on: ['PlacementStarted', 'PropertyRegistered', 'PropertyReopened', 'SubscriptionChanged'],
  async react(_event, context) {
    const { organizationId } = context;
    const organization = await context.find<Organization>('organizations', organizationId);
    if (typeof organization?.maxResidents !== 'number' && typeof organization?.maxProperties !== 'number') return;
    await context.send({ step: 'usage', command: 'NotePlanUsage', id: organizationId, body: {} });
  },
};
