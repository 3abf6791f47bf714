import { evaluateGoogleAccess, type AttachedPolicy, type GoogleResource, type IamPolicy } from '@sluice/core'
import type { Bucket, GcpState, ServiceAccount } from '../state/types.ts'
import type { Caller } from './caller.ts'
import { isKeptOut } from './guards.ts'

const EMPTY: IamPolicy = { bindings: [] }

/** Names under which allow policies are kept. */
export const policyName = {
  project: (id: string): string => `projects/${id}`,
  bucket: (name: string): string => `projects/_/buckets/${name}`,
  managedFolder: (bucket: string, folder: string): string => `projects/_/buckets/${bucket}/managedFolders/${folder}`,
  serviceAccount: ({ projectId, email }: Pick<ServiceAccount, 'projectId' | 'email'>): string =>
    `projects/${projectId}/serviceAccounts/${email}`,
}

/** One permission on one resource, with the policies that decide about it. */
export interface Ask {
  readonly permission: string
  readonly resource: GoogleResource
  /** What carries the policies, the nearest first. */
  readonly carriers: readonly string[]
  readonly objectListPrefix?: string
  /** What `allUsers` and `allAuthenticatedUsers` are given does not count. */
  readonly publicAccessPrevented?: boolean
}

/** Whether the caller may. What the evaluator cannot tell is refused. */
export function may(state: GcpState, caller: Caller, ask: Ask): boolean {
  const { carriers, publicAccessPrevented, ...rest } = ask
  if (isKeptOut(state, caller.identity, ask.permission, carriers)) return false
  const policies = carriers.map((carrier): AttachedPolicy => {
    const policy = state.policies.visible(carrier) ?? EMPTY
    return { attachedTo: carrier, policy: publicAccessPrevented ? withoutPublic(policy) : policy }
  })
  const decision = evaluateGoogleAccess({
    ...rest,
    identity: caller.identity,
    policies,
    time: state.clock.now(),
    customRole: (role) => customRole(state, role),
    ...(caller.boundary ? { boundary: caller.boundary } : {}),
  })
  return decision.effect === 'allow'
}

function customRole(state: GcpState, name: string): readonly string[] | undefined {
  const role = state.roles.visible(name)
  return role && (role.deleted ? [] : role.permissions)
}

function withoutPublic(policy: IamPolicy): IamPolicy {
  const isPublic = (member: string): boolean => member === 'allUsers' || member === 'allAuthenticatedUsers'
  return {
    ...policy,
    bindings: policy.bindings.map((binding) => ({ ...binding, members: binding.members.filter((member) => !isPublic(member)) })),
  }
}

/** What carries the policies that decide about a bucket, or about what begins so in it: managed folders count for all that lies in them. */
export function bucketCarriers(bucket: Bucket, path = ''): readonly string[] {
  const folders = [...path.matchAll(/\//g)].map(({ index }) => policyName.managedFolder(bucket.name, path.slice(0, index + 1)))
  return [...folders, policyName.bucket(bucket.name), policyName.project(bucket.projectId)]
}
