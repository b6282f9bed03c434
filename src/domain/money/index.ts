import './import-batch/import-batch-commands.js';
import { ImportBatch } from './import-batch/import-batch.js';
import { moneyRegisters } from './import-register.js';
import './rent-account/charging-commands.js';
import './rent-account/rent-account-commands.js';
import { RentAccount } from './rent-account/rent-account.js';
import './suspense-item/suspense-item-commands.js';
import { SuspenseItem } from './suspense-item/suspense-item.js';

export { moneyRegisters };

/** The entities of this context, with everything that can happen to them. */
export const moneyEntities = [RentAccount, SuspenseItem, ImportBatch] as const;
