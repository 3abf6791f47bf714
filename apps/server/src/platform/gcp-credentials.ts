import { type GoogleToken, actAsServiceAccount, parseServiceAccountKey, tokenForKey } from '@sluice/clouds'
import { accessError, type Clock, type Transport } from '@sluice/core'
import { z } from 'zod'
import type { GcpIdentity } from '../config/identities.ts'
import { askCredentialService, jsonOf, keptFresh, missingCredentials } from './credential-service.ts'

interface CredentialsDeps {
  readonly identity: GcpIdentity
  /** A transport that may reach the metadata service of the machine. */
  readonly machine: Transport
  /** The transport that reaches Google's token services. */
  readonly transport: Transport
  readonly clock: Clock
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>
}

/** A token, and the service account it is of. */
interface OwnToken extends GoogleToken {
  readonly email: string
}

/** https://cloud.google.com/compute/docs/access/authenticate-workloads#applications */
const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

const MACHINE = 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default'
const FLAVOR = { 'metadata-flavor': 'Google' }
const SECONDS = 3_600

/**
 * Tokens of the service accounts of ours that customers grant: that of the key file, or of the machine, itself, and of any other
 * account by acting as it, which that account must allow. Each is kept until it nears its end.
 */
export function createGcpCredentials(deps: CredentialsDeps): (serviceAccount: string, signal: AbortSignal) => Promise<GoogleToken> {
  const { clock, transport } = deps
  const own = keptFresh(clock, (signal) => ownToken(deps, signal))
  const acted = new Map<string, (signal: AbortSignal) => Promise<GoogleToken>>()
  const actAs = (serviceAccount: string) => {
    const known =
      acted.get(serviceAccount) ??
      keptFresh(clock, async (signal) => {
        const { token } = await own(signal)
        return actAsServiceAccount({ transport, clock }, { serviceAccount, token }, SECONDS, signal)
      })
    acted.set(serviceAccount, known)
    return known
  }
  return async (serviceAccount, signal) => {
    const { email, ...token } = await own(signal)
    return email === serviceAccount ? token : actAs(serviceAccount)(signal)
  }
}

async function ownToken(deps: CredentialsDeps, signal: AbortSignal): Promise<OwnToken> {
  const { keyFile, machine } = deps.identity
  if (keyFile !== undefined) {
    // The file is replaced when its key is rotated, so it is read each time.
    const key = parseServiceAccountKey(await deps.readFile(keyFile, signal))
    return { email: key.clientEmail, ...(await tokenForKey(deps, key, signal)) }
  }
  if (!machine)
    throw accessError('platform.credentials_missing', { message: 'No credentials for our own identity in Google Cloud are configured.' })
  return ofMachine(deps, signal)
}

async function ofMachine({ machine, clock }: CredentialsDeps, signal: AbortSignal): Promise<OwnToken> {
  const email = (await askCredentialService(machine, { url: `${MACHINE}/email`, headers: FLAVOR }, signal)).trim()
  const answer = answerSchema.safeParse(jsonOf(await askCredentialService(machine, { url: `${MACHINE}/token`, headers: FLAVOR }, signal)))
  if (!answer.success) throw missingCredentials('answered something that is not a token')
  return { email, token: answer.data.access_token, expiresAt: clock.now() + answer.data.expires_in * 1_000 }
}
