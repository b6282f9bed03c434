import type { Organization } from './organisation/organization/organization.js';
import type { Property } from './property/property/property.js';

/** Ages at which people move in where neither the property nor the organisation says otherwise (a default of the product). */
export const USUAL_AGES = { from: 16, to: 25 } as const;
/** Who is of age. */
export const ADULT = 18;

const bands: Readonly<Record<string, readonly [number, number]>> = {
  under_18: [16, 17],
  from_18_to_21: [18, 21],
  from_22_to_25: [22, 25],
};

/** The ages that a property is for: its own bands, else the organisation's, else 16 to 25. */
export function bandOf(
  property: Pick<Property, 'ageBands'> | undefined,
  organization: Pick<Organization, 'minimumAge' | 'maximumAge'> | undefined,
): { readonly from: number; readonly to: number } {
  const own = (property?.ageBands ?? []).flatMap((name) => bands[name] ?? []);
  if (own.length > 0) return { from: Math.min(...own), to: Math.max(...own) };
  return { from: organization?.minimumAge ?? USUAL_AGES.from, to: organization?.maximumAge ?? USUAL_AGES.to };
}
