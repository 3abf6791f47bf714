import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@sluice/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')
const NODE = ['--conditions=sluice-source', MAIN]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bin-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

// Nothing of this machine's own settings may reach the commands under test.
const environment = () => ({ PATH: process.env['PATH'], HOME: folder, SLUICE_DATA_DIR: folder, SLUICE_PORT: '0', NO_COLOR: '1' })

function startServer() {
  const child = spawn(process.execPath, [...NODE, 'server', 'start', '--json'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const ready = new Promise<{ url: string; contextFile: string }>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString())))
    child.once('exit', () => reject(new Error(`the server ended: ${log}`)))
  })
  return { child, ready, ended, log: () => log }
}

describe('the sluice command', () => {
  it('starts a server that another command finds, and that ends cleanly when told to', async () => {
    const server = startServer()
    const { url, contextFile } = await server.ready
    const found = await run(process.execPath, [...NODE, 'platform', 'show', '--json'], { env: environment() })
    expect(JSON.parse(found.stdout)).toMatchObject({ regions: [] })
    const { token } = JSON.parse(await readFile(contextFile, 'utf8'))
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(server.log()).not.toContain(token)
    await expect(createClient({ baseUrl: url }).health()).rejects.toMatchObject({ reason: 'server.unreachable' })
    const gone = await run(process.execPath, [...NODE, 'platform', 'show'], { env: environment() }).catch((error: unknown) => error)
    expect(gone).toMatchObject({ code: 7, stderr: expect.stringContaining('sluice server start') })
  })

  it('starts a lab with the accounts of the walk-through, and applies templates in it', async () => {
    const child = spawn(process.execPath, [...NODE, 'lab', 'start', '--json'], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve) => child.stdout.once('data', (text: Buffer) => resolve(text.toString())))
    const { url, routes, platform } = JSON.parse(line)
    expect(routes).toContain(`*.amazonaws.com=${url}`)
    expect(platform.principalArn).toBe('arn:aws:iam::123456789012:user/sluice')
    const template = join(folder, 'template.json')
    await writeFile(
      template,
      JSON.stringify({
        Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'new' } } },
        Outputs: { N: { Value: { Ref: 'B' } } },
      }),
    )
    const apply = async (...words: string[]) => run(process.execPath, [...NODE, 'lab', 'apply', template, ...words], { env: environment() })
    const { stdout } = await apply('--account', '987654321987', '--lab', url)
    expect(stdout).toBe('Applied in account 987654321987.\nN  new\n')
    const refused = await apply('--account', 'acme', '--lab', url).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('lab.template_refused') })
    await writeFile(
      template,
      JSON.stringify({
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        parameters: { name: { type: 'string' } },
        resources: [{ type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01', name: "[parameters('name')]" }],
        outputs: { N: { type: 'string', value: "[parameters('name')]" } },
      }),
    )
    const deployed = await apply('--resource-group', 'lake', '--parameter', 'name=lakedata', '--lab', url)
    expect(deployed.stdout).toBe('Applied in resource group lake.\nN  lakedata\n')
    await writeFile(
      template,
      JSON.stringify({
        ROSTemplateFormatVersion: '2015-09-01',
        Parameters: { Name: { Type: 'String' } },
        Resources: { B: { Type: 'ALIYUN::OSS::Bucket', Properties: { BucketName: { Ref: 'Name' } } } },
        Outputs: { N: { Value: { Ref: 'B' } } },
      }),
    )
    const stack = await apply('--account', '9876543210987654', '--parameter', 'Name=oss-bucket', '--lab', url)
    expect(stack.stdout).toBe('Applied in account 9876543210987654.\nN  oss-bucket\n')
    const both = await apply('--resource-group', 'lake', '--account', '987654321987', '--lab', url).catch((error: unknown) => error)
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('either --account or --resource-group') })
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
    const gone = await apply('--account', '987654321987', '--lab', url).catch((error: unknown) => error)
    expect(gone).toMatchObject({ code: 7, stderr: expect.stringContaining('sluice lab start') })
  })

  it('completes commands and flags in bash', async () => {
    const script = await run(process.execPath, [...NODE, 'completion', 'bash'], { env: environment() })
    const complete = async (...words: string[]) => {
      const line = `${script.stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _sluice; echo "\${COMPREPLY[@]}"`
      return (await run('bash', ['--norc', '-c', line])).stdout.trim().split(' ')
    }
    expect(await complete('sluice', 'con')).toEqual(['connection'])
    expect(await complete('sluice', 'connection', 'va')).toEqual(['validate'])
    expect(await complete('sluice', 'connection', 'validate', '--w')).toEqual(['--wait'])
    expect(await complete('sluice', 'sql', '--f')).toEqual(['--file'])
    expect(await complete('sluice', 'stage', 'files', 'flights', '--li')).toEqual(['--limit'])
    expect(await complete('sluice', 'connection', 'create', 'acme', '--purpose', 'im')).toEqual(['import'])
  })

  it('ends quietly when its reader goes away', async () => {
    const line = `'${process.execPath}' ${NODE.join(' ')} openapi print | head -1; echo "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await run('bash', ['--norc', '-c', line], { env: environment() })
    expect([stdout, stderr]).toEqual(['{\n0\n', ''])
  })
})
