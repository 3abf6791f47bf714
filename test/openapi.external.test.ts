import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { allRoutes } from '@sluice/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from './support/collect.ts'
import { pythonTools } from './support/python-tools.ts'
import { BUCKET, CUSTOMER, type Tenants, startTenants } from './support/tenants.ts'

const TOOLS = resolve(import.meta.dirname, 'tools')
const DOCUMENT = '/v1/openapi.json'

/** Every address that this process, with the server in it, tried to connect to. */
const attempts: string[] = []
const watch = (message: unknown): void => {
  if (typeof message === 'object' && message !== null && 'socket' in message && message.socket instanceof Socket)
    message.socket.on('connectionAttempt', (address) => attempts.push(address))
}

let tenants: Tenants
let folder: string
let programs: string
beforeAll(async () => {
  programs = await pythonTools(['schemathesis==4.32.5'])
  folder = await mkdtemp(join(tmpdir(), 'sluice-openapi-'))
  subscribe('net.client.socket', watch)
  tenants = await startTenants('one organization')
  const { acme, lab } = tenants
  // What the contract's examples name, so that requests made of them get past the first lookup.
  const location = `s3://${BUCKET}/acme/`
  await acme.connections.create({ name: 'acme', cloud: 'aws', method: 'role', auth: { accountId: CUSTOMER }, locations: [location] })
  const { artifacts } = await acme.setup.show('acme', {})
  lab.aws.applyTemplate(CUSTOMER, artifacts.find(({ id }) => id === 'cloudformation')?.text ?? '', {})
  expect((await collect(acme.connections.validate('acme', {}))).at(-1)).toMatchObject({ type: 'report', report: { verdict: 'passed' } })
  await acme.stages.create({ name: 'acme', connection: 'acme', url: location }, {})
}, 240_000)
afterAll(async () => {
  await tenants?.close()
  unsubscribe('net.client.socket', watch)
  await rm(folder, { recursive: true, force: true })
})

/** Runs Schemathesis over operations of a document. The same seed makes the same requests. */
function schemathesis(document: string, more: readonly string[]): Promise<{ readonly status: number; readonly out: string }> {
  const flags = {
    seed: '20261122',
    'max-examples': '20',
    'request-timeout': '60',
    header: `Authorization: Bearer ${tenants.tokens.acme}`,
    // A wrong method is answered 404, request.no_such_route; and the service has rules beyond the shape of a request.
    'exclude-checks': 'unsupported_method,positive_data_acceptance',
  }
  const args = [
    '--config-file',
    join(TOOLS, 'schemathesis.toml'),
    'run',
    document,
    '--url',
    tenants.url,
    '--no-shrink',
    '--continue-on-failure',
  ]
  for (const [name, value] of Object.entries(flags)) args.push(`--${name}`, value)
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, NO_PROXY: '*', PYTHONPATH: TOOLS, PYTHONDONTWRITEBYTECODE: '1' }
  return new Promise((done) => {
    const options = { cwd: folder, env: { ...env, SCHEMATHESIS_HOOKS: 'schemathesis_hooks' }, timeout: 200_000, maxBuffer: 1 << 26 }
    execFile(join(programs, 'schemathesis'), [...args, ...more], options, (error, out, errors) => {
      done({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out: out + errors })
    })
  })
}

describe('Schemathesis', () => {
  it('finds the streams as the contract has them', async () => {
    const streaming = ['sql.run', 'connection.validate', 'connection.rotate'].flatMap((id) => ['--include-operation-id', id])
    const { status, out } = await schemathesis(tenants.url + DOCUMENT, [...streaming, '--header', 'Accept: text/event-stream'])
    expect(out).toMatch(/Tested: 3\b/)
    expect(status, out).toBe(0)
  }, 240_000)

  it('finds every operation as the contract has it, and none that fails', async () => {
    // How long a validation may wait is for its caller to say, so that a generated one may take an hour.
    const { status, out } = await schemathesis(tenants.url + DOCUMENT, ['--exclude-operation-id', 'connection.validate'])
    // Schemathesis leaves out the operation that answers the document it has read.
    expect(out).toContain(`Tested: ${allRoutes.length - 2}\n`)
    expect(status, out).toBe(0)
  }, 240_000)

  it('does find a contract that is not kept', async () => {
    const document = await (await fetch(tenants.url + DOCUMENT, { headers: { authorization: `Bearer ${tenants.tokens.acme}` } })).text()
    const broken = join(folder, 'broken.json')
    await writeFile(broken, document.replaceAll('"version":{"type":"string"}', '"version":{"type":"number"}'))
    const { status, out } = await schemathesis(broken, ['--include-operation-id', 'health.show'])
    expect(out).toContain('Response violates schema')
    expect(status, out).toBe(1)
  }, 60_000)

  it('leaves no defect in the log', () => {
    expect(tenants.log.length).toBeGreaterThan(500)
    expect(tenants.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })

  it('lets the server call nobody but this machine', () => {
    expect(attempts.length).toBeGreaterThan(0)
    expect(attempts.filter((address) => !address.startsWith('127.') && address !== '::1')).toEqual([])
  })
})
