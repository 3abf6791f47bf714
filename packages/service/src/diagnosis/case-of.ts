import {
  externalIdOf,
  isAccessError,
  type Cloud,
  type Json,
  type Location,
  type OpenConnection,
  type Platform,
  type SeenRequest,
} from '@sluice/core'

/** What a case is made from. */
export interface CaseSubject {
  readonly open: OpenConnection
  readonly cloud: Cloud
  readonly platform: Platform
  readonly locations: readonly Location[]
  /** What we know by ourselves. */
  readonly documents: { readonly [name: string]: Json }
  readonly seen: readonly SeenRequest[]
  readonly write: boolean
}

/** The case document of what the probes of a connection saw: the same that a customer could write by hand. */
export function caseOf({ open, cloud, platform, locations, documents, seen, write }: CaseSubject): { readonly [part: string]: Json } {
  const { connection } = open
  const { auth } = connection
  const [location] = locations
  const { roleArn, serviceAccount, clientEmail } = auth.fields
  // Of a key of Google's the account is known, which is nobody that a statement could name beforehand.
  const principal = cloud.principal(connection, platform) ?? clientEmail
  // Whose calls come to the bucket: the role, or Google's account that is acted as.
  const actsAs = roleArn ?? serviceAccount
  const externalId = externalIdOf(auth)
  // What was not tried must not come out as "not observed and so predicted to fail".
  const access = connection.access.filter((one) => write || one === 'list' || one === 'read')
  return {
    cloud: connection.cloud,
    connection: {
      method: auth.method,
      ...(principal === undefined ? {} : { principal }),
      ...(actsAs === undefined ? {} : { roleArn: actsAs }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(location === undefined ? {} : { location: cloud.format(location) }),
      access,
    },
    observations: seen.map(observationOf),
    documents,
  }
}

function observationOf({ operation, target, status, headers, text, failure }: SeenRequest): Json {
  return {
    operation,
    target: decoded(target),
    ok: status !== undefined && status < 300,
    headers,
    ...(status === undefined ? {} : { status }),
    ...(text === undefined || text === '' ? {} : { message: text }),
    ...(failure === undefined
      ? {}
      : { code: isAccessError(failure) ? failure.reason : 'network.failed', message: isAccessError(failure) ? failure.message : '' }),
  }
}

/** Keys are compared as they are named, not as they are sent. */
function decoded(target: string): string {
  try {
    return decodeURI(target)
  } catch {
    return target
  }
}
