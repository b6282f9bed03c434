import './rent-account/charging-commands.js';
import './rent-account/rent-account-commands.js';
import { RentAccount } from './rent-account/rent-account.js';

/** The entities of this context, with everything that can happen to them. */
export const moneyEntities = [RentAccount] as const;
