import type { Catalogue } from '../kernel/catalogue.js';
import type { DomainEvent, EventDeclaration } from '../kernel/event.js';
import type { Bundle, SealedOrigin } from '../kernel/sealed.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { jsonBytes } from '../event-store/metadata.js';
import {
  SubjectErased,
  type Codec,
  type DecodedEvent,
  type Destination,
  type EncodedEvent,
  type Opening,
} from './codec.js';
import { decodedEvent } from './decoding.js';
import { BUNDLES, KEPT, sealBundle } from './envelope.js';
import type { Keyring, KeyName } from './keyring.js';
import { indexName, planOf, subjectFieldOf, type SealedField, type SealingPlan } from './sealing-plan.js';
import { holdsSealed, unsealed } from './unsealing.js';

export { sealedColumn, sealedFromColumn, type SealedColumn } from './sealed-column.js';

type Values = Record<string, unknown>;
/** What is to be sealed, by subject, scope and class. */
type Parts = Map<string, { readonly name: KeyName; readonly privacyClass: 2 | 3; readonly values: Values }>;

/** Events as bytes, with what is personal sealed under the keyring's keys. */
export class EventCodec implements Codec {
  private readonly plans = new Map<EventDeclaration, SealingPlan>();
  /** Keys that an event was sealed under, until it is appended. */
  private readonly sealedUnder = new WeakMap<EncodedEvent, readonly string[]>();

  /** @throws Error with a sentence on an event whose declaration cannot be sealed. */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly keyring: Keyring,
  ) {
    for (const declaration of catalogue.events) this.plans.set(declaration, planOf(declaration));
  }

  async encode(event: DomainEvent<object>, declaration: EventDeclaration, at: Destination): Promise<EncodedEvent> {
    const { type, version } = declaration;
    const plan = this.planFor(declaration);
    // A value that was moved here from a state still belongs to its old event: it is sealed anew.
    const given = event as unknown as Values;
    const [values] = (holdsSealed(given) ? await this.unseal([given]) : [given]) as [Values];
    const subjectField = subjectFieldOf(declaration);
    const sorting = new Sorting(
      at,
      (subjectField && (values[subjectField] ?? at.subject)) || at.entityId,
      this.keyring,
      type,
    );
    const data = sorting.clear(values, given, plan);
    const parts = [...sorting.parts.values()];
    const keys = await this.keyring.toSeal(parts.map(({ name }) => name));
    const origin: SealedOrigin = { organizationId: at.organizationId, eventId: at.eventId, type, version };
    const bundles: Bundle[] = parts.map(({ name, privacyClass, values: sealed }, index) =>
      sealBundle({ subject: name.subject, scope: name.scope, privacyClass, values: sealed }, keys[index]!, origin),
    );
    if (Object.keys(sorting.kept).length > 0) data[KEPT] = sorting.kept;
    if (bundles.length > 0) data[BUNDLES] = bundles;
    const encoded = { type, version, data: jsonBytes(data) };
    this.sealedUnder.set(
      encoded,
      bundles.map(({ k }) => k),
    );
    return encoded;
  }

  decode(stored: RecordedEvent): DecodedEvent | undefined {
    const declaration = this.catalogue.event(stored.type);
    return declaration && decodedEvent(stored, declaration, this.planFor(declaration));
  }

  unseal<T extends object>(objects: readonly T[], opening?: Opening): Promise<T[]> {
    return unsealed(objects, this.keyring, opening);
  }

  async checkFences(organizationId: string, encoded: readonly EncodedEvent[]): Promise<void> {
    const fingerprints = encoded.flatMap((event) => {
      const known = this.sealedUnder.get(event);
      if (!known) throw new Error(`Event ${event.type} of organisation ${organizationId} was not sealed here.`);
      return known;
    });
    const keys = await this.keyring.toOpen([...new Set(fingerprints)]);
    if (fingerprints.some((fingerprint) => keys.get(fingerprint)?.destroyed !== false)) {
      throw new SubjectErased('The personal data of this person was erased meanwhile; nothing was recorded.');
    }
  }

  private planFor(declaration: EventDeclaration): SealingPlan {
    const known = this.plans.get(declaration);
    if (known) return known;
    const plan = planOf(declaration);
    this.plans.set(declaration, plan);
    return plan;
  }
}

/** Parts the values of one event into what stays clear and what is sealed with what. */
class Sorting {
  readonly parts: Parts = new Map();
  readonly kept: Record<string, string> = {};

  constructor(
    private readonly at: Destination,
    private readonly subject: unknown,
    private readonly keyring: Keyring,
    private readonly type: string,
  ) {}

  /**
   * The clear values; sealed ones go to `parts`.
   * @param given the values before any was unsealed. @param path of the object in the event, ending in a dot.
   */
  clear(values: Values, given: Values, plan: SealingPlan, path = ''): Values {
    const data: Values = {};
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const personal = plan.sealed.get(name);
      const inner = plan.nested.get(name);
      if (personal) this.seal(personal, value, values, data, path);
      else if (inner) data[name] = this.within(value, given[name], inner, `${path}${name}.`);
      else if (plan.clear.has(name) || (name === 'reference' && path === ''))
        data[name] = this.checked(name, given[name]);
      else
        throw new Error(
          `Event ${this.type} carries ${path}${name}, which is not declared: declare it with its privacy class.`,
        );
    }
    return data;
  }

  private within(value: unknown, given: unknown, plan: SealingPlan, path: string): unknown {
    if (!Array.isArray(value)) return value === null ? null : this.clear(value as Values, given as Values, plan, path);
    return value.map((item, index) =>
      this.clear(item as Values, (given as Values[])[index]!, plan, `${path}${index}.`),
    );
  }

  private checked(name: string, value: unknown): unknown {
    if (holdsSealed(value))
      throw new Error(`Event ${this.type} carries a personal value in ${name}, which is declared as clear.`);
    return value;
  }

  private seal(
    { field, scope, privacyClass }: SealedField,
    value: unknown,
    values: Values,
    data: Values,
    path: string,
  ): void {
    const { name } = field;
    if (holdsSealed(value)) throw new SubjectErased('This personal value was erased; it cannot be recorded again.');
    if (value === null) {
      data[name] = null;
      if (field.blind) data[indexName(name)] = null;
      return;
    }
    const own = field.subject ? values[field.subject] : undefined;
    const subject = String(own ?? this.subject);
    this.put({ organizationId: this.at.organizationId, subject, scope }, privacyClass, `${path}${name}`, value);
    if (field.blind && typeof value === 'string') {
      const index = this.keyring.blindIndex(this.at.organizationId, name, value);
      this.put({ organizationId: this.at.organizationId, subject, scope }, 2, `${path}${indexName(name)}`, index);
    }
    if (field.keepYear && typeof value === 'string') this.kept[`${path}${name}`] = value.slice(0, 4);
  }

  private put(name: KeyName, privacyClass: 2 | 3, path: string, value: unknown): void {
    const key = `${name.subject}|${name.scope}|${privacyClass}`;
    const part = this.parts.get(key) ?? { name, privacyClass, values: {} };
    part.values[path] = value;
    this.parts.set(key, part);
  }
}
