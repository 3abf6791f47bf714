import { isAccessError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { readConfig, type Environment } from './config.ts'
import { configReference } from './reference.ts'
import { SETTINGS, settingRows } from './settings.ts'

function refused(environment: Environment): string {
  try {
    readConfig(environment)
  } catch (thrown) {
    if (isAccessError(thrown)) return `${thrown.reason} ${thrown.message}`
  }
  throw new Error('the configuration was accepted')
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 7780, platform: { regions: [], egressAddresses: [] }, routes: [] })
    expect(readConfig({ SLUICE_DATA_DIR: '/data' })).toMatchObject({
      databaseUrl: 'sqlite:/data/sluice.db',
      masterKey: { given: undefined, path: '/data/master.key' },
    })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ SLUICE_PORT: '', DATABASE_URL: '' }).port).toBe(7780)
  })

  it('derives who we are from the principal', () => {
    const { platform } = readConfig({
      SLUICE_AWS_PRINCIPAL_ARN: 'arn:aws-cn:iam::123456789012:role/xxxxxxx/tnabcdefg',
      SLUICE_TEMPLATE_BUCKET: 'templates@cn-north-1',
      SLUICE_REGIONS: 'us-west-2, us-east-1,',
    })
    expect(platform).toMatchObject({
      aws: {
        accountId: '123456789012',
        partition: 'aws-cn',
        trust: 'account',
        templateBucket: { name: 'templates', region: 'cn-north-1' },
      },
      regions: ['us-west-2', 'us-east-1'],
    })
  })

  it('derives who we are in Google Cloud', () => {
    const serviceAccount = 'sluice-{project}@sluice-platform.iam.gserviceaccount.com'
    expect(readConfig({ SLUICE_GCP_SERVICE_ACCOUNT: serviceAccount }).platform.gcp).toEqual({ serviceAccount })
    expect(readConfig({}).platform.gcp).toBeUndefined()
    for (const email of ['sluice', 'me@gmail.com', 'sluice-{tenant}@sluice-platform.iam.gserviceaccount.com'])
      expect(refused({ SLUICE_GCP_SERVICE_ACCOUNT: email })).toContain('SLUICE_GCP_SERVICE_ACCOUNT')
  })

  it('reads where our credentials in Google Cloud come from, as its own libraries do', () => {
    expect(readConfig({}).gcpIdentity).toEqual({ machine: true })
    const own = { GOOGLE_APPLICATION_CREDENTIALS: '/key.json', NO_GCE_CHECK: 'true' }
    expect(readConfig(own).gcpIdentity).toEqual({ keyFile: '/key.json', machine: false })
  })

  it('derives who we are in Azure, from three ids that go together', () => {
    const [clientId, objectId, tenantId] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`)
    const ids = { SLUICE_AZURE_CLIENT_ID: clientId, SLUICE_AZURE_OBJECT_ID: objectId?.toUpperCase(), SLUICE_AZURE_TENANT_ID: tenantId }
    expect(readConfig(ids).platform.azure).toEqual({ clientId, objectId, tenantId })
    expect(readConfig({}).platform.azure).toBeUndefined()
    expect(refused({ ...ids, SLUICE_AZURE_OBJECT_ID: undefined })).toContain('SLUICE_AZURE_OBJECT_ID: goes together with')
    expect(refused({ ...ids, SLUICE_AZURE_TENANT_ID: 'contoso.com' })).toContain('SLUICE_AZURE_TENANT_ID')
  })

  it('reads where our tokens in Azure come from, as its own libraries do', () => {
    expect(readConfig({}).azureIdentity).toEqual({})
    expect(readConfig({ AZURE_FEDERATED_TOKEN_FILE: '/token' }).azureIdentity).toEqual({ tokenFile: '/token' })
    const service = { IDENTITY_ENDPOINT: 'http://127.0.0.1:41741/msi/token', IDENTITY_HEADER: 'x' }
    expect(readConfig(service).azureIdentity).toEqual({ service: { url: service.IDENTITY_ENDPOINT, header: 'x' } })
  })

  it('derives who we are in Alibaba Cloud', () => {
    const principalArn = 'acs:ram::1234567890123456:role/sluice'
    const { platform } = readConfig({ SLUICE_ALIYUN_PRINCIPAL_ARN: principalArn, SLUICE_ALIYUN_TEMPLATE_BUCKET: 'templates@cn-beijing' })
    const templateBucket = { name: 'templates', region: 'cn-beijing' }
    expect(platform.aliyun).toEqual({ principalArn, accountId: '1234567890123456', stsRegion: 'cn-hangzhou', templateBucket })
    expect(platform.aws).toBeUndefined()
    for (const arn of ['acs:ram::1234567890123456:root', 'arn:acs:ram::1234567890123456:role/sluice', 'sluice'])
      expect(refused({ SLUICE_ALIYUN_PRINCIPAL_ARN: arn })).toContain('SLUICE_ALIYUN_PRINCIPAL_ARN')
  })

  it('reads where our credentials come from', () => {
    expect(readConfig({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' }).awsIdentity).toMatchObject({
      keys: { accessKeyId: 'AKIA' },
    })
    expect(readConfig({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' }).awsIdentity.container?.url).toBe('http://169.254.170.2/v2/x')
    expect(readConfig({ AWS_EC2_METADATA_DISABLED: 'true' }).awsIdentity).toEqual({ instance: false })
  })

  it('reads where our credentials in Alibaba Cloud come from, as its own tools do', () => {
    const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' }
    expect(readConfig(key).aliyunIdentity).toMatchObject({ keys: { accessKeyId: 'LTAI', accessKeySecret: 's' }, machine: {} })
    const roleArn = 'acs:ram::1234567890123456:role/sluice'
    const providerArn = 'acs:ram::1234567890123456:oidc-provider/ack'
    const ack = {
      ALIBABA_CLOUD_ROLE_ARN: roleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: providerArn,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/token',
      ALIBABA_CLOUD_ECS_METADATA: 'sluice',
    }
    const oidc = { roleArn, providerArn, tokenFile: '/token', sessionName: 'sluice' }
    expect(readConfig(ack).aliyunIdentity).toMatchObject({ oidc, machine: { role: 'sluice' } })
    expect(readConfig({ ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }).aliyunIdentity).toEqual({ stsRegion: 'cn-hangzhou' })
    const message = refused({ ALIBABA_CLOUD_ROLE_ARN: roleArn })
    for (const name of ['ALIBABA_CLOUD_OIDC_PROVIDER_ARN', 'ALIBABA_CLOUD_OIDC_TOKEN_FILE']) expect(message).toContain(name)
  })

  it('names every variable that does not fit, at once, and no value', () => {
    const message = refused({ SLUICE_PORT: 'canary-1', SLUICE_AWS_PRINCIPAL_ARN: 'canary-2', DATABASE_URL: 'mysql://u:canary-3@h/d' })
    for (const name of ['SLUICE_PORT', 'SLUICE_AWS_PRINCIPAL_ARN', 'DATABASE_URL']) expect(message).toContain(name)
    expect(message).toMatch(/^config\.invalid /)
    expect(message).not.toContain('canary')
  })

  it('refuses half a key, and PostgreSQL without a master key', () => {
    expect(refused({ AWS_ACCESS_KEY_ID: 'AKIA' })).toContain('AWS_SECRET_ACCESS_KEY')
    expect(refused({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'canary' })).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID: goes together')
    expect(refused({ DATABASE_URL: 'postgres://u:p@h/d' })).toContain('SLUICE_MASTER_KEY')
  })

  it('routes hosts to loopback only', () => {
    expect(readConfig({ SLUICE_ROUTES: '*.amazonaws.com=http://127.0.0.1:4566' }).routes).toEqual([
      { host: '*.amazonaws.com', to: 'http://127.0.0.1:4566' },
    ])
    for (const route of [
      '*.amazonaws.com=http://10.0.0.1:80',
      'x=https://127.0.0.1:1',
      'http://127.0.0.1:1',
      'x=http://127.0.0.1.evil.test',
    ])
      expect(refused({ SLUICE_ROUTES: route })).toContain('SLUICE_ROUTES')
  })

  it('takes address ranges as CIDR blocks only', () => {
    expect(readConfig({ SLUICE_EGRESS_ALLOW_ADDRESSES: '10.1.0.0/16, fd12::/16' }).egress.allowAddresses).toEqual([
      '10.1.0.0/16',
      'fd12::/16',
    ])
    for (const range of ['10.1.0.1', '10.1.0.0/33', 'fd12::/129', '10.1/16', 'minio.internal', '10.1.0.0/', '10.1.0.0/8/8', '/8'])
      expect(refused({ SLUICE_EGRESS_ALLOW_ADDRESSES: range }), range).toContain('SLUICE_EGRESS_ALLOW_ADDRESSES')
  })

  it('gives a query no more than the operator allows', () => {
    const { query } = readConfig({ SLUICE_QUERY_ROWS: '50', SLUICE_QUERY_THREADS: '1' }).limits
    expect(query.defaults).toMatchObject({ rows: 50, threads: 1 })
    expect(query.maximum).toMatchObject({ rows: 50, threads: 1 })
  })

  it('documents every setting, with its default', () => {
    const page = configReference()
    expect(settingRows()).toHaveLength(Object.keys(SETTINGS.shape).length)
    for (const row of settingRows()) {
      expect(row.about, row.name).not.toBe('')
      expect(row.fallback, row.name).not.toBe('undefined')
      expect(page).toContain(`\`${row.name}\``)
    }
  })
})
