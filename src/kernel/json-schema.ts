import { fieldsOf, type ClassOf, type Field } from './fields.js';
import { UUID } from './values.js';

/** A JSON schema, draft 2020-12 as OpenAPI 3.1 has it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface SchemaOptions {
  /** Schema of a group's class; written out in place where this is absent. */
  readonly refer?: (group: ClassOf) => JsonSchema;
}

/** Schema of an input with these fields: what validation accepts, as far as a schema can say it. */
export function inputSchema(fields: readonly Field[], options: SchemaOptions = {}): JsonSchema {
  const shown = fields.filter(({ kind }) => kind !== 'hidden');
  const required = shown.filter(({ optional }) => !optional).map(({ name }) => name);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(shown.map((field) => [field.name, fieldInput(field, options)])),
  };
}

/** Optional fields take null: it says the same as leaving them out, or in a change that they are cleared. */
function fieldInput(field: Field, options: SchemaOptions): JsonSchema {
  const schema = valueSchema(field, options);
  return field.optional && !field.mandatory ? nullable(schema) : schema;
}

/** Schema of a field's value. */
export function valueSchema(field: Field, options: SchemaOptions = {}): JsonSchema {
  const doc = field.doc ? { description: field.doc } : {};
  switch (field.kind) {
    case 'text':
      // Where a text is put into its form first, its pattern says less than is accepted.
      return {
        type: 'string',
        ...(field.min ? { minLength: field.min } : {}),
        ...(field.max ? { maxLength: field.max } : {}),
        ...(field.pattern && !field.normalise && !field.pattern.flags ? { pattern: field.pattern.source } : {}),
        ...doc,
      };
    case 'choice':
      return { type: 'string', enum: field.values, ...doc };
    case 'ref':
      return { type: 'string', format: 'uuid', pattern: UUID.source, description: field.doc ?? `Id of a row of ${field.table}` };
    case 'instant':
      return { type: 'string', format: 'date-time', ...doc };
    case 'date':
      return { type: 'string', format: 'date', ...doc };
    case 'pence':
    case 'int':
      return { type: 'integer', minimum: field.min, maximum: field.max, ...doc };
    case 'decimal':
      return { type: 'number', minimum: field.min, maximum: field.max, ...doc };
    case 'flag':
      return { type: 'boolean', ...doc };
    case 'list':
      return { type: 'array', maxItems: field.max ?? 100, items: field.of ? groupSchema(field, options) : itemSchema(field), ...doc };
    case 'children':
      return { type: 'array', items: groupSchema(field, options), ...doc };
    case 'group':
      return { ...groupSchema(field, options), ...doc };
    case 'hidden':
      return {};
  }
}

const groupSchema = (field: Field, options: SchemaOptions): JsonSchema =>
  options.refer ? options.refer(field.of!()) : inputSchema(fieldsOf(field.of!()), {});

const itemSchema = ({ values, pattern }: Field): JsonSchema => ({
  type: 'string',
  ...(values ? { enum: values } : { minLength: 1, maxLength: 200 }),
  ...(pattern && !pattern.flags ? { pattern: pattern.source } : {}),
});

/** The same, or null. */
export function nullable(schema: JsonSchema): JsonSchema {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const { enum: values } = schema;
  return { ...schema, type: [schema['type'], 'null'], ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}) };
}
