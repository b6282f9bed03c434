import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, List, Text } from '../../../kernel/fields.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import '../resident.rules.js';
import { RESIDENT_REGISTER } from '../resident-register.js';
import { LegalHold } from './legal-hold.js';
import { Resident, SCOPES } from './resident.js';
import { retained } from './retention.js';

const scopeList = { values: SCOPES, enumName: 'PrivacyScope', max: 8 };
export const ErasureBasis = {
  request: 'request',
  consent_withdrawn: 'consent_withdrawn',
  objection: 'objection',
  retention_ended: 'retention_ended',
  unlawful: 'unlawful',
} as const;
type Basis = (typeof ErasureBasis)[keyof typeof ErasureBasis];

@EventOf(Resident, 'LegalHoldPlaced', 1)
export class LegalHoldPlaced extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) holdId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  apply(resident: Resident): void {
    const { holdId: id, on: placedOn, reason } = this;
    resident.legalHolds = [...resident.legalHolds, Object.assign(new LegalHold(), { id, placedOn, reason })];
    resident.legalHold = true;
  }
}
@EventOf(Resident, 'LegalHoldReleased', 1)
export class LegalHoldReleased extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) holdId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) reason?: string;
  apply(resident: Resident): void {
    resident.legalHolds = resident.legalHolds.map((hold) =>
      hold.id === this.holdId ? Object.assign(new LegalHold(), hold, { releasedOn: this.on }) : hold);
    resident.legalHold = resident.legalHolds.some(({ releasedOn }) => !releasedOn);
  }
}

/** What is to be erased, and what is kept and why (`scope:reason`). From here on nothing else is recorded. */
@EventOf(Resident, 'ResidentErasureDecided', 1)
export class ResidentErasureDecided extends DomainEvent<Resident> {
  @List(pseudonymous, scopeList) scopes!: string[];
  @List(pseudonymous) retained!: string[];
  @Choice(pseudonymous, 'ErasureBasis', ErasureBasis) basis!: Basis;
  @CivilDate(pseudonymous) on!: string;
  apply(resident: Resident): void {
    resident.erasing = this.scopes;
    resident.retainedScopes = this.retained;
    resident.erasureDecidedOn ??= this.on;
  }
}
/** The keys of these scopes are destroyed. */
@EventOf(Resident, 'ResidentPersonalDataErased', 1, { toOneOf: ['erased'] })
export class ResidentPersonalDataErased extends DomainEvent<Resident> {
  @List(pseudonymous, scopeList) scopes!: string[];
  @List(pseudonymous, { max: 10_000 }) keyFingerprints!: string[];
  apply(resident: Resident): void {
    resident.erasing = resident.erasing.filter((scope) => !this.scopes.includes(scope));
    resident.erasedScopes = [...new Set([...resident.erasedScopes, ...this.scopes])];
    if (SCOPES.every((scope) => resident.erasedScopes.includes(scope))) resident.status = 'erased';
  }
}

@CommandOf(Resident, { permission: 'residents:place-legal-hold', doc: 'Forbids that anything of the person is erased.', whilePaused: true })
export class PlaceLegalHold extends DomainCommand<Resident> {
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  decide(resident: Resident, { newId, today }: Context) {
    resident.checkNotErased();
    return LegalHoldPlaced.of({ holdId: newId('hold'), on: today, reason: this.reason });
  }
}
@CommandOf(Resident, { permission: 'residents:release-legal-hold', doc: 'Releases a legal hold, or all of them where none is named.', whilePaused: true })
export class ReleaseLegalHold extends DomainCommand<Resident> {
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID }) holdId?: string;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) reason?: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkNotErased();
    const live = resident.legalHolds.filter(({ id, releasedOn }) => !releasedOn && (!this.holdId || id === this.holdId));
    const unknown = this.holdId && !resident.legalHolds.some(({ id }) => id === this.holdId);
    if (unknown) throw new Refusal('GEN-1', 'This resident has no such legal hold.', { field: 'holdId' });
    return live.map(({ id }) => LegalHoldReleased.of({ holdId: id, on: today, reason: this.reason }));
  }
}

/** Further records of the same person: the one that this was merged into, and those that were merged into this one. */
function otherRecords({ mergedInto }: Resident, { id, held, find }: Context): Resident[] {
  const merged = held(RESIDENT_REGISTER, id).filter(({ kind }) => kind === 'merged_here').map(({ key }) => key);
  return [...(mergedInto ? [mergedInto] : []), ...merged].flatMap((of) => find<Resident>('residents', of) ?? []);
}

@CommandOf(Resident, {
  permission: 'residents:erase',
  doc: 'Erases what need not be kept of somebody who does not live here, and says what is kept and why.',
  reads: ['dateOfBirth'],
  whilePaused: true,
})
export class EraseResident extends DomainCommand<Resident> {
  @Choice(pseudonymous, 'ErasureBasis', ErasureBasis, { optional: true, doc: 'A request of the person, where it is left out' }) basis?: Basis;
  decide(resident: Resident, context: Context) {
    const { actor, today, fact } = context;
    const others = otherRecords(resident, context);
    if (resident.erasing.length > 0 || resident.status === 'erased') resident.checkNotErased();
    if (actor.id === resident.keyWorkerId) {
      throw new Refusal('SOD', 'The key worker of a person does not erase their data: somebody else must.', { status: 403 });
    }
    const all = [resident, ...others];
    rule('RES-11', 'This resident lives here: what is needed for that is not erased.', !all.some(({ livesHere }) => livesHere));
    rule('RES-11', 'There is a legal hold on this resident.', !all.some(({ legalHold }) => legalHold));
    const kept = retained(resident, today, all.flatMap((record) => fact('erasure-blockers', record.id)), others);
    const scopes = SCOPES.filter((scope) => !resident.erasedScopes.includes(scope) && !kept.has(scope));
    const reasons = SCOPES.flatMap((scope) => (kept.get(scope) ?? []).map((reason) => `${scope}:${reason}`));
    rule('RES-11', `Everything that is left must be kept: ${reasons.join('; ')}.`, scopes.length > 0);
    return ResidentErasureDecided.of({ scopes: [...scopes], retained: reasons, basis: this.basis ?? 'request', on: today });
  }
}

@CommandOf(Resident, { internal: true, doc: 'The keys of what was to be erased are destroyed.' })
export class RecordPersonalDataErased extends DomainCommand<Resident> {
  @List(pseudonymous, scopeList) scopes!: string[];
  @List(pseudonymous, { max: 10_000 }) keyFingerprints!: string[];
  decide(resident: Resident) {
    const decided = this.scopes.filter((scope) => resident.erasing.includes(scope));
    if (decided.length === 0) return [];
    return ResidentPersonalDataErased.of({ scopes: decided, keyFingerprints: this.keyFingerprints });
  }
}
