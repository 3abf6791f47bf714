import type { SetupRoute, SetupStep } from '@sluice/core'
import { words } from '../../setup/promise.ts'
import type { S3SetupPlan } from './plan.ts'

/** The ways that the store at hand knows: MinIO's client, Ceph's, a console with policies, or one with tokens. All of them where it is not known. */
export function s3Routes(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupRoute[] {
  const { grants, label } = plan.preset
  const steps = consoleSteps(plan, bucketPolicies)
  const pasted = ['permission-policy', ...bucketPolicies].filter((id) => steps.some((step) => step.artifact === id))
  return [
    ...(grants === 'minio' || grants === 'any' ? [minioRoute()] : []),
    { id: 'console', title: grants === 'any' ? 'Ceph, or the console of the store' : label, artifacts: pasted, steps },
  ]
}

function consoleSteps(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupStep[] {
  switch (plan.preset.grants) {
    case 'minio':
    case 'iam':
      return [policyStep(plan)]
    case 'bucket-policy':
      return cephSteps(plan, bucketPolicies)
    case 'token':
      return [tokenStep(plan)]
    case 'any':
  }
  return [...cephSteps(plan, bucketPolicies), policyStep(plan), tokenStep(plan)]
}

function minioRoute(): SetupRoute {
  return {
    id: 'cli',
    title: 'MinIO client',
    artifacts: ['minio-cli', 'permission-policy'],
    steps: [
      {
        title: 'Run the script',
        where: 'A shell with mc and an alias of the store that may administer it',
        body: 'Read it, then run: bash setup.sh ALIAS. It prints the access key once.',
        artifact: 'minio-cli',
      },
    ],
  }
}

function cephSteps(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupStep[] {
  return [
    {
      title: 'Ceph: create the user',
      where: 'A shell of the cluster',
      body: `Run: radosgw-admin user create --uid=${plan.userName} --display-name=${plan.userName} --max-buckets=-1. Give the access key and secret it prints to Sluice. With max-buckets -1 the user cannot create buckets.`,
    },
    ...bucketPolicies.map((artifact) => ({
      title: 'Ceph: add the statements to the bucket policy',
      where: "As the bucket's owner",
      body: `If the bucket has a policy, keep its statements and add these. Then run, against the store's endpoint: aws s3api put-bucket-policy --bucket BUCKET --policy file://${artifact}.json`,
      artifact,
    })),
  ]
}

function policyStep(plan: S3SetupPlan): SetupStep {
  const { grants, where, label } = plan.preset
  return {
    title: grants === 'any' ? 'Stores with users and policies' : `${label}: create the user`,
    where: grants === 'any' ? 'The console of the store' : capital(where),
    body: `Create the policy ${plan.policyName} from the permission policy, a user ${plan.userName} with that policy only, and an access key for the user.`,
    artifact: 'permission-policy',
  }
}

function tokenStep(plan: S3SetupPlan): SetupStep {
  const { token, reach = 'bucket', where, label } = plan.preset
  const buckets = words([...new Set(plan.locations.map((location) => location.bucket))], 'and')
  const wider = plan.locations.every((location) => location.extent === 'bucket') || reach === 'prefix'
  const warning = wider
    ? ''
    : ' Such a token reaches the whole bucket, more than the promise says: give this connection a bucket of its own.'
  if (token === undefined)
    return {
      title: 'Stores with tokens for buckets (as Cloudflare R2)',
      where: 'The console of the store',
      body: `Create a token for ${buckets} only, with ${plan.writes ? 'Object Read & Write' : 'Object Read only'}.${warning}`,
    }
  const body = token.replace('{buckets}', buckets).replace('{rights}', rightsOf(plan))
  return { title: `${label}: create the key`, where: capital(where), body: `${body}${warning}` }
}

function rightsOf({ preset, writes, access }: S3SetupPlan): string {
  if (preset.id === 'r2') return writes ? 'Object Read & Write' : 'Object Read only'
  return `the right to ${words(access, 'and')}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function s3Removal(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupStep[] {
  const { grants, where } = plan.preset
  const all = grants === 'any'
  const elsewhere = {
    title: all ? 'Elsewhere: delete the access key or token' : 'Delete the access key or token',
    where: all ? 'The console of the store' : capital(where),
  }
  return [
    ...(all || grants === 'minio'
      ? [
          {
            title: 'MinIO: run the removal script',
            where: 'A shell with mc',
            body: 'Run: bash remove.sh ALIAS. Buckets and what is in them stay.',
            artifact: 'remove-script',
          },
        ]
      : []),
    ...(all || grants === 'bucket-policy'
      ? [
          {
            title: 'Ceph: remove the user and the statements',
            where: 'A shell of the cluster',
            body: `Take the statements whose Sid begins with Sluice out of ${bucketPolicies.length > 1 ? 'the bucket policies' : 'the bucket policy'}, then run: radosgw-admin user rm --uid=${plan.userName}`,
          },
        ]
      : []),
    ...(grants === 'minio' || grants === 'bucket-policy' ? [] : [{ ...elsewhere, body: `It belongs to ${plan.userName}.` }]),
  ]
}
