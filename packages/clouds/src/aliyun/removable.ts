import type { Connection } from '@sluice/core'
import { statementsFor } from '../setup/removable.ts'

/** What the customer can remove in Alibaba Cloud once the connection is gone. */
export function removableInAliyun(connection: Connection): readonly string[] {
  const { method, fields } = connection.auth
  if (method === 'keys') return [keySentence(fields['accessKeyId']), ...statementsFor('the user of the key', connection)]
  const provider = method === 'oidc' ? ['The OIDC identity provider of our issuer in that account, unless other roles trust it.'] : []
  return [roleSentence(fields['roleArn']), ...provider, ...statementsFor('the role', connection)]
}

function roleSentence(arn: string | undefined): string {
  if (arn === undefined) return 'The RAM role made for this connection, if one was made: Sluice was never told its ARN.'
  return `The RAM role ${arn} with its trust policy, and the policy attached to it, unless something else uses them.`
}

function keySentence(accessKeyId: string | undefined): string {
  if (accessKeyId === undefined)
    return 'The RAM user and policy made for this connection, if they were made: Sluice was never given an AccessKey pair.'
  return `The AccessKey pair ${accessKeyId}, and the RAM user and policy made for it, unless something else uses them.`
}
