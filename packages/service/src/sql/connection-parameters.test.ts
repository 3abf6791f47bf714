// oxlint-disable typescript/no-unsafe-type-assertion -- the parts of a cloud that parameters are matched with
import type { AuthField, CloudMethod } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import type { Connections } from '../contract.ts'
import { connectionInput } from './connection-parameters.ts'
import { parseStatement } from './parse.ts'
import { splitStatements } from './statements.ts'

type Clouds = ReturnType<Connections['clouds']>

function field(name: string, sql: string, required = true): AuthField {
  return { name, label: name, help: name, example: '', required, secret: false, sql: [sql] }
}

function method(id: string, fields: readonly AuthField[]): CloudMethod {
  return { id, fields } as unknown as CloudMethod
}

const KEYS = method('keys', [field('accessKeyId', 'access_key_id'), field('accessKeySecret', 'access_key_secret')])

const CLOUDS = [
  {
    id: 'gcp',
    label: 'Google',
    storageTypes: ['gcs'],
    takesEndpoint: false,
    methods: [
      method('federation', [field('provider', 'provider', false), field('serviceAccount', 'service_account', false)]),
      method('grant', [field('serviceAccount', 'service_account', false)]),
      method('service-account-key', [field('serviceAccountKey', 'credential')]),
    ],
    ownEndpoint: (endpoint: string) => (endpoint === 'https://storage.googleapis.com' ? { fields: {}, settings: {} } : undefined),
  },
  {
    id: 'azure',
    label: 'Azure Blob Storage',
    storageTypes: ['azblob'],
    takesEndpoint: false,
    methods: [method('account-key', [field('accountName', 'account_name'), field('accountKey', 'account_key')])],
    ownEndpoint(endpoint: string) {
      const account = /^https:\/\/(\w+)\.blob\.core\.windows\.net$/.exec(endpoint)?.[1]
      return account === undefined ? undefined : { fields: { accountName: account }, settings: {} }
    },
  },
  {
    id: 'aliyun',
    label: 'Alibaba Cloud OSS',
    storageTypes: ['oss'],
    takesEndpoint: false,
    methods: [method('role', [field('roleArn', 'role_arn', false)]), KEYS],
    ownEndpoint(endpoint: string) {
      const region = /^https:\/\/oss-([\w-]+)\.aliyuncs\.com$/.exec(endpoint)?.[1]
      return region === undefined ? undefined : { fields: {}, settings: { region } }
    },
  },
] as unknown as Clouds

function inputOf(sql: string) {
  const [text] = splitStatements(sql)
  const statement = text && parseStatement(text)
  if (statement?.kind !== 'create-connection') throw new Error('expected CREATE CONNECTION')
  return connectionInput(sql, statement, CLOUDS)
}

describe('the parameters of the Databend family', () => {
  it.each([
    [
      "STORAGE_TYPE = 'gcs' CREDENTIAL = 'e30='",
      { cloud: 'gcp', method: 'service-account-key', auth: { serviceAccountKey: 'e30=' }, settings: {} },
    ],
    [
      "STORAGE_TYPE = 'gcs' ENDPOINT_URL = 'https://storage.googleapis.com' CREDENTIAL = 'e30='",
      { cloud: 'gcp', method: 'service-account-key', auth: { serviceAccountKey: 'e30=' }, settings: {} },
    ],
    [
      "STORAGE_TYPE = 'azblob' ENDPOINT_URL = 'https://acmelake.blob.core.windows.net' ACCOUNT_NAME = 'acmelake' ACCOUNT_KEY = 'a2V5'",
      { cloud: 'azure', method: 'account-key', auth: { accountName: 'acmelake', accountKey: 'a2V5' }, settings: {} },
    ],
    [
      "STORAGE_TYPE = 'azblob' ENDPOINT_URL = 'acmelake.blob.core.windows.net' ACCOUNT_KEY = 'a2V5'",
      { cloud: 'azure', method: 'account-key', auth: { accountName: 'acmelake', accountKey: 'a2V5' }, settings: {} },
    ],
    [
      "STORAGE_TYPE = 'oss' ENDPOINT_URL = 'https://oss-cn-hangzhou.aliyuncs.com' ACCESS_KEY_ID = 'LTAI' ACCESS_KEY_SECRET = 's'",
      { cloud: 'aliyun', method: 'keys', auth: { accessKeyId: 'LTAI', accessKeySecret: 's' }, settings: { region: 'cn-hangzhou' } },
    ],
    [
      "STORAGE_TYPE = 'oss' ENDPOINT_URL = 'https://oss-cn-hangzhou.aliyuncs.com' ROLE_ARN = 'acs:ram::1:role/r'",
      { cloud: 'aliyun', method: 'role', auth: { roleArn: 'acs:ram::1:role/r' }, settings: { region: 'cn-hangzhou' } },
    ],
    [
      "STORAGE_TYPE = 'gcs' SERVICE_ACCOUNT = 'reader@acme' METHOD = 'grant'",
      { cloud: 'gcp', method: 'grant', auth: { serviceAccount: 'reader@acme' }, settings: {} },
    ],
    ["STORAGE_TYPE = 'gcs' METHOD = 'federation'", { cloud: 'gcp', method: 'federation', auth: {}, settings: {} }],
  ])('mean a cloud and a method: %s', (parameters, input) => {
    expect(inputOf(`CREATE CONNECTION c ${parameters}`)).toEqual({ name: 'c', ...input })
  })

  it.each([
    ["STORAGE_TYPE = 'gcs' ENDPOINT_URL = 'https://evil.example' CREDENTIAL = 'e30='", 'not an endpoint of Google'],
    [
      "STORAGE_TYPE = 'azblob' ENDPOINT_URL = 'https://one.blob.core.windows.net' ACCOUNT_NAME = 'two' ACCOUNT_KEY = 'k'",
      'contradict each other',
    ],
    ["STORAGE_TYPE = 'gcs' METHOD = 'magic'", 'no such method'],
    ["STORAGE_TYPE = 'gcs' METHOD = 'grant' CREDENTIAL = 'e30='", 'not a parameter of the method grant'],
    ["STORAGE_TYPE = 'gcs'", 'does not say how it authenticates'],
  ])('are refused where they mean nothing: %s', (parameters, message) => {
    expect(() => inputOf(`CREATE CONNECTION c ${parameters}`)).toThrow(message)
  })
})
