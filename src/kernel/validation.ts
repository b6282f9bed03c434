import { registerDecorator, validateSync, type ValidationError } from 'class-validator';
import type { CommandDeclaration, DomainCommand } from './command.js';
import { checksOf, type FieldCheck } from './field-checks.js';
import { fieldsOf, type ClassOf, type Field } from './fields.js';
import { isInstant, isCleanText, normaliseText } from './values.js';

/** What is wrong with one value of an input. */
export interface FieldProblem {
  /** JSON pointer into the body. */
  readonly pointer: string;
  /** `REQUIRED`, `UNKNOWN`, `TYPE`, `FORMAT`, `RANGE`, a GEN code, or the rule that the field's declaration names. */
  readonly code: string;
  readonly message: string;
}

/** An input that is not what was declared. 422 where nothing but rules of the domain is broken, else 400. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(
    readonly problems: readonly FieldProblem[],
    readonly status: 400 | 422 = 400,
  ) {
    super('The input is not valid.');
  }
}

type Values = Record<string, unknown>;

/** More than this nobody reads. */
const MOST_PROBLEMS = 50;
/** Beyond this a text is too long for every field: it is not normalised, just refused. */
const LONGEST_TEXT = 200_000;
const OPTIONS = { stopAtFirstError: true, forbidUnknownValues: false, validationError: { target: false, value: false } };

/**
 * A command from a body: trimmed, in NFC, instants with milliseconds. On a create absent and null are the same; on a
 * change (`changing`) absent keeps and null clears.
 * @throws InvalidInput naming every field that is wrong; whatever the body is, it throws nothing else.
 */
export function validateCommand(declaration: CommandDeclaration, body: unknown): DomainCommand<object> {
  const values = shapeOf(declaration.command, declaration.partial).validate(body);
  return Object.assign(new declaration.command(), values);
}

/** Values of a class with declared fields from a body. @throws InvalidInput */
export function validateAs<T extends object>(declared: ClassOf<T>, body: unknown): T {
  return shapeOf(declared, false).validate(body) as T;
}

const shapes = { whole: new WeakMap<ClassOf, Shape>(), partial: new WeakMap<ClassOf, Shape>() };

function shapeOf(declared: ClassOf, partial: boolean): Shape {
  const known = partial ? shapes.partial : shapes.whole;
  const found = known.get(declared);
  if (found) return found;
  const shape = new Shape(declared.name, fieldsOf(declared), partial);
  known.set(declared, shape);
  return shape;
}

/** A class with declared fields as a class-validator class, made once. */
class Shape {
  private readonly dto: new () => Values;
  private readonly fields: ReadonlyMap<string, Field>;
  private readonly checks = new Map<string, ReadonlyMap<string, FieldCheck>>();

  constructor(
    name: string,
    fields: readonly Field[],
    private readonly partial: boolean,
  ) {
    this.dto = namedClass(`${name}Input`);
    this.fields = new Map(fields.filter(({ kind }) => kind !== 'hidden').map((field) => [field.name, field]));
    for (const field of this.fields.values()) this.decorate(field);
  }

  /** @throws InvalidInput */
  validate(body: unknown): Values {
    const found: Found[] = [];
    const values = this.read(body === undefined ? {} : body, '', found);
    if (values) this.check(values, '', found);
    if (found.length > 0) {
      const status = found.every(({ ruled }) => ruled) ? 422 : 400;
      throw new InvalidInput(found.slice(0, MOST_PROBLEMS).map(({ ruled: _ruled, ...problem }) => problem), status);
    }
    return values!;
  }

  private decorate(field: Field): void {
    const checks = checksOf(field, this.partial);
    this.checks.set(field.name, new Map(checks.map((check) => [check.name, check])));
    for (const { name, holds, says } of checks) {
      registerDecorator({
        name,
        target: this.dto,
        propertyName: field.name,
        constraints: [],
        validator: { validate: holds, defaultMessage: (given) => says(given?.value as unknown) },
      });
    }
  }

  /** Declared values, normalised, and nothing else; undefined where it is no object. */
  private read(body: unknown, at: string, found: Found[]): Values | undefined {
    if (!isObject(body)) {
      found.push({ pointer: at, code: 'TYPE', message: 'This must be a JSON object.', ruled: false });
      return undefined;
    }
    for (const name of Object.keys(body)) {
      if (!this.fields.has(name) && found.length < MOST_PROBLEMS) {
        found.push({ pointer: `${at}/${pointed(name)}`, code: 'UNKNOWN', message: 'There is no such field.', ruled: false });
      }
    }
    const values: Values = {};
    for (const [name, field] of this.fields) {
      const value = Object.hasOwn(body, name) ? body[name] : undefined;
      if (value === undefined || (value === null && !this.partial)) continue;
      values[name] = this.normalised(field, value, `${at}/${name}`, found);
    }
    return values;
  }

  private normalised(field: Field, value: unknown, at: string, found: Found[]): unknown {
    if (!field.of) return normalise(field, value);
    const inner = shapeOf(field.of(), false);
    if (field.kind === 'group') return isObject(value) ? inner.read(value, at, found) : value;
    const tooMany = !Array.isArray(value) || value.length > (field.max ?? Infinity) || !value.every(isObject);
    return tooMany ? value : value.map((item, index) => inner.read(item, `${at}/${index}`, found));
  }

  private check(values: Values, at: string, found: Found[]): void {
    for (const error of validateSync(Object.assign(new this.dto(), values), OPTIONS)) found.push(this.problem(error, values, at));
    for (const [name, field] of this.fields) {
      if (!field.of) continue;
      const inner = shapeOf(field.of(), false);
      const value = values[name];
      if (Array.isArray(value)) value.forEach((item, index) => isObject(item) && inner.check(item, `${at}/${name}/${index}`, found));
      else if (field.kind === 'group' && isObject(value)) inner.check(value, `${at}/${name}`, found);
    }
  }

  private problem({ property, constraints }: ValidationError, values: Values, at: string): Found {
    const [name, message] = Object.entries(constraints!)[0]!;
    const { code, ruled, where } = this.checks.get(property)!.get(name)!;
    return { pointer: `${at}/${property}${where?.(values[property]) ?? ''}`, code, message, ruled };
  }
}

interface Found extends FieldProblem {
  readonly ruled: boolean;
}

function namedClass(name: string): new () => Values {
  const Input = class {} as new () => Values;
  Object.defineProperty(Input, 'name', { value: name });
  return Input;
}

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A name from outside as part of a pointer: escaped, and no longer than is good for an answer. */
const pointed = (name: string): string =>
  (isCleanText(name) ? name.slice(0, 60) : '…').replaceAll('~', '~0').replaceAll('/', '~1');

function normalise(field: Field, value: unknown): unknown {
  if (typeof value === 'number') return value + 0; // -0 is 0
  if (field.kind === 'list' && Array.isArray(value) && value.length <= (field.max ?? 100)) {
    return value.map((item) => (typeof item === 'string' ? text(item) : item));
  }
  if (typeof value !== 'string') return value;
  if (field.kind === 'ref') return value.toLowerCase();
  if (field.kind === 'instant') return isInstant(value) ? new Date(value).toISOString() : value;
  return field.kind === 'text' ? text(value, field.normalise) : value;
}

function text(value: string, further?: (text: string) => string): string {
  if (value.length > LONGEST_TEXT) return value;
  const normal = normaliseText(value);
  if (!further || !isCleanText(normal)) return normal;
  try {
    return further(normal);
  } catch {
    return normal; // Not what the function is for: the pattern refuses it.
  }
}
