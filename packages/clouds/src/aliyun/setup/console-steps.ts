import type { SetupStep } from '@sluice/core'
import { ossLink, ramLink } from './console-links.ts'
import type { SetupDocuments } from './documents.ts'
import type { Trusted } from './holder.ts'
import type { SetupPlan } from './plan.ts'
import { descriptionOf } from './resource-slots.ts'
import { numbered } from '../../setup/artifacts.ts'

/** The same by hand. The permission policy is made under Policies; the trust policy is given while the role is made. */
export function consoleSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const { holder } = plan
  return [
    ...(plan.createBucket ? [bucketStep(plan.createBucket)] : []),
    policyStep(plan),
    ...(holder.kind === 'user'
      ? userSteps(plan)
      : [...(holder.trusted.kind === 'issuer' ? [providerStep(holder.trusted)] : []), ...roleSteps(plan)]),
    ...neighbourSteps(plan, documents),
  ]
}

function policyStep(plan: SetupPlan): SetupStep {
  return {
    title: 'Create the permission policy',
    where: 'RAM > Permissions > Policies > Create Policy',
    body: `Choose JSON, replace what is there with the permission policy, choose OK. Policy name: ${plan.policyName}. Description: ${descriptionOf(plan)}; without it, setup.sh and remove.sh leave the policy alone.`,
    artifact: 'permission-policy',
    link: ramLink('policies/new'),
  }
}

function roleSteps(plan: SetupPlan): readonly SetupStep[] {
  return [
    {
      title: 'Create the role',
      where: 'RAM > Identities > Roles > Create Role > Switch to Policy Editor',
      body: `Choose JSON and replace what is there with the trust policy, choose OK. Role name: ${plan.holder.name}. Description: ${descriptionOf(plan)}.`,
      artifact: 'trust-policy',
      link: ramLink('roles/new'),
    },
    {
      title: 'Give the role its permissions',
      where: `RAM > Identities > Roles > ${plan.holder.name} > Permissions > Grant Permission`,
      body: `Resource scope: Account. Under Custom Policy select ${plan.policyName}, choose Grant permissions.`,
      link: ramLink(`roles/detail?name=${encodeURIComponent(plan.holder.name)}`),
    },
  ]
}

function providerStep({ providerName, issuerUrl, audience }: Extract<Trusted, { readonly kind: 'issuer' }>): SetupStep {
  return {
    title: 'Register the identity provider, unless another connection of this Sluice has',
    where: 'RAM > Integrations > SSO > Role-based SSO > OIDC > Create IdP',
    body: `IdP name: ${providerName}. Issuer URL: ${issuerUrl}. Fingerprint: choose Obtain Fingerprint. Client ID: ${audience}. Choose Create IdP.`,
    link: ramLink('providers'),
  }
}

function userSteps(plan: SetupPlan): readonly SetupStep[] {
  const user = `RAM > Identities > Users > ${plan.holder.name}`
  return [
    {
      title: 'Create the user',
      where: 'RAM > Identities > Users > Create User',
      body: `Logon name: ${plan.holder.name}. Access mode: Using permanent AccessKey to access, without access to the console. Choose OK, and give both values of the AccessKey to Sluice at once: the secret is shown only here.`,
      link: ramLink('users/create'),
    },
    {
      title: 'Give the user its permissions',
      where: `${user} > Permissions > Grant Permission`,
      body: `Resource scope: Account. Under Custom Policy select ${plan.policyName}, choose Grant permissions. Comments of the user: ${descriptionOf(plan)}.`,
      link: ramLink('users'),
    },
  ]
}

function bucketStep(bucket: NonNullable<SetupPlan['createBucket']>): SetupStep {
  const encryption = bucket.kmsKeyArn === undefined ? 'OSS-managed, AES256' : `KMS, with the key ${bucket.kmsKeyArn}`
  return {
    title: 'Create the bucket',
    where: 'OSS > Buckets > Create Bucket',
    body: `Region ${bucket.region}, bucket name ${bucket.name}. ACL: Private. Block public access: on. Server-side encryption: ${encryption}.`,
    link: 'https://oss.console.aliyun.com/bucket',
  }
}

/** What the owners of buckets in their own accounts add. */
export function neighbourSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const account = plan.foreignBucketAccount
  return documents.buckets.map(({ bucket }, index) => ({
    title: `Let account ${account}'s bucket ${bucket} accept the role`,
    where: `OSS > ${bucket} > Permission Control > Bucket Policy > Add in Syntax, in account ${account}`,
    body: 'Add the statements to the policy that is there; keep its other statements.',
    artifact: numbered('bucket-policy', index, documents.buckets),
    link: ossLink(plan.region, bucket, 'permission/policy'),
  }))
}
