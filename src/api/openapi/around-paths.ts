import { fieldsOf } from '../../kernel/fields.js';
import { inputSchema } from '../../kernel/json-schema.js';
import { ClockMove, ParkedStream } from '../around/operations.controller.js';
import { actionOperation, publicOperation, readOperation, type Operation } from './operations.js';
import { parameter, type Parameter } from './parameters.js';
import { ref } from './schemas.js';

const text = (name: string, description: string): Parameter => ({ name, in: 'query', required: false, description, schema: { type: 'string' } });
const inPath = (name: string, description: string): Parameter => ({ name, in: 'path', required: true, description, schema: { type: 'string' } });

const trailFilters: readonly Parameter[] = [
  text('entity', 'Table, such as residents'),
  text('entityId', 'Id of the record'),
  text('actorId', 'Id of the user, or name of the process'),
  text('type', 'Type of event, or code of a refusal'),
  text('field', 'Name of a field that changed'),
  text('from', 'Instant, inclusive'),
  text('to', 'Instant, inclusive'),
  { ...text('outcome', 'What became of it'), schema: { type: 'string', enum: ['accepted', 'refused', 'read', 'skipped'] } },
];

const yearOfReturn: readonly Parameter[] = [
  { name: 'year', in: 'query', required: true, description: 'Lettings that start from 1 April of it', schema: { type: 'integer', minimum: 2000, maximum: 2199 } },
  parameter('After'),
];
const lettings = { operationId: 'coreReturn', tag: 'core_logs', summary: 'The bulk-upload file of the lettings return: logs that are ready', parameters: yearOfReturn };
const coreReturnPaths = {
  get: readOperation(lettings, { 'text/csv': { schema: { type: 'string' } } }),
  post: actionOperation({ ...lettings, operationId: 'sendCoreReturn', summary: 'The same file, recorded in each log that stands in it' }),
};

/** Paths that no declaration leads to. */
export function aroundPaths(clock: boolean): Record<string, Record<string, Operation>> {
  const process = [inPath('process', 'Name of the process')];
  const parked = inputSchema(fieldsOf(ParkedStream));
  return {
    '/api/v1/sign-in': {
      post: { ...actionOperation({ operationId: 'signIn', tag: 'access', summary: 'Signs in', body: ref('SignIn'), answer: ref('Session') }), security: [] },
    },
    '/api/v1/sign-out': { post: actionOperation({ operationId: 'signOut', tag: 'access', summary: 'Ends the session' }, 204) },
    '/api/v1/me': { get: readOperation({ operationId: 'me', tag: 'access', summary: 'Who you are, where, and what you may do', answer: ref('Me') }) },
    '/api/v1/rules': { get: readOperation({ operationId: 'rules', tag: 'around', summary: 'The rules of the house: codes and sentences', answer: ref('Rules') }) },
    '/api/v1/consistency': { get: readOperation({ operationId: 'consistency', tag: 'around', summary: 'What does not agree across records: beds, balances, who lives here and what they must have', answer: ref('Consistency') }) },
    '/api/v1/processes': { get: readOperation({ operationId: 'processes', tag: 'around', summary: 'What runs by itself, how far it is, and what parked', answer: ref('Processes') }) },
    '/api/v1/processes/{process}/retry': {
      post: actionOperation({ operationId: 'retryParked', tag: 'around', summary: 'Tries a parked stream again', parameters: process, body: parked }, 204),
    },
    '/api/v1/processes/{process}/drop': {
      post: actionOperation({ operationId: 'dropParked', tag: 'around', summary: 'Gives a parked stream up', parameters: process, body: parked }, 204),
    },
    '/api/v1/audit-trail': {
      get: readOperation({
        operationId: 'auditTrail',
        tag: 'around',
        summary: 'What happened across records, what was refused, and what special data was read',
        parameters: [...trailFilters, parameter('Limit'), parameter('Cursor'), parameter('After')],
        answer: ref('AuditTrail'),
      }),
    },
    '/api/v1/core-logs/export': coreReturnPaths,
    '/api/v1/changes': {
      get: readOperation({
        operationId: 'changes',
        tag: 'around',
        summary: 'What changed and what was erased, for readers that keep a copy',
        parameters: [{ ...text('after', 'Position after which to begin'), schema: { type: 'integer', minimum: 0 } }, parameter('Limit')],
        answer: ref('Changes'),
      }),
    },
    '/api/v1/residents/{id}/case-file': {
      get: readOperation({
        operationId: 'caseFile',
        tag: 'residents',
        summary: 'Everything of one resident that you may see, in one answer',
        description: 'Of each list that names a resident up to 500 rows, special data opened for who may see it; `nextCursor` leads on in the list itself.',
        parameters: [parameter('Id'), parameter('After')],
        answer: ref('CaseFile'),
      }),
    },
    '/api/v1/referrals/decline-monitoring': {
      get: readOperation({
        operationId: 'declineMonitoring',
        tag: 'referrals',
        summary: 'Whom declining referrals to us meets: how many were declined and why, by what people say of themselves',
        description: 'Of referrals made from one day to another, those days included. Groups of fewer than five people are told together, and not at all where they are fewer than five together.',
        parameters: [text('from', 'Date'), text('to', 'Date'), parameter('After')],
        answer: ref('DeclineMonitoring'),
      }),
    },
    '/api/v1/rent-accounts/{id}/statement': {
      get: readOperation({
        operationId: 'rentStatement',
        tag: 'rent_accounts',
        summary: 'The rent statement of an account: the balance before, each charge, adjustment and payment, and the balance after',
        description: 'From one day to another, those days included; the last 13 weeks where they are left out. As a sheet to hand out with `Accept: text/csv`.',
        parameters: [parameter('Id'), text('from', 'Date'), text('to', 'Date'), parameter('After')],
        answer: ref('RentStatement'),
      }),
    },
    '/api/v1/referrals/{id}/fhir': {
      get: readOperation({
        operationId: 'referralMessage',
        tag: 'referrals',
        summary: 'A referral to a health service as a message of FHIR R4',
        description: 'A bundle of type message: header, service request, patient, sender and service. Who is not shown all that is in it is answered 403.',
        parameters: [parameter('Id'), parameter('After')],
      }, { 'application/fhir+json': { schema: { type: 'object' } } }),
    },
    ...(clock ? clockPaths() : {}),
    '/graphql': {
      post: actionOperation({
        operationId: 'graphql',
        tag: 'around',
        summary: 'The same reads and commands over GraphQL: a connection for each list, a mutation for each command',
        parameters: [parameter('After'), parameter('Prefer'), parameter('CorrelationId')],
        body: ref('GraphQLRequest'),
        answer: ref('GraphQLAnswer'),
      }),
    },
    '/health/live': { get: publicOperation({ operationId: 'live', tag: 'around', summary: 'Whether the process runs', answer: ref('Health') }) },
    '/health/ready': { get: publicOperation({ operationId: 'ready', tag: 'around', summary: 'Whether it can serve: each dependency, and how far the read side is', answer: ref('Health') }) },
    '/metrics': { get: publicOperation({ operationId: 'metrics', tag: 'around', summary: 'Figures for Prometheus' }, 'text/plain') },
    '/api/openapi.json': { get: publicOperation({ operationId: 'openApi', tag: 'around', summary: 'This document', answer: { type: 'object' } }) },
    '/api/docs': { get: publicOperation({ operationId: 'docs', tag: 'around', summary: 'This document as pages for people' }, 'text/html') },
    '/api/docs/{asset}': { get: publicOperation({ operationId: 'docsAsset', tag: 'around', summary: 'A file of these pages', parameters: [inPath('asset', 'Name of the file')] }, '*/*') },
    '/problems/{code}': { get: publicOperation({ operationId: 'problem', tag: 'around', summary: 'What a code means', parameters: [inPath('code', 'Code of a problem')] }, 'text/html') },
  };
}

function clockPaths(): Record<string, Record<string, Operation>> {
  return {
    '/api/v1/clock': {
      get: readOperation({ operationId: 'clock', tag: 'around', summary: 'The instant that all rules go by', answer: ref('Clock') }),
      put: actionOperation({
        operationId: 'moveClock',
        tag: 'around',
        summary: 'Moves the clock forward, and answers when everything due up to then has run',
        body: inputSchema(fieldsOf(ClockMove)),
        answer: ref('Clock'),
      }),
    },
  };
}
