import { expect, it } from 'vitest'
import { createEgressPolicy, matchesHost } from './egress.ts'

const refused = expect.objectContaining({ reason: 'egress.refused' })

const INNER = [
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.18.0.1',
  '240.0.0.1',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  '::1',
  '::',
  '::7f00:1',
  'fe80::1',
  'fec0::1',
  'fd00:ec2::254',
  'fc00::1',
  'ff02::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2001:0:1::',
  '100::1',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::7f00:1',
  '::ffff:0:127.0.0.1',
]

it.each(INNER)('refuses to connect to %s', (address) => {
  expect(() => createEgressPolicy().checkAddress('storage.example.com', address)).toThrowError(refused)
})

it.each(['8.8.8.8', '52.218.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])('connects to %s', (address) => {
  expect(() => createEgressPolicy().checkAddress('storage.example.com', address)).not.toThrow()
})

it.each([
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:7f00:1]/',
  'https://169.254.169.254/latest/meta-data/',
  'http://storage.example.com/',
  'ftp://storage.example.com/',
  'https://user:pass@storage.example.com/',
])('refuses the URL %s before a name is resolved', (url) => {
  expect(() => createEgressPolicy().checkUrl(new URL(url))).toThrowError(refused)
})

it('never repeats credentials or the address it resolved in the error', () => {
  const policy = createEgressPolicy()
  expect(() => policy.checkUrl(new URL('https://user:hunter2@storage.example.com/'))).toThrowError(/^(?!.*hunter2)/)
  expect(() => policy.checkAddress('storage.example.com', '10.20.30.40')).toThrowError(/^(?!.*10\.20\.30\.40)/)
})

it('lets an allowed host be private and plain, but not be a metadata service', () => {
  const policy = createEgressPolicy({ allowHosts: ['minio.internal', '*.store.internal'] })
  expect(() => policy.checkUrl(new URL('http://minio.internal:9000/'))).not.toThrow()
  expect(() => policy.checkAddress('minio.internal', '10.0.0.5')).not.toThrow()
  expect(() => policy.checkAddress('a.store.internal', '127.0.0.1')).not.toThrow()
  expect(() => policy.checkAddress('store.internal', '10.0.0.5')).toThrowError(refused)
  expect(() => policy.checkAddress('minio.internal.evil.example', '10.0.0.5')).toThrowError(refused)
  for (const metadata of ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '::ffff:169.254.169.254'])
    expect(() => policy.checkAddress('minio.internal', metadata), metadata).toThrowError(refused)
})

it('lets allowed ranges through under any name, and no address beside them', () => {
  const policy = createEgressPolicy({ allowAddresses: ['10.1.0.0/16', 'fd12::/16', '127.0.0.1/32'] })
  for (const address of ['10.1.255.1', 'fd12::1', '::ffff:10.1.0.1']) expect(() => policy.checkAddress('x.example', address)).not.toThrow()
  for (const address of ['10.2.0.1', 'fd13::1', '127.0.0.2']) expect(() => policy.checkAddress('x.example', address)).toThrowError(refused)
  expect(() => policy.checkUrl(new URL('http://127.0.0.1:9000/'))).not.toThrow()
})

it('matches hosts without regard to case or a final dot', () => {
  expect(matchesHost('*.amazonaws.com', 'S3.US-WEST-2.AMAZONAWS.COM.')).toBe(true)
  expect(matchesHost('*.amazonaws.com', 'amazonaws.com')).toBe(false)
  expect(matchesHost('*.amazonaws.com', 'evilamazonaws.com')).toBe(false)
})
