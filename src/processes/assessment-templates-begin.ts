import { AssessmentType } from '../domain/support/questionnaire.js';
import { uuidOf } from '../kernel/values.js';
import type { Process } from './engine/process.js';

/** Gives each organisation the templates that come with the product, so that it can assess from its first day on. */
export const assessmentTemplatesBegin: Process = {
  name: 'assessment-templates-begin',
  doc: 'Gives a new organisation a published template for each type of assessment.',
  on: ['OrganizationRegistered'],
  async react(_event, { organizationId, send }) {
    for (const assessmentType of Object.values(AssessmentType)) {
      const id = uuidOf(organizationId, 'assessment_template', assessmentType);
      await send({ step: assessmentType, command: 'AdoptAssessmentTemplate', id, body: { assessmentType } });
    }
  },
};
