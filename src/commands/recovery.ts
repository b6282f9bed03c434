import type { Catalogue } from '../kernel/catalogue.js';
import { londonDate, uuidOf } from '../kernel/values.js';
import { WrongRevision } from '../event-store/errors.js';
import type { EventStore } from '../event-store/event-store.js';
import { jsonBytes } from '../event-store/metadata.js';
import type { RegisterClaimed } from './register.js';
import type { CommandMetadata, Registers } from './registers.js';
import { COMMAND_ABANDONED, holdsOf, type Streams } from './streams.js';

/** Which register a claim stands in. */
export interface ClaimPlace {
  readonly organizationId: string;
  readonly register: string;
  readonly owner: string;
}

/**
 * Settles a claim whose command never answered: its target is read to the end. Where the command's event stands, it was
 * recorded; otherwise the command is abandoned there, so that a claimant frozen and continued can no longer append.
 * Then the register is told what the target holds. Safe to repeat, and safe against the claimant itself.
 */
export class ClaimRecovery {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly registers: Registers,
  ) {}

  async settle(claim: RegisterClaimed, place: ClaimPlace, now: string): Promise<'recorded' | 'abandoned'> {
    const category = claim.target.slice(0, claim.target.indexOf('-'));
    const entity = this.catalogue.ofCategory(category);
    if (!entity) throw new Error(`Nothing has streams of category ${category}: a claim of it cannot be settled.`);
    const id = claim.target.slice(category.length + 1);
    const metadata = recoveryMetadata(claim, place, now);
    for (;;) {
      const folded = await this.streams.load(entity, id, place.organizationId);
      const recorded = folded.commands.has(claim.commandId);
      if (!recorded && !folded.abandoned.has(claim.commandId)) {
        try {
          await this.abandon(claim, folded.revision, folded.last, metadata);
        } catch (error) {
          if (!(error instanceof WrongRevision)) throw error;
        }
        continue;
      }
      const wanted = holdsOf(folded.state).filter((one) => one.register === place.register && one.owner === place.owner);
      const change = { register: place.register, owner: place.owner, held: [], wanted };
      await this.registers.settle(change, claim.target, folded.revision, metadata);
      return recorded ? 'recorded' : 'abandoned';
    }
  }

  /** Settles every open claim of a register; what a start and a timer do for registers with old claims. */
  async settleAll(place: ClaimPlace, now: string): Promise<number> {
    const claims = await this.registers.openClaims(place.organizationId, place.register, place.owner);
    for (const claim of claims) await this.settle(claim, place, now);
    return claims.length;
  }

  private async abandon(claim: RegisterClaimed, revision: number, prev: string | undefined, metadata: CommandMetadata): Promise<void> {
    const event = {
      id: uuidOf(claim.commandId, claim.target, 'abandoned'),
      type: COMMAND_ABANDONED,
      data: jsonBytes({ commandId: claim.commandId }),
      metadata: jsonBytes({ ...metadata, schemaVersion: 1, ...(prev ? { prev } : {}) }),
    };
    await this.store.append(claim.target, revision < 0 ? 'no-stream' : revision, [event]);
  }
}

const RECOVERY_ACTOR = uuidOf('process', 'claim-recovery');

function recoveryMetadata(claim: RegisterClaimed, { organizationId }: ClaimPlace, now: string): CommandMetadata {
  const commandId = uuidOf('claim-recovery', claim.commandId, claim.target);
  return {
    recordedAt: now,
    effectiveDate: londonDate(now),
    organizationId,
    actorId: RECOVERY_ACTOR,
    actorRole: 'system',
    source: 'process',
    commandId,
    correlationId: commandId,
    causationId: claim.commandId,
  };
}
