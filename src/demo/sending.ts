import { randomUUID } from 'node:crypto';
import type { Commands, Core } from '../assembly/core.js';
import { validateCommand } from '../kernel/validation.js';
import type { Actor } from '../kernel/command.js';
import type { Acknowledgement } from '../commands/request.js';
import { uuidOf } from '../kernel/values.js';

/** A command of the demonstration. Its id follows from the step's name, so that a seeding that was cut off is taken up again. */
export interface Step {
  /** Unique in the demonstration. */
  readonly step: string;
  readonly command: string;
  readonly by: Actor;
  readonly body: object;
  readonly id?: string;
}

/** Id of what a creating step makes. */
export const madeBy = (step: string, table: string): string => uuidOf(uuidOf('demo', step), table);

const AT_ONCE = 6;

/** Sends the commands of the demonstration through the pipeline. */
export class Sending {
  constructor(
    private readonly core: Core,
    private readonly commands: Commands,
  ) {}

  send({ step, command, by, body, id }: Step): Promise<Acknowledgement> {
    const declaration = this.core.catalogue.command(command);
    if (!declaration) throw new Error(`There is no command ${command}: the demonstration sends it.`);
    return this.commands.pipeline.execute({
      declaration,
      command: validateCommand(declaration, body),
      body,
      actor: by,
      source: 'import',
      correlationId: randomUUID(),
      route: command,
      commandId: uuidOf('demo', step),
      ...(id ? { id } : {}),
    });
  }

  /** Sends several rows of steps, a few rows at once, the steps of a row one after the other. */
  async sendAll(rows: readonly (readonly Step[])[]): Promise<void> {
    const waiting = [...rows];
    const work = async (): Promise<void> => {
      for (let row = waiting.shift(); row; row = waiting.shift()) for (const step of row) await this.send(step);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}
