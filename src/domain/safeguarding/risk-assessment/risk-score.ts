type Of<T> = T[keyof T];
/** What the risk is of. */
export const RiskDomain = {
  self_harm: 'self_harm',
  harm_to_others: 'harm_to_others',
  exploitation: 'exploitation',
  substance_misuse: 'substance_misuse',
  missing_episodes: 'missing_episodes',
  mental_health: 'mental_health',
  physical_health: 'physical_health',
  criminal_activity: 'criminal_activity',
  accommodation: 'accommodation',
  financial: 'financial',
} as const;
export type RiskDomainName = Of<typeof RiskDomain>;
/** How high a risk is, from the lowest band to the highest. */
export const RiskBand = { low: 'low', medium: 'medium', high: 'high', critical: 'critical' } as const;
export type Band = Of<typeof RiskBand>;

const bands = Object.values(RiskBand);
/** The lowest score of each band but the first (RSK-1). */
const LOWEST: readonly (readonly [number, Band])[] = [[16, 'critical'], [10, 'high'], [5, 'medium']];

/** How likely, from 1 to 5, times how bad, from 1 to 5. */
export const scoreOf = (likelihood: number, impact: number): number => likelihood * impact;
/** The band of a score from 0, where nothing applies, to 25. */
export const bandOf = (score: number): Band => LOWEST.find(([lowest]) => score >= lowest)?.[1] ?? 'low';
/** The score that decides over all domains: the highest, never an average, and 0 where no domain applies. */
export const highestOf = (scores: readonly number[]): number => Math.max(0, ...scores);
/** Of how many bands one is below another; negative where it is above. */
export const bandsBelow = (band: Band, other: Band): number => bands.indexOf(other) - bands.indexOf(band);
/** Whether somebody higher up is to know of it (RSK-4). */
export const isGrave = (band: Band): boolean => band === 'high' || band === 'critical';
