import { Instant, List, Text } from '../kernel/fields.js';
import { open, personal, pseudonymous } from '../kernel/privacy.js';
import { UUID } from '../kernel/values.js';

/** Shortest password that is accepted. */
export const SHORTEST_PASSWORD = 8;
const secret = personal('identity');

/** `POST /api/v1/sign-in` */
export class SignInBody {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(secret, { max: 256 }) password!: string;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID, doc: 'Which of one’s organisations; otherwise the one of which one has been a member for longest' }) organizationId?: string;
  @Text(secret, { optional: true, max: 16, doc: 'Of the second factor, once there is one' }) code?: string;
}

/** `POST /api/v1/user-organizations/{id}/accept-invitation` */
export class AcceptInvitationBody {
  @Text(secret, { max: 200, doc: 'The invitation’s one-time token' }) token!: string;
  @Text(personal('identity'), { optional: true, max: 100, doc: 'Of who is no user yet' }) firstName?: string;
  @Text(personal('identity'), { optional: true, max: 100, doc: 'Of who is no user yet' }) lastName?: string;
  @Text(secret, { min: SHORTEST_PASSWORD, max: 256, doc: 'A new one, or the own one of who is a user already' }) password!: string;
}

/** `POST /api/v1/users/{id}/change-password` */
export class ChangePasswordBody {
  @Text(secret, { max: 256 }) currentPassword!: string;
  @Text(secret, { min: SHORTEST_PASSWORD, max: 256 }) newPassword!: string;
}

/** `POST /api/v1/users/{id}/issue-api-token` */
export class IssueApiTokenBody {
  @Text(personal('identity'), { max: 100 }) name!: string;
  @List(open, { max: 100, doc: 'Permissions, or patterns of such, within one’s own' }) scopes!: string[];
  @Instant(open, { doc: 'Within a year' }) expiresAt!: string;
}
