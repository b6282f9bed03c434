import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';

/** Names under which something personal or secret could be logged by accident. */
const HIDDEN = ['password', 'token', 'secret', 'authorization', 'cookie', 'email', 'body', 'query', 'headers'];
const paths = HIDDEN.flatMap((name) => [name, `*.${name}`]);

/**
 * The product's logger: one JSON object a line. Bodies, query values and messages of errors are never logged: they may
 * hold what people wrote.
 */
export function createLogger(level: LoggerOptions['level'] = 'info', destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths, censor: '[hidden]' },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * An error without its message, which may quote a value: its kind, its code and where it was thrown. Causes likewise.
 */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** The frames alone: the first lines of a stack repeat the message, over as many lines as it has. */
const framesOf = ({ stack }: Error): string[] => (stack ?? '').split('\n').map((line) => line.trim()).filter((line) => /^at .+:\d+:\d+\)?$/.test(line)).slice(0, 12);

/** Nest's own messages through the product's logger. */
export function nestLogger(logger: Logger): LoggerService {
  const write = (level: 'info' | 'error' | 'warn' | 'debug') => (message: unknown, ...rest: unknown[]): void => {
    const context = typeof rest.at(-1) === 'string' ? { context: rest.at(-1) } : {};
    if (message instanceof Error) logger[level]({ ...context, err: message }, 'Nest reports an error.');
    else logger[level](context, String(message));
  };
  return { log: write('debug'), error: write('error'), warn: write('warn'), debug: write('debug'), verbose: write('debug'), fatal: write('error') };
}
