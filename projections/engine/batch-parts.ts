import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import type { Codec } from '../../src/privacy/codec.js';
import type { Projection } from './derived-tables.js';
import type { Failure, Read } from './stream-fold.js';

/** A version of a projection that a batch is written to. */
export interface Target {
  readonly projection: Projection;
  readonly version: number;
  /** Its tables were made for another definition: they are written as far as they can be, and never read from. */
  readonly outdated?: boolean;
}

/** What a batch cannot know from its events. */
export interface BatchKnowledge {
  /** `projection|stream` of what is parked in these versions. */
  readonly parked: ReadonlySet<string>;
  /** By projection, ids of events that an operator left out. */
  readonly skipped: ReadonlyMap<string, ReadonlySet<string>>;
  isErased(fingerprint: string): boolean;
  /** Decodes an event, or finds it decoded. */
  readonly read: (stored: RecordedEvent) => Read;
}

/** A stream that a projection stopped at. */
export interface Parking extends Failure {
  readonly target: Target;
}

export interface BatchParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  /** All projections: hand-written ones ask for the fold of entities whose tables may not be written here. */
  readonly projections: readonly Projection[];
}
