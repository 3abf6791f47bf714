import type { Connection } from '@sluice/core'

/** What the customer can remove in Google Cloud once the connection is gone. */
export function removableInGcp({ auth, settings, locations }: Connection): readonly string[] {
  const { provider, serviceAccount, clientEmail, privateKeyId } = auth.fields
  const buckets = [...new Set(locations.map((location) => location.bucket))]
  const keys = new Set([...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])])
  const holder = serviceAccount ?? clientEmail ?? (auth.method === 'federation' ? 'the principal of the connection' : 'our service account')
  const grants = [
    ...buckets.map((bucket) => `The binding of ${holder} in the IAM policy of the bucket ${bucket}, and the custom role in it.`),
    ...[...keys].map((key) => `The binding of ${holder} in the IAM policy of the key ${key}, if one was added.`),
  ]
  if (auth.method === 'service-account-key') return [keySentence(clientEmail, privateKeyId), ...grants]
  const acting =
    serviceAccount === undefined
      ? []
      : [`The right to act as ${serviceAccount}, and that service account itself, unless something else uses it.`]
  return [...(auth.method === 'federation' ? [poolSentence(provider)] : []), ...acting, ...grants]
}

function poolSentence(provider: string | undefined): string {
  if (provider === undefined)
    return 'The workload identity pool made for this connection, if one was made: Sluice was never told its provider.'
  return `The workload identity provider ${provider} and its pool, unless other connections use them.`
}

function keySentence(account: string | undefined, keyId: string | undefined): string {
  if (account === undefined || keyId === undefined)
    return 'The service account made for this connection, if one was made: Sluice was never given its key.'
  return `The key ${keyId} of the service account ${account}, and that account itself, unless something else uses it.`
}
