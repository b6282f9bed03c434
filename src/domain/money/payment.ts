/** How money came. */
export const PaymentMethod = {
  cash: 'cash',
  card: 'card',
  bank_transfer: 'bank_transfer',
  housing_benefit: 'housing_benefit',
  universal_credit: 'universal_credit',
} as const;
/** Whose money it was; la is a local authority. */
export const Payer = { resident: 'resident', hb: 'hb', uc: 'uc', la: 'la', third_party: 'third_party' } as const;
