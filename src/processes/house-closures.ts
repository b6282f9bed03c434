import type { PropertyDeactivated } from '../domain/property/property/property.js';
import type { Process } from './engine/process.js';

/** What was to be done in the empty rooms of a house is not once it is closed for good. */
export const houseClosures: Process = {
  name: 'house-closures',
  doc: 'Gives up what was to be done in the empty rooms of a property that is closed for good.',
  on: ['PropertyDeactivated'],
  async react({ event }, context) {
    for (const id of (event as unknown as PropertyDeactivated).roomIds ?? []) {
      await context.send({ step: `waive|${id}`, command: 'WaiveVoidTasks', id, body: {} });
    }
  },
};
