import type { Connection, Remedy } from '@sluice/core'
import { presetOf } from '../preset-of.ts'
import type { DataRemedies, RefusedRequest } from '../../validation/context.ts'

/** The remedies of a store whose console we do not know: what must be allowed, in the words of the S3 protocol. */
export function s3Remedies(connection: Connection): { readonly data: DataRemedies; readonly keys: () => Remedy } {
  const verify = `sluice connection validate ${connection.name}`
  const { where } = presetOf(connection.settings)
  const holder = connection.auth.method === 'none' ? 'everybody, for the connection has no credential,' : 'the user of the access key,'
  const granted = (request: RefusedRequest): Remedy => ({
    who: 'cloud-admin',
    where,
    summary: `Allow ${request.actions.join(', ')} on ${request.location.bucket}/${request.location.prefix} to ${holder} and remove any Deny that covers it.`,
    command: `sluice connection setup ${connection.name}`,
    risk: 'None for others: the statement only adds what the connection asked for.',
    undo: 'Remove the statement again.',
    verify,
  })
  const data: DataRemedies = {
    bucketMissing: (location) => ({
      who: 'data-owner',
      where: 'the connection’s location, or the store',
      summary: `Correct the bucket name or the endpoint, or create the bucket ${location.bucket}.`,
      verify,
    }),
    bucketOwner: (location) => ({ who: 'data-owner', where: 'the store', summary: `Find out who owns ${location.bucket}.`, verify }),
    region: (location, wanted, got) => ({
      who: 'platform',
      where: 'the connection’s settings',
      summary: `The bucket ${location.bucket} is in ${got}, the connection wants ${wanted}: set the region to ${got}.`,
      command: `sluice connection update ${connection.name} --region ${got}`,
      verify,
    }),
    denied: granted,
    foreignObject: (request) => ({
      who: 'data-owner',
      where: 'the object',
      summary: `Let ${request.key ?? 'the object'} be read by ${connection.auth.method === 'none' ? 'everybody' : 'the user of the access key'}: another user wrote and owns it.`,
      verify,
    }),
    encryption: granted,
    keyState: () => ({
      who: 'cloud-admin',
      where: 'the encryption keys of the store',
      summary: 'Enable the key, or cancel its deletion.',
      verify,
    }),
    leaseTooWide: () => ({ who: 'platform', where: 'the access key', summary: 'Use a key that is limited to the location.', verify }),
    broader: (location, findings) => ({
      who: 'cloud-admin',
      where,
      summary: `Limit the user of the access key to ${location.bucket}/${location.prefix}: it can also ${findings.join(', ')}.`,
      command: `sluice connection setup ${connection.name}`,
      risk: 'Whatever else uses this key loses the rest.',
      undo: 'Put the former policy back.',
      verify,
    }),
    leftover: (keys) => ({ who: 'data-owner', where: 'the bucket', summary: `Delete ${keys.join(', ')}.`, verify }),
  }
  return {
    data,
    keys: () => ({
      who: 'cloud-admin',
      where,
      summary:
        'Create a new access key and store it with sluice connection update; check that nothing was cut off when it was pasted, and that the endpoint is the right one.',
      verify,
    }),
  }
}
