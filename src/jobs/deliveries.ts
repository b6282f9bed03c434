import type { Pool } from 'pg';
import type { Id } from './job.js';

/** Something that is to reach a person. Ids only: whoever carries it looks up address and words when it goes. */
export interface Delivery {
  /** The same one is carried once. */
  readonly id: Id;
  readonly kind: 'invitation' | 'notification';
  readonly organizationId: Id;
  /** The record that it is about: of an invitation, the membership; a notification. */
  readonly subjectId: Id;
}

/** The port to whatever carries messages out of the house. */
export interface Carrier {
  /** Carries it, once for each id. @throws where that is not certain; then it is asked again. */
  carry(delivery: Delivery): Promise<void>;
}

/** A carrier that only writes down, and can be asked what it has. */
export interface DeliveryBook extends Carrier {
  has(id: Id): Promise<boolean>;
}

/**
 * What goes, or would go, is written down, by its ids. Where no mail is configured nothing leaves the house: whoever invited
 * somebody passes the invitation on; notifications are fetched and reported by whoever carries them (docs/operations.md).
 */
export class WrittenDown implements DeliveryBook {
  /** @param pool of yuthub_app. */
  constructor(private readonly pool: Pool) {}

  async carry({ id, kind, organizationId, subjectId }: Delivery): Promise<void> {
    await this.pool.query(
      'insert into app.deliveries (delivery_id, kind, organization_id, subject_id) values ($1, $2, $3, $4) on conflict (delivery_id) do nothing',
      [id, kind, organizationId, subjectId],
    );
  }

  async has(id: Id): Promise<boolean> {
    const { rowCount } = await this.pool.query('select from app.deliveries where delivery_id = $1', [id]);
    return rowCount === 1;
  }
}
