import './assessment-form/assessment-form-commands.js';
import { Assessment } from './assessment-form/assessment-form.js';
import './assessment-template/assessment-template-commands.js';
import { AssessmentTemplate } from './assessment-template/assessment-template.js';
import './outcome/outcome-commands.js';
import { Outcome } from './outcome/outcome.js';
import './support-plan/goal-commands.js';
import './support-plan/review-commands.js';
import './support-plan/support-plan-commands.js';
import { SupportPlan } from './support-plan/support-plan.js';

/** The entities of this context, with everything that can happen to them. */
export const supportEntities = [AssessmentTemplate, Assessment, SupportPlan, Outcome] as const;
