import { Choice, Flag, Pence } from '../kernel/fields.js';
import { pseudonymous } from '../kernel/privacy.js';
import { rule } from '../kernel/rules.js';
import type { WeeklyCharges } from './weekly-charges.js';

/** What a service charge is for. */
export const ServiceItem = {
  communal_cleaning: 'communal_cleaning',
  communal_energy: 'communal_energy',
  communal_repairs: 'communal_repairs',
  concierge: 'concierge',
  door_entry: 'door_entry',
  furniture: 'furniture',
  grounds: 'grounds',
  laundry_facilities: 'laundry_facilities',
  lift: 'lift',
  management: 'management',
  refuse: 'refuse',
  counselling_support: 'counselling_support',
  emergency_alarm: 'emergency_alarm',
  insurance: 'insurance',
  laundry: 'laundry',
  leisure: 'leisure',
  meals: 'meals',
  nursing_care: 'nursing_care',
  own_energy: 'own_energy',
  own_room_cleaning: 'own_room_cleaning',
  personal_care: 'personal_care',
  television: 'television',
  transport: 'transport',
  tv_licence: 'tv_licence',
  water: 'water',
  other: 'other',
} as const;
export type ServiceItemName = keyof typeof ServiceItem;

/** What Housing Benefit does not pay for (schedule 1 of the Housing Benefit Regulations 2006; UK-T13): fuel of the own room and water among it. */
const NOT_ELIGIBLE: ReadonlySet<ServiceItemName> = new Set([
  'counselling_support', 'emergency_alarm', 'insurance', 'laundry', 'leisure', 'meals', 'nursing_care', 'own_energy', 'own_room_cleaning',
  'personal_care', 'television', 'transport', 'tv_licence', 'water',
]);

/** One of the things that the service charges of a week are for. */
export class ServiceCharge {
  @Choice(pseudonymous, 'ServiceItem', ServiceItem) item!: ServiceItemName;
  @Pence(pseudonymous, { min: 1, doc: 'What it costs a week' }) weeklyPence!: number;
  @Flag(pseudonymous, { doc: 'It is part of the service charges that Housing Benefit may meet' }) hbEligible!: boolean;
}

/** How an itemised list is declared, by commands, events and the agreement. */
export const ITEMISED = { optional: true, max: 40, doc: 'What the service charges of a week are for, item by item' } as const;
/** How the warning is declared, by events and the agreement. */
export const WRONGLY_ELIGIBLE = {
  optional: true, enumName: 'ServiceItem', values: Object.values(ServiceItem), max: 40, doc: 'A warning: items of the eligible charge that Housing Benefit does not pay for',
} as const;

const sumOf = (charges: readonly ServiceCharge[], eligible: boolean): number =>
  charges.reduce((sum, { hbEligible, weeklyPence }) => sum + (hbEligible === eligible ? weeklyPence : 0), 0);

/** @throws Refusal AGR-10 where items do not come to what a week costs. */
export function checkItems(charges: readonly ServiceCharge[] | null | undefined, week: WeeklyCharges): void {
  const sentence = 'Items that Housing Benefit may meet come to the eligible service charges; the others come to no more than the ineligible ones and support.';
  if (charges) rule('AGR-10', sentence, comesTo(charges, week), 'serviceCharges');
}

/** Whether items come to what a week costs: the eligible service charges to the penny, the others to no more than the rest but the core rent. */
const comesTo = (charges: readonly ServiceCharge[], { eligibleServicePence, ineligibleServicePence, supportPence }: WeeklyCharges): boolean =>
  sumOf(charges, true) === eligibleServicePence && sumOf(charges, false) <= ineligibleServicePence + supportPence;

/** What of the eligible charge Housing Benefit does not pay for, each once (UK-T13); undefined where there is nothing. */
export function wronglyEligible(charges: readonly ServiceCharge[] | null | undefined): ServiceItemName[] | undefined {
  const found = (charges ?? []).filter(({ item, hbEligible }) => hbEligible && NOT_ELIGIBLE.has(item)).map(({ item }) => item);
  return found.length > 0 ? [...new Set(found)] : undefined;
}
