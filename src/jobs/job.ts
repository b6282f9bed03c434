import { isUuid } from '../kernel/values.js';

declare const ID: unique symbol;
/**
 * A UUID, and nothing else: queues keep what they are given in the clear, in places that no erasure reaches, so that a job
 * can carry ids only. `idOf` is the one way to have one.
 */
export type Id = string & { readonly [ID]: true };

/** Something that is no id was about to get into a job. The message does not repeat it. */
export class NoId extends Error {
  override readonly name = 'NoId';
}

/** The text as an id. @throws NoId */
export function idOf(text: string): Id {
  if (!isUuid(text)) throw new NoId('Jobs carry ids only, and this is none.');
  return text as Id;
}

/** The queues there are. Each is worked on by itself: a slow one keeps nobody else waiting. */
export const QUEUES = ['messages', 'housekeeping'] as const;
/** One of QUEUES. */
export type QueueName = (typeof QUEUES)[number];

/** What an event wants done: the event, what it is of, and whose. Whoever does it looks up everything else when it is done. */
export interface Cause {
  /** Of the intent and of its job: the same event wants the same thing once. */
  readonly intentId: Id;
  readonly eventId: Id;
  /** The record whose stream the event is in. */
  readonly entityId: Id;
  readonly organizationId: Id;
}

/** How often a job is tried before it is dead, and how long it waits before the second try; each further wait is twice as long. */
export interface Patience {
  readonly attempts: number;
  readonly backoffMs: number;
}

/**
 * Something that is done, outside the log, because of an event. It may be begun twice, when whoever did it died before it
 * could say so: what it does must be done once per `cause.intentId`. Whether it is still wanted is asked when it runs.
 */
export interface EventJob extends Patience {
  readonly name: string;
  readonly doc: string;
  readonly queue: QueueName;
  /** Types of the events that want it. */
  readonly on: readonly string[];
  /** @param signal aborted when somebody else may have taken the job, or this process can wait for it no longer. */
  run(cause: Cause, signal: AbortSignal): Promise<void>;
}

/** Something that is done from time to time, by one process at a time, in real time. Missing a turn must do no harm. */
export interface ScheduledJob extends Patience {
  readonly name: string;
  readonly doc: string;
  readonly queue: QueueName;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

/** Everything that is done by jobs. */
export interface JobKinds {
  readonly events: readonly EventJob[];
  readonly scheduled: readonly ScheduledJob[];
}

/** Trying again is of no use: the job is dead at once. @param code says why, in words of ours. */
export class JobRefused extends Error {
  override readonly name = 'JobRefused';
  constructor(readonly code: string) {
    super(code);
  }
}

/** What a failure is called where everybody may read it: its kind and its code. Messages of errors may quote what people wrote. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  const plain = (text: string): string => text.replace(/[^\w.-]/g, '').slice(0, 60);
  return typeof code === 'string' ? `${plain(error.name)} ${plain(code)}` : plain(error.name);
}
