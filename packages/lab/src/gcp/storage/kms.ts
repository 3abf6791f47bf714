import { may } from '../auth/authorize.ts'
import type { Caller } from '../auth/caller.ts'
import { GoogleError } from '../error.ts'
import type { Bucket, GcpState } from '../state/types.ts'

/** The account by which Cloud Storage uses keys for a project. https://cloud.google.com/storage/docs/projects#service-agents */
export function serviceAgent(state: GcpState, projectId: string): string {
  return `service-${state.projects.get(projectId)?.number ?? ''}@gs-project-accounts.iam.gserviceaccount.com`
}

/** Throws unless the bucket's service agent may use a key now: the caller's own permissions do not count. */
export function demandKmsKey(state: GcpState, bucket: Bucket, keyName: string | undefined, use: 'encrypt' | 'decrypt'): void {
  if (keyName === undefined) return
  const key = state.kmsKeys.get(keyName)
  const agent: Caller = {
    identity: { kind: 'service-account', email: serviceAgent(state, bucket.projectId) },
    scopes: '*',
    name: 'service agent',
  }
  const allowed =
    key !== undefined &&
    may(state, agent, {
      permission: `cloudkms.cryptoKeyVersions.useTo${use === 'encrypt' ? 'Encrypt' : 'Decrypt'}`,
      resource: { name: keyName, type: 'cloudkms.googleapis.com/CryptoKey', service: 'cloudkms.googleapis.com' },
      carriers: [keyName],
    })
  if (!allowed)
    throw new GoogleError(
      403,
      'forbidden',
      'Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.',
    )
  if (key.state !== 'ENABLED')
    throw new GoogleError(400, 'failedPrecondition', `The Cloud KMS key is not enabled, current state is: ${key.state}.`)
}
