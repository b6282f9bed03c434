import { randomUUID } from 'node:crypto';
import type { Answer, Caller, Json } from './caller.js';

/** Somebody with a rent account that payers name by a reference. */
export interface Payee {
  readonly accountId: string;
  readonly reference: string;
}

const charges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };

/** A property for the accounts of a spec. */
export const propertyFor = async (manager: Caller): Promise<string> =>
  (await manager.did('/properties', { name: `House ${randomUUID().slice(0, 8)}`, propertyType: 'shared_housing', totalUnits: 40, address: { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' } })).id;

/** Opens an account with a reference of its own. */
export async function payee({ manager, finance, propertyId }: { manager: Caller; finance: Caller; propertyId: string }, reference: string, firstName = 'Jordan'): Promise<Payee> {
  const { id: residentId } = await manager.did('/residents', { firstName, lastName: 'Ellis', dateOfBirth: '2005-05-02' });
  const { id: agreementId } = await manager.did('/tenancy-agreements', { residentId, propertyId, agreementType: 'license', startDate: '2026-08-03', rentFrequency: 'weekly', weeklyCharges: charges });
  const { id: accountId } = await finance.did('/rent-accounts', { residentId, agreementId, paymentReference: reference });
  return { accountId, reference };
}

export interface Sending {
  readonly kind: string;
  readonly fileName: string;
  readonly headers?: Record<string, string>;
}

/** Sends a file as the body itself, and waits for what becomes of it. */
export async function send(caller: Caller, { kind, fileName, headers = {} }: Sending, content: string | Uint8Array): Promise<Answer<Json>> {
  const query = new URLSearchParams({ kind, fileName });
  const response = await fetch(`${caller.baseUrl}/api/v1/import-batches?${query}`, {
    method: 'POST',
    headers: { ...caller.headers(), 'content-type': 'application/octet-stream', prefer: 'wait=10', ...headers },
    body: content as string,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? ({} as Json) : (JSON.parse(text) as Json) };
}

/** What became of a file, once all of it was worked through. */
export async function through(caller: Caller, batchId: string): Promise<Json> {
  for (;;) {
    const row = await caller.get(`/import-batches/${batchId}`);
    if (row.status === 200 && row.body['status'] !== 'processing') return row.body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Rows of a file as they came out, in their order. */
export async function rowsOf(caller: Caller, batchId: string, more = ''): Promise<Json[]> {
  return caller.rows(`/import-batch-rows?importBatchId=${batchId}&sort=row&limit=500${more}`);
}
