import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { send, signed } from './raw.ts'
import {
  ADMIN,
  allow,
  BUCKET,
  CUSTOMER,
  CUSTOMER_ROLE,
  EXTERNAL_ID,
  PLATFORM,
  refusal,
  REGION,
  s3,
  startWorld,
  sts,
  type World,
} from './world.ts'

const MANAGEMENT = '999988887777'
const DENY_READ = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }],
}

let world: World
beforeEach(async () => {
  world = await startWorld()
  world.lab.aws.joinOrganization(CUSTOMER, MANAGEMENT)
  world.lab.aws.putObject(BUCKET, 'a.csv', { body: 'a,b' })
})
afterEach(() => world.lab.close())

const read = (credentials = world.admin) => s3(world.lab, credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a.csv' }))

const assume = () =>
  sts(world.lab, world.platform).send(new AssumeRoleCommand({ RoleArn: CUSTOMER_ROLE, RoleSessionName: 'sluice', ExternalId: EXTERNAL_ID }))

it('names the service control policy that denies by its ARN', async () => {
  await read()
  const arn = world.lab.aws.putOrganizationPolicy(CUSTOMER, { name: 'no-reading', type: 'SERVICE_CONTROL_POLICY', document: DENY_READ })
  expect(arn).toMatch(/^arn:aws:organizations::999988887777:policy\/o-[a-z0-9]{10}\/service_control_policy\/p-[a-z0-9]{8}$/)
  const { message } = await refusal(read())
  expect(message).toMatch(new RegExp(`with an explicit deny in a service control policy: ${arn}$`))
  world.lab.aws.detachOrganizationPolicy(CUSTOMER, 'no-reading')
  await read()
})

it('allows nothing once the policy that allows everything is gone', async () => {
  world.lab.aws.detachOrganizationPolicy(CUSTOMER, 'FullAWSAccess')
  const { message } = await refusal(read())
  expect(message).toMatch(/because no service control policy allows the s3:GetObject action$/)
})

it('leaves the account that manages the organization alone', async () => {
  const { aws } = world.lab
  aws.putOrganizationPolicy(MANAGEMENT, { name: 'no-reading', type: 'SERVICE_CONTROL_POLICY', document: DENY_READ })
  aws.putUser(MANAGEMENT, { name: 'admin', attached: [ADMIN] })
  aws.putBucketPolicy(BUCKET, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: MANAGEMENT }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }],
  })
  await read(aws.createAccessKey(MANAGEMENT, 'admin'))
})

it('keeps who is not of the organization from its roles, without a reason', async () => {
  await assume()
  world.lab.aws.putOrganizationPolicy(CUSTOMER, {
    name: 'identity-perimeter',
    type: 'RESOURCE_CONTROL_POLICY',
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:*', 'sts:AssumeRole'],
          Resource: '*',
          Condition: {
            StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-ourselves00' },
            BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
          },
        },
      ],
    },
  })
  const { code, message } = await refusal(assume())
  expect(code).toBe('AccessDenied')
  expect(message).not.toMatch(/polic/)
  expect((await refusal(read())).message).toMatch(/with an explicit deny in a resource control policy: arn:aws:organizations::/)
})

it('says why to another account of the organization', async () => {
  const { aws } = world.lab
  aws.joinOrganization('222233334444', MANAGEMENT)
  aws.putUser('222233334444', { name: 'reader', policies: { read: allow('s3:GetObject', '*') } })
  const { message } = await refusal(read(aws.createAccessKey('222233334444', 'reader')))
  expect(message).toMatch(/because no resource-based policy allows the s3:GetObject action$/)
})

it('issues no sessions in a region that an account has not activated', async () => {
  world.lab.aws.setStsActive(PLATFORM, REGION, false)
  const raw = {
    method: 'POST',
    host: `sts.${REGION}.amazonaws.com`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: CUSTOMER_ROLE,
      RoleSessionName: 'sluice',
      ExternalId: EXTERNAL_ID,
    }).toString(),
  }
  const ask = async () => send(world.lab, await signed(world.lab, raw, { credentials: world.platform, service: 'sts' }))
  const refused = await ask()
  expect(refused).toMatchObject({ status: 403, code: 'RegionDisabledException' })
  expect(refused.message).toContain(`not activated in this region for account:${PLATFORM}.`)
  world.lab.aws.setStsActive(PLATFORM, REGION, true)
  expect((await ask()).status).toBe(200)
})

it('lets conditions see another network', async () => {
  const { aws } = world.lab
  aws.putBucketPolicy(BUCKET, {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${BUCKET}/*`,
        Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/28' } },
      },
    ],
  })
  expect((await refusal(read())).message).toMatch(/explicit deny in a resource-based policy/)
  aws.setNetwork({ address: '192.0.2.7' })
  await read()
  aws.setNetwork(undefined)
  await refusal(read())
})
