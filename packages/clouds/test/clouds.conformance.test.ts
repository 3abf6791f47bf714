import type { AuthContext, JsonObject } from '@sluice/core'
import { testCloud } from '@sluice/conformance'
import { ALIYUN_AUTH, EXTERNAL_ID as OSS_EXTERNAL_ID, OSS_BUCKET, aliyunConnection, startAliyunWorld } from './support/aliyun-world.ts'
import {
  type AwsWorld,
  BUCKET,
  CUSTOMER_ACCOUNT,
  CUSTOMER_ROLE,
  EXTERNAL_ID,
  OIDC_ROLE,
  connectionWith,
  startAwsWorld,
} from './support/aws-world.ts'
import { GCP_BUCKET, PROVIDER, gcpContext, startGcpWorld } from './support/gcp-world.ts'

const PUBLIC_BUCKET = 'public-bucket-123'

/** The world's bucket and one that everybody may list and read, both with an object in a folder and one beside it. */
async function worldWithData(region: string): Promise<AwsWorld> {
  const world = await startAwsWorld({ bucketRegion: region })
  const { aws } = world.lab
  const names = [`arn:aws:s3:::${PUBLIC_BUCKET}`, `arn:aws:s3:::${PUBLIC_BUCKET}/*`]
  aws.createBucket(CUSTOMER_ACCOUNT, {
    name: PUBLIC_BUCKET,
    region,
    publicAccessBlock: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
    policy: statement({ Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket', 's3:GetObject'], Resource: names }),
  })
  aws.putUser(CUSTOMER_ACCOUNT, { name: 'loader', policies: { data: statement({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) } })
  for (const bucket of [BUCKET, PUBLIC_BUCKET]) for (const key of ['inside/one', 'outside/one']) aws.putObject(bucket, key, { body: '1' })
  return world
}

function statement(one: JsonObject): JsonObject {
  return { Version: '2012-10-17', Statement: [one] }
}

function contextOf(world: Pick<AwsWorld, 'deps'>, settings: AuthContext['settings'] = {}): AuthContext {
  return {
    connectionName: 'lake',
    connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
    issuedExternalId: `sluice-${'0'.repeat(32)}`,
    secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
    platform: world.deps.platform(),
    settings,
  }
}

testCloud('aws', {
  methods: ['role', 'oidc', 'keys', 'none'],
  open: async () => {
    const world = await worldWithData('us-west-2')
    const { accessKeyId, secretAccessKey } = world.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'loader')
    const method = (fields: { readonly [name: string]: string }, bucket = BUCKET) => ({
      fields,
      context: contextOf(world),
      connection: connectionWith(),
      folder: world.aws.parse(`s3://${bucket}/inside/`),
    })
    return {
      cloud: world.aws,
      methods: {
        role: method({ roleArn: CUSTOMER_ROLE, externalId: EXTERNAL_ID }),
        oidc: method({ roleArn: OIDC_ROLE }),
        keys: method({ accessKeyId, secretAccessKey }),
        none: method({}, PUBLIC_BUCKET),
      },
      outsideKey: 'outside/one',
      credentialUrl: { url: `https://${BUCKET}.s3.amazonaws.com/x?X-Amz-Security-Token=c4n4ry`, secret: 'c4n4ry' },
      close: world.close,
    }
  },
})

testCloud('s3', {
  methods: ['keys', 'none'],
  open: async () => {
    const world = await worldWithData('us-east-1')
    const { accessKeyId, secretAccessKey } = world.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'loader')
    const settings = { endpoint: 'https://s3.us-east-1.amazonaws.com' }
    const method = (fields: { readonly [name: string]: string }, bucket = BUCKET) => ({
      fields,
      context: contextOf(world, settings),
      connection: connectionWith({ cloud: 's3', settings }),
      folder: world.s3.parse(`s3://${bucket}/inside/`),
    })
    return {
      cloud: world.s3,
      methods: { keys: method({ accessKeyId, secretAccessKey }), none: method({}, PUBLIC_BUCKET) },
      outsideKey: 'outside/one',
      credentialUrl: { url: `s3://AKIAX:c4n4ry@${BUCKET}/x`, secret: 'c4n4ry' },
      close: world.close,
    }
  },
})

testCloud('gcp', {
  methods: ['federation', 'grant', 'service-account-key'],
  open: async () => {
    const world = await startGcpWorld()
    for (const key of ['inside/one', 'outside/one']) world.lab.gcp.putObject(GCP_BUCKET, key, { body: '1' })
    const method = (fields: { readonly [name: string]: string }) => ({
      fields,
      context: gcpContext(world),
      connection: connectionWith({ cloud: 'gcp' }),
      folder: world.gcp.parse(`gs://${GCP_BUCKET}/inside/`),
    })
    return {
      cloud: world.gcp,
      methods: {
        federation: method({ provider: PROVIDER }),
        grant: method({}),
        'service-account-key': method({ key: world.key }),
      },
      outsideKey: 'outside/one',
      credentialUrl: { url: `https://storage.googleapis.com/${GCP_BUCKET}/x?X-Goog-Signature=c4n4ry`, secret: 'c4n4ry' },
      close: world.close,
    }
  },
})

testCloud('aliyun', {
  methods: ['role', 'oidc', 'keys'],
  open: async () => {
    const world = await startAliyunWorld()
    for (const key of ['inside/one', 'outside/one']) world.lab.aliyun.putObject(OSS_BUCKET, key, { body: '1' })
    const method = (fields: { readonly [name: string]: string }) => ({
      fields,
      context: contextOf(world),
      connection: aliyunConnection(),
      folder: world.aliyun.parse(`oss://${OSS_BUCKET}/inside/`),
    })
    return {
      cloud: world.aliyun,
      methods: {
        role: method({ ...ALIYUN_AUTH.role.fields, externalId: OSS_EXTERNAL_ID }),
        oidc: method(ALIYUN_AUTH.oidc.fields),
        keys: method(world.keys),
      },
      outsideKey: 'outside/one',
      credentialUrl: { url: `https://${OSS_BUCKET}.oss-cn-beijing.aliyuncs.com/x?x-oss-signature=c4n4ry`, secret: 'c4n4ry' },
      close: world.close,
    }
  },
})
