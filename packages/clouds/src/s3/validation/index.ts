import {
  type CheckPlan,
  type HttpResponse,
  type Lease,
  type Location,
  type ValidationRun,
  type ValidationSubject,
  accessError,
} from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { discard, readText } from '../../http/body.ts'
import { retry } from '../../http/retry.ts'
import { withRetries } from '../../http/retry-layer.ts'
import { leaseId } from '../../lease-id.ts'
import { s3Dialect } from '../../s3-protocol/dialect.ts'
import { vendorError } from '../../s3-protocol/errors.ts'
import { unsigned } from '../../s3-protocol/sign.ts'
import { storedKeys } from '../../s3-protocol/stored-keys.ts'
import { secretsOf } from '../../s3-protocol/withheld.ts'
import type { BucketFace, StoreAccess, ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { probe } from '../../validation/denial.ts'
import { failed, inconclusive, passed } from '../../validation/outcomes.ts'
import { bucketAddress, parseEndpoint } from '../endpoint.ts'
import { openS3Store } from '../open-store.ts'
import { s3Remedies } from './remedies.ts'
import { nothingToAsk, withoutMeaning } from '../../validation/trust-checks.ts'

/** Codes by which a store says that the key itself is bad. */
const REJECTED = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken'])

/** The claims to test about a connection to an S3-compatible store: those of the data, and that the keys are accepted. */
export function validateS3(deps: CloudDeps, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const keys = connection.auth.method === 'keys'
  const remedies = s3Remedies(connection)
  const access = storeAccess(deps, subject)
  const context: ValidationContext = {
    connection,
    locations,
    access,
    clock: deps.clock,
    random: deps.random,
    dialect: s3Dialect('S3'),
    namesRegions: false,
    narrows: false,
    ownerNamedIn: 'requests',
    expectedOwner: undefined,
    gate: keys ? 'trust-accepts-us' : 'configuration-well-formed',
    remedies: remedies.data,
    serverRegions: [],
  }
  const data = dataPlans(context, () => undefined)
  const noTrust = keys ? 'Access keys have no trust policy and no external id.' : 'Public buckets are read without a credential.'
  return {
    checks: [
      locations.length > 0
        ? { name: 'configuration-well-formed', needs: [], run: () => Promise.resolve(passed(0)) }
        : withoutMeaning('configuration-well-formed', 'The connection has no location and no stage yet: there is nothing to try.'),
      withoutMeaning('platform-identity-works', noTrust),
      withoutMeaning('trust-refuses-missing-external-id', noTrust),
      withoutMeaning('trust-refuses-wrong-external-id', noTrust),
      ...(keys && locations[0] !== undefined
        ? [keysAccepted(context, locations[0], remedies.keys)]
        : [withoutMeaning('trust-accepts-us', noTrust)]),
      ...(locations.length > 0 ? data.checks : nothingToAsk(data.checks)),
    ],
    leftovers: data.leftovers,
    discovered: () => ({}),
  }
}

/** There is no STS to ask: any answer to a listing but "this key is bad" shows that the key is accepted. */
function keysAccepted(
  context: ValidationContext,
  location: Location,
  remedy: () => ReturnType<ReturnType<typeof s3Remedies>['keys']>,
): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed', 'endpoint-allowed'],
    run: async (signal) => {
      const { lease } = await context.access.wide(signal)
      const store = context.access.open(location, lease, undefined)
      const result = await probe(
        () => context.clock.now(),
        () => store.listPage({ prefix: location.prefix, maxKeys: 1 }, signal),
        signal,
      )
      if (result.ok) return passed(result.ms)
      const { provider } = result.error
      if (REJECTED.has(provider?.code ?? ''))
        return failed(
          result.ms,
          'identity.rejected',
          `The store does not accept the access key: ${result.error.message}`,
          remedy(),
          result.error,
        )
      if (provider?.code === 'AccessDenied' || provider?.code === 'NoSuchBucket') return passed(result.ms)
      return inconclusive(result.ms, result.error)
    },
  }
}

function storeAccess(deps: CloudDeps, subject: ValidationSubject): StoreAccess {
  const { connection } = subject
  const lease = (location: Location): Lease => ({
    id: leaseId(deps.random),
    scope: { location, access: connection.access },
    narrowed: false,
    expiresAt: Infinity,
    secret: connection.auth.method === 'none' ? { kind: 'anonymous' } : { kind: 'aws', ...storedKeys(subject) },
  })
  const anywhere: Location = subject.locations[0] ?? { cloud: 's3', bucket: '', prefix: '', extent: 'bucket' }
  return {
    face: ({ bucket }, signal) => retry(() => face(deps, subject, bucket, signal), deps, signal),
    lease: (location) => Promise.resolve(lease(location)),
    narrowLease: (location) => Promise.resolve(lease(location)),
    wide: () => Promise.resolve({ lease: lease(anywhere) }),
    open: (location, held) => withRetries(deps)(openS3Store(deps, connection, location, () => Promise.resolve(held))),
  }
}

/**
 * HEAD of the bucket without a signature: 404 where there is none. What else a store answers to strangers differs. The answer to HEAD
 * cannot say what is missing, and from a proxy it would look the same: a 404 counts once a GET names the bucket as what is missing.
 */
async function face(deps: CloudDeps, subject: ValidationSubject, bucket: string, signal: AbortSignal): Promise<BucketFace> {
  const { connection } = subject
  const { origin, basePath } = bucketAddress(parseEndpoint(connection.settings), bucket, connection.settings)
  const ask = (method: 'HEAD' | 'GET', operation: string) => {
    const request = unsigned({ method, origin, path: basePath === '' ? '/' : basePath, query: {}, headers: {} })
    return deps.transport({ ...request, operation: `s3.${operation}`, tenant: connection.id }, signal)
  }
  const refusal = async (operation: string, { status, headers, body }: HttpResponse) => {
    const text = await readText({ status, headers, body }, 64 * 1024, operation)
    // Nothing was signed, but the store is the one that knows the secret anyway.
    const secrets = connection.auth.method === 'keys' ? secretsOf(storedKeys(subject)) : []
    return vendorError({ operation, status, headers, text, subject: `bucket ${bucket}`, secrets })
  }
  const response = await ask('HEAD', 'HeadBucket')
  if ([200, 301, 307, 400, 401, 403].includes(response.status)) {
    await discard(response)
    return { exists: true }
  }
  const isHidden = response.status === 404
  if (isHidden) await discard(response)
  const error = isHidden ? await refusal('ListObjects', await ask('GET', 'ListObjects')) : await refusal('HeadBucket', response)
  if (isHidden && error.provider?.code === 'NoSuchBucket') return { exists: false }
  if (error.retry === 'later') throw error
  throw accessError('validation.unclear', { message: `The store did not say whether there is a bucket ${bucket}: ${error.message}` })
}
