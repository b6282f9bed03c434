import { AcceptInvitationBody, ChangePasswordBody, IssueApiTokenBody } from '../../src/access/bodies.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue, routeOf } from '../../src/kernel/catalogue.js';
import type { CommandDeclaration } from '../../src/kernel/command.js';
import { entityOf } from '../../src/kernel/entity.js';
import { fieldsOf, type ClassOf, type Field } from '../../src/kernel/fields.js';
import { StartImportBody } from '../../src/imports/http/start-import-body.js';
import type { Caller, Json } from './caller.js';

/** A personal value that was sent. */
export interface Said {
  readonly command: string;
  readonly field: string;
  readonly value: string;
  readonly level: 2 | 3;
  /** Whom it was said about, as the teller of the story names them. */
  readonly about: string;
}

/** What is put into a personal field of a command. */
export type Words = (command: string, field: Field) => string;

export const catalogue = new Catalogue(entities);

/** Bodies that are not the command's own: a password or a token comes with them. */
const handWritten: Readonly<Record<string, ClassOf>> = {
  AcceptInvitation: AcceptInvitationBody, ChangePassword: ChangePasswordBody, IssueApiToken: IssueApiTokenBody, StartImport: StartImportBody,
};
const SECRETS = new Set(['token', 'password', 'currentPassword', 'newPassword', 'code']);

/** Fields of the body that a command is asked with over HTTP. */
export const bodyFields = ({ name, fields }: CommandDeclaration): readonly Field[] =>
  handWritten[name] ? fieldsOf(handWritten[name]) : fields;

/** The commands that can be asked over HTTP. */
export const routedCommands = catalogue.commands.filter(({ options }) => !options.internal);

/** Personal fields of a command's body; what is secret is no word about anybody. */
export const personalFields = (command: CommandDeclaration): readonly Field[] =>
  bodyFields(command).filter(({ name, privacy }) => privacy.class >= 2 && !SECRETS.has(name));

/** Path of a command, after `/api/v1`. */
export function pathFor(name: string, id?: string): string {
  const command = catalogue.command(name);
  if (!command) throw new Error(`There is no command ${name}.`);
  return routeOf(command).slice('/api/v1'.length).replace('{id}', id ?? 'missing');
}

/** Says commands over HTTP and puts words of its own into every personal field that is not given. */
export class Speaker {
  /** Everything personal that was said in commands that were accepted. */
  readonly said: Said[] = [];
  private about = '';

  constructor(private readonly words: Words) {}

  /** Whom the next commands are about. */
  of(about: string): this {
    this.about = about;
    return this;
  }

  /** A command's body; a field that is given as undefined is left out. */
  body(name: string, given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const fields = personalFields(catalogue.command(name)!).filter((field) => !Object.hasOwn(given, field.name));
    const said = (field: Field): string | string[] => (field.kind === 'list' ? [this.words(name, field)] : this.words(name, field));
    return { ...Object.fromEntries(fields.map((field) => [field.name, said(field)])), ...given };
  }

  /** A word for a field, to be put into what the field holds. */
  word(name: string, field: string): string {
    return this.words(name, catalogue.command(name)!.fields.find((one) => one.name === field)!);
  }

  /** Sends a command that must be accepted. @returns the acknowledgement */
  async say(caller: Caller, name: string, id: string | undefined, given: Readonly<Record<string, unknown>> = {}): Promise<Json> {
    const body = this.body(name, given);
    const answer = await caller.did(pathFor(name, id), body);
    this.heard(name, body);
    return answer;
  }

  /** Notes what was said by another way. */
  heard(name: string, body: Readonly<Record<string, unknown>>): void {
    for (const { name: field, privacy } of personalFields(catalogue.command(name)!)) {
      for (const value of textsIn(body[field])) this.said.push({ command: name, field, value, level: privacy.class as 2 | 3, about: this.about });
    }
  }
}

/** Texts in a value: itself, or those in the list or object that it is. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Table of a command's entity. */
export const tableOf = (name: string): string => entityOf(catalogue.command(name)!.entity).table;
