import type { DomainEvent } from '../kernel/event.js';
import { idIn, type State } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Keyring } from '../privacy/keyring.js';
import type { Process } from './engine/process.js';

/** What was decided: the scopes whose keys go. */
interface Decided extends DomainEvent<never> {
  readonly scopes: readonly string[];
}
/** Contacts are people with keys of their own; those that were removed are among them. */
interface WithContacts extends State {
  readonly emergencyContacts?: readonly { readonly id: string }[];
}

const entityIdOf = ({ stored }: DecodedEvent): string => idIn(stored.stream);

/**
 * Carries out what an erasure decided: no new key for the resident in these scopes, then the keys destroyed, those of the
 * emergency contacts too, then recorded with their fingerprints. Each step may be repeated: a destruction answers as it did.
 */
export const erasureProcess = (keyring: Pick<Keyring, 'destroy'>): Process => ({
  name: 'erasure',
  doc: 'Destroys the keys of what an erasure decided, of the resident and of their emergency contacts, and records it.',
  on: ['ResidentErasureDecided'],
  async react(event, context) {
    const { scopes } = event.event as unknown as Decided;
    const residentId = entityIdOf(event);
    const resident = await context.find<WithContacts>('residents', residentId);
    const contacts = (resident?.emergencyContacts ?? []).map(({ id }) => id);
    const keyFingerprints: string[] = [];
    for (const subject of [residentId, ...contacts]) {
      const { organizationId } = context;
      keyFingerprints.push(...(await keyring.destroy({ erasureId: event.stored.id, organizationId, subject, scopes })));
    }
    const body = { scopes, keyFingerprints };
    await context.send({ step: 'record', command: 'RecordPersonalDataErased', id: residentId, body });
  },
});
