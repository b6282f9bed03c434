import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import { PLATFORM, type EntityDeclaration, type RegisterEntry, type State } from '../kernel/entity.js';
import type { Codec } from '../privacy/codec.js';
import type { Outside, Question } from './decision.js';
import type { Numbers } from './numbers.js';
import type { ClaimedBefore } from './recording.js';
import type { Registers } from './registers.js';
import type { Streams } from './streams.js';

/** Answers of named questions that only tables or keys can tell. */
export type Facts = (name: string, id: string, actor: Actor) => Promise<readonly string[]>;

/**
 * Whether an entity's streams of this id may be there for an actor at all: a user exists for an organisation only as its
 * live member, and for the user.
 */
export async function mayExistFor(registers: Registers, entity: EntityDeclaration, id: string, actor: Actor): Promise<boolean> {
  if (entity.options.home !== 'platform' || actor.organizationId === PLATFORM || actor.id === id) return true;
  return (await registers.certain(actor.organizationId, 'member', id)).some(({ kind }) => kind === 'active' || kind === 'inactive');
}

/** What the decisions of one actor may see beyond their own stream. @param target the stream that is decided on. */
export function outsideOf(
  parts: { catalogue: Catalogue; streams: Streams; registers: Registers; codec: Codec; facts: Facts; secret: Outside['secret'] },
  actor: Actor,
  numbers: Numbers,
  target: string,
): Outside {
  const held = async (register: string, owner: string): Promise<readonly RegisterEntry[]> =>
    parts.registers.certain(actor.organizationId, register, owner);
  const load = async (table: string, id: string): Promise<State | undefined> => {
    const entity = parts.catalogue.entity(table);
    if (!entity) throw new Error(`There is no table ${table}: a command or a field refers to it.`);
    // A user exists for an organisation only as its live member.
    if (entity.options.home === 'platform' && actor.organizationId !== PLATFORM) {
      const member = (await held('member', id)).some((entry) => entry.kind === 'active');
      if (!member) return undefined;
    }
    const { state } = await parts.streams.load(entity, id, actor.organizationId);
    // Nothing is given to do to somebody who cannot come in any more (USR-4).
    return entity.options.home === 'platform' && (state as { status?: string } | undefined)?.status === 'deactivated' ? undefined : state;
  };
  const number = (register: string, owner: string): Promise<number> => numbers.next(register, owner);
  const rivals: Outside['rivals'] = (register, owner) => parts.registers.rivals(actor.organizationId, register, owner, target);
  return { load, held, rivals, number, fact: (name, id) => parts.facts(name, id, actor), open: (objects) => parts.codec.unseal(objects), secret: parts.secret };
}

/** The same, and whether it was asked what others hold. */
export function watched(outside: Outside): Outside & { readonly rivalsAsked: () => boolean } {
  let asked = false;
  return {
    ...outside,
    rivals: (register, owner) => {
      asked = true;
      return outside.rivals(register, owner);
    },
    rivalsAsked: () => asked,
  };
}

/** The same question once the command has claimed: what others hold is what was claimed before. */
export function afterClaims(question: Question, before: ClaimedBefore): Question {
  const { outside } = question;
  return { ...question, outside: { ...outside, rivals: async (register, owner) => before(register, owner) ?? outside.rivals(register, owner) } };
}
