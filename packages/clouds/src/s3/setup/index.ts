import {
  accessError,
  type Artifact,
  compile,
  type Connection,
  type JsonObject,
  type Platform,
  type Setup,
  type SetupOptions,
  type SetupProof,
} from '@sluice/core'
import { jsonSize, jsonText } from '../../setup/json-text.ts'
import { outermost } from '../../setup/locations.ts'
import { promiseOf } from '../../setup/promise.ts'
import { requireProofs } from '../../setup/prove.ts'
import { s3Statements, s3Targets } from '../../setup/s3-permissions.ts'
import { s3Proofs } from '../../setup/s3-proofs.ts'
import { toJson } from '../../setup/text.ts'
import { parseEndpoint } from '../endpoint.ts'
import { minioRemoveScript, minioScript } from './minio-script.ts'
import { planS3Setup, type S3SetupPlan } from './plan.ts'
import { s3Removal, s3Routes } from './routes.ts'
import { jsonArtifact, numbered } from '../../setup/artifacts.ts'

/**
 * What the admin of an S3-compatible store applies: a user with exactly the connection's access, for stores that know policies
 * (MinIO, Ceph and their kin), and the nearest to it for stores that only know tokens for whole buckets. Pure, and proved as on AWS.
 */
export function setupS3(connection: Connection, _platform: Platform, options: SetupOptions): Setup {
  if (connection.auth.method === 'none') return publicSetup(connection)
  const plan = planS3Setup(connection, options)
  const policy = identityPolicy(plan)
  const { grants } = plan.preset
  // A token is not written by us, so that nothing can be proved of it; validation shows what it reaches.
  const proofs = grants === 'token' ? [] : proveUser(plan, policy)
  const bucketPolicies = grants === 'any' || grants === 'bucket-policy' ? bucketPolicyArtifacts(plan) : []
  const ids = bucketPolicies.map((artifact) => artifact.id)
  const routes = s3Routes(plan, ids)
  const removal = s3Removal(plan, ids)
  const used = new Set([...routes.flatMap((route) => route.artifacts), ...removal.flatMap((step) => step.artifact ?? [])])
  const documents: readonly Artifact[] = [
    {
      id: 'permission-policy',
      title: 'Permission policy: what the user may do',
      filename: 'permission-policy.json',
      language: 'json',
      text: jsonText(policy),
      document: policy,
    },
    ...bucketPolicies,
    { id: 'minio-cli', title: 'MinIO client script', filename: 'setup.sh', language: 'sh', text: minioScript(plan, policy) },
    {
      id: 'remove-script',
      title: 'MinIO client script that removes it all again',
      filename: 'remove.sh',
      language: 'sh',
      text: minioRemoveScript(plan),
    },
  ]
  const artifacts = documents.filter((artifact) => used.has(artifact.id))
  const endpoint = connection.settings.endpoint ?? parseEndpoint(connection.settings).origin
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOf(plan.access, plan.locations, 's3://'),
    facts: [
      ...(plan.preset.id === 'any' ? [] : [{ label: 'Store', value: plan.preset.label }]),
      { label: 'Endpoint', value: endpoint },
      { label: 'User name', value: plan.userName },
      ...(used.has('permission-policy') ? [{ label: 'Policy name', value: plan.policyName }] : []),
    ],
    artifacts,
    routes,
    removal,
    proofs,
    warnings: plan.warnings,
  }
}

function identityPolicy(plan: S3SetupPlan): JsonObject {
  const statements = s3Statements({ ...grantOf(plan), targets: s3Targets(plan.locations) })
  const policy = { Version: '2012-10-17', Statement: statements.map(toJson) }
  refuseLong(policy)
  return policy
}

function grantOf(plan: S3SetupPlan) {
  return { partition: 'aws', access: plan.access, setsAcl: plan.setsAcl }
}

/** The shortest limit among the stores: 20,480 characters. */
function refuseLong(policy: JsonObject): void {
  const limit = 20_480
  const size = jsonSize(policy)
  if (size > limit)
    throw accessError('setup.policy_too_large', {
      message: `The policy would have ${size} characters; stores accept ${limit}.`,
      context: { size, limit },
    })
}

/** Ceph grants by the bucket's policy: one for each bucket. */
function bucketPolicyArtifacts(plan: S3SetupPlan): readonly Artifact[] {
  const buckets = Map.groupBy(s3Targets(plan.locations), (target) => target.bucket.value)
  return [...buckets].map(([bucket, targets], index, all) => {
    const statements = s3Statements({ ...grantOf(plan), targets }).map(({ Sid, Effect, ...rest }) =>
      toJson({ Sid: `Sluice${Sid}`, Effect: Effect ?? 'Allow', Principal: { AWS: [`arn:aws:iam:::user/${plan.userName}`] }, ...rest }),
    )
    const document = { Version: '2012-10-17', Statement: statements }
    return jsonArtifact(
      numbered('bucket-policy', index, all),
      `Bucket policy for ${bucket}, for stores that grant by bucket (Ceph)`,
      document,
    )
  })
}

function proveUser(plan: S3SetupPlan, policy: JsonObject): readonly SetupProof[] {
  // Stores outside AWS have no account ids; one stands for the store itself.
  const account = '000000000000'
  const identity = [compile({ name: 'permission policy', document: policy }, 'identity')]
  return requireProofs(
    s3Proofs({
      principal: { kind: 'user', arn: `arn:aws:iam::${account}:user/${plan.userName}` },
      partition: 'aws',
      access: plan.access,
      locations: plan.locations,
      setsAcl: plan.setsAcl,
      readKeys: [],
      writeKeys: [],
      policiesFor: () => ({ account, sets: [{ identity }] }),
    }),
  )
}

function publicSetup(connection: Connection): Setup {
  const locations = outermost(connection)
  if (connection.access.some((access) => access === 'write' || access === 'delete'))
    throw accessError('setup.anonymous_writes', { message: `Connection ${connection.name} has no identity, so it can only list and read.` })
  return {
    cloud: connection.cloud,
    method: 'none',
    promise: promiseOf(connection.access, locations, 's3://'),
    facts: [],
    artifacts: [],
    routes: [],
    removal: [],
    proofs: [],
    warnings: ['Sluice reads this without an identity, so anybody else can too.'],
  }
}
