import type { HandWritten } from '../../api/parts.js';
import type { Access } from '../access.js';
import { AcceptInvitationBody, ChangePasswordBody, IssueApiTokenBody } from '../bodies.js';
import { MembersController } from './members.controller.js';
import { SignInController } from './sign-in.controller.js';
import { ACCESS } from './access-provider.js';

/** The controllers of access, for the API: what comes with a password or a token is written by hand. */
export const accessRoutes = (access: Access): HandWritten => ({
  controllers: [SignInController, MembersController],
  providers: [{ provide: ACCESS, useValue: access }],
  commands: { AcceptInvitation: AcceptInvitationBody, ChangePassword: ChangePasswordBody, IssueApiToken: IssueApiTokenBody },
});
