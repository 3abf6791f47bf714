import type { ObjectStore } from '@sluice/core'
import { type DiagnosisSubject, probeKey, tried } from './first-requests.ts'

/** Deletes what probes wrote; says what of it is left where it may not be deleted. */
export async function takeAway(
  subject: DiagnosisSubject,
  store: ObjectStore,
  written: readonly { readonly versionId?: string }[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { cloud, open, location } = subject
  const key = probeKey(subject)
  const left = [`Left behind, and free to be deleted: ${cloud.format({ ...location, prefix: key, extent: 'object' })}.`]
  if (!open.connection.access.includes('delete')) return left
  const remove = async (version: { readonly versionId?: string }): Promise<boolean> =>
    (await tried(async () => {
      await store.delete(key, version, signal)
      return true
    }, signal)) === true
  // To remove a version for good is more than connections need: where that is refused, the key is deleted all the same.
  const versions = [...new Set(written.map(({ versionId }) => versionId))]
  const gone = await Promise.all(
    versions.map(async (versionId) => (versionId !== undefined && (await remove({ versionId }))) || (await remove({}))),
  )
  return gone.includes(false) ? left : []
}
