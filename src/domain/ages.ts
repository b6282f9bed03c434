/** Ages at which people move in where neither the property nor the organisation says otherwise (a default of the product). */
export const USUAL_AGES = { from: 16, to: 25 } as const;
