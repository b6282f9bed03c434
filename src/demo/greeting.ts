import type { Configuration } from '../platform/configuration.js';

/** What whoever started the product wants to know. */
export const greeting = (_configuration: Configuration, baseUrl: string | undefined): string => (baseUrl ? `API documentation: ${baseUrl}/api/docs\n` : '');
