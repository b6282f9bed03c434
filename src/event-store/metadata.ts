import type { RecordedEvent } from './event-store.js';

/** Everything that an event's metadata may carry; no reason, no address, nothing personal. */
export interface EventMetadata {
  readonly schemaVersion: number;
  /** Instant of recording, by the product's clock. */
  readonly recordedAt: string;
  /** London civil date that it is true from. */
  readonly effectiveDate: string;
  readonly organizationId: string;
  readonly actorId: string;
  readonly actorRole: string;
  readonly onBehalfOf?: string;
  readonly source: 'api' | 'integration' | 'process' | 'import' | 'migration';
  readonly commandId: string;
  /** Name of the command class: history shows what was asked, which the event's type alone does not tell. */
  readonly command?: string;
  /** HMAC of the command's body, to tell a repeat from another command under the same key. */
  readonly bodyHmac?: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly calendarVersion?: string;
  /** Leaf hash of the stream's event before it. */
  readonly prev?: string;
}

const decoder = new TextDecoder();

/** The bytes of a JSON object, as the log stores them. */
export const jsonBytes = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
/** The JSON object in stored bytes. */
export const jsonOf = (bytes: Uint8Array): Record<string, unknown> =>
  JSON.parse(decoder.decode(bytes)) as Record<string, unknown>;
/** Metadata of an event of the product; undefined for what others have stored in the same log. */
export function ownMetadataOf(event: Pick<RecordedEvent, 'metadata'>): EventMetadata | undefined {
  try {
    const metadata = jsonOf(event.metadata) as Partial<EventMetadata> | null;
    const { organizationId, recordedAt, correlationId } = metadata ?? {};
    return [organizationId, recordedAt, correlationId].every((one) => typeof one === 'string') ? (metadata as EventMetadata) : undefined;
  } catch {
    return undefined;
  }
}
/** Metadata of a recorded event of the product. */
export const metadataOf = (event: Pick<RecordedEvent, 'metadata'>): EventMetadata =>
  jsonOf(event.metadata) as unknown as EventMetadata;
