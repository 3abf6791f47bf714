import {
  type Access,
  type BlobOperation,
  type JsonObject,
  type Location,
  type RoleAssignment,
  type RoleDefinition,
  type Sas,
  type SetupProof,
  evaluateRbac,
  readRoleDefinitions,
  sasAllows,
} from '@sluice/core'
import { accessProofs } from '../../setup/access-proofs.ts'
import { proof, requireProofs } from '../../setup/prove.ts'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { API_VERSION } from '../versions.ts'
import { type SetupDocuments, permissionsOf } from './documents.ts'
import { DELEGATOR, READER, type SetupPlan } from './plan.ts'
import { SCHEME, namedLocations, wholeContainer } from './promise.ts'
import { builtInRoleId } from '../roles.ts'
import { type SasPlan, containerPowers } from './sas-plan.ts'

/** One request to Blob Storage. `bucket` is an account's container, as claims name it. */
interface Call {
  readonly operation: BlobOperation
  readonly bucket: string
  readonly path?: string
  readonly prefix?: string
}

/** Asks the evaluators of roles and of SAS whether the setup does what it promises. Throws `setup.self_check_failed` if not. */
export function proveSetup(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  return requireProofs([...roleProofs(plan), ...(plan.sas === undefined ? [] : sasProofs(plan, plan.sas)), ...trustProofs(plan, documents)])
}

const OPERATIONS: { readonly [access in Exclude<Access, 'list'>]: readonly BlobOperation[] } = {
  read: ['GetBlob', 'GetBlobProperties'],
  write: ['PutBlob', 'CreateBlob', 'PutBlock', 'PutBlockList'],
  delete: ['DeleteBlob'],
}
const SIMPLEST = { read: 'GetBlob', write: 'PutBlob', delete: 'DeleteBlob' } as const

/** The questions that are the same for roles and for a SAS. */
function questions(access: readonly Access[], locations: readonly Location[], allows: (call: Call) => 'yes' | 'no' | 'unknown') {
  return {
    access,
    locations,
    scheme: SCHEME,
    callsFor: (one: Access, { bucket, prefix, extent }: Location, key: string): readonly Call[] => {
      if (one !== 'list') return OPERATIONS[one].map((operation) => ({ operation, bucket, path: key }))
      // A single blob is looked at.
      if (extent === 'object') return [{ operation: 'GetBlobProperties', bucket, path: key }]
      return [prefix, `${prefix}a/`].map((inner) => ({ operation: 'ListBlobs', bucket, prefix: inner }))
    },
    simplest: (one: Access, bucket: string, key: string, prefix = ''): Call =>
      one === 'list'
        ? { operation: 'ListBlobs', bucket, ...(prefix === '' ? {} : { prefix }) }
        : { operation: SIMPLEST[one], bucket, path: key },
    // What cannot be told is neither a grant nor a refusal.
    allows: (call: Call, expected: SetupProof['expected']) =>
      allows(call) === 'yes' || (expected === 'denied' && allows(call) === 'unknown'),
  }
}

const PRINCIPAL = 'holder'
const CUSTOM_ROLE = '00000000-0000-4000-8000-000000000000'

function roleProofs(plan: SetupPlan): readonly SetupProof[] {
  if (plan.role === undefined) return []
  const { name, isCustom } = plan.role
  const definitions = isCustom ? readRoleDefinitions([{ name: CUSTOM_ROLE, roleName: name, permissions: [permissionsOf(plan.role)] }]) : []
  const assignments: readonly RoleAssignment[] = [
    ...plan.accounts.map((account) => ({ principalId: PRINCIPAL, roleDefinitionId: builtInRoleId(DELEGATOR), scope: accountId(account) })),
    ...plan.containers.map(({ account, container, condition }) => ({
      principalId: PRINCIPAL,
      roleDefinitionId: isCustom ? CUSTOM_ROLE : builtInRoleId(READER),
      scope: `${accountId(account)}/blobServices/default/containers/${container}`,
      ...(condition === undefined ? {} : { condition }),
    })),
  ]
  const ask = ({ operation, bucket, path, prefix }: Call) =>
    ANSWERS[outcomeOf(operation, { bucket, path, prefix }, assignments, definitions)]
  return [
    ...accessProofs<Call>({
      ...questions(plan.access, namedLocations(plan.containers), ask),
      bucketClaims: (bucket) => [
        { text: `Delete the container ${bucket}`, expected: 'denied', call: { operation: 'DeleteContainer', bucket } },
        { text: `Change who may use ${bucket}`, expected: 'denied', call: { operation: 'SetContainerAcl', bucket } },
      ],
    }),
    ...plan.accounts.flatMap((account) => {
      const may = (operation: BlobOperation): boolean => ask({ operation, bucket: `${account}.` }) === 'yes'
      return [
        proof(`Ask for a user delegation key of ${account}, which leases are signed with`, 'allowed', may('GetUserDelegationKey')),
        proof(`List the containers of ${account}`, 'denied', may('ListContainers')),
      ]
    }),
  ]
}

const ANSWERS = { allowed: 'yes', denied: 'no', unknown: 'unknown' } as const

function outcomeOf(
  operation: BlobOperation,
  { bucket, path, prefix }: { readonly bucket: string; readonly path: string | undefined; readonly prefix: string | undefined },
  assignments: readonly RoleAssignment[],
  definitions: readonly RoleDefinition[],
) {
  const [host = '', container] = bucket.split('/')
  return evaluateRbac({
    principalIds: [PRINCIPAL],
    operation,
    resource: {
      accountId: accountId(host.split('.')[0] ?? ''),
      ...(container === undefined ? {} : { container }),
      ...(path === undefined ? {} : { path }),
      ...(prefix === undefined ? {} : { prefix }),
    },
    assignments,
    definitions,
  }).outcome
}

function accountId(account: string): string {
  return `/subscriptions/${CUSTOM_ROLE}/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/${account}`
}

function sasProofs(plan: SetupPlan, sas: SasPlan): readonly SetupProof[] {
  const common = { version: API_VERSION, permissions: sas.letters, protocol: 'https', expiresAt: 0 } as const
  if (sas.target.kind === 'account')
    return accountProofs(
      plan,
      { kind: 'account', ...common, services: 'b', resourceTypes: sas.target.resourceTypes },
      sas.target.resourceTypes,
    )
  const { target } = sas
  const signed: Sas = { kind: 'service', ...common, resource: target.kind === 'blob' ? 'b' : 'c' }
  const containers = target.kind === 'blob' ? plan.containers : plan.containers.map(wholeContainer)
  const [own] = namedLocations(containers)
  // A SAS for one blob covers no other; that of a container covers all that lies in it.
  const isInside = ({ bucket, path }: Call): boolean => bucket === own?.bucket && (target.kind === 'container' || path === target.name)
  const access = target.kind === 'blob' ? blobAccess(plan.access) : plan.access
  return accessProofs<Call>({
    ...questions(access, namedLocations(containers), (call) =>
      isInside(call) && sasAllows(signed, call.operation).allowed ? 'yes' : 'no',
    ),
    bucketClaims: (bucket) => [
      { text: `Delete the container ${bucket}`, expected: 'denied', call: { operation: 'DeleteContainer', bucket } },
      { text: `Change who may use ${bucket}`, expected: 'denied', call: { operation: 'SetContainerAcl', bucket } },
    ],
  })
}

/** To see a blob by a SAS of Resource Manager's takes the letter that reads it. */
function blobAccess(access: readonly Access[]): readonly Access[] {
  return access.includes('list') && !access.includes('read') ? [...access, 'read'] : access
}

/** An account SAS reaches every container: nothing can be claimed of others. */
function accountProofs(plan: SetupPlan, sas: Sas, resourceTypes: string): readonly SetupProof[] {
  const may = (operation: BlobOperation): boolean => sasAllows(sas, operation).allowed
  const powers = containerPowers(resourceTypes, plan.access)
  const expected = (holds: boolean) => (holds ? 'allowed' : 'denied')
  return [
    proof(
      `List in every container of ${sas.kind === 'account' ? plan.accounts.join() : ''}`,
      expected(plan.access.includes('list')),
      may('ListBlobs'),
    ),
    ...(['read', 'write', 'delete'] as const).map((one) =>
      proof(
        `${one[0]?.toUpperCase() ?? ''}${one.slice(1)} in every container`,
        expected(plan.access.includes(one)),
        OPERATIONS[one].every(may),
      ),
    ),
    proof('Create containers', expected(powers.includes('create containers')), may('CreateContainer')),
    proof('Delete containers', expected(powers.includes('delete containers')), may('DeleteContainer')),
    proof('List containers', 'denied', may('ListContainers')),
    proof('Change who may use a container', 'denied', may('SetContainerAcl')),
  ]
}

/** The federated credential lets in the tokens of this connection, and nobody else's: Entra compares all three letter by letter. */
function trustProofs({ federation }: SetupPlan, { federatedCredential }: SetupDocuments): readonly SetupProof[] {
  if (federation === undefined || federatedCredential === undefined) return []
  const { issuerUrl: issuer, subject } = federation
  const right = { issuer, subject, audience: EXCHANGE_AUDIENCE }
  const admits = (token: Token): boolean => matches(federatedCredential, token)
  return [
    proof('The credential lets in tokens of this connection', 'allowed', admits(right)),
    proof('The credential lets in tokens of another connection of the project', 'denied', admits({ ...right, subject: `${subject}x` })),
    proof(
      'The credential lets in tokens of another project',
      'denied',
      admits({ ...right, subject: subject.replace(/project:[^:]*/, 'project:other') }),
    ),
    proof('The credential lets in tokens for another audience', 'denied', admits({ ...right, audience: issuer })),
    proof('The credential lets in tokens of another issuer', 'denied', admits({ ...right, issuer: `${issuer}.example` })),
  ]
}

interface Token {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

function matches(credential: JsonObject, { issuer, subject, audience }: Token): boolean {
  const { audiences } = credential
  return credential['issuer'] === issuer && credential['subject'] === subject && Array.isArray(audiences) && audiences.includes(audience)
}
