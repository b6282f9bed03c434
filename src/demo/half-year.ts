import { daysBetween, plusDays, startOfLondonDay } from '../kernel/values.js';
import { uuidOf } from '../kernel/values.js';
import { assessed, supported } from './care.js';
import type { Cast } from './members.js';
import { FIRST_NAMES, LAST_NAMES } from './people.js';
import { madeBy, type Step } from './sending.js';

/** What happens at an instant: rows of steps that do not depend on each other. */
export interface Moment {
  readonly at: string;
  readonly rows: readonly (readonly Step[])[];
}

export const WEEKS = 26;
const HOUSES = [
  { name: 'Mare Street House', line1: '12 Mare Street', postcode: 'E8 1AA', core: 18_240, eligible: 6_435, ineligible: 2_150 },
  { name: 'Clapton Lodge', line1: '48 Lower Clapton Road', postcode: 'E5 0RN', core: 17_500, eligible: 5_980, ineligible: 1_890 },
  { name: 'Dalston Yard', line1: '7 Sandringham Road', postcode: 'E8 2LP', core: 19_120, eligible: 6_210, ineligible: 2_340 },
  { name: 'Homerton Row', line1: '3 Homerton Row', postcode: 'E9 6EA', core: 16_880, eligible: 5_760, ineligible: 1_760 },
] as const;
const ROOMS = 10;
const RESIDENTS = 30;

const INCIDENTS = [
  ['safety', 'low', 'Smoke alarm set off', 'Toast set off the alarm in the shared kitchen; everybody came out and it was reset within minutes.'],
  ['behavioral', 'medium', 'Argument in the lounge', 'Two residents shouted at each other about the television; staff separated them and both calmed down.'],
  ['maintenance', 'low', 'Leak under the sink', 'Water came from the trap under the kitchen sink and was mopped up; the valve was closed.'],
  ['property_damage', 'medium', 'Broken window', 'A ball went through the window of the common room; nobody was hurt and the pane was boarded.'],
  ['medical', 'high', 'Asthma attack', 'A resident could not breathe well after running; the inhaler helped and the surgery was called.'],
  ['missing_person', 'high', 'Not back at curfew', 'A resident was not back at eleven and did not answer; they came back at half past one.'],
] as const;

/** A small generator with a fixed seed (mulberry32), so that every demonstration is the same. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const propertyOf = (house: number): string => madeBy(`property ${house}`, 'properties');
const roomOf = (house: number, room: number): string => madeBy(`room ${house} ${room}`, 'property_rooms');
const residentOf = (n: number): string => madeBy(`resident ${n}`, 'residents');
const agreementOf = (n: number): string => madeBy(`agreement ${n}`, 'tenancy_agreements');
const placementOf = (n: number): string => madeBy(`placement ${n}`, 'placements');
const accountOf = (n: number): string => uuidOf(placementOf(n), 'rent-account');
const chargesOf = (house: number) => {
  const { core, eligible, ineligible } = HOUSES[house]!;
  return { corePence: core, eligibleServicePence: eligible, ineligibleServicePence: ineligible, supportPence: 0 };
};
const at = (date: string, hour: number): string => new Date(Date.parse(startOfLondonDay(date)) + hour * 3_600_000).toISOString();

/** Half a year of a small organisation. @param first the Monday on which it begins. */
export function halfYear(first: string, cast: Cast): Moment[] {
  const roll = dice(20_260_803);
  const weekly = Array.from({ length: WEEKS }, (_, week) => weekOf(week, first, cast, roll)).flat();
  return [houses(first, cast), people(first, cast), ...weekly];
}

function houses(first: string, { manager }: Cast): Moment {
  const rows = HOUSES.map(({ name, line1, postcode }, house) => {
    const id = propertyOf(house);
    const certificates = ['gas_safety', 'eicr', 'fra'].map((kind, n): Step => ({
      step: `certificate ${house} ${kind}`, command: 'RecordComplianceCertificate', by: manager, id,
      body: { kind, number: `${kind.slice(0, 3).toUpperCase()}-${1000 + house * 10 + n}`, issuedOn: plusDays(first, -30 - 20 * n), outcome: 'satisfactory', expiresOn: plusDays(first, 335 - 20 * n) },
    }));
    const rooms = Array.from({ length: ROOMS }, (_, room): Step => ({
      step: `room ${house} ${room}`, command: 'AddRoom', by: manager,
      body: { propertyId: id, roomNumber: `R${String(room + 1).padStart(2, '0')}`, roomType: room === 9 ? 'studio' : 'single', floor: Math.floor(room / 4), capacity: 1, facilities: room === 9 ? ['ensuite', 'kitchenette'] : [], weeklyCharges: chargesOf(house), availableFrom: plusDays(first, -60) },
    }));
    return [
      { step: `property ${house}`, command: 'RegisterProperty', by: manager, body: { name, propertyType: 'shared_housing', ownership: 'leased', providerRegime: 'charity', totalUnits: ROOMS, address: { line1, town: 'London', postcode } } },
      { step: `building ${house}`, command: 'SetBuildingFacts', by: manager, id, body: { storeys: 3, hasGas: house !== 2, communalParts: true, constructionYear: 1900 + house * 13 } },
      { step: `managed ${house}`, command: 'AssignManager', by: manager, id, body: { managerId: manager.id } },
      ...certificates,
      ...rooms,
    ];
  });
  return { at: at(first, 8), rows };
}

function people(first: string, { manager, key_worker: keyWorker }: Cast): Moment {
  const rows = Array.from({ length: RESIDENTS }, (_, n): Step[] => {
    const [id, firstName, lastName] = [residentOf(n), FIRST_NAMES[n]!, LAST_NAMES[n]!];
    const born = plusDays(first, -Math.round(365.25 * (18.2 + (n % 7) * 0.9)) - n);
    return [
      { step: `resident ${n}`, command: 'RegisterResident', by: manager, body: { firstName, lastName, dateOfBirth: born, email: `${firstName}.${lastName}@mail.example`.toLowerCase(), phone: `07700 900${String(100 + n)}` } },
      { step: `contact ${n}`, command: 'AddEmergencyContact', by: keyWorker, id, body: { contactType: n % 3 ? 'family' : 'friend', name: `${LAST_NAMES[(n + 7) % 30]} ${lastName}`, relationship: n % 3 ? 'Mother' : 'Friend', phone: `07700 900${String(500 + n)}` } },
      { step: `consent ${n}`, command: 'GiveConsent', by: keyWorker, id, body: { purpose: 'information_sharing' } },
      { step: `key worker ${n}`, command: 'AssignKeyWorker', by: manager, id, body: { userId: keyWorker.id } },
    ];
  });
  return { at: at(first, 9), rows };
}

/** The week in which a resident moves in. */
const startOf = (n: number): number => Math.floor(n * 0.6);

function weekOf(week: number, first: string, cast: Cast, roll: (sides: number) => number): Moment[] {
  const monday = plusDays(first, 7 * week);
  const residents = Array.from({ length: RESIDENTS }, (_, n) => n);
  const moves = residents.map((n) => [...movesIn(n, week, monday, cast), ...cared(n, week, monday, cast), ...movesOn(n, week, monday, cast)]).filter((row) => row.length > 0);
  const money = residents.map((n) => payments(n, week, monday, cast)).filter((row) => row.length > 0);
  const incident = incidentOf(week, monday, cast, roll);
  return [
    { at: at(plusDays(monday, 1), 11), rows: moves },
    { at: at(plusDays(monday, 2), 16), rows: [incident, followUp(week - 3, cast)].filter((row) => row.length > 0) },
    { at: at(plusDays(monday, 4), 12), rows: money },
  ].filter(({ rows }) => rows.length > 0);
}

/** Whoever leaves does so in the twelfth week. */
const leaves = (n: number): boolean => n % 6 === 1;

function cared(n: number, week: number, monday: string, cast: Cast): Step[] {
  return supported({ n, residentId: residentOf(n) }, week - startOf(n), plusDays(monday, 1), leaves(n), cast);
}

function movesIn(n: number, week: number, monday: string, cast: Cast): Step[] {
  if (startOf(n) !== week) return [];
  const { manager } = cast;
  const house = n % HOUSES.length;
  const roomId = roomOf(house, Math.floor(n / HOUSES.length));
  const startDate = plusDays(monday, 1);
  return [
    ...assessed({ n, residentId: residentOf(n) }, cast),
    { step: `agreement ${n}`, command: 'DraftAgreement', by: manager, body: { residentId: residentOf(n), propertyId: propertyOf(house), agreementType: 'license', startDate: plusDays(startDate, -7), rentFrequency: 'weekly', weeklyCharges: chargesOf(house) } },
    { step: `signed ${n}`, command: 'SignAgreement', by: manager, id: agreementOf(n), body: { by: `${FIRST_NAMES[n]} ${LAST_NAMES[n]}` } },
    { step: `active ${n}`, command: 'ActivateAgreement', by: manager, id: agreementOf(n), body: {} },
    { step: `placement ${n}`, command: 'StartPlacement', by: manager, body: { residentId: residentOf(n), agreementId: agreementOf(n), roomId, startDate, directAdmissionReason: 'Referred by the leaving-care team; a place was needed at once.' } },
  ];
}

/** Transfers, departures, and dates that turn out to have been others. */
function movesOn(n: number, week: number, monday: string, { manager }: Cast): Step[] {
  const id = placementOf(n);
  if (n % 10 === 3 && week === startOf(n) + 6) {
    const house = n % HOUSES.length;
    return [{ step: `transfer ${n}`, command: 'TransferPlacement', by: manager, id, body: { roomId: roomOf(house, 9 - Math.floor(n / 20)), on: plusDays(monday, 1), agreementId: agreementOf(n), reason: 'A quieter room.' } }];
  }
  if (leaves(n) && week === startOf(n) + 12 && week < WEEKS - 1) {
    return [{ step: `left ${n}`, command: 'EndPlacement', by: manager, id, body: { on: plusDays(monday, 1), terminationType: 'planned_move_on', reason: 'Moved on to a flat of their own.', destination: 'Council tenancy' } }];
  }
  const corrected = CORRECTED.find(({ who }) => who === n);
  if (corrected && week === startOf(n) + 4) {
    const { days, reason } = corrected;
    return [{ step: `corrected ${n}`, command: 'CorrectPlacementDate', by: manager, id, body: { which: 'start', date: plusDays(monday, days - 27), reason } }];
  }
  return [];
}

/** Whose first night turns out, four weeks later, to have been another, and by how many days. */
const CORRECTED = [
  { who: 12, days: 2, reason: 'The keys were handed over on Thursday.' },
  { who: 24, days: -1, reason: 'The first night was Monday’s: they came a day before they were expected.' },
  { who: 20, days: 6, reason: 'They stayed with a friend until the Monday after.' },
] as const;

/** Whether a resident pays nothing in a week; the same each time it is asked. */
const misses = (n: number, week: number): boolean => dice(n * WEEKS + week)(100) < 22;

/** Housing Benefit every four weeks in arrears; what the resident pays themselves in most weeks, and some make up for a week later. */
function payments(n: number, week: number, monday: string, { finance }: Cast): Step[] {
  const since = week - startOf(n);
  const gone = leaves(n) && since >= 12;
  if (since < 0 || gone) return [];
  const { core, eligible, ineligible } = HOUSES[n % HOUSES.length]!;
  const on = plusDays(monday, 4);
  const pay = (step: string, body: object): Step => ({ step: `${step} ${n} ${week}`, command: 'RecordPayment', by: finance, id: accountOf(n), body: { on, ...body } });
  const own = { amountPence: ineligible, method: n % 4 === 0 ? 'card' : 'bank_transfer' };
  const steps: Step[] = [];
  if (since % 4 === 3 && n % 5 !== 4) {
    steps.push(pay('benefit', { amountPence: 4 * (core + eligible), method: 'housing_benefit', externalRef: `HB${daysBetween('2020-01-01', on)}-${n}` }));
  }
  if (misses(n, week)) return steps;
  steps.push(pay('paid', { ...own, externalRef: `RENT-${n}-${week}` }));
  if (since > 0 && n % 3 !== 0 && misses(n, week - 1)) steps.push(pay('late', { ...own, externalRef: `RENT-${n}-${week - 1}` }));
  return steps;
}

function incidentOf(week: number, monday: string, { manager, key_worker: keyWorker }: Cast, roll: (sides: number) => number): Step[] {
  const [incidentType, severity, title, description] = INCIDENTS[roll(INCIDENTS.length)]!;
  const resident = roll(Math.min(RESIDENTS, Math.floor(week / 0.6) + 1));
  const step = `incident ${week}`;
  const id = madeBy(step, 'incidents');
  const happened = new Date(Date.parse(at(plusDays(monday, 2), 14)) + roll(100) * 60_000).toISOString();
  const logged: Step = { step, command: 'LogIncident', by: keyWorker, body: { propertyId: propertyOf(resident % HOUSES.length), residentId: residentOf(resident), incidentType, severity, occurredAt: happened, title, description } };
  const steps: Step[] = [logged, { step: `${step} noticed`, command: 'AcknowledgeIncident', by: manager, id, body: {} }];
  if (severity === 'high') steps.push({ step: `${step} looked into`, command: 'StartIncidentInvestigation', by: manager, id, body: {} });
  steps.push({ step: `${step} action`, command: 'AddIncidentAction', by: manager, id, body: { description: 'Talk it over with everybody who was there.', dueAt: at(plusDays(monday, 5), 12) } });
  return steps;
}

/** What becomes of an incident three weeks later: most are closed, some only resolved; those of the last weeks are open. */
function followUp(week: number, { manager, key_worker: keyWorker }: Cast): Step[] {
  if (week < 0) return [];
  const step = `incident ${week}`;
  const id = madeBy(step, 'incidents');
  const done: Step[] = [
    { step: `${step} done`, command: 'CompleteIncidentAction', by: keyWorker, id, body: { actionId: madeBy(`${step} action`, 'action'), outcome: 'Talked it over at the house meeting.' } },
    { step: `${step} resolved`, command: 'ResolveIncident', by: manager, id, body: { resolution: 'Everybody is well and knows what to do the next time.' } },
  ];
  if (week % 5 === 2) return done;
  return [...done, { step: `${step} closed`, command: 'CloseIncident', by: manager, id, body: { lessons: 'Nothing that the house did not know.' } }];
}
