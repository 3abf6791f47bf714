import type { Json } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'
import { deep } from './xml-value.ts'

/** What grants of a key let a principal do with it, as a read of them showed: `Decrypt`, `GenerateDataKey` … */
export function grantedOperations(key: string, arn: string, { successes }: Facts): readonly string[] {
  return successes.flatMap(({ operation, target, message }) => {
    if (!isListing(operation) || message === undefined) return []
    return grantsIn(message).flatMap((grant) => {
      const of = grant['KeyId'] ?? target
      const isOfKey = typeof of === 'string' && (of === key || key.endsWith(`/${of}`) || of.endsWith(key))
      const operations = grant['Operations']
      // Constraints on the encryption context are S3's own to meet.
      return isOfKey && grant['GranteePrincipal'] === arn && operations !== undefined && isList(operations)
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
    const named = [target, ...ofKey].filter((one) => typeof one === 'string')
    return named.some((one) => one === key || key.endsWith(`/${one}`) || one.endsWith(key)) && !/"Truncated":\s*true/.test(message)
  })
}

function grantsIn(message: string): readonly { readonly [name: string]: Json }[] {
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(message)
    const grants = deep(value, 'Grants')
    return grants !== undefined && isList(grants) ? grants.filter(isObject) : []
  } catch {
    return []
  }
}

function isListing(operation: string | undefined): boolean {
  return operation !== undefined && operationName({ operation }) === 'listgrants'
}
