import type { Connection } from '@sluice/core'
import type { Statement } from '../../setup/s3-permissions.ts'
import { type Node, type Slot, type Text, text } from '../../setup/text.ts'
import { checkOption } from './option-rules.ts'
import { viaS3 } from './partition.ts'

/** Keys the policies name. A key that writes also decrypts, since S3 decrypts the parts of a multipart upload. */
export interface KmsKeys {
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly warnings: readonly string[]
}

/** The keys the connection's settings name, as far as its access uses them. */
export function kmsKeysOf(connection: Connection, createdWith: string | undefined): KmsKeys {
  const { settings, access } = connection
  const created = createdWith === undefined ? [] : [createdWith]
  const sent = settings.encryption?.keyId
  const sentArns = sent !== undefined && sent.startsWith('arn:') ? [sent] : []
  const read = unique([...(settings.kmsReadKeys ?? []), ...created], 'kmsReadKeys')
  const write = unique([...(settings.kmsWriteKeys ?? []), ...sentArns, ...created], 'kmsWriteKeys')
  const reads = access.includes('read')
  const writes = access.includes('write')
  return {
    read: reads ? read : [],
    write: writes ? write : [],
    warnings: [
      ...(!reads && (settings.kmsReadKeys?.length ?? 0) > 0 ? ['The keys for reading are left out: this connection does not read.'] : []),
      ...(!writes && (settings.kmsWriteKeys?.length ?? 0) > 0
        ? ['The keys for writing are left out: this connection does not write.']
        : []),
      ...(writes && sent !== undefined && sentArns.length === 0
        ? ['The encryption key is named by id or alias, which policies cannot use: add its full ARN to the keys for writing.']
        : []),
    ],
  }
}

function unique(keys: readonly string[], name: string): readonly string[] {
  return [...new Set(keys)].map((key) => checkOption('kmsKey', key, name))
}

/** The region of a key, which is also its bucket's: S3 uses only keys of its own region. */
export function regionOfKey(arn: string): string {
  return arn.split(':')[3] ?? ''
}

/** Statements of the permission policy: each key for what it is used for, and only through S3. */
export function kmsStatements(keys: KmsKeys): readonly Statement[] {
  const readOnly = keys.read.filter((key) => !keys.write.includes(key))
  return [
    ...(readOnly.length > 0 ? [kmsStatement('DecryptObjects', ['kms:Decrypt'], readOnly, slots(readOnly, 'KmsReadKeyArn'))] : []),
    ...(keys.write.length > 0
      ? [kmsStatement('EncryptObjects', ['kms:GenerateDataKey', 'kms:Decrypt'], keys.write, slots(keys.write, 'KmsWriteKeyArn'))]
      : []),
  ]
}

function slots(keys: readonly string[], name: string): readonly Text[] {
  return keys.map((value, index) => {
    const slot: Slot = { slot: true, name: `${name}${keys.length > 1 ? index + 1 : ''}`, value, description: 'ARN of a KMS key' }
    return text`${slot}`
  })
}

function kmsStatement(sid: string, actions: readonly string[], keys: readonly string[], resource: readonly Node[]): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource, Condition: throughS3(keys) }
}

function throughS3(keys: readonly string[]): Node {
  return { StringEquals: { 'kms:ViaService': [...new Set(keys.map(regionOfKey))].flatMap(viaS3) } }
}

/** One statement to add to a key's own policy, and the keys that need it. */
export interface KeyPolicyStatement {
  readonly keys: readonly string[]
  readonly statement: Statement
}

/** What the owners of the keys add: the same rights, given to the role by name. Keys that need the same statement share it. */
export function keyPolicyStatements(keys: KmsKeys, holderArn: string): readonly KeyPolicyStatement[] {
  const all = [...new Set([...keys.write, ...keys.read])]
  const needs = Map.groupBy(all, (key) => `${keys.write.includes(key) ? 'write' : 'read'} ${regionOfKey(key)}`)
  return [...needs.values()].map((same) => {
    const writes = same.every((key) => keys.write.includes(key))
    return {
      keys: same,
      statement: {
        Sid: writes ? 'LetSluiceEncryptThroughS3' : 'LetSluiceDecryptThroughS3',
        Effect: 'Allow',
        Principal: { AWS: holderArn },
        Action: writes ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'],
        // In a key policy this means the key itself.
        Resource: '*',
        Condition: throughS3(same),
      },
    }
  })
}

/** What the admin must know about keys beyond the role's own policy. */
export function keyWarnings(keys: KmsKeys, accountId: string | undefined): readonly string[] {
  const all = [...new Set([...keys.read, ...keys.write])]
  if (all.length === 0) return []
  if (accountId === undefined)
    return ['The account of the role is not known yet, so no statement for the key policies can name the role: give accountId to get it.']
  return all
    .filter((key) => key.split(':')[4] !== accountId)
    .map((key) => `The key ${key} belongs to another account: it works only after its key policy has the statement given here.`)
}
