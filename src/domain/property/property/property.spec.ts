import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { normalisePostcode } from '../address.js';
import {
  AssignManager,
  ChangeCapacity,
  ClosePropertyPermanently,
  CorrectPropertyDetails,
  RegisterProperty,
  ReopenProperty,
  ReturnPropertyToService,
  SetBuildingFacts,
  TakePropertyOutOfService,
} from './property-commands.js';
import { RecordComplianceCertificate } from './certificate-commands.js';
import {
  ComplianceCertificateRecorded,
  Property,
  PropertyBuildingFactsRecorded,
  PropertyCapacityChanged,
  PropertyDeactivated,
  PropertyDetailsCorrected,
  PropertyManagerAssigned,
  PropertyPutUnderMaintenance,
  PropertyRegistered,
  PropertyReopened,
  PropertyReturnedToService,
} from './property.js';

const address = { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH', uprn: '100021' };
const facts = { name: 'Mare Street House', address, propertyType: 'shared_housing', totalUnits: 12 } as const;
const registered = happened(PropertyRegistered, facts);
const closedForWorks = happened(PropertyPutUnderMaintenance, { from: '2026-09-01', reason: 'new roof' });

describe('a property', () => {
  it('is registered with its address in columns', async () => {
    await given(Property).when(RegisterProperty, facts).records([PropertyRegistered, facts]);
    const property = stateOf(Property, [registered]);
    expect(property).toMatchObject({ status: 'active', totalUnits: 12, line1: '1 Mare Street', postcode: 'E8 3RH' });
  });

  it('PRP-1: has a bed at least', async () => {
    await given(Property).when(RegisterProperty, { ...facts, totalUnits: 0 }).refused('PRP-1', 'totalUnits');
    await given(Property, registered).when(ChangeCapacity, { totalUnits: 0, reason: 'sold' }).refused('PRP-1', 'totalUnits');
  });

  it('PRP-4: has a UK postcode and a UPRN of 1 to 12 digits', async () => {
    await given(Property).when(RegisterProperty, { ...facts, address: { ...address, postcode: '75001 PARIS' } }).refused('PRP-4', 'address/postcode');
    await given(Property, registered)
      .when(CorrectPropertyDetails, { address: { ...address, uprn: '1234567890123' } })
      .refused('PRP-4', 'address/uprn');
    expect(['e83rh', ' E8  3RH', 'sw1a1aa'].map(normalisePostcode)).toEqual(['E8 3RH', 'E8 3RH', 'SW1A 1AA']);
  });

  it('is corrected in part, and the same address is no correction', async () => {
    await given(Property, registered)
      .when(CorrectPropertyDetails, { address, name: 'Mare Street' })
      .records([PropertyDetailsCorrected, { name: 'Mare Street' }]);
    const [event] = await given(Property, registered).when(CorrectPropertyDetails, { address }).events();
    expect(event).not.toHaveProperty('address');
    const moved = stateOf(Property, [registered, happened(PropertyDetailsCorrected, { address: { line1: '2 Well Street', town: 'London', postcode: 'E9 7PX' } })]);
    expect([moved.name, moved.line1, moved.uprn]).toEqual(['Mare Street House', '2 Well Street', undefined]);
  });

  it('has building facts, a capacity and a manager that change', async () => {
    await given(Property, registered).when(SetBuildingFacts, { storeys: 4, hasGas: true }).records([PropertyBuildingFactsRecorded, { storeys: 4, hasGas: true }]);
    await given(Property, registered).when(ChangeCapacity, { totalUnits: 14, reason: 'attic' }).records([PropertyCapacityChanged, { totalUnits: 14 }]);
    await given(Property, registered).when(ChangeCapacity, { totalUnits: 12, reason: 'attic' }).recordsNothing();
    const priya = someId('priya');
    const world = given(Property, registered).where('users', priya, stateOf(Property, []));
    await world.when(AssignManager, { managerId: priya }).records([PropertyManagerAssigned, { managerId: priya }]);
    await given(Property, registered, happened(PropertyManagerAssigned, { managerId: priya }))
      .where('users', priya, stateOf(Property, []))
      .when(AssignManager, { managerId: priya })
      .recordsNothing();
  });

  it('goes out of service and comes back', async () => {
    await given(Property, registered)
      .when(TakePropertyOutOfService, { from: '2026-09-01', reason: 'new roof' })
      .records([PropertyPutUnderMaintenance, { from: '2026-09-01' }]);
    await given(Property, registered).when(TakePropertyOutOfService, { from: '2026-09-03', reason: 'new roof' }).refused('GEN-3', 'from');
    await given(Property, registered).when(TakePropertyOutOfService, { reason: 'x', expectedUntil: '2026-09-02' }).refused('ROM-3', 'expectedUntil');
    await given(Property, registered, closedForWorks).when(TakePropertyOutOfService, { reason: 'again' }).refused('STATE');
    await given(Property, registered, closedForWorks).when(ReturnPropertyToService, { on: '2026-08-31' }).refused('ROM-3', 'on');
    await given(Property, registered, closedForWorks).when(ReturnPropertyToService).records([PropertyReturnedToService, { on: '2026-09-02' }]);
    const back = stateOf(Property, [registered, closedForWorks, happened(PropertyReturnedToService, { on: '2026-09-02' })]);
    expect(back).toMatchObject({ status: 'active', closures: [{ kind: 'maintenance', fromDate: '2026-09-01', returnedOn: '2026-09-02' }] });
    expect(back.outOfServiceFrom).toBeUndefined();
  });

  it('is closed for good, and then nothing is done to it', async () => {
    await given(Property, registered, closedForWorks)
      .when(ClosePropertyPermanently, { reason: 'sold' })
      .records([PropertyDeactivated, { on: '2026-09-02', reason: 'sold' }]);
    const closed = happened(PropertyDeactivated, { on: '2026-09-02', reason: 'sold' });
    await given(Property, registered, closed).when(ChangeCapacity, { totalUnits: 3, reason: 'x' }).refused('STATE');
    await given(Property, registered, closed).when(ReturnPropertyToService).refused('STATE');
  });

  it('opens again, and the nights between are nights on which nobody could stay', async () => {
    const closed = happened(PropertyDeactivated, { on: '2026-08-20', reason: 'sold' });
    const world = (...before: Happened[]) => given(Property, registered, ...before);
    await world(closed).when(ReopenProperty, { reason: 'bought back' }).records([PropertyReopened, { on: '2026-09-02', reason: 'bought back' }]);
    await world(closed).when(ReopenProperty, { reason: 'r', on: '2026-08-19' }).refused('ROM-3', 'on');
    await world(closed).when(ReopenProperty, { reason: 'r', on: '2026-09-03' }).refused('GEN-3', 'on');
    await world().when(ReopenProperty, { reason: 'r' }).refused('STATE');
    const again = stateOf(Property, [registered, closedForWorks, happened(PropertyDeactivated, { on: '2026-09-02', reason: 'sold' }), happened(PropertyReopened, { on: '2026-09-05', reason: 'r' })]);
    expect(again).toMatchObject({ status: 'active', closures: [
      { kind: 'maintenance', fromDate: '2026-09-01', returnedOn: '2026-09-05' }, { kind: 'closed', fromDate: '2026-09-02', returnedOn: '2026-09-05' },
    ] });
    expect(again.closedOn).toBeUndefined();
    expect(again.holds().filter(({ kind }) => kind === 'out_of_service').every(({ to }) => to === '2026-09-05')).toBe(true);
  });

  it('PRP-6: takes certificates that are issued by today and expire later', async () => {
    const gas = { kind: 'gas_safety', outcome: 'satisfactory', issuedOn: '2026-09-02', expiresOn: '2027-09-01' } as const;
    await given(Property, registered).when(RecordComplianceCertificate, gas).records([ComplianceCertificateRecorded, gas]);
    await given(Property, registered).when(RecordComplianceCertificate, { ...gas, issuedOn: '2026-09-03' }).refused('PRP-6', 'issuedOn');
    await given(Property, registered).when(RecordComplianceCertificate, { ...gas, expiresOn: '2026-09-02' }).refused('PRP-6', 'expiresOn');
  });

  it('PRP-7: says why nobody may move in, by the certificate issued last', () => {
    const certificate = (kind: 'gas_safety' | 'eicr' | 'epc', issuedOn: string, expiresOn: string, outcome: 'satisfactory' | 'unsatisfactory' = 'satisfactory') =>
      happened(ComplianceCertificateRecorded, { certificateId: someId(issuedOn + kind), kind, issuedOn, expiresOn, outcome });
    const problem = (...certificates: ReturnType<typeof certificate>[]) => stateOf(Property, [registered, ...certificates]).complianceProblem('2026-09-02');
    expect(problem()).toBeUndefined();
    expect(problem(certificate('gas_safety', '2025-09-03', '2026-09-02'))).toBeUndefined();
    expect(problem(certificate('gas_safety', '2025-09-02', '2026-09-01'))).toMatch(/expired on 2026-09-01/);
    expect(problem(certificate('epc', '2010-09-02', '2020-09-01'))).toBeUndefined();
    expect(problem(certificate('eicr', '2026-07-01', '2031-07-01', 'unsatisfactory'))).toMatch(/EICR.*unsatisfactory/);
    expect(problem(certificate('eicr', '2026-07-20', '2031-07-01'), certificate('eicr', '2026-07-01', '2031-07-01', 'unsatisfactory'))).toBeUndefined();
  });
});
