import type { Connection, Stage } from '@sluice/core'
import type { DeletionPlan } from '../contract.ts'

/** What a deletion would break here, and what the customer can then remove in their cloud. */
export function planDeletion(connection: Connection, stages: readonly Stage[]): DeletionPlan {
  return { stages: stages.map((stage) => stage.name), customerMayRemove: customerMayRemove(connection) }
}

function customerMayRemove({ auth, settings, locations }: Connection): readonly string[] {
  const sentences: string[] = []
  const { roleArn, accessKeyId } = auth.fields
  const isRole = auth.method === 'role' || auth.method === 'oidc'
  const holder = auth.method === 'keys' ? 'the user of the key' : isRole ? 'the role' : 'us'
  if (roleArn !== undefined)
    sentences.push(`The role ${roleArn} with its trust policy, and the permission policy attached to it, unless something else uses them.`)
  if (isRole && roleArn === undefined) sentences.push('The role made for this connection, if one was made: Sluice was never told its ARN.')
  if (auth.method === 'oidc') sentences.push('The OpenID Connect provider of our issuer in that account, unless other roles trust it.')
  if (accessKeyId !== undefined)
    sentences.push(`The access key ${accessKeyId}, and the user and policy made for it, unless something else uses them.`)
  if (auth.method === 'none') return ['Nothing: the connection used public access only.']
  const keys = new Set([...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])])
  for (const key of keys) sentences.push(`The statement for ${holder} in the policy of the key ${key}, if one was added.`)
  for (const bucket of new Set(locations.map((location) => location.bucket)))
    sentences.push(`The statement for ${holder} in the policy of the bucket ${bucket}, if one was added.`)
  return sentences
}
