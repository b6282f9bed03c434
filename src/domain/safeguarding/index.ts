import './incident/incident-commands.js';
import { Incident } from './incident/incident.js';
import './risk-assessment/risk-assessment-commands.js';
import { RiskAssessment } from './risk-assessment/risk-assessment.js';

/** The entities of this context, with everything that can happen to them. */
export const safeguardingEntities = [Incident, RiskAssessment] as const;
