import type { Connection } from '@sluice/core'
import { NOTHING_REMOVABLE, statementsFor } from '../setup/removable.ts'

/** What the customer can remove in AWS once the connection is gone. */
export function removableInAws(connection: Connection): readonly string[] {
  const { method, fields } = connection.auth
  if (method === 'none') return NOTHING_REMOVABLE
  if (method === 'keys') return [...keySentence(fields['accessKeyId']), ...statementsFor('the user of the key', connection)]
  const provider = method === 'oidc' ? ['The OpenID Connect provider of our issuer in that account, unless other roles trust it.'] : []
  return [roleSentence(fields['roleArn']), ...provider, ...statementsFor('the role', connection)]
}

function roleSentence(arn: string | undefined): string {
  if (arn === undefined) return 'The role made for this connection, if one was made: Sluice was never told its ARN.'
  return `The role ${arn} with its trust policy, and the permission policy attached to it, unless something else uses them.`
}

function keySentence(accessKeyId: string | undefined): readonly string[] {
  if (accessKeyId === undefined) return ['The user and policy made for this connection, if they were made: Sluice was never given a key.']
  return [`The access key ${accessKeyId}, and the user and policy made for it, unless something else uses them.`]
}
