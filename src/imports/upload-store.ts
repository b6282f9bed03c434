import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

/** A file that has come whole. */
export interface Upload {
  readonly uploadId: string;
  readonly batchId: string;
  readonly organizationId: string;
}

const NONCE = 12;
const TAG = 16;
/** Bytes of one part. */
const PART = 128 * 1024;

/**
 * Keeps files until their rows are posted, in the database beside the log, so that a crash on the way loses nothing. Parts
 * are sealed with AES-256-GCM under a key of the upload's own, which follows from the server's key.
 */
export class UploadStore {
  constructor(
    private readonly pool: Pool,
    private readonly serverKey: Buffer,
  ) {}

  /** Begins an upload. */
  async begin(uploadId: string, organizationId: string): Promise<void> {
    await this.pool.query('insert into app.import_files (upload_id, organization_id) values ($1, $2)', [uploadId, organizationId]);
  }

  /** Stores bytes as they come, a part at a time. @param seen told of every piece. */
  async fill({ uploadId, organizationId }: Pick<Upload, 'uploadId' | 'organizationId'>, bytes: AsyncIterable<Uint8Array>, seen: (piece: Uint8Array) => void): Promise<void> {
    let waiting: Uint8Array[] = [];
    let length = 0;
    let part = 0;
    const store = async (content: Buffer): Promise<void> => {
      await this.pool.query('insert into app.import_parts (upload_id, part, sealed) values ($1, $2, $3)', [uploadId, part, this.seal(content, uploadId, organizationId, part)]);
      part += 1;
    };
    for await (const piece of bytes) {
      seen(piece);
      waiting.push(piece);
      length += piece.length;
      if (length < PART) continue;
      await store(Buffer.concat(waiting));
      [waiting, length] = [[], 0];
    }
    if (length > 0) await store(Buffer.concat(waiting));
  }

  /** Says which batch it is the file of: from then on it is kept until the batch is through. */
  async name(uploadId: string, batchId: string, sha256: string): Promise<void> {
    await this.pool.query('update app.import_files set batch_id = $2, sha256 = $3 where upload_id = $1', [uploadId, batchId, sha256]);
  }

  /** The upload that has the content of a batch; undefined where it is not there any more. */
  async find(batchId: string, organizationId: string, sha256: string): Promise<Upload | undefined> {
    const { rows } = await this.pool.query<{ upload_id: string }>(
      'select upload_id from app.import_files where batch_id = $1 and organization_id = $2 and sha256 = $3 order by received_at limit 1',
      [batchId, organizationId, sha256],
    );
    return rows[0] && { uploadId: rows[0].upload_id, batchId, organizationId };
  }

  /** The bytes, a part at a time. @throws Error where a part was altered or moved. */
  async *content({ uploadId, organizationId }: Pick<Upload, 'uploadId' | 'organizationId'>): AsyncGenerator<Uint8Array> {
    for (let part = 0; ; part++) {
      const { rows } = await this.pool.query<{ sealed: Buffer }>('select sealed from app.import_parts where upload_id = $1 and part = $2', [uploadId, part]);
      if (!rows[0]) return;
      yield this.open(rows[0].sealed, uploadId, organizationId, part);
    }
  }

  async remove(uploadId: string): Promise<void> {
    await this.pool.query('delete from app.import_files where upload_id = $1', [uploadId]);
  }
  async removeOf(batchId: string, organizationId: string): Promise<void> {
    await this.pool.query('delete from app.import_files where batch_id = $1 and organization_id = $2', [batchId, organizationId]);
  }

  /** Takes away what was broken off more than a day ago. @returns uploads as old that belong to a batch, a few of them. */
  async clear(): Promise<Upload[]> {
    await this.pool.query("delete from app.import_files where batch_id is null and received_at < clock_timestamp() - interval '1 day'");
    const { rows } = await this.pool.query<{ upload_id: string; batch_id: string; organization_id: string }>(
      "select upload_id, batch_id, organization_id from app.import_files where batch_id is not null and received_at < clock_timestamp() - interval '1 day' order by received_at limit 20",
    );
    return rows.map((row) => ({ uploadId: row.upload_id, batchId: row.batch_id, organizationId: row.organization_id }));
  }

  private keyOf(uploadId: string, organizationId: string): Buffer {
    return createHmac('sha256', this.serverKey).update(`import|${organizationId}|${uploadId}`).digest();
  }

  private seal(content: Buffer, uploadId: string, organizationId: string, part: number): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(uploadId, organizationId), nonce);
    cipher.setAAD(Buffer.from(`${uploadId}|${part}`));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  private open(sealed: Buffer, uploadId: string, organizationId: string, part: number): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.keyOf(uploadId, organizationId), sealed.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(`${uploadId}|${part}`));
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  }
}
