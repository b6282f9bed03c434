import './property/certificate-commands.js';
import './property/decant-commands.js';
import './property/property-commands.js';
import './room/room-commands.js';
import './room/room-occupancy.js';
import './room/void-commands.js';
import { Property } from './property/property.js';
import { Room } from './room/room.js';

export { propertyRegisters } from './property-register.js';
/** The entities of this context, with everything that can happen to them. */
export const propertyEntities = [Property, Room] as const;
