import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isUuid, uuidOf } from '../../kernel/values.js';
import type { TrailPage } from '../../audit/trail.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { RowService } from '../rows/row-service.js';

const FILTERS = ['entity', 'entityId', 'actorId', 'type', 'field', 'from', 'to', 'outcome'] as const;
const OUTCOMES = ['accepted', 'refused', 'read', 'skipped'] as const;
const LIMIT = { usual: 50, most: 500 };

/** What happened, was refused and was looked at, across entities; and what changed, for readers that keep a copy. */
@Controller('/api/v1')
export class AuditController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
  ) {}

  @Get('audit-trail')
  async trail(@Req() request: FastifyRequest): Promise<TrailPage> {
    const actor = callerOf(request);
    this.rows.checkMayRead(actor, { permission: 'audit_trail:read' });
    const query = request.query as Query;
    const reader = new QueryReader(query);
    reader.only(...FILTERS, 'limit', 'cursor', 'after');
    const filter = this.filterOf(reader);
    const limit = reader.integer('limit', 1, LIMIT.most) ?? LIMIT.usual;
    const cursor = reader.text('cursor', (text) => text.length <= 500, 'cursor is what nextCursor was.');
    await this.rows.waitAfter(query);
    return this.parts.audit.trail(actor, filter, limit, cursor);
  }

  @Get('changes')
  async changes(@Req() request: FastifyRequest): Promise<object> {
    const actor = callerOf(request);
    this.rows.checkMayRead(actor, { permission: 'changes:read' });
    const reader = new QueryReader(request.query as Query);
    reader.only('after', 'limit');
    const after = reader.integer('after', 0, Number.MAX_SAFE_INTEGER) ?? 0;
    return this.parts.changes(actor, after, reader.integer('limit', 1, LIMIT.most) ?? LIMIT.usual);
  }

  private filterOf(reader: QueryReader): Parameters<ApiParts['audit']['trail']>[1] {
    const tables = (text: string): boolean => this.parts.catalogue.entity(text.replaceAll('-', '_')) !== undefined;
    const word = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
    const given = {
      entity: reader.text('entity', tables, 'entity is the name of a table, such as residents.')?.replaceAll('-', '_'),
      entityId: reader.text('entityId', isUuid, 'entityId is an id.'),
      actorId: actorOf(reader.text('actorId', word, 'actorId is the id of a user, or the name of a process.')),
      type: reader.text('type', word, 'type is a type of event, or the code of a refusal.'),
      field: reader.text('field', word, 'field is the name of a field.'),
      from: reader.instant('from'),
      to: reader.instant('to'),
      outcome: reader.text('outcome', (text) => (OUTCOMES as readonly string[]).includes(text), `outcome is one of ${OUTCOMES.join(', ')}.`),
    };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  }
}

/** What acts by itself is recorded by the id that its name gives. */
const actorOf = (given: string | undefined): string | undefined => (given === undefined || isUuid(given) ? given : uuidOf('process', given));
