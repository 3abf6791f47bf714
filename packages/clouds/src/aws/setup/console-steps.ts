import type { SetupStep } from '@sluice/core'
import { iamLink, regionalLink } from './console-links.ts'
import type { SetupDocuments } from './documents.ts'
import { regionOfKey } from './kms.ts'
import { ISSUER_TAG, type IssuerTrust } from './oidc-provider.ts'
import { issuerOf, OWNER_TAG, type SetupPlan } from './plan.ts'
import { numbered } from '../../setup/artifacts.ts'

/** The same by hand. The permission policy is made under Policies; the trust policy belongs to the role and is given while the role is made. */
export function consoleSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const managed = documents.permission.kind === 'managed'
  const trusts = issuerOf(plan)
  return [
    ...(plan.createBucket ? [bucketStep(plan, plan.createBucket)] : []),
    ...(trusts === undefined ? [] : [providerStep(plan, trusts)]),
    ...(managed ? [policyStep(plan)] : []),
    ...(plan.holder.kind === 'role' ? [roleStep(plan, managed)] : userSteps(plan)),
    ...(managed ? [] : [inlinePolicyStep(plan)]),
    ...neighbourSteps(plan, documents),
  ]
}

function providerStep(plan: SetupPlan, trusts: IssuerTrust): SetupStep {
  return {
    title: 'Make our issuer known',
    where: 'IAM > Identity providers > Add provider',
    body: `If ${trusts.path} is listed already, open it, see that its audiences have ${trusts.audience}, and go on. Else choose OpenID Connect. Provider URL: ${trusts.url}. Audience: ${trusts.audience}. Tag: ${ISSUER_TAG} = ${trusts.path}. Choose Add provider.`,
    link: iamLink(plan.partition, 'identity_providers/create'),
  }
}

function policyStep(plan: SetupPlan): SetupStep {
  return {
    title: 'Create the permission policy',
    where: 'IAM > Policies > Create policy',
    body: `Choose JSON, replace what is there with the permission policy, choose Next. Policy name: ${plan.policyName}.${tagText(plan)} Choose Create policy.`,
    artifact: 'permission-policy',
    link: iamLink(plan.partition, 'policies/create'),
  }
}

function roleStep(plan: SetupPlan, managed: boolean): SetupStep {
  const boundary = plan.permissionsBoundary === undefined ? '' : ` Open Set permissions boundary and choose ${plan.permissionsBoundary}.`
  const permissions = managed
    ? `Choose Next, select the policy ${plan.policyName},${boundary} then Next.`
    : `Choose Next, select no policy,${boundary} then Next.`
  const path =
    plan.path === '/' ? '' : ` The console cannot give a role the path ${plan.path}: use the template, Terraform or the CLI for that.`
  return {
    title: 'Create the role',
    where: 'IAM > Roles > Create role',
    body: `Choose Custom trust policy and replace what is there with the trust policy. ${permissions} Role name: ${plan.holder.name}.${tagText(plan)} Choose Create role.${path}`,
    artifact: 'trust-policy',
    link: iamLink(plan.partition, 'roles/create'),
  }
}

function inlinePolicyStep(plan: SetupPlan): SetupStep {
  return {
    title: 'Give the role its permissions',
    where: `IAM > Roles > ${plan.holder.name} > Add permissions > Create inline policy`,
    body: `The policy is too long for a managed policy, so it goes into the role. Choose JSON, paste the permission policy, choose Next. Policy name: ${plan.policyName}. Choose Create policy.`,
    artifact: 'permission-policy',
    link: iamLink(plan.partition, `roles/details/${encodeURIComponent(plan.holder.name)}`),
  }
}

function userSteps(plan: SetupPlan): readonly SetupStep[] {
  const boundary = plan.permissionsBoundary === undefined ? '' : ` Set the permissions boundary ${plan.permissionsBoundary}.`
  return [
    {
      title: 'Create the user',
      where: 'IAM > Users > Create user',
      body: `User name: ${plan.holder.name}, without access to the console. Choose Attach policies directly and select ${plan.policyName}.${boundary}${tagText(plan)} Choose Create user.`,
      link: iamLink(plan.partition, 'users/create'),
    },
    {
      title: 'Create the access key',
      where: `IAM > Users > ${plan.holder.name} > Security credentials > Create access key`,
      body: 'Choose Third-party service. Give both values to Sluice at once: the secret is shown only here.',
      link: iamLink(plan.partition, `users/details/${encodeURIComponent(plan.holder.name)}?section=security_credentials`),
    },
  ]
}

function bucketStep(plan: SetupPlan, bucket: NonNullable<SetupPlan['createBucket']>): SetupStep {
  const encryption = bucket.kmsKeyArn === undefined ? 'SSE-S3' : `SSE-KMS with the key ${bucket.kmsKeyArn} and Bucket Key on`
  return {
    title: 'Create the bucket',
    where: 'S3 > General purpose buckets > Create bucket',
    body: `Region ${bucket.region}, bucket name ${bucket.name}. Object Ownership: ACLs disabled (bucket owner enforced). Block all public access: on. Default encryption: ${encryption}.`,
    link: regionalLink(plan, 's3/bucket/create'),
  }
}

/** What the owners of buckets and keys in their own places add. */
export function neighbourSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const account = plan.foreignBucketAccount
  return [
    ...documents.buckets.map(({ bucket }, index) => ({
      title: `Let account ${account}'s bucket ${bucket} accept the ${plan.holder.kind}`,
      where: `S3 > ${bucket} > Permissions > Bucket policy > Edit, in account ${account}`,
      body: `Add the statements to the policy that is there; keep its other statements. Do this after the ${plan.holder.kind} exists: S3 refuses a principal it does not know.`,
      artifact: numbered('bucket-policy', index, documents.buckets),
      link: regionalLink(plan, `s3/buckets/${bucket}`, '&tab=permissions'),
    })),
    ...documents.keys.map(({ keys }, index) => {
      const [first = ''] = keys
      return {
        title: `Let the ${keys.length > 1 ? 'keys' : 'key'} accept the ${plan.holder.kind}`,
        where: `KMS > Customer managed keys > ${keys.map(keyId).join(', ')} > Key policy > Edit`,
        body: `Needed unless the key policy already lets the account of the ${plan.holder.kind} decide with IAM policies, and always when the key belongs to another account. Add the statement; keep the others. Do this after the ${plan.holder.kind} exists.`,
        artifact: numbered('kms-key-policy', index, documents.keys),
        link: regionalLink({ ...plan, region: regionOfKey(first) }, 'kms/home', `#/kms/keys/${keyId(first)}`),
      }
    }),
  ]
}

function keyId(arn: string): string {
  return arn.slice(arn.indexOf(':key/') + ':key/'.length)
}

function tagText(plan: SetupPlan): string {
  const tags = plan.tags.map(({ key, value }) => `${key} = ${value}`).join(', ')
  return ` Tags: ${tags}; without ${OWNER_TAG}, setup.sh and remove.sh leave it alone.`
}
