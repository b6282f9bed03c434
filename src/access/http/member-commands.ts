import type { CommandAnswer, CommandGateway } from '../../api/commands/command-gateway.js';
import type { HandWrittenCall, HandWrittenCommand } from '../../api/parts.js';
import { unauthenticated } from '../../api/problems/errors.js';
import type { Actor } from '../../kernel/command.js';
import { Refusal } from '../../kernel/rules.js';
import { validateAs } from '../../kernel/validation.js';
import type { Access } from '../access.js';
import { AcceptInvitationBody, ChangePasswordBody, IssueApiTokenBody } from '../bodies.js';

/**
 * Commands that come with a password or a token: what is secret in them stays out of the log, and the rest goes the way of
 * every command. What they are refused before that is told to the auditor too.
 */
export class MemberCommands {
  constructor(private readonly access: Access) {}

  readonly acceptInvitation: HandWrittenCommand = async (call, gateway) => {
    const body = validateAs(AcceptInvitationBody, call.body);
    const invitation = await this.access.invitations.find(call.id, body.token);
    const { ready } = invitation;
    await telling(call, ready.actor, gateway, () => this.access.invitations.accept(invitation, body, call.correlationId, call.idempotencyKey !== undefined));
    return gateway.execute({ ...call, actor: ready.actor, body: ready.body });
  };

  readonly changePassword: HandWrittenCommand = async (call, gateway) => {
    const actor = signedIn(call);
    if (!isOwn(actor, call.id)) return forbidden(call, actor, gateway);
    const body = validateAs(ChangePasswordBody, call.body);
    const credentialId = await telling(call, actor, gateway, () => this.access.passwords.change(call.id, body, call.idempotencyKey));
    const answer = await gateway.execute({ ...call, actor, body: { credentialId } });
    await this.access.passwords.changed(actor, call.token ?? '');
    return answer;
  };

  readonly issueApiToken: HandWrittenCommand = async (call, gateway) => {
    const actor = signedIn(call);
    if (!isOwn(actor, call.id)) return forbidden(call, actor, gateway);
    const { name, scopes, expiresAt } = validateAs(IssueApiTokenBody, call.body);
    const { tokenId, token } = await this.access.apiTokens.prepare(call.id, actor.organizationId, call.idempotencyKey);
    const answer = await gateway.execute({ ...call, actor, body: { tokenId, name, scopes, expiresAt } });
    return { ...answer, acknowledgement: { ...answer.acknowledgement, revealed: { tokenId, token } } };
  };
}

/** For anybody else's account the pipeline says no, and the auditor is told. */
const forbidden = (call: HandWrittenCall, actor: Actor, gateway: CommandGateway): Promise<CommandAnswer> => gateway.execute({ ...call, actor, body: {} });

const isOwn = (actor: Actor, id: string): boolean => actor.id === id && !actor.byToken;

function signedIn({ actor }: HandWrittenCall): Actor {
  if (!actor) throw unauthenticated();
  return actor;
}

async function telling<T>(call: HandWrittenCall, actor: Actor, gateway: CommandGateway, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) await gateway.tellOf({ ...call, actor }, error);
    throw error;
  }
}
