import { type StorageToken, exchangeAzureToken } from '@sluice/clouds'
import type { AzurePlatform, Clock, Transport } from '@sluice/core'
import { z } from 'zod'
import type { AzureIdentity } from '../config/identities.ts'
import { askCredentialService, jsonOf, keptFresh, missingCredentials } from './credential-service.ts'

interface CredentialsDeps {
  readonly platform: Pick<AzurePlatform, 'clientId' | 'tenantId'>
  readonly identity: AzureIdentity
  /** A transport that may reach the metadata service of the machine. */
  readonly machine: Transport
  /** The transport that reaches Entra. */
  readonly transport: Transport
  readonly clock: Clock
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>
}

const MACHINE = 'http://169.254.169.254/metadata/identity/oauth2/token'
const RESOURCE = 'https://storage.azure.com/'

/** Both services write the time as a string of digits. */
const answerSchema = z.object({ access_token: z.string().min(1), expires_on: z.coerce.number().positive() })

/**
 * Tokens for storage of the managed identity that we run as: in exchange for the token in a file, as on AKS; of App Service; or of the
 * metadata service of the machine. One is kept until it nears its end.
 */
export function createAzureCredentials(deps: CredentialsDeps): (signal: AbortSignal) => Promise<StorageToken> {
  const { clock, identity, platform, readFile, transport } = deps
  const { tokenFile } = identity
  if (tokenFile === undefined) return keptFresh(clock, (signal) => ofService(deps, signal))
  return keptFresh(clock, async (signal) => {
    // The file is replaced long before its token ends, so it is read each time.
    const assertion = (await readFile(tokenFile, signal)).trim()
    return exchangeAzureToken({ transport, clock, tenant: 'platform' }, { ...platform, assertion }, signal)
  })
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
async function ofService({ platform, identity: { service }, machine }: CredentialsDeps, signal: AbortSignal): Promise<StorageToken> {
  const url = new URL(service?.url ?? MACHINE)
  url.searchParams.set('api-version', service === undefined ? '2018-02-01' : '2019-08-01')
  url.searchParams.set('resource', RESOURCE)
  url.searchParams.set('client_id', platform.clientId)
  // Each service wants a header of its own, and neither minds the other's.
  const headers = { metadata: 'true', ...(service === undefined ? {} : { 'x-identity-header': service.header }) }
  const answer = answerSchema.safeParse(jsonOf(await askCredentialService(machine, { url: url.href, headers }, signal)))
  if (!answer.success) throw missingCredentials('answered something that is not a token')
  return { token: answer.data.access_token, expiresAt: answer.data.expires_on * 1_000 }
}
