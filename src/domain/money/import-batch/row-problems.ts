/** Why a row is not posted, by its code. */
export const ROW_PROBLEMS = {
  columns: 'The row has not the columns that the first line names, or quotes that do not close.',
  too_long: 'The row is longer than a row can be.',
  characters: 'The row has characters that belong in no text.',
  date: 'There is no date, or none that exists.',
  date_future: 'The date is still to come.',
  period_from: 'The first day of the period is no date.',
  period_to: 'The last day of the period is no date, or comes before the first.',
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
  letting_start: 'There is no first day, or none that exists.',
  letting_year: 'The letting starts in another year than that of the template.',
  unknown_letting: 'No letting has this tenant code and this first day.',
  several_lettings: 'More than one letting has this tenant code and this first day.',
  log_refused: 'The log of this letting takes no answers any more.',
} as const;

/** `answer_47`: what is wrong is the answer to a question of the lettings return. */
export type RowProblem = keyof typeof ROW_PROBLEMS | `answer_${number}`;
const ANSWER = /^answer_(\d+)$/;
/** The sentence behind a code of a row. */
export function sentenceOfRow(code: string): string | undefined {
  const [, field] = ANSWER.exec(code) ?? [];
  return field ? `The answer to field ${field} is none that it can have.` : (ROW_PROBLEMS as Readonly<Record<string, string>>)[code];
}
