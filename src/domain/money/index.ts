import { CASH_REGISTER, checkCashNumbers } from './cash-register.js';
import { BOOKS_REGISTER, checkBooks } from './books-register.js';
import { FinancialPeriod } from './financial-period/financial-period.js';
import './financial-record/financial-record-commands.js';
import { FinancialRecord } from './financial-record/financial-record.js';
import './import-batch/import-batch-commands.js';
import { ImportBatch } from './import-batch/import-batch.js';
import { checkImports, IMPORT_REGISTER } from './import-register.js';
import './payment-agreement/payment-agreement-commands.js';
import { PaymentAgreement } from './payment-agreement/payment-agreement.js';
import { checkPlans, PLAN_REGISTER } from './payment-plan-register.js';
import './rent-account/arrears-commands.js';
import './rent-account/benefit-commands.js';
import './rent-account/charging-commands.js';
import './rent-account/late-fee.js';
import './rent-account/pre-action-commands.js';
import './rent-account/rent-account-commands.js';
import './rent-account/settlement-commands.js';
import './rent-account/universal-credit-commands.js';
import { RentAccount } from './rent-account/rent-account.js';
import './suspense-item/suspense-item-commands.js';
import { SuspenseItem } from './suspense-item/suspense-item.js';

/** The rules of this context's registers, by name. */
export const moneyRegisters = { [IMPORT_REGISTER]: checkImports, [BOOKS_REGISTER]: checkBooks, [PLAN_REGISTER]: checkPlans, [CASH_REGISTER]: checkCashNumbers };

/** The entities of this context, with everything that can happen to them. */
export const moneyEntities = [RentAccount, PaymentAgreement, SuspenseItem, ImportBatch, FinancialRecord, FinancialPeriod] as const;
