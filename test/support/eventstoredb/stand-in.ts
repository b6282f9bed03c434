import clusters from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import userServices from '@eventstore/db-client/generated/users_grpc_pb.js';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import grpc from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendService } from './appends.js';
import { Faults } from './faults.js';
import { MemoryLog } from './memory-log.js';
import { readService } from './reads.js';
import { Users } from './users.js';
import { uuidOf } from './wire-format.js';

/** What the server says its version is. */
const VERSION = '23.10.6';
/** The transport takes no larger message. */
const TRANSPORT_LIMIT = 20 * 1024 * 1024;
const HOST = '127.0.0.1';

const { LEADER, FOLLOWER } = clusters.MemberInfo.VNodeState;

/** Of a node that lives as long as a spec: what it is signed by, and its key, which protects nothing. */
const tlsFile = (name: string): string => join(import.meta.dirname, 'tls', name);

/** The nodes over one log, of which one leads. */
export interface Cluster {
  leader: StandIn;
  nodes: StandIn[];
}

/**
 * A server that speaks EventStoreDB's protocol, on the service definitions of its client library, over a log in
 * memory, with faults on demand. It answers as a real server was seen to answer.
 */
export class StandIn {
  readonly faults = new Faults();
  port = 0;
  /** Who may do what; undefined on an insecure node, where everybody may do everything. */
  users: Users | undefined;
  private server: grpc.Server | undefined;
  private readonly cluster: Cluster;

  constructor(
    readonly log: MemoryLog,
    cluster?: Cluster,
  ) {
    this.cluster = cluster ?? { leader: this, nodes: [] };
    this.cluster.nodes.push(this);
  }

  static async start(log = new MemoryLog()): Promise<StandIn> {
    const standIn = new StandIn(log);
    await standIn.start();
    return standIn;
  }

  /** A node with TLS and users, of whom there is `admin` alone, with the password of a fresh server. */
  static async startSecure(log = new MemoryLog()): Promise<StandIn> {
    const standIn = new StandIn(log);
    standIn.users = new Users(log);
    await standIn.start();
    return standIn;
  }

  /** Several nodes over one log; the first leads. */
  static async startCluster(count: number): Promise<Cluster> {
    const log = new MemoryLog();
    const leader = new StandIn(log);
    const { cluster } = leader;
    for (let n = 1; n < count; n++) new StandIn(log, cluster);
    for (const node of cluster.nodes) await node.start();
    return cluster;
  }

  get isLeader(): boolean {
    return this.cluster.leader === this;
  }

  get connectionString(): string {
    return `esdb://${HOST}:${this.port}?tls=false`;
  }

  /** On a secure node: as somebody. */
  connectionStringOf(login: string, password: string): string {
    return `esdb://${encodeURIComponent(login)}:${encodeURIComponent(password)}@${HOST}:${this.port}?tls=true&tlsCaFile=${encodeURIComponent(tlsFile('ca.crt'))}`;
  }

  /** Where a client is sent that wants the leader. */
  get leaderEndpoint(): { host: string; port: number } {
    return { host: HOST, port: this.cluster.leader.port };
  }

  /** Listens, after a stop where it did before. */
  async start(): Promise<void> {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': TRANSPORT_LIMIT });
    server.addService(streamServices.StreamsService, { ...appendService(this), ...readService(this) });
    if (this.users) server.addService(userServices.UsersService, this.users.service());
    server.addService(featureServices.ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: grpc.sendUnaryData<unknown>) => answer(null, supported()),
    });
    server.addService(gossipServices.GossipService, {
      read: (_: unknown, answer: grpc.sendUnaryData<unknown>) => answer(null, this.members()),
    });
    this.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`${HOST}:${this.port}`, this.credentials(), (error, port) => (error ? reject(error) : resolve(port))),
    );
    this.server = server;
  }

  /** Goes away in the middle of whatever is going on; what was stored stays. */
  stop(): void {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  private credentials(): grpc.ServerCredentials {
    if (!this.users) return grpc.ServerCredentials.createInsecure();
    return grpc.ServerCredentials.createSsl(null, [{ cert_chain: readFileSync(tlsFile('node.crt')), private_key: readFileSync(tlsFile('node.key')) }]);
  }

  private members(): InstanceType<typeof clusters.ClusterInfo> {
    const info = new clusters.ClusterInfo();
    info.setMembersList(
      this.cluster.nodes.map((node) => {
        const member = new clusters.MemberInfo();
        const endpoint = new clusters.EndPoint();
        endpoint.setAddress(HOST);
        endpoint.setPort(node.port);
        member.setInstanceId(uuidOf(crypto.randomUUID()));
        member.setTimeStamp('0');
        member.setIsAlive(node.server !== undefined);
        member.setState(node.isLeader ? LEADER : FOLLOWER);
        member.setHttpEndPoint(endpoint);
        return member;
      }),
    );
    return info;
  }
}

function supported(): InstanceType<typeof features.SupportedMethods> {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion(VERSION);
  methods.setMethodsList(
    ['read', 'append', 'delete', 'tombstone', 'batchappend'].map((name) => {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      if (name === 'read') method.setFeaturesList(['position', 'events']);
      if (name === 'batchappend') method.setFeaturesList(['deadline_duration']);
      return method;
    }),
  );
  return methods;
}
