import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Ref, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import '../resident.rules.js';
import { RESIDENT_REGISTER, shareANight } from '../resident-register.js';
import { Resident } from './resident.js';

/** This record is a second one of the same person: everything is recorded with the survivor from now on. */
@EventOf(Resident, 'ResidentMerged', 1)
export class ResidentMerged extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'residents') survivorId!: string;
  @Ref(pseudonymous, 'residents') loserId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  apply(resident: Resident): void {
    resident.mergedInto = this.survivorId;
    resident.mergedOn = this.on;
    resident.mergeReason = this.reason;
  }
}
@EventOf(Resident, 'ResidentMergeUndone', 1)
export class ResidentMergeUndone extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'residents') survivorId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  apply(resident: Resident): void {
    resident.mergedInto = undefined;
    resident.mergedOn = undefined;
    resident.mergeReason = this.reason;
  }
}

@CommandOf(Resident, {
  permission: 'residents:merge-duplicate',
  doc: 'Says that this record is a second one of somebody: nothing more is recorded with it, and it can be undone.',
})
export class MergeDuplicate extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'residents', { doc: 'The record that stays' }) survivorId!: string;
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    const { survivorId } = this;
    rule('RES-10', 'A record is not merged into itself.', survivorId !== resident.id, 'survivorId');
    context.state<Resident>('residents', survivorId).checkOpen();
    rule('RES-10', 'This resident lives here: merge the other record into this one.', !resident.livesHere, 'survivorId');
    const held = (of: string, kind: string): RegisterEntry[] => context.held(RESIDENT_REGISTER, of).filter((entry) => entry.kind === kind);
    const [theirs, others] = [held(resident.id, 'placement'), held(survivorId, 'placement')];
    const both = theirs.some((one) => others.some((other) => shareANight(one, other)));
    rule('RES-10', 'Both were placed on some of the same nights: they are two people.', !both, 'survivorId');
    return ResidentMerged.of({ survivorId, loserId: resident.id, on: context.today, reason: this.reason ?? undefined });
  }
}

@CommandOf(Resident, { permission: 'residents:undo-merge', doc: 'Says that this record is somebody of their own after all.' })
export class UndoMerge extends DomainCommand<Resident> {
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  decide(resident: Resident, { today }: Context) {
    const { mergedInto } = resident;
    resident.checkNotErased();
    if (!mergedInto) throw new Refusal('STATE', 'This record was not merged into another.', { status: 409 });
    return ResidentMergeUndone.of({ survivorId: mergedInto, on: today, reason: this.reason ?? undefined });
  }
}
