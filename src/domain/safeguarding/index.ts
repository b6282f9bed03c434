import './incident/incident-commands.js';
import { Incident } from './incident/incident.js';

/** The entities of this context, with everything that can happen to them. */
export const safeguardingEntities = [Incident] as const;
