import type { Connection, Platform } from '@sluice/core'
import { memberOf, providerOf } from './identity.ts'
import { projectOf } from './names.ts'

/**
 * The project that pays where the bucket bills whoever asks: the one named, else that of who asks. Undefined where nobody but the
 * bucket's owner pays. https://cloud.google.com/storage/docs/requester-pays
 */
export function billedProject(connection: Connection, platform: Platform): string | undefined {
  if (connection.settings.requesterPays !== true) return undefined
  const { billingProject } = connection.auth.fields
  if (billingProject !== undefined) return billingProject
  const member = memberOf(connection, platform)
  if (member?.startsWith('serviceAccount:') === true) return projectOf(member.slice('serviceAccount:'.length))
  return providerOf(connection)?.projectNumber
}
