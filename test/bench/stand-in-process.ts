/** The stand-in for EventStoreDB in a process of its own: says where it is. */
import { StandIn } from '../support/eventstoredb/stand-in.js';

const standIn = await StandIn.start();
// A live reader is not cut off for what a benchmark stores at once.
standIn.faults.liveBuffer = Infinity;
process.send!(standIn.connectionString);
process.on('disconnect', () => process.exit(0));
