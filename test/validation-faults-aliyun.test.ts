import { FOREIGN_AUDIENCE, type JsonObject, type Setup } from '@sluice/core'
import { BUCKET, type Installation, ISSUER, PLATFORM_ALIYUN_USER, startInstallation } from './support/installation.ts'
import { answered, testUnderFaults } from './support/under-faults.ts'

const CUSTOMER = '9876543210987654'
const ROLE = `acs:ram::${CUSTOMER}:role/sluice-acme`
const PROVIDER_NAME = 'sluice-sluice.example.com'

/** A customer with a bucket, and a connection to a folder of it. */
async function begin(method: string): Promise<Installation> {
  const installation = await startInstallation()
  const { aliyun } = installation.lab
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: 'cn-beijing' })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  const auth = method === 'keys' ? {} : { accountId: CUSTOMER }
  const input = {
    name: 'acme',
    cloud: 'aliyun',
    method,
    auth,
    locations: [`oss://${BUCKET}/data/`],
    purposes: ['import', 'backup'],
  } as const
  await installation.connections.create(installation.caller, input)
  return installation
}

/** The template of the setup, applied by the customer's admin. */
async function apply(installation: Installation, rewrite = (template: string) => template): Promise<void> {
  const setup = await installation.setups.forConnection(installation.caller, 'acme', {})
  const parameters = templateIn(setup).includes('IssuerFingerprints')
    ? { IssuerFingerprints: '0123456789abcdef0123456789abcdef01234567' }
    : {}
  installation.lab.aliyun.applyTemplate(CUSTOMER, rewrite(templateIn(setup)), parameters)
}

function templateIn({ artifacts }: Setup): string {
  const template = artifacts.find(({ id }) => id === 'ros')
  if (template === undefined) throw new Error('the setup has no template')
  return template.text
}

function trust({ lab }: Installation, principal: JsonObject, condition: JsonObject): void {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...condition }
  lab.aliyun.setTrust(ROLE, { Version: '1', Statement: [statement] })
}

testUnderFaults(
  'Alibaba Cloud',
  [
    {
      title: 'a role trusts our user',
      begin: async () => {
        const installation = await begin('role')
        await apply(installation)
        return installation
      },
    },
    {
      title: 'the role asks for no external id',
      begin: async () => {
        const installation = await begin('role')
        await apply(installation)
        trust(installation, { RAM: [PLATFORM_ALIYUN_USER] }, {})
        return installation
      },
    },
    {
      title: 'a role trusts our tokens',
      begin: async () => {
        const installation = await begin('oidc')
        await apply(installation)
        return installation
      },
    },
    {
      title: 'the role trusts tokens of every connection, and for others too',
      begin: async () => {
        const installation = await begin('oidc')
        await apply(installation)
        const { aliyun } = installation.lab
        const clientIds = ['sts.aliyuncs.com', FOREIGN_AUDIENCE]
        const { arn } = aliyun.putOidcProvider(CUSTOMER, { name: PROVIDER_NAME, issuer: ISSUER, clientIds, fingerprints: [] })
        trust(installation, { Federated: [arn] }, { Condition: { StringEquals: { 'oidc:iss': ISSUER } } })
        return installation
      },
    },
    {
      title: 'an AccessKey is held that may not write',
      begin: async () => {
        const installation = await begin('keys')
        await apply(installation, (template) => template.replaceAll('oss:PutObject', 'oss:GetObject'))
        const auth = installation.lab.aliyun.createAccessKey(CUSTOMER, 'sluice-acme')
        await installation.connections.update(installation.caller, 'acme', {
          auth: { accessKeyId: auth.accessKeyId, accessKeySecret: auth.accessKeySecret },
        })
        return installation
      },
    },
  ],
  {
    'a 403 for the clock': refused(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ),
    'a 403 for the account': refused(403, 'UserDisable', 'UserDisable'),
    'a refusal of STS for another reason': answered(
      403,
      JSON.stringify({ Code: 'Forbidden.RiskControl', Message: 'This operation is forbidden by risk control.', RequestId: 'r' }),
    ),
    'a moment of weakness of STS': answered(
      400,
      JSON.stringify({ Code: 'InvalidTimeStamp.Expired', Message: 'The timestamp is expired.', RequestId: 'r' }),
    ),
  },
)

function refused(status: number, code: string, message: string) {
  return answered(status, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`)
}
