import type { Connection } from '@sluice/core'
import { type Node, type Slot, text } from '../../setup/text.ts'
import { checkOption } from './option-rules.ts'

/** Keys the policy names. A key that writes also decrypts, since OSS decrypts the parts of a multipart upload. */
export interface KmsKeys {
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly warnings: readonly string[]
}

/** The keys the connection's settings name, as far as its access uses them. */
export function kmsKeysOf({ settings, access }: Connection, createdWith: string | undefined): KmsKeys {
  const created = createdWith === undefined ? [] : [createdWith]
  const sent = settings.encryption?.keyId
  const sentKeys = sent === undefined ? [] : [sent.startsWith('acs:') ? sent : `acs:kms:*:*:key/${sent}`]
  const reads = access.includes('read')
  const writes = access.includes('write')
  return {
    read: reads ? unique([...(settings.kmsReadKeys ?? []), ...created], 'kmsReadKeys') : [],
    write: writes ? unique([...(settings.kmsWriteKeys ?? []), ...sentKeys, ...created], 'kmsWriteKeys') : [],
    warnings: [
      ...(!reads && (settings.kmsReadKeys?.length ?? 0) > 0 ? ['The keys for reading are left out: this connection does not read.'] : []),
      ...(!writes && (settings.kmsWriteKeys?.length ?? 0) > 0
        ? ['The keys for writing are left out: this connection does not write.']
        : []),
    ],
  }
}

function unique(keys: readonly string[], name: string): readonly string[] {
  return [...new Set(keys)].map((key) => checkOption('kmsKey', key, name))
}

/** Statements of the permission policy: each key for what it is used for. RAM cannot tie a key to its use through OSS. */
export function kmsStatements(keys: KmsKeys): readonly Node[] {
  const readOnly = keys.read.filter((key) => !keys.write.includes(key))
  return [
    ...(readOnly.length > 0 ? [statement(['kms:Decrypt'], readOnly, 'KmsReadKey')] : []),
    ...(keys.write.length > 0 ? [statement(['kms:GenerateDataKey', 'kms:Decrypt'], keys.write, 'KmsWriteKey')] : []),
  ]
}

function statement(actions: readonly string[], keys: readonly string[], name: string): Node {
  const resources = keys.map((value, index) => {
    const slot: Slot = {
      slot: true,
      name: `${name}${keys.length > 1 ? index + 1 : ''}`,
      value,
      description: 'Name of a KMS key in policies',
    }
    return text`${slot}`
  })
  return { Effect: 'Allow', Action: actions, Resource: resources }
}
