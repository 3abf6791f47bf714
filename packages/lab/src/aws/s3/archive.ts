import type { XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import type { StoredObject } from '../state/types.ts'

const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE']

/** Throws where an object is archived and no restored copy of it is there. Permission is not the question: HEAD works. */
export function demandRestored(object: StoredObject, now: number): void {
  if (!isArchived(object) || (object.restoredUntil ?? 0) > now) return
  const tier: readonly XmlNode[] = object.archiveTier === undefined ? [] : [['AccessTier', object.archiveTier]]
  throw new AwsError(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
    details: [['StorageClass', object.storageClass], ...tier],
  })
}

function isArchived(object: StoredObject): boolean {
  return ARCHIVES.includes(object.storageClass) || object.archiveTier !== undefined
}

/** The headers that tell where an object is archived, and until when a restored copy is there. */
export function archiveHeaders({ archiveTier, restoredUntil }: StoredObject): { readonly [name: string]: string } {
  return {
    ...(archiveTier === undefined ? {} : { 'x-amz-archive-status': archiveTier }),
    ...(restoredUntil === undefined
      ? {}
      : { 'x-amz-restore': `ongoing-request="false", expiry-date="${new Date(restoredUntil).toUTCString()}"` }),
  }
}
