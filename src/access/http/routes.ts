import type { HandWritten } from '../../api/parts.js';
import type { Access } from '../access.js';
import { AcceptInvitationBody, ChangePasswordBody, IssueApiTokenBody } from '../bodies.js';
import { MembersController } from './members.controller.js';
import { SignInController } from './sign-in.controller.js';
import { ACCESS } from './access-provider.js';
import { MemberCommands } from './member-commands.js';

/** The controllers of access, for the API: what comes with a password or a token is written by hand. */
export function accessRoutes(access: Access): HandWritten {
  const { acceptInvitation, changePassword, issueApiToken } = new MemberCommands(access);
  return {
    controllers: [SignInController, MembersController],
    providers: [{ provide: ACCESS, useValue: access }],
    commands: { AcceptInvitation: AcceptInvitationBody, ChangePassword: ChangePasswordBody, IssueApiToken: IssueApiTokenBody },
    mutations: { AcceptInvitation: acceptInvitation, ChangePassword: changePassword, IssueApiToken: issueApiToken },
  };
}
