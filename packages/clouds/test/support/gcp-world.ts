import { type AuthContext, type Cloud, type Connection, type IamCondition, type TokenIssuer, connectionSubject } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { type CloudDeps, type PooledTransport, type TransportOptions, createClouds, createTransport } from '../../src/index.ts'
import { connectionWith, impatientClock, random } from './aws-world.ts'

export const ISSUER = 'https://sluice.example.com'
export const PLATFORM_PROJECT = 'sluice-platform'
export const CUSTOMER_PROJECT = 'acme-data'
export const CUSTOMER_NUMBER = '123456789012'
export const GCP_BUCKET = 'acme-lake'
export const POOL = `projects/${CUSTOMER_NUMBER}/locations/global/workloadIdentityPools/sluice-lake`
export const PROVIDER = `${POOL}/providers/sluice`
/** Our account for the projects of the tests, and the customer's. */
export const OUR_ACCOUNT = `sluice-project@${PLATFORM_PROJECT}.iam.gserviceaccount.com`
export const THEIR_ACCOUNT = `loader@${CUSTOMER_PROJECT}.iam.gserviceaccount.com`

/** The method of a connection and what it comes with. */
export interface GcpMethod {
  readonly method: string
  readonly fields: { readonly [name: string]: string }
}

/** A customer's project with a bucket that grants an account of theirs, one of ours and the principal of a pool everything there is. */
export interface GcpWorld {
  readonly lab: Lab
  readonly deps: CloudDeps
  readonly transport: PooledTransport
  readonly gcp: Cloud
  readonly issuer: TokenIssuer
  /** A key of the customer's account, as a file. */
  readonly key: string
  readonly principal: string
  grant(member: string, role: string, condition?: IamCondition): void
  close(): Promise<void>
}

const pair = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }

export async function startGcpWorld(options: { readonly transport?: TransportOptions } = {}): Promise<GcpWorld> {
  const lab = await startLab()
  lab.trustIssuer(ISSUER, { keys: [jwk] })
  const { gcp } = lab
  gcp.createProject(CUSTOMER_PROJECT, CUSTOMER_NUMBER)
  gcp.putServiceAccount(PLATFORM_PROJECT, { id: 'sluice-project' })
  gcp.putServiceAccount(CUSTOMER_PROJECT, { id: 'loader' })
  gcp.createBucket(CUSTOMER_PROJECT, { name: GCP_BUCKET, location: 'EUROPE-WEST3' })
  gcp.putProvider(gcp.putPool(CUSTOMER_PROJECT, { id: 'sluice-lake' }), { id: 'sluice', issuerUri: ISSUER })
  const principal = `principal://iam.googleapis.com/${POOL}/subject/${connectionSubject(connectionWith())}`
  const grant: GcpWorld['grant'] = (member, role, condition) =>
    gcp.addBinding({ on: { bucket: GCP_BUCKET }, role, member, ...(condition === undefined ? {} : { condition }) })
  for (const member of [principal, `serviceAccount:${OUR_ACCOUNT}`, `serviceAccount:${THEIR_ACCOUNT}`])
    for (const role of ['roles/storage.objectUser', 'roles/storage.legacyBucketReader']) grant(member, role)
  for (const member of [principal, `serviceAccount:${OUR_ACCOUNT}`])
    gcp.addBinding({ on: { serviceAccount: THEIR_ACCOUNT }, role: 'roles/iam.serviceAccountTokenCreator', member })
  gcp.addBinding({
    on: { serviceAccount: OUR_ACCOUNT },
    role: 'roles/iam.serviceAccountTokenCreator',
    member: `serviceAccount:${OUR_ACCOUNT}`,
  })
  const transport = createTransport({ routes: lab.routes, ...options.transport })
  const issuer: TokenIssuer = ({ audience, subject, ofStranger }) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setSubject(ofStranger === true ? subject.replace(/[^:]+$/, 'conn_nobody') : subject)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(pair.privateKey)
  const deps: CloudDeps = {
    transport,
    clock: impatientClock(),
    random,
    platform: () => ({
      gcp: { serviceAccount: `sluice-{project}@${PLATFORM_PROJECT}.iam.gserviceaccount.com` },
      issuer: { url: ISSUER },
      regions: ['europe-west3'],
      egressAddresses: [],
    }),
    platformCredentials: {
      gcp: async (email) => ({ token: gcp.issueToken({ kind: 'service-account', email }), expiresAt: Date.now() + 3_600_000 }),
    },
    issuer,
  }
  const found = createClouds(deps).find(({ id }) => id === 'gcp')
  if (found === undefined) throw new Error('no cloud gcp')
  return {
    lab,
    deps,
    transport,
    gcp: found,
    issuer,
    key: JSON.stringify(gcp.createKey(THEIR_ACCOUNT)),
    principal,
    grant,
    close: async () => {
      transport.close()
      await lab.close()
    },
  }
}

/** What a connection of the world is made with. */
export function gcpContext({ deps }: Pick<GcpWorld, 'deps'>, settings: AuthContext['settings'] = {}): AuthContext {
  return {
    connectionName: 'lake',
    connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
    issuedExternalId: `sluice-${'0'.repeat(32)}`,
    secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
    platform: deps.platform(),
    settings,
  }
}

/** A connection to the world's bucket by a method, and its secret where it has one. */
export function gcpConnection(world: GcpWorld, { method, fields }: GcpMethod, changes: Partial<Connection> = {}) {
  const { auth, secret } = world.gcp.parseAuth(method, fields, gcpContext(world, changes.settings))
  return { connection: connectionWith({ cloud: 'gcp', auth, ...changes }), ...(secret === undefined ? {} : { secret }) }
}
