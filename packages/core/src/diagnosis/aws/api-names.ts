import type { PolicyDocument } from '../../policy/types.ts'
import { statementAt, statementsOf, valuesOf } from '../statement-patch.ts'

/** Names of API calls that people write as actions, and the action that was meant. */
const API_NAMES: { readonly [name: string]: string } = {
  's3:listobjects': 's3:ListBucket',
  's3:listobjectsv2': 's3:ListBucket',
  's3:listobject': 's3:ListBucket',
  's3:headbucket': 's3:ListBucket',
  's3:headobject': 's3:GetObject',
  's3:getobjects': 's3:GetObject',
  's3:readobject': 's3:GetObject',
  's3:copyobject': 's3:PutObject',
  's3:putobjects': 's3:PutObject',
  's3:writeobject': 's3:PutObject',
  's3:uploadobject': 's3:PutObject',
  's3:uploadpart': 's3:PutObject',
  's3:uploadpartcopy': 's3:PutObject',
  's3:createmultipartupload': 's3:PutObject',
  's3:completemultipartupload': 's3:PutObject',
  's3:deleteobjects': 's3:DeleteObject',
  's3:removeobject': 's3:DeleteObject',
  's3:listobjectversions': 's3:ListBucketVersions',
  's3:listmultipartuploads': 's3:ListBucketMultipartUploads',
  's3:listparts': 's3:ListMultipartUploadParts',
  's3:getbucketencryption': 's3:GetEncryptionConfiguration',
  's3:listbuckets': 's3:ListAllMyBuckets',
}

/** Statements that allow what is the name of a call, where this action was meant. */
export function wrongNames(document: PolicyDocument, action: string): readonly { readonly index: number; readonly name: string }[] {
  return statementsOf(document).flatMap((_, index) => {
    const statement = statementAt(document, index)
    if (statement?.['Effect'] !== 'Allow') return []
    return valuesOf(statement['Action'])
      .filter((name) => API_NAMES[name.toLowerCase()] === action)
      .map((name) => ({ index, name }))
  })
}

/** Whether there is a name of a call that people write for this action. */
export function meantAction(action: string): boolean {
  return Object.values(API_NAMES).includes(action)
}
