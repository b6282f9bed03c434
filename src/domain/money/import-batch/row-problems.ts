/** Why a row is not posted, by its code. */
export const ROW_PROBLEMS = {
  columns: 'The row has not the columns that the first line names, or quotes that do not close.',
  too_long: 'The row is longer than a row can be.',
  characters: 'The row has characters that belong in no text.',
  date: 'There is no date, or none that exists.',
  date_future: 'The date is still to come.',
  amount: 'The amount is no sum of pounds and pence.',
  amount_negative: 'The amount is negative: what is taken back is recorded by hand.',
  currency: 'It is in another currency than pounds.',
  method: 'The way of payment is none that is known.',
  entry: 'The entry of the statement cannot be read.',
  payment_out: 'It is money that goes out.',
  not_booked: 'The bank has not booked it yet.',
  unknown_reference: 'No account has this reference.',
  several_accounts: 'More than one account has such a reference.',
  receipt_needed: 'It is more cash than is taken without the number of a receipt and two signatures.',
  account_refused: 'The account takes no payment any more.',
  seen_before: 'It was recorded before, with the same reference, amount and date.',
} as const;

export type RowProblem = keyof typeof ROW_PROBLEMS;
/** The sentence behind a code of a row. */
export const sentenceOfRow = (code: string): string | undefined => (ROW_PROBLEMS as Readonly<Record<string, string>>)[code];
