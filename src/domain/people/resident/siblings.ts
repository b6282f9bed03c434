import { CommandOf, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal } from '../../../kernel/rules.js';
import { Resident } from './resident.js';
import { Sibling } from './sibling.js';

/** Recorded with one of the two: it holds for both. */
@EventOf(Resident, 'ResidentSiblingRecorded', 1)
export class ResidentSiblingRecorded extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'residents') siblingId!: string;
  apply(resident: Resident, { eventId: id }: Recorded): void {
    resident.siblings = [...resident.siblings, Object.assign(new Sibling(), { id, siblingId: this.siblingId })];
  }
}
/** It was recorded by mistake. */
@EventOf(Resident, 'ResidentSiblingRemoved', 1)
export class ResidentSiblingRemoved extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'residents') siblingId!: string;
  apply(resident: Resident): void {
    resident.siblings = resident.siblings.filter(({ siblingId }) => siblingId !== this.siblingId);
  }
}

const has = ({ siblings }: Resident, siblingId: string): boolean => siblings.some((one) => one.siblingId === siblingId);

@CommandOf(Resident, {
  permission: 'residents:record-sibling',
  doc: 'Records that two residents are siblings: they may share a room whatever their genders (ROM-8). Said of one of them, it holds for both.',
})
export class RecordSibling extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'residents') siblingId!: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { siblingId } = this;
    if (siblingId === resident.id) throw new Refusal('VALIDATION', 'Nobody is their own sibling.', { field: 'siblingId' });
    return has(resident, siblingId) ? [] : ResidentSiblingRecorded.of({ siblingId });
  }
}
@CommandOf(Resident, { permission: 'residents:remove-sibling', doc: 'Takes back what was recorded of siblings by mistake.' })
export class RemoveSibling extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'residents') siblingId!: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { siblingId } = this;
    if (!has(resident, siblingId)) throw new Refusal('GEN-1', 'This is not recorded as a sibling of the resident.', { field: 'siblingId' });
    return ResidentSiblingRemoved.of({ siblingId });
  }
}
