import { changesBetween, type FieldChange } from '../../src/audit/change.js';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import { entityOf } from '../../src/kernel/entity.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { columnsWith, type BatchContext, type Column, type HandWrittenProjection, type RowChange } from '../engine/projection.js';

const column = columnsWith({ nullable: false, privacy: 1 });

const columns: readonly Column[] = [
  column('user_id', 'text', 'Who: a user, or a process of the product'),
  column('actor_role', 'text', 'In which role'),
  column('action', 'text', 'Name of the command'),
  column('event_type', 'text', 'Type of the event'),
  column('entity_type', 'text', 'Read table of the entity'),
  column('entity_id', 'uuid', 'The entity'),
  column('revision', 'integer', 'Revision of the event in the stream of the entity'),
  column('log_position', 'bigint', 'Place in the whole log: the order of the trail'),
  column('timestamp', 'timestamptz', 'When it was recorded, UTC'),
  column('effective_date', 'date', 'London date that it is true from'),
  column('correlation_id', 'text', 'What belongs to one request, consequences included'),
  column('fields', 'text[]', 'Names of the fields that changed'),
  column('old_values', 'jsonb', 'Values before, personal ones as [sealed]: the history opens them for who may see them'),
  column('new_values', 'jsonb', 'Values after, in the same way'),
  column('ip_address', 'text', 'Kept out of the log on purpose; the access log knows sessions', true),
  column('user_agent', 'text', 'As the address', true),
];

/** Which event changed what, across entities: the index by which the audit trail finds the events that it folds. */
export function auditTrail(catalogue: Catalogue): HandWrittenProjection {
  return {
    name: 'audit_trail',
    version: 1,
    tables: [
      {
        name: 'audit_trail',
        columns,
        appended: true,
        indexes: [['log_position'], ['entity_id', 'log_position'], ['user_id', 'log_position'], ['event_type', 'log_position']],
      },
    ],
    on: catalogue.events.map(({ type }) => type),
    apply: entryOf,
  };
}

async function entryOf(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]> {
  const { metadata, stored, declaration } = event;
  const entity = entityOf(declaration.entity);
  const changes = changesBetween(entity.fields, await context.before(event), await context.state(event));
  const fields = new Set<string>();
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const change of changes) {
    const { field } = change;
    fields.add(field.includes('.') ? field.replace(/\.[0-9a-f-]{36}\./, '.') : field);
    before[field] = shown(change, change.before);
    after[field] = shown(change, change.after);
  }
  return [
    {
      table: 'audit_trail',
      organizationId: metadata.organizationId,
      id: stored.id,
      values: {
        user_id: metadata.actorId,
        actor_role: metadata.actorRole,
        action: metadata.command ?? stored.type,
        event_type: stored.type,
        entity_type: entity.table,
        entity_id: stored.stream.slice(entity.options.category.length + 1),
        revision: stored.revision,
        log_position: stored.position,
        timestamp: metadata.recordedAt,
        effective_date: metadata.effectiveDate,
        correlation_id: metadata.correlationId,
        fields: [...fields],
        old_values: before,
        new_values: after,
      },
    },
  ];
}

/** Sealed values write themselves as [sealed]; personal values that the batch has opened are sealed again here. */
const shown = ({ privacy }: FieldChange, value: unknown): unknown => (privacy.class >= 2 && value !== null ? '[sealed]' : value);
