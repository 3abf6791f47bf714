import {
  type GoogleIdentity,
  type IamPolicy,
  type Location,
  type SetupProof,
  evaluateCel,
  evaluateGoogleAccess,
  parseCel,
  storageResource,
} from '@sluice/core'
import { accessProofs } from '../../setup/access-proofs.ts'
import { proof, requireProofs } from '../../setup/prove.ts'
import { PERMISSIONS } from '../dialect.ts'
import { jsonList, jsonText } from '../../http/json.ts'
import { ATTRIBUTE_MAPPING, type SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'

/** One request to Cloud Storage: a permission on a bucket, or on an object in it. */
interface Call {
  readonly permission: string
  readonly bucket: string
  readonly key?: string
}

/** Stands for who holds the permissions; the grants name nobody else. */
const HOLDER = { kind: 'service-account', email: 'holder@project.iam.gserviceaccount.com' } as const satisfies GoogleIdentity
const ROLE = 'projects/project/roles/sluice'

/** Asks the evaluator of Google's IAM whether the documents do what they promise. Throws `setup.self_check_failed` if not. */
export function proveSetup(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  return requireProofs([...permissionProofs(plan, documents), ...deleteRoleProofs(documents), ...trustProofs(plan, documents)])
}

function permissionProofs(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const permissions = permissionsOf(documents.role)
  const policies = new Map([...Map.groupBy(documents.grants, ({ bucket }) => bucket)].map(([bucket, grants]) => [bucket, policyOf(grants)]))
  const effect = ({ permission, bucket, key }: Call) => {
    const policy = policies.get(bucket)
    return evaluateGoogleAccess({
      identity: HOLDER,
      permission,
      resource: storageResource(bucket, key),
      policies: policy === undefined ? [] : [{ attachedTo: `projects/_/buckets/${bucket}`, policy }],
      time: 0,
      customRole: (role) => (role === ROLE ? permissions : undefined),
    }).effect
  }
  const allows = (call: Call, expected: SetupProof['expected']): boolean =>
    // What cannot be told is neither a grant nor a refusal.
    expected === 'allowed' ? effect(call) === 'allow' : effect(call) !== 'deny'
  const replacing = replaceProofs(plan, allows)
  return [
    ...accessProofs<Call>({
      access: plan.access,
      locations: plan.locations,
      scheme: 'gs://',
      listsWholeBuckets: true,
      callsFor: (access, { bucket }, key) => [{ permission: PERMISSIONS[access], bucket, ...(access === 'list' ? {} : { key }) }],
      simplest: (access, bucket, key) => ({ permission: PERMISSIONS[access], bucket, ...(access === 'list' ? {} : { key }) }),
      bucketClaims: (bucket) => [
        { text: `Find out the location of ${bucket}`, expected: 'allowed', call: { permission: 'storage.buckets.get', bucket } },
        { text: `Change who may use ${bucket}`, expected: 'denied', call: { permission: 'storage.buckets.setIamPolicy', bucket } },
        { text: `Delete the bucket ${bucket}`, expected: 'denied', call: { permission: 'storage.buckets.delete', bucket } },
      ],
      allows,
    }),
    ...replacing,
  ]
}

/** Replacing an object takes both permissions. */
function replaceProofs(plan: SetupPlan, allows: (call: Call, expected: SetupProof['expected']) => boolean): readonly SetupProof[] {
  if (!plan.access.includes('write')) return []
  const expected = plan.access.includes('delete') ? 'allowed' : 'denied'
  const keyOf = ({ prefix, extent }: Location): string => (extent === 'object' ? prefix : `${prefix}a/b.parquet`)
  return plan.locations.map((location) => {
    const at = { bucket: location.bucket, key: keyOf(location) }
    const works = [PERMISSIONS.write, PERMISSIONS.delete].every((permission) => allows({ permission, ...at }, expected))
    return proof(`Replace an object in gs://${location.bucket}/${location.prefix}`, expected, works)
  })
}

function policyOf(grants: SetupDocuments['grants']): IamPolicy {
  return {
    version: 3,
    bindings: grants.map(({ condition }) => ({
      role: ROLE,
      members: [`serviceAccount:${HOLDER.email}`],
      ...(condition === undefined ? {} : { condition }),
    })),
  }
}

function deleteRoleProofs({ deleteRole }: SetupDocuments): readonly SetupProof[] {
  if (deleteRole === undefined) return []
  const held = permissionsOf(deleteRole)
  return [
    proof('A lease narrowed with the second role deletes objects', 'allowed', held.includes(PERMISSIONS.delete)),
    proof(
      'A lease narrowed with the second role does anything else',
      'denied',
      held.some((permission) => permission !== PERMISSIONS.delete),
    ),
  ]
}

/** The provider lets in the tokens of this connection, and nobody else's. */
function trustProofs({ federation }: SetupPlan, { attributeCondition }: SetupDocuments): readonly SetupProof[] {
  if (federation === undefined || attributeCondition === undefined) return []
  const { subject } = federation
  const admits = (sub: string, expected: SetupProof['expected']): boolean => {
    const result = conditionHolds(attributeCondition, sub)
    return expected === 'allowed' ? result === true : result !== false
  }
  return [
    proof('The provider lets in tokens of this connection', 'allowed', admits(subject, 'allowed')),
    proof('The provider lets in tokens of another connection of the project', 'denied', admits(`${subject}x`, 'denied')),
    proof('The provider lets in tokens of another project', 'denied', admits(subject.replace(/project:[^:]*/, 'project:other'), 'denied')),
    proof('The provider lets in tokens without a connection', 'denied', admits(subject.replace(/:connection:.*$/, ''), 'denied')),
  ]
}

function conditionHolds(condition: string, sub: string): boolean | undefined {
  const reading = parseCel(condition)
  const mapping = parseCel(ATTRIBUTE_MAPPING['google.subject'])
  if (!reading.ok || !mapping.ok) return undefined
  const names = { assertion: { sub } }
  const mapped = evaluateCel(mapping.expression, { names })
  const result = evaluateCel(reading.expression, { names })
  if (mapped.kind !== 'value' || mapped.value !== sub || result.kind !== 'value' || typeof result.value !== 'boolean') return undefined
  return result.value
}

function permissionsOf(role: SetupDocuments['role']): readonly string[] {
  return jsonList(role['includedPermissions']).flatMap((permission) => jsonText(permission) ?? [])
}
