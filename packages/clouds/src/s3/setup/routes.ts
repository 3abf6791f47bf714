import type { SetupRoute, SetupStep } from '@sluice/core'
import { words } from '../../setup/promise.ts'
import type { S3SetupPlan } from './plan.ts'

/** With MinIO's client, or by hand on stores that grant by bucket policy or by tokens. */
export function s3Routes(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupRoute[] {
  return [
    {
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
    },
    {
      id: 'console',
      title: 'Ceph, or the console of the store',
      artifacts: ['permission-policy', ...bucketPolicies],
      steps: [...cephSteps(plan, bucketPolicies), policyStep(plan), tokenStep(plan)],
    },
  ]
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
  return {
    title: 'Stores with users and policies',
    where: 'The console of the store',
    body: `Create the policy ${plan.policyName} from the permission policy, a user ${plan.userName} with that policy only, and an access key for the user.`,
    artifact: 'permission-policy',
  }
}

function tokenStep(plan: S3SetupPlan): SetupStep {
  const buckets = [...new Set(plan.locations.map((location) => location.bucket))]
  const writes = plan.access.includes('write') || plan.access.includes('delete')
  const wider = plan.locations.every((location) => location.extent === 'bucket')
    ? ''
    : ' Such a token reaches the whole bucket, more than the promise says: give this connection a bucket of its own.'
  return {
    title: 'Stores with tokens for buckets (as Cloudflare R2)',
    where: 'The console of the store',
    body: `Create a token for ${words(buckets, 'and')} only, with ${writes ? 'Object Read & Write' : 'Object Read only'}.${wider}`,
  }
}

export function s3Removal(plan: S3SetupPlan, bucketPolicies: readonly string[]): readonly SetupStep[] {
  return [
    {
      title: 'MinIO: run the removal script',
      where: 'A shell with mc',
      body: 'Run: bash remove.sh ALIAS. Buckets and what is in them stay.',
      artifact: 'remove-script',
    },
    {
      title: 'Ceph: remove the user and the statements',
      where: 'A shell of the cluster',
      body: `Take the statements whose Sid begins with Sluice out of ${bucketPolicies.length > 1 ? 'the bucket policies' : 'the bucket policy'}, then run: radosgw-admin user rm --uid=${plan.userName}`,
    },
    { title: 'Elsewhere: delete the access key or token', where: 'The console of the store', body: `It belongs to ${plan.userName}.` },
  ]
}
