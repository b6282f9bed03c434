import { randomUUID } from 'node:crypto';
import type { Core } from '../../src/assembly/core.js';
import { AcceptInvitationBody } from '../../src/access/bodies.js';
import type { Acknowledgement } from '../../src/commands/request.js';
import type { Actor } from '../../src/kernel/command.js';
import { validateAs, validateCommand } from '../../src/kernel/validation.js';

const PASSWORD = 'a long enough password';
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };

/** An organisation to measure with: its owner signed in, and rent accounts of residents with signed agreements. */
export interface Measured {
  readonly organizationId: string;
  readonly token: string;
  readonly accounts: readonly string[];
  readonly propertyId: string;
  readonly residents: readonly string[];
  send(name: string, body: object, id?: string): Promise<Acknowledgement>;
}

/** Makes it by commands. */
export async function measuredOrganization(core: Core, residents: number): Promise<Measured> {
  const { access, pipeline, catalogue } = core;
  const email = 'owner@bench.example';
  const founded = await access.founding.create({ name: 'Bench Homes', organizationType: 'charity', ownerEmail: email });
  const body = { token: founded.token, firstName: 'Bea', lastName: 'Bench', password: PASSWORD };
  const ready = await access.invitations.accept(await access.invitations.find(founded.membershipId, founded.token), validateAs(AcceptInvitationBody, body), randomUUID(), false);
  const execute = (name: string, actor: Actor, sent: object, id?: string) => {
    const declaration = catalogue.command(name)!;
    return pipeline.execute({
      declaration, command: validateCommand(declaration, sent), body: sent, actor, source: 'api', correlationId: randomUUID(), route: name,
      ...(id ? { id } : {}),
    });
  };
  await execute(ready.name, ready.actor, ready.body, founded.membershipId);
  const { token } = await access.signIn.signIn({ email, password: PASSWORD, organizationId: founded.organizationId });
  const actor = { id: ready.actor.id, role: 'owner', organizationId: founded.organizationId, permissions: new Set(['*:*']) };
  const send = (name: string, sent: object, id?: string) => execute(name, actor, sent, id);
  const address = { line1: '1 High Street', town: 'London', postcode: 'E8 1AA' };
  const property = await send('RegisterProperty', { name: 'Bench House', propertyType: 'hostel', totalUnits: 10_000, address });
  const people = await Promise.all(
    Array.from({ length: residents }, async (_, n) => {
      const resident = await send('RegisterResident', { firstName: `First${n}`, lastName: 'Bench', dateOfBirth: '2004-05-02' });
      const agreement = await send('DraftAgreement', {
        residentId: resident.id, propertyId: property.id, agreementType: 'license', startDate: '2026-08-03', rentFrequency: 'weekly', weeklyCharges,
      });
      const account = await send('OpenRentAccount', { residentId: resident.id, agreementId: agreement.id });
      return { resident: resident.id, account: account.id };
    }),
  );
  return {
    organizationId: founded.organizationId,
    token,
    propertyId: property.id,
    accounts: people.map(({ account }) => account),
    residents: people.map(({ resident }) => resident),
    send,
  };
}
