import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf } from '../../../../test/support/given.js';
import { declaredCommands } from '../../../kernel/command.js';
import { declaredEvents } from '../../../kernel/event.js';
import type { State } from '../../../kernel/entity.js';
import { dataOf } from '../../../../test/support/event-values.js';
import { IndependenceLevelAssessed, ResidentRiskLevelChanged, SetIndependenceLevel, SetRiskLevel } from './resident-levels.js';
import { ResidentRegistered } from './resident-events.js';
import { Resident } from './resident.js';

const ASSESSMENT = someId('assessment');
const there = (id: string, status?: string): State => ({ id, organizationId: ORGANIZATION, status }) as unknown as State;
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const resident = (...more: Parameters<typeof given>[1][]) =>
  given(Resident, registered, ...more).where('risk_assessments', ASSESSMENT, there(ASSESSMENT, 'active')).where('assessment_forms', ASSESSMENT, there(ASSESSMENT));
const changed = (old: 'low' | 'high', to: 'high' | 'critical') => happened(ResidentRiskLevelChanged, { old, new: to, riskAssessmentId: ASSESSMENT });

describe('the levels of a resident', () => {
  it('of risk is what the risk assessment in force came to; a critical one is high where nothing higher is known', async () => {
    await resident().when(SetRiskLevel, { level: 'critical', riskAssessmentId: ASSESSMENT }).records([ResidentRiskLevelChanged, { old: 'low', new: 'critical', riskAssessmentId: ASSESSMENT }]);
    await resident(changed('low', 'high')).when(SetRiskLevel, { level: 'high', riskAssessmentId: ASSESSMENT }).recordsNothing();
    expect(stateOf(Resident, [registered, changed('low', 'critical')])).toMatchObject({ riskLevel: 'high', riskLevelDetail: 'critical' });
    expect(stateOf(Resident, [registered, changed('low', 'high')])).toMatchObject({ riskLevel: 'high', riskLevelDetail: 'high' });
    expect(stateOf(Resident, [registered])).toMatchObject({ riskLevel: 'low', riskLevelDetail: 'low' });
  });

  it('of risk is not that of an assessment whose place another has taken', async () => {
    const late = resident().where('risk_assessments', ASSESSMENT, there(ASSESSMENT, 'superseded'));
    await late.when(SetRiskLevel, { level: 'high', riskAssessmentId: ASSESSMENT }).recordsNothing();
  });

  it('of independence is what the intake came to', async () => {
    await resident().when(SetIndependenceLevel, { level: 2, assessmentId: ASSESSMENT }).records([IndependenceLevelAssessed, { level: 2, assessmentId: ASSESSMENT }]);
    const assessed = happened(IndependenceLevelAssessed, { level: 2, assessmentId: ASSESSMENT }, { at: '2026-08-12T23:30:00.000Z' });
    expect(stateOf(Resident, [registered, assessed])).toMatchObject({ independenceLevel: 2, independenceAssessedOn: '2026-08-13' });
  });

  it('RES-9: of risk comes from a risk assessment alone: no command that people send asks for it, and no other event changes it', () => {
    const asked = declaredCommands().filter(({ options, fields }) => !options.internal && fields.some(({ name }) => /^riskLevel/.test(name)));
    expect(asked).toEqual([]);
    const others = declaredEvents().filter(({ entity, type }) => entity === Resident && type !== 'ResidentRiskLevelChanged');
    const any = fc.constantFrom(...others).chain((declaration) =>
      dataOf(declaration, { ids: [someId('a'), someId('b')], marked: false }).map((data) => happened(declaration.event as never, data)));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (events) => {
        const after = stateOf(Resident, [registered, changed('low', 'critical'), ...events]);
        expect([after.riskLevel, after.riskLevelDetail]).toEqual(['high', 'critical']);
      }),
    );
  });
});
