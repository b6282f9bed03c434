/** The entities of this context, with everything that can happen to them. */
export const engagementEntities = [] as const;
