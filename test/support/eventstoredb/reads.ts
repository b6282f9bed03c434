import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type grpc from '@grpc/grpc-js';
import type { Stored } from './memory-log.js';
import type { StandIn } from './stand-in.js';
import * as wire from './wire-format.js';

type Call = grpc.ServerWritableStream<ReadReq, ReadResp>;

/** A page of the server, and how often it says how far it has looked. */
const PAGE = 32;
const END = 2n ** 63n - 1n;

/** Reads of a stream and of everything, both ways, and subscriptions to everything. */
export function readService(server: StandIn) {
  const { faults } = server;
  return {
    read: (call: Call) => {
      faults.readArrived();
      void read(server, call)
        .catch((error: grpc.ServiceError) => call.emit('error', error))
        .finally(() => (faults.reading -= 1));
    },
  };
}

async function read(server: StandIn, call: Call): Promise<void> {
  // A client that is gone.
  call.on('error', () => undefined);
  // After the other reads that have arrived: the server works on many at a time.
  await new Promise((resolve) => setImmediate(resolve));
  const { faults } = server;
  const options = call.request.getOptions()!;
  if (faults.denied === 'all') throw wire.accessDenied();
  server.users?.check(call.metadata, options.hasStream() ? wire.nameOf(options.getStream()!.getStreamIdentifier()) : '$all', 'read');
  if (faults.readsNotReady) throw wire.failure(14, 'Server Is Not Ready');
  if (faults.readsSilent) return;
  if (call.metadata.get('requires-leader')[0] === 'true' && !server.isLeader) throw wire.notLeader(server.leaderEndpoint);
  if (options.hasSubscription()) return subscribe(server, call, options);
  const count = Number(options.getCount());
  if (count === 0) throw wire.failure(2, 'Unexpected ReadStreamResult: Error');
  const events = options.hasStream() ? ofStream(server, options, call) : ofAll(server, options);
  for (const event of events.slice(0, count)) await write(call, wire.eventMessage(event));
  call.end();
}

function ofStream(server: StandIn, options: ReadReq.Options, call: Call): Stored[] {
  const asked = options.getStream()!;
  const name = wire.nameOf(asked.getStreamIdentifier());
  const visible = server.log.visible(name);
  if (visible === 'deleted') throw wire.streamDeleted(name);
  if (visible === undefined) {
    call.write(wire.notFoundMessage(name));
    return [];
  }
  const from = asked.hasRevision() ? BigInt(asked.getRevision()) : asked.hasEnd() ? END : 0n;
  if (isForwards(options)) return visible.filter(({ revision }) => revision >= from);
  return visible.filter(({ revision }) => revision <= from).toReversed();
}

function ofAll(server: StandIn, options: ReadReq.Options): Stored[] {
  const { faults, log: { all } } = server;
  const isWanted = wire.filterOf(options);
  const wanted = (event: Stored): boolean => isWanted(event) && !event.unlisted && event.position <= faults.knownTo;
  const asked = options.getAll()!;
  const index = asked.hasPosition() ? place(server, BigInt(asked.getPosition()!.getCommitPosition())) : asked.hasEnd() ? all.length : 0;
  return isForwards(options) ? all.slice(index).filter(wanted) : all.slice(0, index).filter(wanted).toReversed();
}

/** Index of a position. A number in the middle of a record is no place to read from. */
function place(server: StandIn, position: bigint): number {
  const { log } = server;
  const index = log.indexFrom(position);
  if (!log.isBoundary(position)) throw wire.failure(2, 'Unexpected ReadAllResult: Error');
  return index;
}

const isForwards = (options: ReadReq.Options): boolean => options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS;

/** Waits until the transport has room again: this is how a slow reader slows the server. */
function write(call: Call, message: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed) return Promise.resolve();
  return call.write(message) ? Promise.resolve() : new Promise((resolve) => {
    call.once('drain', resolve);
    call.once('cancelled', resolve);
    call.once('close', resolve);
  });
}

async function subscribe(server: StandIn, call: Call, options: ReadReq.Options): Promise<void> {
  const { log, faults } = server;
  const wanted = wire.filterOf(options);
  const interval = PAGE * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  const from = options.getAll()!.getPosition();
  // The server reads one record from the position on and goes on behind it, whichever it was.
  let index = from ? Math.min(place(server, BigInt(from.getCommitPosition())) + 1, log.all.length) : 0;
  let considered = 0;
  const deliver = async (event: Stored, isLive: boolean): Promise<void> => {
    considered += 1;
    if (wanted(event) && !faults.skip(event)) {
      faults.delivered += 1;
      await write(call, wire.eventMessage(event));
      if (faults.deliversTwice) await write(call, wire.eventMessage(event));
    }
    if (considered % interval === 0 && (!isLive || !wanted(event))) await write(call, wire.checkpointMessage(event.position));
  };
  await write(call, wire.confirmationMessage());
  for (; index < log.all.length && !call.cancelled; index++) if (!log.all[index]!.unlisted) await deliver(log.all[index]!, false);
  await goLive(server, call, index, deliver);
}

async function goLive(server: StandIn, call: Call, from: number, deliver: (event: Stored, isLive: boolean) => Promise<void>): Promise<void> {
  const { log, faults } = server;
  const queue: Stored[] = log.all.slice(from);
  const { promise: over, resolve: end, reject: fail } = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  let open = true;
  const appeared = (event: Stored): void => {
    queue.push(event);
    if (queue.length > faults.liveBuffer) {
      faults.cutOff += 1;
      fail(wire.tooSlow());
    }
    wake.resolve();
  };
  log.on('stored', appeared);
  const ended = faults.subscribed(end);
  call.once('cancelled', end);
  call.once('close', end);
  const pump = async (): Promise<void> => {
    await write(call, wire.caughtUpMessage());
    while (open) {
      const event = queue.shift();
      if (event !== undefined) await deliver(event, true);
      else await (wake = Promise.withResolvers()).promise;
    }
  };
  try {
    await Promise.race([pump(), over]);
    call.end();
  } finally {
    open = false;
    wake.resolve();
    ended();
    log.off('stored', appeared);
  }
}
