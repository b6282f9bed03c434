import { copyOf } from '../../../kernel/copy.js';
import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, sensitive } from '../../../kernel/privacy.js';
import { Address } from '../address.js';
import { NAMES_REGISTER, nameKey, PROPERTY_REGISTER } from '../property-register.js';
import { Deadline } from '../../deadline.js';
import { DecantMove } from './decant-move.js';
import { CERTIFICATE_DEADLINES, CertificateFacts, CertificateKind, ComplianceCertificate, complianceProblem } from './certificate.js';

type Of<T> = T[keyof T];
export const PropertyType = {
  shared_housing: 'shared_housing',
  studio_units: 'studio_units',
  transition_units: 'transition_units',
  house: 'house',
  flat: 'flat',
  hostel: 'hostel',
  foyer: 'foyer',
  supported_lodging: 'supported_lodging',
} as const;
export const Ownership = { owned: 'owned', leased: 'leased', managed: 'managed' } as const;
export const ProviderRegime = { prp: 'prp', la: 'la', charity: 'charity', private: 'private' } as const;
/**
 * Category of specified accommodation, by which Housing Benefit pays the housing costs and Universal Credit does not (UK-T12);
 * none where it is of no category.
 */
export const SpecifiedAccommodation = { exempt: 'exempt', managed_property: 'managed_property', refuge: 'refuge', la_hostel: 'la_hostel', none: 'none' } as const;
export const PropertyStatus = { active: 'active', maintenance: 'maintenance', inactive: 'inactive' } as const;
const ageBands = ['under_18', 'from_18_to_21', 'from_22_to_25'];

/** What a property is, but for its address and size. */
export class PropertyDetails {
  @Text(open, { max: 100 }) name!: string;
  @Choice(open, 'PropertyType', PropertyType) propertyType!: Of<typeof PropertyType>;
  @Choice(open, 'Ownership', Ownership, { optional: true }) ownership?: Of<typeof Ownership>;
  @Choice(open, 'ProviderRegime', ProviderRegime, { optional: true }) providerRegime?: Of<typeof ProviderRegime>;
  @Choice(open, 'SpecifiedAccommodation', SpecifiedAccommodation, { optional: true, doc: 'Which benefit pays the housing costs: Housing Benefit in specified accommodation, Universal Credit in none' })
  specifiedAccommodation?: Of<typeof SpecifiedAccommodation>;
  @Text(open, { optional: true, max: 60, doc: 'Reference of the owner of the stock' }) stockOwnerRef?: string;
  @Flag(open, { optional: true, doc: 'A refuge: the address is masked wherever it is shown to people who need not know it' })
  confidentialLocation?: boolean;
}
/** What can be corrected. */
export class PropertyCorrection extends PropertyDetails {
  @Group(sensitive, () => Address) address!: Address;
}
/** What is told of a new property. */
export class PropertyFacts extends PropertyCorrection {
  @Int(open, { min: 1, max: 10_000, code: 'PRP-1', doc: 'Beds' }) totalUnits!: number;
}
/** What the building is like. */
export class BuildingFacts {
  @Int(open, { optional: true, min: 1, max: 200 }) storeys?: number;
  @Int(open, { optional: true, max: 100_000, doc: 'Height in centimetres' }) heightCm?: number;
  @Flag(open, { optional: true, doc: 'Has parts that are shared, such as stairs' }) communalParts?: boolean;
  @Flag(open, { optional: true }) hasGas?: boolean;
  @Flag(open, { optional: true, doc: 'Has a fixed combustion appliance' }) fixedCombustion?: boolean;
  @Flag(open, { optional: true, doc: 'Needs a licence as a house in multiple occupation' }) hmoLicensable?: boolean;
  @Int(open, { optional: true, min: 1000, max: 2199 }) constructionYear?: number;
  @List(open, { optional: true, enumName: 'AgeBand', values: ageBands, max: 3, doc: 'Ages it is for' }) ageBands?: string[];
  @Flag(open, { optional: true }) ofstedRegistered?: boolean;
  @Text(open, { optional: true, max: 20, doc: 'Unique reference number with Ofsted' }) urn?: string;
}

/** Why nobody can stay in a property: it is being worked on, or it was closed for good and opened again. */
export const ClosureKind = { maintenance: 'maintenance', closed: 'closed' } as const;
/** Nights on which nobody can stay in the property: from its first day to the day before it returned. */
export class PropertyClosure {
  id!: string;
  @Choice(open, 'PropertyClosureKind', ClosureKind) kind!: Of<typeof ClosureKind>;
  @CivilDate(open) fromDate!: string;
  @CivilDate(open, { optional: true }) expectedUntil?: string;
  @CivilDate(open, { optional: true }) returnedOn?: string;
  @Text(open, { optional: true, max: 36, doc: 'The plan by which people who were there move' }) decantPlanId?: string;
}

@Entity('properties', 'A building in which the organisation houses people.', {
  category: 'property',
  reference: { prefix: 'PRP', digits: 6 },
  search: ['name'],
})
export class Property extends stateWith(PropertyDetails, BuildingFacts, Address) {
  @Choice(open, 'PropertyStatus', PropertyStatus) status!: Of<typeof PropertyStatus>;
  @Int(open, { doc: 'Beds' }) totalUnits!: number;
  @Ref(open, 'users', { optional: true }) managerId?: string;
  @Text(open, { optional: true, max: 6, doc: 'Code of the scheme in CORE' }) schemeCode?: string;
  @Text(open, { optional: true, max: 6, doc: 'Code of the location in the scheme' }) locationCode?: string;
  @CivilDate(open, { optional: true }) outOfServiceFrom?: string;
  @CivilDate(open, { optional: true, doc: 'When it is expected back' }) outOfServiceUntil?: string;
  @Text(personal('location'), { optional: true, max: 1000 }) outOfServiceReason?: string;
  @CivilDate(open, { optional: true, doc: 'Closed for good from this day' }) closedOn?: string;
  @Text(open, { optional: true, max: 36, doc: 'The decant plan by which it was closed while people were there' }) closedByPlanId?: string;
  @Text(open, { optional: true, max: 36, doc: 'The decant plan in force: of who lives here, where they go and by when' }) decantPlanId?: string;
  @Children('compliance_certificates', () => ComplianceCertificate, { parent: 'propertyId' }) certificates: ComplianceCertificate[] = [];
  @Children('property_closures', () => PropertyClosure, { parent: 'propertyId' }) closures: PropertyClosure[] = [];
  @Children('decant_moves', () => DecantMove, { parent: 'propertyId' }) decantMoves: DecantMove[] = [];

  /** Its name, its beds, the nights on which nobody can stay, and who may stay on for a time all the same, by a decant plan. */
  holds(): RegisterEntry[] {
    const own = { register: PROPERTY_REGISTER, owner: this.id, key: this.id };
    const closures = [...this.closures, ...(this.closedOn ? [{ fromDate: this.closedOn, returnedOn: undefined, decantPlanId: this.closedByPlanId }] : [])];
    return [
      { register: NAMES_REGISTER, owner: this.organizationId, kind: 'name', key: nameKey(this.name), party: this.id },
      { ...own, kind: 'units', weight: this.totalUnits },
      ...(this.status === 'inactive' ? [] : [{ register: 'plan', owner: this.organizationId, kind: 'property', key: this.id }]),
      ...closures.map(({ fromDate: from, returnedOn: to }) => ({ ...own, kind: 'out_of_service', from, ...(to ? { to } : {}) })),
      ...closures.flatMap(({ fromDate: from, decantPlanId }) => this.named(decantPlanId).map((party) => ({ ...own, kind: 'decant', party, from }))),
    ];
  }

  /** Whom a decant plan names. */
  private named(decantPlanId: string | undefined): string[] {
    const moves = decantPlanId ? this.decantMoves.filter((move) => move.decantPlanId === decantPlanId) : [];
    return [...new Set(moves.map(({ residentId }) => residentId))];
  }

  /**
   * Why nobody may move in on a date (PRP-7), as a sentence; undefined while the certificates that are known are in
   * order. A certificate that is missing does not block.
   */
  complianceProblem(on: string): string | undefined {
    return complianceProblem(this.certificates, on);
  }
}

/** Moves an address into the columns; parts that it does not have are cleared. */
function move(property: Property, address: Address): void {
  const { line1, line2, town, county, postcode, uprn, laCode } = address;
  Object.assign(property, { line1, line2, town, county, postcode, uprn, laCode });
}

@EventOf(Property, 'PropertyRegistered', 1, { to: 'active' })
export class PropertyRegistered extends eventWith(Property, PropertyFacts) {
  override apply(property: Property): void {
    Object.assign(property, factsOf(this, PropertyDetails), { totalUnits: this.totalUnits });
    move(property, this.address);
  }
}
@EventOf(Property, 'PropertyDetailsCorrected', 1)
export class PropertyDetailsCorrected extends changeWith(Property, PropertyCorrection) {
  override apply(property: Property): void {
    Object.assign(property, factsOf(this, PropertyDetails));
    if (this.address) move(property, this.address);
  }
}
@EventOf(Property, 'PropertyBuildingFactsRecorded', 1)
export class PropertyBuildingFactsRecorded extends changeWith(Property, BuildingFacts) {}

class Capacity {
  @Int(open) totalUnits!: number;
}
@EventOf(Property, 'PropertyCapacityChanged', 1)
export class PropertyCapacityChanged extends eventWith(Property, Capacity) {
  @Text(personal('location'), { max: 1000 }) reason!: string;
}
@EventOf(Property, 'PropertyPutUnderMaintenance', 1, { to: 'maintenance' })
export class PropertyPutUnderMaintenance extends DomainEvent<Property> {
  @CivilDate(open) from!: string;
  @CivilDate(open, { optional: true }) expectedUntil?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Text(open, { optional: true, max: 36, doc: 'The plan by which people who are there move' }) decantPlanId?: string;
  apply(property: Property, { eventId: id }: Recorded): void {
    const { from, expectedUntil, reason, decantPlanId } = this;
    Object.assign(property, { outOfServiceFrom: from, outOfServiceUntil: expectedUntil, outOfServiceReason: reason });
    const closure = { id, kind: ClosureKind.maintenance, fromDate: from, expectedUntil, decantPlanId };
    property.closures = [...property.closures, Object.assign(new PropertyClosure(), closure)];
  }
}
@EventOf(Property, 'PropertyReturnedToService', 1, { to: 'active' })
export class PropertyReturnedToService extends DomainEvent<Property> {
  @CivilDate(open) on!: string;
  apply(property: Property): void {
    Object.assign(property, { outOfServiceFrom: undefined, outOfServiceUntil: undefined, outOfServiceReason: undefined, decantPlanId: undefined });
    property.closures = property.closures.map((closure) => (closure.returnedOn ? closure : copyOf(closure, { returnedOn: this.on })));
  }
}
@EventOf(Property, 'PropertyDeactivated', 1, { to: 'inactive' })
export class PropertyDeactivated extends DomainEvent<Property> {
  @CivilDate(open) on!: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Text(open, { optional: true, max: 36, doc: 'The plan by which people who are there move' }) decantPlanId?: string;
  @List(open, { optional: true, max: 1000, doc: 'Its rooms: nothing is to be done in them any more' }) roomIds?: string[];
  apply(property: Property): void {
    property.closedOn = this.on;
    property.closedByPlanId = this.decantPlanId;
  }
}
/** It was closed for good and is in use again: the nights between are nights on which nobody could stay. */
@EventOf(Property, 'PropertyReopened', 1, { to: 'active' })
export class PropertyReopened extends DomainEvent<Property> {
  @CivilDate(open) on!: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  apply(property: Property, { eventId: id }: Recorded): void {
    const closure = { id, kind: ClosureKind.closed, fromDate: property.closedOn, returnedOn: this.on, decantPlanId: property.closedByPlanId };
    const before = property.closures.map((one) => (one.returnedOn ? one : copyOf(one, { returnedOn: this.on })));
    property.closures = [...before, Object.assign(new PropertyClosure(), closure)];
    Object.assign(property, { closedOn: undefined, closedByPlanId: undefined, decantPlanId: undefined });
    Object.assign(property, { outOfServiceFrom: undefined, outOfServiceUntil: undefined, outOfServiceReason: undefined });
  }
}
/** A certificate of the kind that counts from now on moves the deadlines of that kind, or ends them where it does not run out. */
@EventOf(Property, 'ComplianceCertificateRecorded', 1, { deadlines: { met: CERTIFICATE_DEADLINES, keyField: 'renews', at: 'issuedOn' } })
export class ComplianceCertificateRecorded extends eventWith(Property, CertificateFacts) {
  @Text(open, { max: 36 }) certificateId!: string;
  @Text(open, { optional: true, max: 40, doc: 'Its kind, where it is the one that counts' }) renews?: string;
  @Group(open, () => Deadline, { optional: true, doc: 'The last day that it is good for' }) expiry?: Deadline;
  @Group(open, () => Deadline, { optional: true }) alert90?: Deadline;
  @Group(open, () => Deadline, { optional: true }) alert60?: Deadline;
  @Group(open, () => Deadline, { optional: true }) alert30?: Deadline;
  @Group(open, () => Deadline, { optional: true }) alert7?: Deadline;
  @Group(open, () => Deadline, { optional: true }) alert0?: Deadline;
  @Group(open, () => Deadline, { optional: true, doc: 'By when what makes an electrical installation unsafe is put right' }) remedyDue?: Deadline;
  override apply(property: Property): void {
    const certificate = Object.assign(new ComplianceCertificate(), factsOf(this, CertificateFacts), { id: this.certificateId });
    property.certificates = [...property.certificates, certificate];
  }
}
class Manager {
  @Ref(open, 'users') managerId!: string;
}
@EventOf(Property, 'PropertyManagerAssigned', 1)
export class PropertyManagerAssigned extends eventWith(Property, Manager) {}

/** A certificate runs out in so many days; on the last of them, in none. */
@EventOf(Property, 'ComplianceCertificateExpiring', 1)
export class ComplianceCertificateExpiring extends DomainEvent<Property> {
  @Text(open, { max: 36 }) certificateId!: string;
  @Choice(open, 'CertificateKind', CertificateKind) kind!: CertificateFacts['kind'];
  @CivilDate(open, { doc: 'The last day that it is good for' }) expiresOn!: string;
  @Int(open) daysLeft!: number;
  apply(): void {}
}
/** A certificate is not good any more, and no other has come. */
@EventOf(Property, 'ComplianceCertificateExpired', 1)
export class ComplianceCertificateExpired extends DomainEvent<Property> {
  @Text(open, { max: 36 }) certificateId!: string;
  @Choice(open, 'CertificateKind', CertificateKind) kind!: CertificateFacts['kind'];
  @CivilDate(open, { doc: 'The last day that it was good for' }) expiredOn!: string;
  apply(property: Property): void {
    property.certificates = property.certificates.map((one) => (one.id === this.certificateId ? copyOf(one, { expiredOn: this.expiredOn }) : one));
  }
}

/** What makes an electrical installation unsafe was not put right in time: no satisfactory certificate has come. */
@EventOf(Property, 'ElectricalRemedyOverdue', 1)
export class ElectricalRemedyOverdue extends DomainEvent<Property> {
  @Text(open, { max: 36 }) certificateId!: string;
  @Instant(open) dueAt!: string;
  apply(): void {}
}

class CoreScheme {
  @Text(open, { max: 6, pattern: /^S\d{1,5}$/, doc: 'Code of the scheme in CORE, such as S12' }) schemeCode!: string;
  @Text(open, { max: 6, pattern: /^\d{1,6}$/, doc: 'Code of the location in the scheme' }) locationCode!: string;
}
/** Under which scheme and location lettings of the property are returned. */
@EventOf(Property, 'PropertyCoreSchemeMapped', 1)
export class PropertyCoreSchemeMapped extends eventWith(Property, CoreScheme) {}
