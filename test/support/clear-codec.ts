import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { DomainEvent, EventDeclaration } from '../../src/kernel/event.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes, jsonOf, metadataOf } from '../../src/event-store/metadata.js';
import type { Codec, DecodedEvent } from '../../src/privacy/codec.js';

/** A codec without keys, for tests of the pipeline whose events hold nothing personal. */
export class ClearCodec implements Codec {
  constructor(private readonly catalogue: Catalogue) {}

  encode(event: DomainEvent<object>, { type, version }: EventDeclaration) {
    return Promise.resolve({ type, version, data: jsonBytes({ ...event }) });
  }

  decode(stored: RecordedEvent): DecodedEvent | undefined {
    const declaration = this.catalogue.event(stored.type);
    if (!declaration) return undefined;
    const event = Object.assign(new declaration.event(), jsonOf(stored.data));
    const metadata = metadataOf(stored);
    return { declaration, event, metadata, stored, recorded: { ...metadata, revision: stored.revision, eventId: stored.id } };
  }

  unseal<T extends object>(objects: readonly T[]): Promise<T[]> {
    return Promise.resolve([...objects]);
  }

  checkFences(): Promise<void> {
    return Promise.resolve();
  }
}
