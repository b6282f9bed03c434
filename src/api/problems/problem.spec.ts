import { describe, expect, it } from '@jest/globals';
import { problemOf } from './problem.js';

const failing = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code });

describe('the answer where something that we need is away', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', '08006', '57P01', '57P03', '53300', '53100', '40001', '40P01', '57014', '55P03', '25006', 'ENOENT'])(
    'is 503 for %s', (code) => expect(problemOf(failing('x', code))).toMatchObject({ status: 503 }));
  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout', 'Client was closed and is not queryable', 'Client has encountered a connection error and is not queryable'])(
    'is 503 where the driver says: %s', (message) => expect(problemOf(failing(message))).toMatchObject({ status: 503 }));
  it.each([['no such column', '42703'], ['a duplicate', '23505'], ['we are wrong', undefined]] as const)('is 500 where we are wrong: %s', (message, code) =>
    expect(problemOf(failing(message, code))).toMatchObject({ status: 500 }));
});
