import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { denialMessage } from './message.ts'
import type { AccessQuestion, PolicySet } from './types.ts'

const OBJECT = 'arn:aws:s3:::test-bucket-123/a'
const ROLE = 'arn:aws:iam::987654321987:role/lake-test'

function policy(name: string, effect: 'Allow' | 'Deny', rest: { readonly [key: string]: string } = {}): NonNullable<PolicySet['boundary']> {
  return { name, document: { Version: '2012-10-17', Statement: [{ Effect: effect, Action: '*', Resource: '*', ...rest }] } }
}
const everything = policy('all', 'Allow')

function ask(policies: PolicySet, over: Partial<AccessQuestion> = {}): AccessQuestion {
  return {
    principal: { kind: 'role-session', roleArn: ROLE, sessionName: 's' },
    action: 's3:GetObject',
    resource: OBJECT,
    resourceAccount: '987654321987',
    context: {},
    policies,
    ...over,
  }
}

function message(question: AccessQuestion): string {
  return denialMessage(question, evaluate(question), { enhanced: true })
}

const WHO =
  'User: arn:aws:sts::987654321987:assumed-role/lake-test/s is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::test-bucket-123/a"'

describe('what S3 says to a caller of the same account', () => {
  it.each<[string, PolicySet, string]>([
    ['no identity policy', {}, 'because no identity-based policy allows the s3:GetObject action'],
    [
      'no boundary',
      { identity: [everything], boundary: policy('b', 'Allow', { Action: 'ec2:*' }) },
      'because no permissions boundary allows the s3:GetObject action',
    ],
    [
      'no session policy',
      { identity: [everything], session: [policy('p', 'Allow', { Action: 'ec2:*' })] },
      'because no session policy allows the s3:GetObject action',
    ],
    ['no SCP', { identity: [everything], scps: [[]] }, 'because no service control policy allows the s3:GetObject action'],
    ['no RCP', { identity: [everything], rcps: [[]] }, 'because no resource control policy allows the s3:GetObject action'],
    [
      'no endpoint policy',
      { identity: [everything], vpcEndpoint: policy('v', 'Allow', { Principal: '*', Action: 'ec2:*' }) },
      'because no VPC endpoint policy allows the s3:GetObject action',
    ],
    [
      'a Deny of the identity',
      { identity: [policy('arn:aws:iam::987654321987:policy/guard', 'Deny')] },
      'with an explicit deny in an identity-based policy: arn:aws:iam::987654321987:policy/guard',
    ],
    ['a Deny of an inline policy', { identity: [policy('guard', 'Deny')] }, 'with an explicit deny in an identity-based policy'],
    [
      'a Deny of the bucket',
      { resource: policy('bucket', 'Deny', { Principal: '*' }) },
      'with an explicit deny in a resource-based policy',
    ],
    ['a Deny of the boundary', { boundary: policy('b', 'Deny') }, 'with an explicit deny in a permissions boundary'],
    ['a Deny of the session', { session: [policy('p', 'Deny')] }, 'with an explicit deny in a session policy'],
    [
      'a Deny of an SCP',
      { scps: [[policy('arn:aws:organizations::1:policy/o-1/service_control_policy/p-1', 'Deny')]] },
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1',
    ],
    ['a Deny of an RCP', { rcps: [[policy('r', 'Deny', { Principal: '*' })]] }, 'with an explicit deny in a resource control policy'],
    ['a Deny of the endpoint', { vpcEndpoint: policy('v', 'Deny', { Principal: '*' }) }, 'with an explicit deny in a VPC endpoint policy'],
  ])('%s', (_, policies, reason) => {
    expect(message(ask(policies))).toBe(`${WHO} ${reason}`)
  })
})

it('says only Access Denied where S3 does not know the caller', () => {
  const question = ask({})
  expect(denialMessage(question, evaluate(question))).toBe('Access Denied')
})

it('names caller and role but no reason when a role of another account is refused', () => {
  const question = ask(
    {},
    { action: 'sts:AssumeRole', resource: ROLE, principal: { kind: 'user', arn: 'arn:aws:iam::123456789012:user/a' } },
  )
  expect(denialMessage(question, evaluate(question))).toBe(
    `User: arn:aws:iam::123456789012:user/a is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
  )
})

it('calls a trust policy by its name', () => {
  const trust = policy('trust', 'Deny', { Principal: '*', Action: 'sts:AssumeRole' })
  const question = ask(
    { identity: [everything], resource: { ...trust, document: trustDocument('Deny') }, resourceRule: 'trust' },
    { action: 'sts:AssumeRole', resource: ROLE },
  )
  expect(message(question)).toContain(`on resource: ${ROLE} with an explicit deny in the role trust policy`)
  const silent = ask({ identity: [everything], resourceRule: 'trust' }, { action: 'sts:AssumeRole', resource: ROLE })
  expect(message(silent)).toContain('because no role trust policy allows the sts:AssumeRole action')
})

function trustDocument(effect: string): { readonly Version: string; readonly Statement: readonly { readonly [key: string]: string }[] } {
  return { Version: '2012-10-17', Statement: [{ Effect: effect, Principal: '*', Action: 'sts:AssumeRole' }] }
}

it('tells root users that roles are not for them', () => {
  const question = ask(
    { resourceRule: 'trust' },
    { action: 'sts:AssumeRole', resource: ROLE, principal: { kind: 'root', accountId: '987654321987' } },
  )
  expect(denialMessage(question, evaluate(question))).toBe('Roles may not be assumed by root accounts.')
})

it('tells an anonymous caller by that word', () => {
  expect(message(ask({}, { principal: { kind: 'anonymous' } }))).toBe(
    `User: anonymous is not authorized to perform: s3:GetObject on resource: "${OBJECT}" because no resource-based policy allows the s3:GetObject action`,
  )
})

it('does not tell a foreign caller whether a key exists', () => {
  const question = ask(
    { resourceRule: 'kms-key' },
    { action: 'kms:Decrypt', resource: 'arn:aws:kms:us-west-2:111122223333:key/1', resourceAccount: '111122223333' },
  )
  expect(denialMessage(question, evaluate(question))).toContain(
    'is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region',
  )
  expect(message(question)).toContain(
    'on resource: arn:aws:kms:us-west-2:111122223333:key/1 because no identity-based policy allows the kms:Decrypt action',
  )
})
