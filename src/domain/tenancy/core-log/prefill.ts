import type { Context } from '../../../kernel/command.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { ageOn, isCivilDate, mondayOf, plusDays } from '../../../kernel/values.js';
import type { Organization } from '../../organisation/organization/organization.js';
import type { Resident } from '../../people/resident/resident.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import type { Agreement, AgreementType } from '../agreement/agreement.js';
import type { Placement, PlacementSegment, TerminationType } from '../placement/placement.js';
import { amountText } from './answer-form.js';
import { isWellFormed, coreField, normalised } from './core-fields.js';
import type { CoreLogSubject } from './core-log.js';
import { nameOf, type CoreValues } from './core-row.js';

type Answers = Record<number, string | undefined>;

/** Year of the return that a date lies in: from 1 April. */
export const returnYear = (date: string): number => Number(date.slice(0, 4)) - (date.slice(5) < '04-01' ? 1 : 0);

/** Which letting a placement is, or one of its moves between rooms. */
export function subjectOf(placementId: string, context: Context, moveId?: string): CoreLogSubject {
  const placement = context.state<Placement>('placements', placementId);
  const organisation = context.find<Organization>('organizations', placement.organizationId);
  const { roomId, propertyId, from } = stretchOf(placement, moveId);
  const rentPeriods = organisation?.coreRentPeriods;
  return {
    placementId,
    residentId: placement.residentId,
    propertyId,
    roomId,
    year: returnYear(from),
    provider: organisation?.organizationType === 'local_authority' ? 'la' : 'prp',
    ...(rentPeriods ? { rentPeriods } : {}),
    ...(moveId ? { moveId } : {}),
  };
}

/** The stretch of the stay that is let: the first one, or that which a move began. Other rooms are none of this letting. */
function stretchOf({ segments, moves }: Placement, moveId?: string): PlacementSegment {
  const move = moveId ? moves.find(({ id }) => id === moveId) : undefined;
  return segments.findLast(({ roomId, from }) => move && roomId === move.toRoomId && from === move.moveDate) ?? segments[0]!;
}

/** What is known of a letting, as answers of the return. The rest is asked of people. */
export function answersFrom({ placementId, residentId, provider, moveId }: CoreLogSubject, context: Context): CoreValues {
  const placement = context.state<Placement>('placements', placementId);
  const { roomId, propertyId, agreementId, weeklyCharges, from: start } = stretchOf(placement, moveId);
  const room = context.state<Room>('property_rooms', roomId);
  const property = context.state<Property>('properties', propertyId);
  const resident = context.state<Resident>('residents', residentId);
  const answers: Answers = {
    ...ofOrganisation(context.find<Organization>('organizations', placement.organizationId)),
    4: '2', 5: property.schemeCode, 6: property.locationCode, 7: '2', ...dateIn(8, start), 11: '7',
    13: resident.reference?.replaceAll('-', ''), 14: propertyReference(property, room),
    ...ofAddress(property),
    ...ofVacancy(start, room, context),
    35: '3', 36: '2', ...ofAgreement(context.state<Agreement>('tenancy_agreements', agreementId).agreementType),
    ...ofPerson(resident, start, context),
    ...(moveId ? ofTransfer(provider) : {}),
    140: '0', 141: weeksOfRentYear(start) === 53 ? '10' : '1',
    142: amountText(weeklyCharges.corePence), 143: amountText(weeklyCharges.eligibleServicePence),
    144: amountText(weeklyCharges.ineligibleServicePence), 145: amountText(weeklyCharges.supportPence),
  };
  return kept(answers);
}

/** Answers that fit their fields; what does not is left to people. */
function kept(answers: Answers): CoreValues {
  const values: CoreValues = {};
  for (const [number, answer] of Object.entries(answers)) {
    const text = answer && normalised(Number(number), answer);
    if (text && isWellFormed(coreField(Number(number)), text)) values[nameOf(Number(number))] = text;
  }
  return values;
}

/** A date as three answers, the year in two digits. */
const dateIn = (field: number, date: string): Answers =>
  ({ [field]: String(Number(date.slice(8))), [field + 1]: String(Number(date.slice(5, 7))), [field + 2]: date.slice(2, 4) });

const ofOrganisation = (organisation?: Organization): Answers =>
  ({ 1: organisation?.coreOrganisationId, 2: organisation?.coreOrganisationId });

/** Initials of the property and the number of the room: `MSH-R04`. Quotes and brackets around a word are none of it. */
const propertyReference = ({ name }: Property, { roomNumber }: Room): string => {
  const initials = name.split(/\s+/).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '').join('').toUpperCase();
  return `${initials}-${roomNumber}`.slice(0, 12);
};

function ofAddress({ line1, line2, town, county, postcode, uprn, laCode }: Property): Answers {
  const [outward, inward] = postcode.split(' ');
  return { 18: uprn, 19: line1, 20: line2, 21: town, 22: county, 23: outward, 24: inward, 25: laCode };
}

/** Why the room was empty, as far as the end of the stay before it tells. */
const REASONS: Partial<Record<keyof typeof TerminationType, string>> = {
  transfer: '13', death: '5', abandonment: '6', return_home: '8', hospital: '20',
};

/** The stay before, and since when the room was empty, as the property's register has it: it knows an end before the room does. */
function ofVacancy(start: string, room: Room, context: Context): Answers {
  const before = lastBefore(context.held('property', room.propertyId), room.id, start);
  const since = before?.to ?? room.availableFrom;
  if (!before) return since <= start ? dateIn(29, since) : {};
  const repaired = room.closures.filter(({ majorRepairs, returnedOn }) => majorRepairs && returnedOn && returnedOn >= since && returnedOn <= start);
  const last = repaired.map(({ returnedOn }) => returnedOn!).sort().at(-1);
  return { ...dateIn(29, since), ...(last ? dateIn(32, last) : {}), 16: reasonFor(before, room, context), 17: '9' };
}

/** The stay in a room that ended last, on a date or before. */
const lastBefore = (entries: readonly RegisterEntry[], roomId: string, date: string): RegisterEntry | undefined =>
  entries
    .filter(({ kind, key, to }) => kind === 'placement' && key === roomId && to !== undefined && to <= date)
    .reduce<RegisterEntry | undefined>((last, one) => (!last || one.to! > last.to! ? one : last), undefined);

/** Why the stay before ended: that of a placement that ended, and a transfer where it goes on elsewhere. */
function reasonFor(before: RegisterEntry, { allocations }: Room, context: Context): string | undefined {
  const stay = allocations.find(({ residentId, from }) => residentId === before.party && from === before.from);
  const ended = stay && context.find<Placement>('placements', stay.placementId);
  if (!ended) return undefined;
  if (ended.endDate !== before.to) return '13';
  return ended.terminationType && REASONS[ended.terminationType];
}

/** Who moves from one letting to the next comes from supported housing; a local authority transfers them itself. */
const ofTransfer = (provider: CoreLogSubject['provider']): Answers => ({ 115: '6', ...(provider === 'la' ? { 131: '2' } : {}) });

/** Codes of the types of tenancy. */
const TENANCIES: Partial<Record<keyof typeof AgreementType, string>> = {
  license: '5', excluded_licence: '5', assured_shorthold: '4', assured_periodic: '8', secure: '7',
};
const ofAgreement = (type: keyof typeof AgreementType): Answers => ({ 37: type === 'starter' ? '1' : '2', 38: TENANCIES[type] });

const SEXES: Readonly<Record<string, string>> = { f: 'F', female: 'F', m: 'M', male: 'M' };
const BRITISH = /^(british|gbr|uk|united kingdom|great britain)$/iu;
/** A value that was opened and is a text; nothing of one that is erased. */
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function ofPerson(resident: Resident, start: string, context: Context): Answers {
  const [person] = context.read([resident]);
  const born = textOf(person!.dateOfBirth);
  const nationality = textOf(person!.nationality);
  return {
    41: isCivilDate(born) ? String(ageOn(born, start)) : undefined,
    42: SEXES[textOf(person!.sexAtBirth)?.toLowerCase() ?? ''],
    46: nationality && (BRITISH.test(nationality) ? 'GBR' : nationality),
  };
}

/** Mondays of the rent year that a date lies in: it begins on the first Monday on or after 1 April. */
function weeksOfRentYear(date: string): number {
  const begin = (year: number): string => mondayOf(plusDays(`${year}-04-01`, 6));
  const year = returnYear(date);
  const first = date < begin(year) ? year - 1 : year;
  return (Date.parse(begin(first + 1)) - Date.parse(begin(first))) / (7 * 86_400_000);
}
