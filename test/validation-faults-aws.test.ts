import { FOREIGN_AUDIENCE, type JsonObject } from '@sluice/core'
import { artifactText } from './support/artifacts.ts'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, ISSUER, startInstallation } from './support/installation.ts'
import { answered, testUnderFaults } from './support/under-faults.ts'

const ROLE = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/sluice-acme`
const AUDIENCE = 'sts.amazonaws.com'
/** The lab's S3 as the store of another vendor. */
const ENDPOINT = 'https://s3.us-east-1.amazonaws.com'

/** A customer with a bucket, and a connection to a folder of it. */
async function begin(cloud: 'aws' | 's3', method: string, auth: { readonly [field: string]: string } = {}): Promise<Installation> {
  const installation = await startInstallation()
  const { aws } = installation.lab
  aws.createAccount(CUSTOMER_ACCOUNT, 'customer')
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-east-1' })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  const settings = cloud === 's3' ? { settings: { endpoint: ENDPOINT } } : {}
  const input = { name: 'acme', cloud, method, auth, locations: [`s3://${BUCKET}/data/`], ...settings } as const
  await installation.connections.create(installation.caller, { ...input, purposes: ['import', 'backup'] })
  return installation
}

/** The template of the setup, applied by the customer's admin. */
async function apply(installation: Installation): Promise<void> {
  const setup = await installation.setups.forConnection(installation.caller, 'acme', {})
  installation.lab.aws.applyTemplate(CUSTOMER_ACCOUNT, artifactText(setup, 'cloudformation'), {})
}

async function applied(method: string): Promise<Installation> {
  const installation = await begin('aws', method, { accountId: CUSTOMER_ACCOUNT })
  await apply(installation)
  return installation
}

function trust({ lab }: Installation, statement: JsonObject): void {
  lab.aws.setTrust(ROLE, { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
}

testUnderFaults(
  'AWS',
  [
    { title: 'a role trusts our tokens', begin: () => applied('oidc') },
    {
      title: 'the role trusts tokens of every connection, and for others too',
      begin: async () => {
        const installation = await applied('oidc')
        const provider = installation.lab.aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: [AUDIENCE, FOREIGN_AUDIENCE] })
        const host = new URL(ISSUER).host
        const condition = { StringLike: { [`${host}:sub`]: 'organization:org:project:project:connection:*' } }
        trust(installation, { Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition })
        return installation
      },
    },
    {
      title: 'an access key is held that may not write',
      begin: async () => {
        const installation = await begin('aws', 'keys')
        const read = {
          Version: '2012-10-17' as const,
          Statement: [{ Effect: 'Allow' as const, Action: ['s3:List*', 's3:Get*'], Resource: '*' }],
        }
        installation.lab.aws.putUser(CUSTOMER_ACCOUNT, { name: 'loader', policies: { read } })
        const { accessKeyId, secretAccessKey } = installation.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'loader')
        await installation.connections.update(installation.caller, 'acme', { auth: { accessKeyId, secretAccessKey } })
        return installation
      },
    },
    {
      title: 'the store is another vendor’s',
      begin: async () => {
        const installation = await begin('s3', 'keys')
        const all = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }] }
        installation.lab.aws.putUser(CUSTOMER_ACCOUNT, { name: 'loader', policies: { all } })
        const { accessKeyId, secretAccessKey } = installation.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'loader')
        await installation.connections.update(installation.caller, 'acme', { auth: { accessKeyId, secretAccessKey } })
        return installation
      },
    },
  ],
  {
    'a 403 for the clock': refused(403, 'RequestTimeTooSkewed'),
    'a moment in which AWS did not get our keys': refused(400, 'IDPCommunicationError'),
  },
)

function refused(status: number, code: string) {
  return answered(
    status,
    `<?xml version="1.0" encoding="UTF-8"?><ErrorResponse><Error><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>`,
  )
}
