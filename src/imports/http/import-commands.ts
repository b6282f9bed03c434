import { randomUUID } from 'node:crypto';
import type { CommandAnswer, CommandGateway } from '../../api/commands/command-gateway.js';
import type { HandWrittenCall, HandWrittenCommand, SignedIn } from '../../api/parts.js';
import { unauthenticated } from '../../api/problems/errors.js';
import { covers } from '../../kernel/permissions.js';
import { Refusal } from '../../kernel/rules.js';
import { validateAs } from '../../kernel/validation.js';
import { uuidOf } from '../../kernel/values.js';
import type { IncomingFile, Receiving } from '../receiving.js';
import { StartImportBody } from './start-import-body.js';

/** A file and what it is said to be. */
export type ArrivingFile = Pick<IncomingFile, 'kind' | 'fileName' | 'bytes'>;

/** `StartImport` by whatever door: the file is kept first, then the command goes the way of every command. */
export class ImportCommands {
  constructor(private readonly receiving: Receiving) {}

  readonly startImport: HandWrittenCommand = (call, gateway) =>
    this.start(call, () => {
      const { kind, fileName, content } = validateAs(StartImportBody, call.body);
      return { kind, fileName, bytes: piecesOf(content) };
    }, gateway);

  /**
   * Takes a file in. @param file reads the request; not asked where the caller may not import at all.
   * @param rejectedAt told the id under which a file that is not taken is recorded.
   */
  async start(call: HandWrittenCall, file: () => ArrivingFile, gateway: CommandGateway, rejectedAt: (id: string) => void = () => undefined): Promise<CommandAnswer> {
    const { actor } = call;
    if (!actor) throw unauthenticated();
    const { permission } = call.declaration.options;
    // The pipeline says no, and the auditor is told, before anything is read.
    if (!covers(actor.permissions, permission!)) return gateway.execute({ ...call, actor, id: randomUUID(), body: {} });
    const { organizationId } = actor;
    const batchId = idFor('batch', call, actor);
    let isTold = false;
    const executed = async (id: string, body: object, route = call.route): Promise<CommandAnswer> => {
      try {
        return await gateway.execute({ ...call, actor, id, body, route });
      } catch (error) {
        isTold = true;
        throw error;
      }
    };
    const rejectedId = idFor('rejected', call, actor);
    try {
      return await this.receiving.take({ ...file(), organizationId, batchId }, (body) => executed(batchId, body), async (body) => {
        // A record of its own: of what was refused nothing follows.
        await gateway.execute({ ...call, actor, id: rejectedId, body, route: `${call.route}/rejected`, correlationId: rejectedId });
        rejectedAt(rejectedId);
      });
    } catch (error) {
      // What is found before the command is sent is a refusal like any other.
      if (error instanceof Refusal && !isTold) await gateway.tellOf({ ...call, actor, id: batchId }, error);
      throw error;
    }
  }
}

/** A repeat under the same key has the same id. */
const idFor = (what: string, { idempotencyKey, route }: HandWrittenCall, { id, organizationId }: SignedIn): string =>
  idempotencyKey === undefined ? randomUUID() : uuidOf(organizationId, id, route, idempotencyKey, what);

/** A text as the bytes of a file. */
export async function* piecesOf(content: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content, 'utf8'));
}
