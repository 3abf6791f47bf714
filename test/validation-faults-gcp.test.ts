import { type Connection, connectionSubject, FOREIGN_AUDIENCE } from '@sluice/core'
import { type Installation, ISSUER, PLATFORM_GCP_ACCOUNT, startInstallation } from './support/installation.ts'
import { answered, testUnderFaults } from './support/under-faults.ts'

const PROJECT = 'acme-data'
const BUCKET = 'acme-lake'
const ACCOUNT = `loader@${PROJECT}.iam.gserviceaccount.com`
const OWN_AUDIENCE = '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/sluice-acme/providers/sluice'
const ROLES = ['roles/storage.objectUser', 'roles/storage.legacyBucketReader']

interface Customer extends Installation {
  readonly pool: string
}

/** A customer with a bucket, a pool that trusts our issuer, and an account. */
async function begin(provider: { readonly allowedAudiences?: readonly string[] } = {}): Promise<Customer> {
  const installation = await startInstallation()
  const { gcp } = installation.lab
  gcp.createProject(PROJECT, '123456789012')
  gcp.createBucket(PROJECT, { name: BUCKET, location: 'EUROPE-WEST3' })
  gcp.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  gcp.putServiceAccount(PROJECT, { id: 'loader' })
  const pool = gcp.putPool(PROJECT, { id: 'sluice-acme' })
  gcp.putProvider(pool, { id: 'sluice', issuerUri: ISSUER, ...provider })
  return Object.assign(installation, { pool })
}

async function connect(customer: Customer, method: string, auth: { readonly [field: string]: string } = {}): Promise<Connection> {
  const locations = [`gs://${BUCKET}/data/`]
  const input = { name: 'acme', cloud: 'gcp', method, auth, locations, purposes: ['import', 'backup'] } as const
  return (await customer.connections.create(customer.caller, input)).connection
}

function grant({ lab }: Installation, member: string, roles: readonly string[] = ROLES): void {
  for (const role of roles) lab.gcp.addBinding({ on: { bucket: BUCKET }, role, member })
}

const providerOf = ({ pool }: Customer) => ({ provider: `${pool}/providers/sluice` })
const principalOf = ({ pool }: Customer, connection: Connection) =>
  `principal://iam.googleapis.com/${pool}/subject/${connectionSubject(connection)}`

testUnderFaults(
  'Google Cloud',
  [
    {
      title: 'a pool trusts us and the bucket grants the principal',
      begin: async () => {
        const customer = await begin()
        grant(customer, principalOf(customer, await connect(customer, 'federation', providerOf(customer))))
        return customer
      },
    },
    {
      title: 'the principal acts as an account that lets in every connection, by a token for anybody',
      begin: async () => {
        const customer = await begin({ allowedAudiences: [OWN_AUDIENCE, FOREIGN_AUDIENCE] })
        await connect(customer, 'federation', { ...providerOf(customer), serviceAccount: ACCOUNT })
        const everybody = `principalSet://iam.googleapis.com/${customer.pool}/*`
        customer.lab.gcp.addBinding({ on: { serviceAccount: ACCOUNT }, role: 'roles/iam.serviceAccountTokenCreator', member: everybody })
        grant(customer, `serviceAccount:${ACCOUNT}`)
        return customer
      },
    },
    {
      title: 'the bucket grants every connection',
      begin: async () => {
        const customer = await begin()
        await connect(customer, 'federation', providerOf(customer))
        grant(customer, `principalSet://iam.googleapis.com/${customer.pool}/*`)
        return customer
      },
    },
    {
      title: 'the bucket grants our account less than is asked for',
      begin: async () => {
        const customer = await begin()
        await connect(customer, 'grant')
        grant(customer, `serviceAccount:${PLATFORM_GCP_ACCOUNT}`, ['roles/storage.objectViewer', 'roles/storage.legacyBucketReader'])
        return customer
      },
    },
    {
      title: 'the key of an account is held',
      begin: async () => {
        const customer = await begin()
        await connect(customer, 'service-account-key', { key: JSON.stringify(customer.lab.gcp.createKey(ACCOUNT)) })
        grant(customer, `serviceAccount:${ACCOUNT}`)
        return customer
      },
    },
  ],
  {
    'a 403 for the country we ask from': refused(403, 'countryBlocked', 'This request was made from a country that is not allowed.'),
    'a 403 for want of quota': refused(403, 'quotaExceeded', 'Quota exceeded.'),
    'a token that is out of its time': answered(
      400,
      JSON.stringify({
        error: 'invalid_grant',
        error_description:
          'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values. It is stale.',
      }),
    ),
  },
)

function refused(status: number, reason: string, message: string) {
  return answered(status, JSON.stringify({ error: { code: status, message, errors: [{ reason, domain: 'global', message }] } }))
}
