import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { AppendResp, BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import grpc from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import type { Message } from 'google-protobuf';
import { MAX_APPEND, type Expected, type Outcome, type Proposal, type Stored } from './memory-log.js';

export const UUID_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const nameOf = (identifier: StreamIdentifier | undefined): string => Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

export function identifierOf(name: string): StreamIdentifier {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(new Uint8Array(Buffer.from(name)));
  return identifier;
}

/** A UUID of the wire as text, however it is written there. */
export function textOf(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function uuidOf(text: string): UUID {
  const uuid = new shared.UUID();
  uuid.setString(text);
  return uuid;
}

/** The server's own way to write an id that it did not read from the request. */
export function structuredOf(text: string): UUID {
  const hex = text.replaceAll('-', '');
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)).toString());
  halves.setLeastSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`)).toString());
  const uuid = new shared.UUID();
  uuid.setStructured(halves);
  return uuid;
}

export const proposalOf = (message: BatchAppendReq.ProposedMessage): Proposal => ({
  id: textOf(message.getId()),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export function expectedOf(options: BatchAppendReq.Options): Expected {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'exists' : BigInt(options.getStreamPosition());
}

function packed(message: Message, name: string): InstanceType<typeof any.Any> {
  const details = new any.Any();
  details.pack(message.serializeBinary(), name);
  return details;
}

/** A status inside a batch answer. */
export function statusOf(said: string, details: Message, name: string, code = 0): InstanceType<typeof statuses.Status> {
  const status = new statuses.Status();
  status.setCode(code as never);
  status.setMessage(said);
  status.setDetails(packed(details, name));
  return status;
}

export const notReady = () => statusOf('Server Is Not Ready', new shared.Empty(), 'google.protobuf.Empty');
export const timedOut = () => statusOf('Timeout', new shared.Timeout(), 'event_store.client.Timeout', 4);
export const denied = () => statusOf('AccessDenied', new shared.AccessDenied(), 'event_store.client.AccessDenied', 7);
export const unknown = () => statusOf('Unknown', new shared.Unknown(), 'event_store.client.Unknown', 2);

export function badRequest(said: string): InstanceType<typeof statuses.Status> {
  const message = new shared.BadRequest();
  message.setMessage(said);
  return statusOf('BadRequest', message, 'event_store.client.BadRequest', 3);
}

/** The answer of the shared append stream. */
export function batchAnswer(outcome: Outcome, expected: Expected, stream: string): BatchAppendResp {
  const response = new streams.BatchAppendResp();
  response.setStreamIdentifier(identifierOf(stream));
  switch (outcome.kind) {
    case 'success': {
      const success = new streams.BatchAppendResp.Success();
      success.setCurrentRevision(String(outcome.revision));
      if (outcome.position !== undefined) success.setPosition(allPosition(outcome.position));
      response.setSuccess(success);
      break;
    }
    case 'wrong': {
      const wrong = new shared.WrongExpectedVersion();
      if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentStreamRevision(String(outcome.current));
      if (typeof expected === 'bigint') wrong.setExpectedStreamPosition(String(expected));
      else wrong.setExpectedNoStream(new shared.Empty());
      response.setError(statusOf('WrongExpectedVersion', wrong, 'event_store.client.WrongExpectedVersion', 6));
      break;
    }
    case 'deleted':
      response.setError(statusOf('StreamDeleted', new shared.StreamDeleted(), 'event_store.client.StreamDeleted', 5));
      break;
    case 'too-large': {
      const exceeded = new shared.MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(MAX_APPEND);
      response.setError(statusOf('MaximumAppendSizeExceeded', exceeded, 'event_store.client.MaximumAppendSizeExceeded', 3));
    }
  }
  return response;
}

/** The answer of a single append. @throws a status for what is none */
export function singleAnswer(outcome: Outcome, stream: string): AppendResp {
  const response = new streams.AppendResp();
  if (outcome.kind === 'success') {
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    if (outcome.position !== undefined) {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(outcome.position));
      position.setPreparePosition(String(outcome.position));
      success.setPosition(position);
    }
    response.setSuccess(success);
    return response;
  }
  if (outcome.kind === 'wrong') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    response.setWrongExpectedVersion(wrong);
    return response;
  }
  throw outcome.kind === 'deleted' ? streamDeleted(stream) : failure(3, `Maximum Append Size of ${MAX_APPEND} Exceeded.`, { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(MAX_APPEND) });
}

function allPosition(position: bigint): InstanceType<typeof shared.AllStreamPosition> {
  const at = new shared.AllStreamPosition();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  return at;
}

/** A failure of a whole call. */
export function failure(code: number, details: string, metadata: Record<string, string> = {}): grpc.ServiceError {
  const headers = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata)) headers.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata: headers });
}

export const streamDeleted = (stream: string) =>
  failure(9, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });
export const accessDenied = () => failure(7, 'Access Denied', { exception: 'access-denied' });
export const notLeader = ({ host, port }: { host: string; port: number }) =>
  failure(5, 'Leader info available', { exception: 'not-leader', 'leader-endpoint-host': host, 'leader-endpoint-port': String(port) });
export const tooSlow = () =>
  failure(10, 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.');

/** An event as a reader receives it. */
export function eventMessage(stored: Stored): ReadResp {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  record.setId(uuidOf(stored.id));
  record.setStreamIdentifier(identifierOf(stored.stream));
  record.setStreamRevision(String(stored.revision));
  record.setCommitPosition(String(stored.position));
  record.setPreparePosition(String(stored.position));
  const ticks = BigInt(stored.created.getTime()) * 10_000n;
  record.getMetadataMap().set('type', stored.type).set('content-type', stored.contentType).set('created', String(ticks));
  record.setData(new Uint8Array(stored.data));
  record.setCustomMetadata(new Uint8Array(stored.metadata));
  const event = new streams.ReadResp.ReadEvent();
  if (stored.dangling) event.setLink(record);
  else event.setEvent(record);
  event.setCommitPosition(String(stored.position));
  const response = new streams.ReadResp();
  response.setEvent(event);
  return response;
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new streams.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const response = new streams.ReadResp();
  response.setConfirmation(confirmation);
  return response;
}

export function caughtUpMessage(): ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

export function notFoundMessage(stream: string): ReadResp {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  const response = new streams.ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

/** Which events a read of everything asks for. */
export function filterOf(options: ReadReq.Options): (event: Stored) => boolean {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const byType = filter.hasEventType();
  const expression = (byType ? filter.getEventType() : filter.getStreamIdentifier())!;
  const subject = ({ type, stream }: Stored): string => (byType ? type : stream);
  if (expression.getRegex() !== '') {
    const regex = new RegExp(expression.getRegex());
    return (event) => event.dangling === true || regex.test(subject(event));
  }
  return (event) => expression.getPrefixList().some((prefix) => subject(event).startsWith(prefix));
}
