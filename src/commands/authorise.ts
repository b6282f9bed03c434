import type { Actor, CommandDeclaration } from '../kernel/command.js';
import { PLATFORM } from '../kernel/entity.js';
import { covers } from '../kernel/permissions.js';
import { Refusal, rule } from '../kernel/rules.js';

const forbidden = (): Refusal => new Refusal('FORBIDDEN', 'Your role does not allow this.', { status: 403 });

/**
 * Whether this actor may send this command at all. @throws Refusal FORBIDDEN, or GEN-8 while the organisation is paused.
 * @param id of the stream, for commands about the actor's own.
 */
export function authorise(declaration: CommandDeclaration, actor: Actor, id: string | undefined): void {
  const { permission, internal, anonymous, self, platformActor, whilePaused } = declaration.options;
  if (actor.role === 'system') return;
  if (internal) throw forbidden();
  if (anonymous) return;
  if (platformActor && actor.organizationId !== PLATFORM) throw forbidden();
  const own = self === true && id === actor.id && !actor.byToken;
  const granted = permission !== undefined && covers(actor.permissions, permission);
  if (!own && !granted) throw forbidden();
  // Whoever sends a command about themselves changes nothing of the organisation's.
  const allowed = !actor.organizationPaused || whilePaused === true || own;
  rule('GEN-8', 'The organisation is paused: it can be read and exported, and not changed.', allowed, undefined, 409);
}
