import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type grpc from '@grpc/grpc-js';
import type { Expected, Proposal } from './memory-log.js';
import type { StandIn } from './stand-in.js';
import * as wire from './wire-format.js';

interface Pending {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: Proposal[];
  readonly options: BatchAppendReq.Options;
}

type Batch = grpc.ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

const isBad = ({ id, type }: Proposal): boolean => type === '' || !wire.UUID_PATTERN.test(id);

const UNAUTHENTICATED = 16;

/** Why the caller may not do this; undefined where they may. */
function refusalOf(server: StandIn, metadata: grpc.Metadata, stream: string, action: 'write' | 'delete' = 'write'): grpc.ServiceError | undefined {
  try {
    server.users?.check(metadata, stream, action);
    return undefined;
  } catch (error) {
    return error as grpc.ServiceError;
  }
}

/** Appends as the server takes them: one by one, and many over one call. */
export function appendService(server: StandIn) {
  return {
    append: (call: grpc.ServerReadableStream<AppendReq, AppendResp>, answer: grpc.sendUnaryData<AppendResp>) => single(server, call, answer),
    batchAppend: (call: Batch) => batch(server, call),
    delete: (call: grpc.ServerUnaryCall<DeleteReq, DeleteResp>, answer: grpc.sendUnaryData<DeleteResp>) => {
      const stream = wire.nameOf(call.request.getOptions()?.getStreamIdentifier());
      const refused = refusalOf(server, call.metadata, stream, 'delete');
      if (refused) return answer(refused);
      server.log.softDelete(stream);
      answer(null, new streams.DeleteResp());
    },
    tombstone: (call: grpc.ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: grpc.sendUnaryData<TombstoneResp>) => {
      const stream = wire.nameOf(call.request.getOptions()?.getStreamIdentifier());
      const refused = refusalOf(server, call.metadata, stream, 'delete');
      if (refused) return answer(refused);
      server.log.tombstone(stream);
      answer(null, new streams.TombstoneResp());
    },
  };
}

function single(server: StandIn, call: grpc.ServerReadableStream<AppendReq, AppendResp>, answer: grpc.sendUnaryData<AppendResp>): void {
  let options: AppendReq.Options | undefined;
  const events: Proposal[] = [];
  call.on('data', (request: AppendReq) => {
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (message) events.push(wire.proposalOf(message));
  });
  call.on('end', () => {
    if (server.faults.denied !== 'nothing') return answer(wire.accessDenied());
    const stream = wire.nameOf(options!.getStreamIdentifier());
    const refused = refusalOf(server, call.metadata, stream);
    if (refused) return answer(refused);
    const expected: Expected = options!.hasNoStream() ? 'no-stream' : options!.hasAny() ? 'any' : options!.hasStreamExists() ? 'exists' : BigInt(options!.getRevision());
    try {
      answer(null, wire.singleAnswer(server.log.append(stream, expected, events), stream));
    } catch (error) {
      answer(error as grpc.ServiceError);
    }
  });
}

function batch(server: StandIn, call: Batch): void {
  const pending = new Map<string, Pending>();
  call.on('data', (request: BatchAppendReq) => {
    const correlation = wire.textOf(request.getCorrelationId());
    const options = request.getOptions();
    if (options) {
      pending.set(correlation, { stream: wire.nameOf(options.getStreamIdentifier()), expected: wire.expectedOf(options), events: [], options });
    }
    const append = pending.get(correlation);
    append?.events.push(...request.getProposedMessagesList().map(wire.proposalOf));
    if (!append || !request.getIsFinal()) return;
    pending.delete(correlation);
    // After the other requests that have arrived: the server works on many at a time.
    setImmediate(() => decide(server, call, request, append));
  });
  call.on('end', () => call.end());
  // A client that is gone.
  call.on('error', () => undefined);
}

function decide(server: StandIn, call: Batch, request: BatchAppendReq, append: Pending): void {
  const { faults } = server;
  const answer = (response: BatchAppendResp, correlation = request.getCorrelationId()): void => {
    response.setCorrelationId(correlation);
    response.setStreamIdentifier(wire.identifierOf(append.stream));
    if (!call.cancelled && !call.destroyed) call.write(response);
  };
  const fail = (error: ReturnType<typeof wire.notReady>, correlation = request.getCorrelationId()): void => {
    const response = new streams.BatchAppendResp();
    response.setError(error);
    answer(response, correlation);
  };
  const store = (): void => answer(wire.batchAnswer(server.log.append(append.stream, append.expected, append.events), append.expected, append.stream));
  if (faults.denied !== 'nothing') return fail(wire.denied());
  const refused = refusalOf(server, call.metadata, append.stream);
  // Whoever is not known is told so by the end of the call, whoever may not do this by an answer.
  if (refused?.code === UNAUTHENTICATED) return void call.emit('error', refused);
  if (refused) return fail(wire.denied());
  if (append.events.some(isBad)) {
    fail(wire.badRequest('An element is missing.'));
    // The server forgets that it has answered, and says after its own time that it was too late.
    const again = wire.structuredOf(wire.textOf(request.getCorrelationId()));
    setTimeout(() => fail(wire.timedOut(), again), faults.secondAnswerMs).unref();
    return;
  }
  const deadline = append.options.getDeadline();
  if (deadline && deadline.toDate().getTime() <= Date.now()) return fail(wire.timedOut());
  switch (faults.nextAppend()) {
    case undefined:
      return store();
    case 'lose-answer':
      return void server.log.append(append.stream, append.expected, append.events);
    case 'swallow':
      return;
    case 'time-out':
      return fail(wire.timedOut());
    case 'store-late':
      faults.keepForLater(() => void server.log.append(append.stream, append.expected, append.events));
      return fail(wire.timedOut());
    case 'not-ready':
      return fail(wire.notReady());
    case 'lose-leadership':
      server.log.append(append.stream, append.expected, append.events);
      call.emit('error', wire.notLeader(server.leaderEndpoint));
      return;
    case 'unknown':
      return fail(wire.unknown());
  }
}
