import type { Principal, RequestContext } from '../../policy/types.ts'
import { accountOf, SOME_ACCOUNT } from './subject.ts'

/**
 * Condition keys of which a request's value, or that it has none, follows from the request itself. Addresses, networks, times, tags and the
 * organization do not: nobody shows them.
 */
const FOLLOWS =
  /^(aws:(principalarn|principalaccount|principaltype|principalisawsservice|principalservicename(slist)?|securetransport|sourceaccount|sourcearn|sourceorg(id|paths)|username|multifactorauth(present|age)|federatedprovider)|s3:(prefix|versionid|x-amz-acl|x-amz-server-side-encryption|x-amz-storage-class|x-amz-copy-source|x-amz-metadata-directive|x-amz-grant-.*|requestobjecttag.*|signatureversion|authtype|object-lock-.*)|kms:(calleraccount|viaservice|encryptioncontext.*|grant.*)|s3:(dataaccesspoint(arn|account))|s3express:sessionmode)$/

/** What is known of a request beside what its context has. */
export interface Knowledge {
  readonly principal: Principal
  readonly context: RequestContext
  /** Whether it is known who asks, and not merely that somebody does. */
  readonly isNamed: boolean
  /** Whether the account of the resource is known, and not merely assumed. */
  readonly knowsOwner: boolean
  /** Whether S3 makes the request to KMS for the caller: in which chain of services KMS then sees it is not ours to know. */
  readonly throughS3?: boolean
  /** Whether it comes from outside of any VPC, and so has none of the keys of one. */
  readonly outsideVpc?: boolean
}

/** Says of a condition key, in lower case, whether its value in a request is known. */
export function keysKnown({
  principal,
  context,
  isNamed,
  knowsOwner,
  throughS3 = false,
  outsideVpc = false,
}: Knowledge): (key: string) => boolean {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()))
  return (key) => {
    if (given.has(key)) return true
    if (key === 'sluice:never') return true
    if (/^aws:(viaawsservice|calledvia(first|last)?)$/.test(key)) return !throughS3
    if (key === 'aws:principalaccount' && accountOf(principal) !== SOME_ACCOUNT) return true
    if (!isNamed && /^(aws:(principal|username|multifactor)|kms:calleraccount)/.test(key)) return false
    if (/^aws:(sourcevpc(e|arn)?|vpcsourceip|vpce(account|orgid|orgpaths))$/.test(key)) return outsideVpc
    // Long-lived keys have no session, and so no time at which one was issued.
    if (key === 'aws:tokenissuetime') return principal.kind === 'user'
    if (key === 'aws:resourceaccount' || key === 's3:resourceaccount') return knowsOwner
    return FOLLOWS.test(key)
  }
}
