import { memberIncludes } from '@sluice/core'
import { isAmong } from '../../http/addresses.ts'
import { GoogleError } from '../error.ts'
import { findProject } from '../state/state.ts'
import { type Constraints, type IpFilter, type ProjectGuards, UNGUARDED } from '../state/guards.ts'
import type { Bucket, GcpState } from '../state/types.ts'
import type { StorageCall } from './context.ts'

const SERVICE = 'storage.googleapis.com'

export function guardsOf(state: GcpState, { projectId }: Pick<Bucket, 'projectId'>): ProjectGuards {
  return findProject(state, projectId)?.guards ?? UNGUARDED
}

/** Throws what keeps a request from a bucket before anybody asks for permissions. */
export function checkGuards(call: StorageCall, bucket: Bucket): void {
  const { state, caller, request } = call
  const { perimeter, constraints, billing } = guardsOf(state, bucket)
  if (perimeter && !perimeter.ingress.some((member) => memberIncludes(member, caller.identity)))
    throw new GoogleError(
      403,
      'vpcServiceControls',
      `Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: ${Buffer.from(`perimeter ${request.id}`).toString('base64url')}`,
    )
  if (constraints['gcp.restrictServiceUsage']?.includes(SERVICE))
    throw new GoogleError(
      403,
      'forbidden',
      `Request is disallowed by organization's constraints/gcp.restrictServiceUsage constraint for 'projects/${findProject(state, bucket.projectId)?.number ?? ''}' attempting to use service '${SERVICE}'.`,
    )
  if (billing !== 'open')
    throw new GoogleError(403, 'accountDisabled', `The billing account for the owning project is disabled in state ${billing}`, {
      location: ['header', 'Authorization'],
    })
  if (bucket.ipFilter && !admits(bucket.ipFilter, state.callerAddress))
    throw new GoogleError(403, 'forbidden', 'There is an IP filtering condition that is preventing access to the resource.')
}

function admits({ mode, publicNetworkSource }: IpFilter, address: string): boolean {
  return mode === 'Disabled' || isAmong(address, publicNetworkSource?.allowedIpCidrRanges ?? [])
}

/** Google's words for what the organization does not want. */
export function violates(constraint: keyof Constraints): GoogleError {
  return new GoogleError(412, 'conditionNotMet', `Request violates constraint 'constraints/${constraint}'`)
}

/** Throws where the organization wants another bucket than this is to become. */
export function checkConstraints(
  state: GcpState,
  bucket: Pick<Bucket, 'projectId'>,
  settings: Partial<Pick<Bucket, 'uniformAccess' | 'retentionSeconds' | 'publicAccessPrevention'>>,
): void {
  const { constraints } = guardsOf(state, bucket)
  if (constraints['storage.uniformBucketLevelAccess'] && settings.uniformAccess === false)
    throw violates('storage.uniformBucketLevelAccess')
  const periods = constraints['storage.retentionPolicySeconds']
  if (periods && 'retentionSeconds' in settings && !periods.includes(settings.retentionSeconds ?? 0))
    throw violates('storage.retentionPolicySeconds')
}

/** Throws where the organization wants keys of its own and there is none. */
export function checkEncryption(state: GcpState, bucket: Bucket, kmsKeyName: string | undefined): void {
  const { constraints } = guardsOf(state, bucket)
  if (kmsKeyName === undefined && constraints['gcp.restrictNonCmekServices']?.includes(SERVICE))
    throw violates('gcp.restrictNonCmekServices')
}
