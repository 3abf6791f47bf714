import { type Json, isAccessError } from '@sluice/core'
import { parseJsonObject } from './http/json.ts'

/** The policy that narrows our sessions, as a document of a case; none where it is too large for a session of all accesses. */
export function sessionDocument(write: () => string): { readonly [name: string]: Json } {
  try {
    const policy = parseJsonObject(write())
    return policy === undefined ? {} : { sessionPolicy: policy }
  } catch (error) {
    if (isAccessError(error)) return {}
    throw error
  }
}
