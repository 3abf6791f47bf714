import { createClouds, createTransport } from '@sluice/clouds'
import type { Artifact, Connection, Platform, Setup } from '@sluice/core'
import { startLab, type Lab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock, systemRandom } from '../system.ts'
import { templateBuckets } from './template-buckets.ts'
import { createTemplatePublisher } from './templates.ts'

const ACCOUNT = '1234567890123456'
const AWS_ACCOUNT = '123456789012'
const OPEN = {
  aws: { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 's3:PutObject', Resource: '*' }] },
  aliyun: { Version: '1' as const, Statement: [{ Effect: 'Allow' as const, Action: 'oss:PutObject', Resource: '*' }] },
}
const AWS: Platform['aws'] = {
  principalArn: `arn:aws:iam::${AWS_ACCOUNT}:user/sluice`,
  accountId: AWS_ACCOUNT,
  trust: 'account',
  partition: 'aws',
  stsRegion: 'us-west-2',
  templateBucket: { name: 's3-templates', region: 'us-west-2' },
}
const ALIYUN: Platform['aliyun'] = {
  principalArn: `acs:ram::${ACCOUNT}:user/sluice`,
  accountId: ACCOUNT,
  stsRegion: 'cn-hangzhou',
  templateBucket: { name: 'oss-templates', region: 'cn-beijing' },
}
const template: Artifact = { id: 'template', title: '', filename: 'template.json', language: 'json', text: '{"a":1}\n' }

let lab: Lab
const closing: (() => void)[] = []
beforeAll(async () => {
  lab = await startLab()
  lab.aws.putUser(AWS_ACCOUNT, { name: 'sluice', policies: { all: OPEN.aws } })
  lab.aws.createBucket(AWS_ACCOUNT, { name: 's3-templates', region: 'us-west-2' })
  lab.aliyun.createAccount(ACCOUNT)
  lab.aliyun.putUser(ACCOUNT, { name: 'sluice', policies: { all: OPEN.aliyun } })
  lab.aliyun.createBucket(ACCOUNT, { name: 'oss-templates', region: 'cn-beijing' })
})
afterAll(async () => {
  for (const close of closing) close()
  await lab.close()
})

function publisherOf(named: Pick<Platform, 'aws' | 'aliyun'>) {
  const platform: Platform = { ...named, regions: [], egressAddresses: [] }
  const transport = createTransport({ routes: lab.routes })
  closing.push(() => transport.close())
  const keys = { aws: lab.aws.createAccessKey(AWS_ACCOUNT, 'sluice'), aliyun: lab.aliyun.createAccessKey(ACCOUNT, 'sluice') }
  const platformCredentials = { aws: async () => keys.aws, aliyun: async () => keys.aliyun }
  const clouds = createClouds({ transport, clock: systemClock, random: systemRandom, platform: () => platform, platformCredentials })
  return createTemplatePublisher(templateBuckets(platform, clouds, platformCredentials))
}

/** What a link needs of a setup, and no more. */
function subjectOf(cloud: string): { readonly connection: Connection; readonly setup: Setup; readonly template: Artifact } {
  const facts = [
    { label: 'Stack name', value: 'sluice-lake' },
    { label: 'Region of the stack', value: cloud === 'aws' ? 'us-west-2' : 'cn-beijing' },
  ]
  const setup: Setup = { cloud, method: 'role', promise: '', facts, artifacts: [], routes: [], removal: [], proofs: [], warnings: [] }
  const connection: Connection = {
    id: 'conn_a',
    organization: 'org',
    project: 'project',
    name: 'lake',
    description: '',
    labels: {},
    cloud,
    auth: { method: 'role', fields: {} },
    locations: [],
    purposes: [],
    access: [],
    settings: {},
    state: 'draft',
    createdAt: '',
    updatedAt: '',
    version: 1,
  }
  return { connection, setup, template }
}

describe('setup templates', () => {
  const signal = new AbortController().signal

  it('of Alibaba Cloud lie in a bucket of OSS, and the link opens them in ROS', async () => {
    const { templateUrl, quickCreateUrl } = await publisherOf({ aws: AWS, aliyun: ALIYUN }).publish(subjectOf('aliyun'), signal)
    const url = new URL(templateUrl)
    expect(url.host).toBe('oss-templates.oss-cn-beijing.aliyuncs.com')
    expect(Buffer.from((await lab.aliyun.getObject('oss-templates', url.pathname.slice(1))) ?? []).toString()).toBe(template.text)
    expect(quickCreateUrl).toMatch(/^https:\/\/ros\.console\.aliyun\.com\/cn-beijing\/stacks\/create\?/)
    expect(Object.fromEntries(new URL(quickCreateUrl).searchParams)).toMatchObject({ templateUrl, stackName: 'sluice-lake' })
  })

  it('of Alibaba Cloud lie in a bucket of S3 where there is no other: ROS fetches them from anywhere', async () => {
    const { templateUrl, quickCreateUrl } = await publisherOf({ aws: AWS }).publish(subjectOf('aliyun'), signal)
    expect(new URL(templateUrl).host).toBe('s3-templates.s3.us-west-2.amazonaws.com')
    expect(quickCreateUrl).toContain('ros.console.aliyun.com')
  })

  it('of AWS lie in a bucket of S3 alone: CloudFormation opens nothing else', async () => {
    const { quickCreateUrl } = await publisherOf({ aws: AWS, aliyun: ALIYUN }).publish(subjectOf('aws'), signal)
    expect(quickCreateUrl).toContain(encodeURIComponent('https://s3-templates.s3.us-west-2.amazonaws.com/'))
    await expect(publisherOf({ aliyun: ALIYUN }).publish(subjectOf('aws'), signal)).rejects.toMatchObject({ reason: 'setup.no_publisher' })
  })
})
