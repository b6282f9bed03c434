import { randomUUID } from 'node:crypto';
import { PLATFORM } from '../kernel/entity.js';
import { InvalidInput } from '../kernel/validation.js';
import { uuidOf } from '../kernel/values.js';
import type { SystemCommands } from './system-commands.js';

/** An organisation that is taken on, and who is to own it. */
export interface Founding {
  readonly name: string;
  /** `housing_provider`, `local_authority`, `charity` or `private`. */
  readonly organizationType: string;
  readonly ownerEmail: string;
  /** Default `enterprise`. */
  readonly tier?: string;
  /** Further details (`charityNumber`, `address` …). */
  readonly details?: Readonly<Record<string, string | boolean>>;
}

/** A plan, with its own limits or those of its tier. */
export interface Plan {
  readonly tier: string;
  readonly cycle?: string;
  readonly maxResidents?: number;
  readonly maxProperties?: number;
}

/** What the operator hands to the first owner. */
export interface Founded {
  readonly organizationId: string;
  readonly membershipId: string;
  /** One-time token of the invitation. */
  readonly token: string;
  /** Of the invitation. */
  readonly position: number;
}

const OPERATOR = uuidOf('process', 'operator');
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What the operator of the product does about organisations. */
export class OrganizationFounding {
  constructor(private readonly system: SystemCommands) {}

  /** Takes an organisation on and invites its first owner. @throws InvalidInput, Refusal */
  async create({ name, organizationType, ownerEmail, tier, details }: Founding): Promise<Founded> {
    // Asked first: an organisation without an owner is of use to nobody.
    if (!EMAIL.test(ownerEmail.trim())) {
      throw new InvalidInput([{ pointer: '/ownerEmail', code: 'USR-1', message: 'This is no e-mail address.' }], 422);
    }
    const body = { name, organizationType, ...(tier ? { tier } : {}), ...details };
    const { id } = await this.system.send({ name: 'RegisterOrganization', body, organizationId: PLATFORM, actorId: OPERATOR });
    return this.inviteOwner(id, ownerEmail);
  }

  /** Invites an owner: the first one, or another where none can sign in any more. @throws Refusal */
  async inviteOwner(organizationId: string, ownerEmail: string): Promise<Founded> {
    const body = { email: ownerEmail, role: 'owner' };
    const invited = await this.system.send({ name: 'InviteUser', body, organizationId, actorId: OPERATOR, correlationId: randomUUID() });
    return { organizationId, membershipId: invited.id, token: invited.revealed!['invitationToken']!, position: invited.position };
  }

  /** Gives an organisation another plan. @throws InvalidInput; Refusal ORG-2 where it has more already than the plan is for. */
  async changePlan(organizationId: string, plan: Plan): Promise<void> {
    await this.system.send({ name: 'ChangeSubscription', id: organizationId, body: plan, organizationId: PLATFORM, actorId: OPERATOR });
  }

  /** Makes an organisation read-only. @throws Refusal */
  async suspend(organizationId: string, reason: string): Promise<void> {
    await this.system.send({ name: 'SuspendOrganization', id: organizationId, body: { reason }, organizationId: PLATFORM, actorId: OPERATOR });
  }

  /** @throws Refusal */
  async reactivate(organizationId: string): Promise<void> {
    await this.system.send({ name: 'ReactivateOrganization', id: organizationId, body: {}, organizationId: PLATFORM, actorId: OPERATOR });
  }
}
