import { Refusal } from '../kernel/rules.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

/** How often somebody else may come first with a number of cash. */
const ATTEMPTS = 50;

/** Records a payment; a number of cash that somebody else was given at the same time is no refusal: the next one is asked. */
export async function recordPayment(command: ProcessCommand, context: ProcessContext): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.send(command);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'RNT-8') throw error;
      // An error and no refusal, so that the money is not kept elsewhere: all of it is tried again later.
      if (attempt === ATTEMPTS) throw new Error('The numbers of cash are taken by others again and again.', { cause: error });
    }
  }
}
