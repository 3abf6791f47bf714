import { blobOperationRule, type BlobLevel, type BlobOperation } from './blob-operations.ts'
import type { Sas } from './sas.ts'

/** Whether the fields of a SAS allow an operation, and if not, which of them keeps it out. */
export type SasVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      /** `scope`: this kind of SAS never reaches the operation, or is for something smaller than it acts on. */
      readonly missing: 'service' | 'resource-type' | 'permission' | 'scope'
      /** Letters of which any one would do. */
      readonly letters: string
    }

const TYPE_LETTERS: { readonly [level in BlobLevel]: string } = { service: 's', container: 'c', object: 'o' }

/**
 * Judges an operation by what stands in a SAS alone: services, resource types, resource and letters, in the order Azure looks at them.
 * `permissions` are those of the stored access policy where the SAS has none itself.
 */
export function sasAllows(sas: Sas, operation: BlobOperation, permissions = sas.permissions ?? ''): SasVerdict {
  const rule = blobOperationRule(operation)
  const letters = sas.kind === 'account' ? rule.accountLetters : rule.letters
  const deny = (missing: 'service' | 'resource-type' | 'permission' | 'scope', needed = letters): SasVerdict => ({
    allowed: false,
    missing,
    letters: needed,
  })
  if (sas.kind === 'account') {
    if (!sas.services.includes('b')) return deny('service', 'b')
    // The information about an account may be asked at any level.
    if (operation !== 'GetAccountInformation' && !sas.resourceTypes.includes(TYPE_LETTERS[rule.level]))
      return deny('resource-type', TYPE_LETTERS[rule.level])
  } else if (rule.level === 'container' && sas.resource !== 'c' && sas.resource !== 'd') return deny('scope')
  if (letters === '') return deny('scope')
  return Array.from(letters).some((letter) => permissions.includes(letter)) ? { allowed: true } : deny('permission')
}
