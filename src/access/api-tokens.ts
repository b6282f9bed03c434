import { createHmac, randomUUID } from 'node:crypto';
import { uuidOf } from '../kernel/values.js';
import type { Sessions } from './sessions.js';

/** A token for programs before it is issued. */
export interface PreparedToken {
  readonly tokenId: string;
  /** Shown once; a repeat of the request shows it again. */
  readonly token: string;
}

/** Makes tokens for programs. Each follows from its id and the server's key, so that a repeat gives it again and nobody stores it. */
export class ApiTokens {
  constructor(
    private readonly sessions: Sessions,
    private readonly serverKey: Uint8Array,
  ) {}

  /** Stores the token's hash under its id; it counts once the user's stream names that id. */
  async prepare(userId: string, organizationId: string, idempotencyKey?: string): Promise<PreparedToken> {
    const tokenId = idempotencyKey === undefined ? randomUUID() : uuidOf('api-token', organizationId, userId, idempotencyKey);
    const token = createHmac('sha256', this.serverKey).update(`api-token|${tokenId}`).digest('base64url');
    await this.sessions.storeToken(tokenId, token, userId, organizationId);
    return { tokenId, token };
  }
}
