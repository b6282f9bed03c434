import { randomUUID } from 'node:crypto';
import { SignInRefused } from '../access/password-proof.js';
import type { Core } from '../assembly/core.js';
import type { Actor } from '../kernel/command.js';
import { Refusal } from '../kernel/rules.js';
import { memberOf } from './members.js';
import { keepPassword, keptPassword } from './password.js';
import { DEMO_PEOPLE } from './people.js';
import { Sending } from './sending.js';

/** Gives the demo sign-ins the configured password, where they have another. Whoever chose one of their own keeps it. */
export async function givePassword(core: Core): Promise<void> {
  const { configuration } = core;
  const [current, wanted] = [keptPassword(configuration), configuration.demoPassword];
  if (current === undefined || wanted === undefined || current === wanted) return;
  const sending = new Sending(core, core);
  for (const person of DEMO_PEOPLE) {
    const member = await memberOf(core, person);
    if (member) await change(core, sending, member, current, wanted);
  }
  keepPassword(configuration, wanted);
}

async function change({ access }: Core, sending: Sending, by: Actor, currentPassword: string, newPassword: string): Promise<void> {
  try {
    const credentialId = await access.passwords.change(by.id, { currentPassword, newPassword });
    await sending.send({ step: `password ${randomUUID()}`, command: 'ChangePassword', by, id: by.id, body: { credentialId } });
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SignInRefused)) throw error;
  }
}
