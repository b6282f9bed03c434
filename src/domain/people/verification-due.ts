import type { Context } from '../../kernel/command.js';
import { type Deadline, inMonths } from '../deadline.js';
import { policy } from '../policies.js';

/** By when emergency contacts are seen to again, that were seen to on a day (EMC-7). */
export const verificationDue = (context: Context, on: string): Deadline => inMonths(context, 'EMC-7', on, policy(context, 'EMC-7'));
