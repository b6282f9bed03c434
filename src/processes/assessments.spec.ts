import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ORGANIZATION, someId } from '../../test/support/given.js';
import { checkResident } from '../domain/people/resident-register.js';
import { RiskAssessment, RiskAssessmentCompleted, RiskAssessmentSuperseded } from '../domain/safeguarding/risk-assessment/risk-assessment.js';
import '../domain/safeguarding/risk-assessment/risk-assessment-commands.js';
import { currentRiskAssessments } from '../domain/assessments-in-force.js';
import { AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import { jsonBytes } from '../event-store/metadata.js';
import type { RegisterEntry } from '../kernel/entity.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { assessmentConsequences } from './assessments.js';
import { assessmentTemplatesBegin } from './assessment-templates-begin.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

const AT = '2026-08-13T09:30:00.000Z';
const resident = someId('jordan');
const [before, now] = [someId('before'), someId('now')];

async function sentFor(event: object, type: string, found: object = {}): Promise<ProcessCommand[]> {
  const sent: ProcessCommand[] = [];
  const context = { find: () => Promise.resolve(found), send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)) };
  const decoded = { event, declaration: { type }, stored: { stream: `any-${now}` }, metadata: { recordedAt: AT } };
  await assessmentConsequences.react(decoded as unknown as DecodedEvent, context as unknown as ProcessContext);
  return sent;
}
const seen = (commands: readonly ProcessCommand[]): unknown[] => commands.map(({ command, id, body }) => [command, id, body]);

describe('what follows from assessments', () => {
  it('supersedes the form before, and sets independence where the approval says it', async () => {
    const approved = AssessmentApproved.of({ residentId: resident, independenceLevel: 2, replaces: before });
    expect(seen(await sentFor(approved, 'AssessmentApproved', { assessmentType: 'intake' }))).toEqual([
      ['SupersedeAssessment', before, { by: now, at: AT }],
      ['SetIndependenceLevel', resident, { level: 2, assessmentId: now }],
    ]);
    expect(await sentFor(AssessmentApproved.of({ residentId: resident }), 'AssessmentApproved', { assessmentType: 'review' })).toEqual([]);
  });

  it('ASM-7: begins a risk assessment after a risk form, and sets no level', async () => {
    const sent = await sentFor(AssessmentApproved.of({ residentId: resident }), 'AssessmentApproved', { assessmentType: 'risk', assessorId: someId('anna') });
    expect(seen(sent)).toEqual([['StartRiskAssessment', uuidOf(now, 'risk_assessment'), { residentId: resident, assessorId: someId('anna') }]]);
  });

  it('supersedes the risk assessment before, and sets the level of the resident', async () => {
    const completed = Object.assign(new RiskAssessmentCompleted(), { residentId: resident, overallLevel: 'high', previousAssessmentId: before });
    expect(seen(await sentFor(completed, 'RiskAssessmentCompleted'))).toEqual([
      ['SupersedeRiskAssessment', before, { by: now, at: AT }],
      ['SetRiskLevel', resident, { level: 'high', riskAssessmentId: now }],
    ]);
  });

  it('works on one resident in the order of the log', () => {
    expect(assessmentConsequences.lane!({ data: jsonBytes({ residentId: resident }) } as never)).toBe(resident);
  });

  it('RSK-5: one is in force in the end, whichever of many that are completed at once come first', () => {
    // Each decides on what it saw of the register, however old; the register decides on what is there.
    const race = fc.array(fc.record({ sawBack: fc.nat(3), supersedesAfter: fc.nat(3) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(race, (steps) => {
        let held: RegisterEntry[] = [];
        const past = [held];
        const pending: { key: string; in: number }[] = [];
        for (const [index, { sawBack, supersedesAfter }] of steps.entries()) {
          const seenOnes = past.at(-1 - sawBack) ?? past[0]!;
          const replaced = currentRiskAssessments(seenOnes)[0]?.key;
          const entry: RegisterEntry = { register: 'resident', owner: resident, kind: 'risk_assessment', key: `a${index}`, from: '2026-08-13', ...(replaced ? { party: replaced } : {}) };
          try {
            checkResident([...held, entry], [], { now: AT, held: [], wanted: [entry] });
            held = [...held, entry];
            if (replaced) pending.push({ key: replaced, in: supersedesAfter });
          } catch (refused) {
            expect((refused as Refusal).code).toBe('RSK-5');
          }
          // The process lets go of those before in the order in which their places were taken.
          while (pending.length > 0 && pending[0]!.in-- <= 0) {
            const { key: over } = pending.shift()!;
            held = held.filter(({ key }) => key !== over);
          }
          expect(currentRiskAssessments(held)).toHaveLength(1);
          past.push(held);
        }
        held = held.filter(({ key }) => !pending.some((one) => one.key === key));
        expect(held).toHaveLength(1);
      }),
    );
  });

  it('knows a superseded assessment by whoever took its place', () => {
    const assessment = Object.assign(new RiskAssessment(), { id: before, organizationId: ORGANIZATION, status: 'active', reviewOverdue: true });
    RiskAssessmentSuperseded.of({ by: now, at: AT }).apply(assessment);
    expect(assessment).toMatchObject({ supersededBy: now, reviewOverdue: false });
  });
});

describe('a new organisation', () => {
  it('is given a template for each type of assessment, each by an id of its own that stays', async () => {
    const sent: ProcessCommand[] = [];
    const context = { organizationId: ORGANIZATION, send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)) };
    for (const _again of [1, 2]) await assessmentTemplatesBegin.react({} as DecodedEvent, context as unknown as ProcessContext);
    expect(sent.slice(0, 4).map(({ body }) => (body as { assessmentType: string }).assessmentType)).toEqual(['intake', 'review', 'move_on', 'risk']);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(4);
    expect(sent.slice(4)).toEqual(sent.slice(0, 4));
  });
});
