import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { awsClue } from './clue.ts'
import { isWithoutId } from './open-trust.ts'
import { isUnsigned, operationName } from './operations.ts'

const ABSENT = ['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload', 'NotFound']

/** That a bucket has no configuration of a kind is an answer like any other. */
const UNSET =
  /^(NoSuchBucketPolicy|NoSuchPublicAccessBlockConfiguration|ServerSideEncryptionConfigurationNotFoundError|OwnershipControlsNotFoundError|NoSuchTagSet|NoSuchCORSConfiguration|NoSuchAccessPointPolicy)$/

/**
 * Whether a request that failed shows nothing wrong: the key is not there (to be told so takes the right to read) or is there already, a redirect to the
 * bucket's region was followed, a look at configuration was refused, as it may be, or what had to be refused was.
 */
export function isHarmlessOnAws(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const operation = operationName(observation, clue)
  // Whatever but "there is none" says that the bucket is there, and where.
  if (isUnsigned(observation)) return clue.status !== 404
  if (UNSET.test(clue.code ?? '')) return true
  if (clue.status === 404 && (clue.code === undefined || ABSENT.includes(clue.code)))
    return !/^(headbucket|listobjects(v2)?|getbucketlocation|getrole)$/.test(operation)
  if (clue.code === 'NoSuchKey' || clue.code === 'NoSuchVersion') return true
  // What asks that nothing be there yet is told so only where it may write.
  if (clue.code === 'PreconditionFailed' || (clue.code === undefined && clue.status === 412)) return true
  if (isRedirect(clue)) return isFollowed(observation, clue, all)
  return isHiddenKey(operation, clue, all) || isLook(operation, clue, all) || isExpectedRefusal(observation, operation, all)
}

/** A key that is not there, hidden as S3 hides it from all who may not list everything, though they list their own folder. */
function isHiddenKey(operation: string, clue: Clue, all: readonly Observation[]): boolean {
  const lists = all.some((one) => one.ok === true && operationName(one).startsWith('listobjects'))
  return lists && clue.action === 's3:ListBucket' && clue.effect !== 'explicit' && /^(get|head)object$/.test(operation)
}

/** Configuration that was looked at beside the requests that matter: to be refused there is usual. */
function isLook(operation: string, clue: Clue, all: readonly Observation[]): boolean {
  const denied =
    clue.code === undefined ||
    /^(AccessDenied|AccessDeniedException|MethodNotAllowed|AllAccessDisabled|UnauthorizedOperation|Forbidden)$/.test(clue.code)
  if (
    !denied ||
    (clue.code === undefined && clue.status !== 403 && clue.status !== 405 && clue.layer === undefined && clue.action === undefined)
  )
    return false
  const others = all.map((one) => operationName(one, awsClue(one)))
  // A HEAD of the bucket may be unsigned, to learn its region; listing is what tells.
  if (operation === 'headbucket') return others.some((one) => one.startsWith('listobjects'))
  return LOOKS.test(operation) && others.some((one) => TELLING.test(one))
}

const LOOKS =
  /^(getbucket(policy|policystatus|acl|encryption|ownershipcontrols|requestpayment|versioning|tagging|logging|replication)|getencryptionconfiguration|getpublicaccessblock|getobjectacl|getaccesspointpolicy|listaccesspoints|listbuckets|getrole|getrolepolicy|getpolicy|getpolicyversion|getuser|getuserpolicy|listrolepolicies|listattachedrolepolicies|getkeypolicy|describekey|listgrants|describepolicy|listpoliciesfortarget|simulateprincipalpolicy|lookupevents|describevpcendpoints)$/
const TELLING =
  /^(assumerole|assumerolewithwebidentity|listobjects(v2)?|getobject|headobject|putobject|deleteobject|uploadpart|createmultipartupload|copyobject|headbucket|createsession)$/

/** The role was assumed as agreed: that it is refused without the id, or with a wrong one, is right. */
function isExpectedRefusal(observation: Observation, operation: string, all: readonly Observation[]): boolean {
  if (operation !== 'assumerole') return false
  if (isWithoutId(observation)) return true
  return all.some(
    (one) => one.ok === true && one.index < observation.index && operationName(one) === operation && one.target === observation.target,
  )
}

/** Whether the same operation got another answer later: then the redirect was one step on its way. */
function isFollowed(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const own = operationName(observation, clue)
  return all.some((one) => one.index > observation.index && operationName(one) === own && !isRedirect(awsClue(one)))
}

function isRedirect({ status, code }: Clue): boolean {
  return (
    status === 301 ||
    status === 307 ||
    code === 'AuthorizationHeaderMalformed' ||
    code === 'PermanentRedirect' ||
    code === 'TemporaryRedirect'
  )
}
