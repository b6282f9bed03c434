import { queuesContract } from './jobs-contract.js';
import { losingContract } from './jobs-losses-contract.js';
import { postgresWorld } from './jobs-world.js';

queuesContract('in PostgreSQL', postgresWorld);
losingContract('in PostgreSQL', postgresWorld);
