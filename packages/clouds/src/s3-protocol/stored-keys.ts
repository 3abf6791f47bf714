import { type OpenConnection, accessError } from '@sluice/core'
import type { AwsCredentials } from './credentials.ts'

/** The key pair of a connection whose method is `keys`. */
export function storedKeys(open: OpenConnection): Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  const { connection, secret } = open
  const secretAccessKey = secret?.['secretAccessKey']
  const sessionToken = secret?.['sessionToken']
  const { accessKeyId } = connection.auth.fields
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw accessError('auth.secret_missing', { message: `The secret of connection ${connection.name} is not there.` })
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}
