/** Token of what takes files in, in Nest's container. */
export const IMPORTS = Symbol('Imports');
