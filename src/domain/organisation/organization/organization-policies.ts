import { CommandOf, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Int, Text } from '../../../kernel/fields.js';
import { policyDeclared } from '../../../kernel/policies.js';
import { open } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { uuidOf } from '../../../kernel/values.js';
import '../organisation.rules.js';
import { Organization, OrganizationPolicy } from './organization.js';

const without = ({ policies }: Organization, code: string): OrganizationPolicy[] => policies.filter((one) => one.code !== code);

/** From now on this figure is in force; what was decided before stays as it is. */
@EventOf(Organization, 'OrganizationPolicySet', 1)
export class OrganizationPolicySet extends DomainEvent<Organization> {
  @Text(open, { max: 40 }) code!: string;
  @Int(open) value!: number;
  apply(organization: Organization): void {
    const { code, value } = this;
    const set = Object.assign(new OrganizationPolicy(), { id: uuidOf(organization.id, 'policy', code), code, value });
    organization.policies = [...without(organization, code), set];
  }
}
/** The product's own figure is in force again. */
@EventOf(Organization, 'OrganizationPolicyReset', 1)
export class OrganizationPolicyReset extends DomainEvent<Organization> {
  @Text(open, { max: 40 }) code!: string;
  apply(organization: Organization): void {
    organization.policies = without(organization, this.code);
  }
}

@CommandOf(Organization, { permission: 'organizations:set-policy', doc: 'Sets a policy figure for the organisation.', from: ['active'] })
export class SetPolicy extends DomainCommand<Organization> {
  @Text(open, { max: 40, doc: 'One of the policies in the documentation' }) code!: string;
  @Int(open) value!: number;
  decide(organization: Organization) {
    const { code, value } = this;
    const declared = policyDeclared(code);
    rule('POL-1', 'There is no such policy.', declared !== undefined, 'code');
    const { min, max, unit } = declared;
    rule('POL-1', `This is a number of ${unit} from ${min} to ${max}.`, value >= min && value <= max, 'value');
    if (organization.policies.some((one) => one.code === code && one.value === value)) return [];
    return OrganizationPolicySet.of({ code, value });
  }
}

@CommandOf(Organization, { permission: 'organizations:set-policy', doc: 'Goes back to the product’s own figure.', from: ['active'] })
export class ResetPolicy extends DomainCommand<Organization> {
  @Text(open, { max: 40 }) code!: string;
  decide(organization: Organization) {
    rule('POL-1', 'There is no such policy.', policyDeclared(this.code) !== undefined, 'code');
    if (!organization.policies.some(({ code }) => code === this.code)) return [];
    return OrganizationPolicyReset.of({ code: this.code });
  }
}
