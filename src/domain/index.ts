import './general.rules.js';
import type { RegisterEntry, RegisterQuestion } from '../kernel/entity.js';
import { engagementEntities, engagementRegisters } from './engagement/index.js';
import { moneyEntities, moneyRegisters } from './money/index.js';
import { organisationEntities, organisationRegisters } from './organisation/index.js';
import { peopleEntities, peopleRegisters } from './people/index.js';
import { propertyEntities, propertyRegisters } from './property/index.js';
import { safeguardingEntities } from './safeguarding/index.js';
import { supportEntities } from './support/index.js';
import { tenancyEntities } from './tenancy/index.js';

/** The contexts of the product, each with its entities. */
export const contexts = {
  organisation: organisationEntities,
  people: peopleEntities,
  property: propertyEntities,
  tenancy: tenancyEntities,
  money: moneyEntities,
  support: supportEntities,
  safeguarding: safeguardingEntities,
  engagement: engagementEntities,
} as const;

/** Every entity of the product. */
export const entities = [
  ...organisationEntities,
  ...peopleEntities,
  ...propertyEntities,
  ...tenancyEntities,
  ...moneyEntities,
  ...supportEntities,
  ...safeguardingEntities,
  ...engagementEntities,
] as const;

/** What a register demands: see `holds()` of the entities. */
export type CheckRegister = (
  possible: readonly (RegisterEntry & { readonly target: string })[],
  certain: readonly (RegisterEntry & { readonly target: string })[],
  asked: RegisterQuestion,
) => void;

/** The rules of every register, by its name. */
export const registerRules: Readonly<Record<string, CheckRegister>> = merged(organisationRegisters, peopleRegisters, propertyRegisters, moneyRegisters, engagementRegisters);

function merged(...some: readonly Readonly<Record<string, CheckRegister>>[]): Record<string, CheckRegister> {
  const all: Record<string, CheckRegister> = {};
  for (const [name, check] of some.flatMap((registers) => Object.entries(registers))) {
    if (all[name]) throw new Error(`Two registers are called ${name}: rename one.`);
    all[name] = check;
  }
  return all;
}
