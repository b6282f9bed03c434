import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendReq, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { sizeOf } from '../check-append.js';
import type { NewEvent, Position, RecordedEvent, Revision } from '../event-store.js';

/** Server-side filter: every event whose type is not the system's. */
const NOT_OF_THE_SYSTEM = '^[^$].*';
/** One message of the shared append stream; beyond the transport's own limit that stream would break for everybody. */
const MESSAGE_BYTES = 1024 * 1024;
/** What an event takes besides its type, data and metadata. */
const ENVELOPE_BYTES = 128;

const empty = () => new shared.Empty();

/** A number of the wire (64 bits, decimal) as a position. @throws {RangeError} it has outgrown safe integers */
export function positionOf(decimal: string): Position {
  const position = Number(decimal);
  if (!Number.isSafeInteger(position)) {
    throw new RangeError(`Position ${decimal} of the log is not a safe integer.`);
  }
  return position;
}

/** The bytes of a UUID's two halves as text; the server answers in either form. */
export function uuidText(uuid: UUID): string {
  const structured = uuid.getStructured();
  if (structured === undefined) {
    return uuid.getString().toLowerCase();
  }
  const half = (bits: string): string => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Where in the log an event, or the link to an event that is gone, stands. */
export function placeOf(event: ReadResp.ReadEvent): Position {
  const original = event.getLink() ?? event.getEvent();
  return positionOf(original === undefined ? event.getCommitPosition() : original.getCommitPosition());
}

/** Which event of which stream it is; a link is an event of its own stream. */
export function streamOf(message: ReadResp.ReadEvent): { readonly stream: string; readonly revision: Revision } {
  const event = message.getLink() ?? message.getEvent();
  return { stream: nameOf(event?.getStreamIdentifier()), revision: Number(event?.getStreamRevision() ?? -1) };
}

/** An event with its bytes as they were stored; undefined for a link whose event is gone. */
export function recordedOf(message: ReadResp.ReadEvent): RecordedEvent | undefined {
  const event = message.getEvent();
  const id = event?.getId();
  if (event === undefined || id === undefined) {
    return undefined;
  }
  return {
    kind: 'event',
    stream: nameOf(event.getStreamIdentifier()),
    revision: Number(event.getStreamRevision()),
    position: placeOf(message),
    id: uuidText(id),
    type: event.getMetadataMap().get('type') ?? '',
    data: bytesOf(event.getData_asU8()),
    metadata: bytesOf(event.getCustomMetadata_asU8()),
  };
}

const bytesOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function nameOf(identifier: StreamIdentifier | undefined): string {
  return identifier === undefined ? '' : bytesOf(identifier.getStreamName_asU8()).toString('utf8');
}

function identifierOf(stream: string): StreamIdentifier {
  const identifier = new shared.StreamIdentifier();
  // Whatever the alphabet: a string here would be taken for base64.
  identifier.setStreamName(new Uint8Array(Buffer.from(stream)));
  return identifier;
}

function readOptions(forwards: boolean): ReadReq.Options {
  const options = new streams.ReadReq.Options();
  const uuids = new streams.ReadReq.Options.UUIDOption();
  uuids.setString(empty());
  options.setUuidOption(uuids);
  options.setResolveLinks(false);
  options.setReadDirection(
    forwards ? streams.ReadReq.Options.ReadDirection.FORWARDS : streams.ReadReq.Options.ReadDirection.BACKWARDS,
  );
  return options;
}

function requestOf(options: ReadReq.Options): ReadReq {
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
}

/** A page of one stream. `from` undefined is its first, or backwards its last event. */
export function streamRequest(stream: string, from: Revision | undefined, forwards: boolean, count: number): ReadReq {
  const options = readOptions(forwards);
  const of = new streams.ReadReq.Options.StreamOptions();
  of.setStreamIdentifier(identifierOf(stream));
  if (from !== undefined) {
    of.setRevision(String(from));
  } else if (forwards) {
    of.setStart(empty());
  } else {
    of.setEnd(empty());
  }
  options.setStream(of);
  options.setCount(String(count));
  options.setNoFilter(empty());
  return requestOf(options);
}

/** The last event of the log, of the system's or (`ours`) not. */
export function lastRequest(ours: boolean): ReadReq {
  const options = readOptions(false);
  const all = new streams.ReadReq.Options.AllOptions();
  all.setEnd(empty());
  options.setAll(all);
  options.setCount('1');
  filter(options, ours);
  return requestOf(options);
}

/** The first events that stand at a position or behind it, the system's too. */
export function firstRequest(from: Position, count = 1): ReadReq {
  const options = readOptions(true);
  options.setAll(allFrom(from));
  options.setCount(String(count));
  filter(options, false);
  return requestOf(options);
}

/** Everything after a position, without end. */
export function subscriptionRequest(after: Position): ReadReq {
  const options = readOptions(true);
  options.setAll(allFrom(after));
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  filter(options, true);
  return requestOf(options);
}

function allFrom(position: Position): ReadReq.Options.AllOptions {
  const all = new streams.ReadReq.Options.AllOptions();
  if (position === 0) {
    all.setStart(empty());
    return all;
  }
  const at = new streams.ReadReq.Options.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  all.setPosition(at);
  return all;
}

function filter(options: ReadReq.Options, on: boolean): void {
  if (!on) {
    options.setNoFilter(empty());
    return;
  }
  const type = new streams.ReadReq.Options.FilterOptions.Expression();
  type.setRegex(NOT_OF_THE_SYSTEM);
  const filterOptions = new streams.ReadReq.Options.FilterOptions();
  filterOptions.setEventType(type);
  filterOptions.setCount(empty());
  filterOptions.setCheckpointintervalmultiplier(1);
  options.setFilter(filterOptions);
}

/** An append in as many messages as the transport wants. */
export function* appendRequests(
  correlationId: string,
  stream: string,
  expected: Revision | 'no-stream',
  events: readonly NewEvent[],
): Generator<BatchAppendReq, void, undefined> {
  let request = appendRequest(correlationId);
  request.setOptions(appendOptions(stream, expected));
  let bytes = 0;
  for (const event of events) {
    const more = sizeOf(event) + ENVELOPE_BYTES;
    if (bytes > 0 && bytes + more > MESSAGE_BYTES) {
      yield request;
      request = appendRequest(correlationId);
      bytes = 0;
    }
    bytes += more;
    request.addProposedMessages(proposed(event));
  }
  request.setIsFinal(true);
  yield request;
}

function appendRequest(correlationId: string): BatchAppendReq {
  const request = new streams.BatchAppendReq();
  request.setCorrelationId(uuidOf(correlationId));
  return request;
}

function appendOptions(stream: string, expected: Revision | 'no-stream'): BatchAppendReq.Options {
  // Without a deadline: it would be a time of day, and the server's clock is not ours. The server bounds its writes.
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(identifierOf(stream));
  if (expected === 'no-stream') {
    options.setNoStream(empty());
  } else {
    options.setStreamPosition(String(expected));
  }
  return options;
}

function proposed(event: NewEvent): BatchAppendReq.ProposedMessage {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(uuidOf(event.id));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  message.setData(plain(event.data));
  message.setCustomMetadata(plain(event.metadata));
  return message;
}

/** The encoder takes nothing that is more than a Uint8Array. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function uuidOf(id: string): UUID {
  const uuid = new shared.UUID();
  uuid.setString(id);
  return uuid;
}
