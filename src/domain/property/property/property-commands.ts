import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { type Address, POSTCODE, UPRN } from '../address.js';
import { UUID } from '../../../kernel/values.js';
import { pastDay } from '../../past-day.js';
import { PROPERTY_REGISTER } from '../property-register.js';
import { waivedMoves } from './decant-commands.js';
import {
  BuildingFacts,
  Property,
  PropertyBuildingFactsRecorded,
  PropertyCapacityChanged,
  PropertyCoreSchemeMapped,
  PropertyCorrection,
  PropertyDeactivated,
  PropertyDetailsCorrected,
  PropertyFacts,
  PropertyManagerAssigned,
  PropertyPutUnderMaintenance,
  PropertyRegistered,
  PropertyReopened,
  PropertyReturnedToService,
} from './property.js';

const DECANT = 'The decant plan of the property (plan-decant), where somebody lives here or is expected: it names everybody of them';
/** The plan that a command names, for its event. @throws Refusal PRP-3 where the property has no such plan in force. */
function planNamed(property: Property, named: string | null | undefined): { decantPlanId?: string } {
  if (!named) return {};
  rule('PRP-3', 'The property has no such decant plan: plan-decant makes one, and the property then names it.', named === property.decantPlanId, 'decantPlanId');
  return { decantPlanId: named };
}

const inUse = ['active', 'maintenance'];

function checkAddress({ postcode, uprn }: Address): void {
  rule('PRP-4', 'This is no UK postcode.', POSTCODE.test(postcode), 'address/postcode');
  rule('PRP-4', 'A UPRN has 1 to 12 digits.', !uprn || UPRN.test(uprn), 'address/uprn');
}
const checkUnits = (totalUnits: number): void => rule('PRP-1', 'A property has at least one bed.', totalUnits >= 1, 'totalUnits');

const sameAddress = (a: Partial<Address>, b: Address): boolean =>
  (['line1', 'line2', 'town', 'county', 'postcode', 'uprn', 'laCode'] as const).every((part) => (a[part] ?? '') === (b[part] ?? ''));

@CommandOf(Property, { permission: 'properties:register', doc: 'Takes a property on.', creates: true, plain: true })
export class RegisterProperty extends commandWith(Property, PropertyFacts) {
  decide() {
    checkAddress(this.address);
    checkUnits(this.totalUnits);
    return PropertyRegistered.of(factsOf(this, PropertyFacts));
  }
}

@CommandOf(Property, { permission: 'properties:set-building-facts', doc: 'Records what the building is like.', from: inUse })
export class SetBuildingFacts extends changing(Property, BuildingFacts) {
  decide() {
    return PropertyBuildingFactsRecorded.of(factsOf(this, BuildingFacts));
  }
}

@CommandOf(Property, { permission: 'properties:correct-details', doc: 'Corrects what is written of the property.', from: inUse })
export class CorrectPropertyDetails extends changing(Property, PropertyCorrection) {
  decide(property: Property) {
    const { address, ...details } = factsOf(this, PropertyCorrection);
    if (!address || sameAddress(property, address)) return PropertyDetailsCorrected.of(details);
    checkAddress(address);
    return PropertyDetailsCorrected.of({ ...details, address });
  }
}

@CommandOf(Property, { permission: 'properties:change-capacity', doc: 'Changes how many beds the property has.', from: inUse })
export class ChangeCapacity extends DomainCommand<Property> {
  @Int(open, { min: 1, max: 10_000, code: 'PRP-1', doc: 'Beds' }) totalUnits!: number;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide(property: Property) {
    checkUnits(this.totalUnits);
    return this.totalUnits === property.totalUnits ? [] : PropertyCapacityChanged.of({ totalUnits: this.totalUnits, reason: this.reason });
  }
}

@CommandOf(Property, {
  permission: 'properties:take-out-of-service',
  doc: 'Puts the whole property out of service, from today or a day before.',
  from: ['active'],
  effective: 'from',
})
export class TakePropertyOutOfService extends DomainCommand<Property> {
  @CivilDate(open, { optional: true }) from?: string;
  @CivilDate(open, { optional: true, doc: 'The day on which it is expected back' }) expectedUntil?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Text(open, { optional: true, pattern: UUID, max: 36, doc: DECANT }) decantPlanId?: string;
  decide(property: Property, { today }: Context) {
    const from = pastDay(this.from, today, 'from');
    const expectedUntil = this.expectedUntil ?? undefined;
    rule('ROM-3', 'It cannot be expected back before it is out of service.', !expectedUntil || expectedUntil > from, 'expectedUntil');
    return PropertyPutUnderMaintenance.of({ from, expectedUntil, reason: this.reason, ...planNamed(property, this.decantPlanId) });
  }
}

@CommandOf(Property, {
  permission: 'properties:return-to-service',
  doc: 'Puts the property back into service: the first night that can be let is that day\'s.',
  from: ['maintenance'],
  effective: 'on',
})
export class ReturnPropertyToService extends DomainCommand<Property> {
  @CivilDate(open, { optional: true }) on?: string;
  decide(property: Property, { today }: Context) {
    const on = pastDay(this.on, today, 'on');
    rule('ROM-3', 'It cannot come back before it went out of service.', on >= property.outOfServiceFrom!, 'on');
    return [PropertyReturnedToService.of({ on }), ...waivedMoves(property)];
  }
}

@CommandOf(Property, { permission: 'properties:close-permanently', doc: 'Closes the property for good.', from: inUse, effective: 'on' })
export class ClosePropertyPermanently extends DomainCommand<Property> {
  @CivilDate(open, { optional: true }) on?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Text(open, { optional: true, pattern: UUID, max: 36, doc: DECANT }) decantPlanId?: string;
  decide(property: Property, { today, held }: Context) {
    const rooms = held(PROPERTY_REGISTER, property.id).filter(({ kind }) => kind === 'room').map(({ party }) => party!);
    return PropertyDeactivated.of({ on: pastDay(this.on, today, 'on'), reason: this.reason, ...planNamed(property, this.decantPlanId), roomIds: [...new Set(rooms)] });
  }
}

@CommandOf(Property, { permission: 'properties:reopen', doc: 'Takes a property that was closed for good into use again.', from: ['inactive'], effective: 'on' })
export class ReopenProperty extends DomainCommand<Property> {
  @CivilDate(open, { optional: true, doc: 'The first night that can be let again; today where it is not given' }) on?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide(property: Property, { today }: Context) {
    const { closedOn } = property;
    const on = pastDay(this.on, today, 'on');
    rule('ROM-3', `The property is closed since ${closedOn}: it cannot open before.`, on >= closedOn!, 'on');
    return [PropertyReopened.of({ on, reason: this.reason }), ...waivedMoves(property)];
  }
}

@CommandOf(Property, { permission: 'properties:assign-manager', doc: 'Says who manages the property.', from: inUse })
export class AssignManager extends DomainCommand<Property> {
  @Ref(open, 'users') managerId!: string;
  decide(property: Property) {
    return this.managerId === property.managerId ? [] : PropertyManagerAssigned.of({ managerId: this.managerId });
  }
}

@CommandOf(Property, { permission: 'properties:map-to-core-scheme', doc: 'Says under which scheme and location of CORE lettings are returned.', from: inUse })
export class MapToCoreScheme extends DomainCommand<Property> {
  @Text(open, { max: 6, pattern: /^S\d{1,5}$/, doc: 'Code of the scheme, such as S12' }) schemeCode!: string;
  @Text(open, { max: 6, pattern: /^\d{1,6}$/, doc: 'Code of the location in the scheme' }) locationCode!: string;
  decide() {
    const { schemeCode, locationCode } = this;
    return PropertyCoreSchemeMapped.of({ schemeCode, locationCode });
  }
}
