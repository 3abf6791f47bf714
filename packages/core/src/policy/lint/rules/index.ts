import type { LintRule } from '../finding.ts'
import { actionNeverApplies } from './action-never-applies.ts'
import { actionOfAnotherKind } from './action-of-another-kind.ts'
import { arnShape } from './arn-shape.ts'
import { broadAction } from './broad-action.ts'
import { broadResource } from './broad-resource.ts'
import { bucketActionOnObject } from './bucket-action-on-object.ts'
import { conditionContradiction } from './condition-contradiction.ts'
import { deadPrincipal } from './dead-principal.ts'
import { duplicateSid } from './duplicate-sid.ts'
import { externalIdOptional } from './external-id-optional.ts'
import { externalIdWildcard } from './external-id-wildcard.ts'
import { folderWithoutWildcard } from './folder-without-wildcard.ts'
import { forAllValues } from './for-all-values.ts'
import { ifExistsOnAllow } from './if-exists-on-allow.ts'
import { invalidSid } from './invalid-sid.ts'
import { keyNeverCarried } from './key-never-carried.ts'
import { keyType } from './key-type.ts'
import { kmsAlias } from './kms-alias.ts'
import { kmsArn } from './kms-arn.ts'
import { kmsHalf } from './kms-half.ts'
import { leadingSlash } from './leading-slash.ts'
import { malformed } from './malformed.ts'
import { mfaAbsent } from './mfa-absent.ts'
import { missingExternalId } from './missing-external-id.ts'
import { notActionAllow } from './not-action-allow.ts'
import { notAnArn } from './not-an-arn.ts'
import { notPrincipal } from './not-principal.ts'
import { notResourceAllow } from './not-resource-allow.ts'
import { objectActionOnBucket } from './object-action-on-bucket.ts'
import { oldVersion } from './old-version.ts'
import { oldVersionVariables } from './old-version-variables.ts'
import { patternWithoutAction } from './pattern-without-action.ts'
import { placeholder } from './placeholder.ts'
import { principalAction } from './principal-action.ts'
import { privateSourceIp } from './private-source-ip.ts'
import { publicResource } from './public-resource.ts'
import { resourceNeverUsed } from './resource-never-used.ts'
import { setOperator } from './set-operator.ts'
import { sizeLimit } from './size-limit.ts'
import { storePrincipal } from './store-principal.ts'
import { strayWhitespace } from './stray-whitespace.ts'
import { trustEveryone } from './trust-everyone.ts'
import { unknownAction } from './unknown-action.ts'
import { unknownKey } from './unknown-key.ts'
import { unknownOperator } from './unknown-operator.ts'
import { unknownVariable } from './unknown-variable.ts'
import { webIdentityOpen } from './web-identity-open.ts'
import { wildcardInEquals } from './wildcard-in-equals.ts'

/** Every rule that looks at a document: what cannot be read, what never works, what lets in too many, what is not meant. */
export const DOCUMENT_RULES: readonly LintRule[] = [
  malformed,
  duplicateSid,
  invalidSid,
  sizeLimit,
  oldVersion,
  oldVersionVariables,
  placeholder,
  strayWhitespace,
  unknownAction,
  patternWithoutAction,
  actionOfAnotherKind,
  notAnArn,
  arnShape,
  kmsArn,
  kmsAlias,
  objectActionOnBucket,
  bucketActionOnObject,
  folderWithoutWildcard,
  leadingSlash,
  actionNeverApplies,
  resourceNeverUsed,
  unknownOperator,
  unknownKey,
  unknownVariable,
  keyNeverCarried,
  keyType,
  wildcardInEquals,
  conditionContradiction,
  privateSourceIp,
  ifExistsOnAllow,
  forAllValues,
  setOperator,
  mfaAbsent,
  missingExternalId,
  externalIdWildcard,
  externalIdOptional,
  trustEveryone,
  webIdentityOpen,
  publicResource,
  deadPrincipal,
  storePrincipal,
  principalAction,
  notPrincipal,
  notActionAllow,
  notResourceAllow,
  broadAction,
  broadResource,
  kmsHalf,
]
