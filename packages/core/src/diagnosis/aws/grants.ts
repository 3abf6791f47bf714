import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Facts } from '../facts.ts'
import { parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'
import { deep } from './xml-value.ts'

/** What grants of a key let a principal do with it, as a read of them showed: `Decrypt`, `GenerateDataKey` … */
export function grantedOperations(key: string, arn: string, { successes }: Facts): readonly string[] {
  return successes.flatMap(({ operation, target, message }) => {
    if (!isListing(operation) || message === undefined) return []
    return grantsIn(message).flatMap((grant) => {
      const operations = grant['Operations']
      // Constraints on the encryption context are S3's own to meet.
      return isOfKey(grant['KeyId'] ?? target, key) && grant['GranteePrincipal'] === arn && isList(operations)
        ? operations.filter((one) => typeof one === 'string')
        : []
    })
  })
}

/** Whether somebody asked for the grants of a key, and was told all of them. */
export function areGrantsKnown(key: string, { successes }: Facts): boolean {
  return successes.some(({ operation, target, message }) => {
    if (!isListing(operation) || message === undefined) return false
    const ofKey = grantsIn(message).map((grant) => grant['KeyId'])
    return [target, ...ofKey].some((one) => isOfKey(one, key)) && !/"Truncated":\s*true/.test(message)
  })
}

/** Whether a name that was given means this key: its ARN, or its id alone. */
function isOfKey(name: Json | undefined, key: string): boolean {
  return typeof name === 'string' && (key.endsWith(`/${name}`) || name.endsWith(key))
}

function grantsIn(message: string): readonly JsonObject[] {
  const grants = deep(parsedJson(message), 'Grants')
  return isList(grants) ? grants.filter(isObject) : []
}

function isListing(operation: string | undefined): boolean {
  return operation !== undefined && operationName({ operation }) === 'listgrants'
}
