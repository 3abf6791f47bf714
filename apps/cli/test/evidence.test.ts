import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryApp, TOKEN } from '@sluice/server/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runClient } from '../src/evidence/client-run.ts'
import { run } from '../src/program.ts'
import type { Terminal } from '../src/terminal.ts'

const ROLE = 'arn:aws:iam::987654321987:role/acme'
const LOCATION = 's3://test-bucket-123/data/'
const SECRET = 'the-secret-of-the-customer'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-eyes-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The command line in front of a server in memory that knows one connection; every request of it is kept. */
async function world() {
  const { app } = memoryApp()
  const bodies: string[] = []
  const sluice = async (words: readonly string[], given: { readonly stdin?: string; readonly path?: string } = {}) => {
    let out = ''
    let err = ''
    const terminal: Terminal = {
      stdout: { write: (text) => (out += text), isTty: false, columns: undefined, rows: undefined },
      stderr: { write: (text) => (err += text), isTty: false, columns: undefined, rows: undefined },
      stdin: { isTty: false, read: async () => given.stdin ?? '', readLine: async () => '', readSecret: async () => '' },
      environment: {
        SLUICE_SERVER_URL: 'http://sluice.test',
        SLUICE_TOKEN: TOKEN,
        NO_COLOR: '1',
        HOME: folder,
        PATH: given.path ?? `${folder}:/usr/bin:/bin`,
        AWS_SECRET_ACCESS_KEY: SECRET,
      },
      fetch: async (request) => {
        bodies.push(await request.clone().text())
        return app.fetch(request)
      },
      signal: new AbortController().signal,
    }
    const exit = await run(words, terminal)
    return { exit, out, err }
  }
  const create = ['connection', 'create', 'acme', '--role-arn', ROLE, '--location', LOCATION, '--purpose', 'import']
  expect((await sluice(create)).exit).toBe(0)
  bodies.length = 0
  return { sluice, bodies }
}

/** A client of the vendor's that answers as this shell program does. */
async function command(name: string, program: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${program}\n`)
  await chmod(join(folder, name), 0o755)
}

const ANSWERS = `
case "$*" in
  *get-caller-identity*) echo '{ "Account": "987654321987", "Arn": "arn:aws:iam::987654321987:user/admin" }' ;;
  *get-role\\ *) echo '{ "Arn": "${ROLE}", "PermissionsBoundary": null, "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] } }' ;;
  *) echo 'An error occurred (AccessDenied) when calling it: no' >&2; exit 254 ;;
esac`

describe('diagnose script', () => {
  it('prints a script of what the options name, and asks no server', async () => {
    const { sluice, bodies } = await world()
    const { exit, out, err } = await sluice(['diagnose', 'script', '--role', ROLE, '--location', LOCATION])
    expect(exit).toBe(0)
    expect(out).toMatch(/^#!\/bin\/sh\n# Reads how access to s3:\/\/test-bucket-123\/data\//)
    expect(out).toContain("role='acme'")
    expect(err).toContain('sluice diagnose --case FILE')
    expect(bodies).toEqual([])
  })

  it('tells the cloud by what is named, and speaks two languages', async () => {
    const { sluice } = await world()
    const of = async (...words: readonly string[]) => (await sluice(['diagnose', 'script', ...words])).out
    expect(await of('--location', 'gs://acme-lake/data/', '--language', 'zh')).toMatch(/读取[\s\S]*gcloud storage buckets get-iam-policy/)
    expect(await of('--location', 'abfss://landing@lakedata.dfs.core.windows.net/data/')).toContain("account='lakedata'")
    expect(await of('--role', 'acs:ram::9876543210987654:role/acme')).toContain('aliyun ram GetRole')
    expect(await sluice(['diagnose', 'script', '--location', 'somewhere'])).toMatchObject({ exit: 2 })
    expect(await sluice(['diagnose', 'script', '--location', 'azblob://landing/data/'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('with the storage account in it'),
    })
    expect(await sluice(['diagnose', 'script'])).toMatchObject({ exit: 2, err: expect.stringContaining('There is nothing to read') })
  })

  it('knows of a connection what there is to read', async () => {
    const { sluice } = await world()
    const { out, err } = await sluice(['diagnose', 'script', 'acme'])
    expect(out).toContain("bucket='test-bucket-123'")
    expect(err).toContain('sluice connection diagnose acme --evidence FILE')
    expect(JSON.parse((await sluice(['diagnose', 'script', 'acme', '--json'])).out)).toEqual({ script: out })
    expect(await sluice(['diagnose', 'script', 'nobody'])).toMatchObject({ exit: 5 })
  })
})

describe('evidence', () => {
  const file = (...lines: readonly string[]): string => ['#sluice evidence 1', ...lines, '#sluice end 0', ''].join('\n')

  it('is taken in what PowerShell makes of a file, too', async () => {
    const { sluice } = await world()
    const path = join(folder, 'utf16.txt')
    await writeFile(path, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(file().replaceAll('\n', '\r\n'), 'utf16le')]))
    const { out } = await sluice(['diagnose', '--case', path, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'inconclusive',
      notes: ['The evidence does not say what it is about: nothing of it is taken.'],
    })
    expect((await sluice(['diagnose', '--case', '-', '--json'], { stdin: file() })).out).toBe(out)
  })

  it('goes to the server as what was read, and not as the file', async () => {
    const { sluice, bodies } = await world()
    const path = join(folder, 'evidence.txt')
    await writeFile(path, file('#sluice read role', '#sluice word aws', '| {', '#sluice exit 0 1'))
    const { exit, out } = await sluice(['connection', 'diagnose', 'acme', '--evidence', path])
    expect(exit).toBe(1)
    expect(bodies.at(-1)).not.toContain('#sluice')
    expect(bodies.at(-1)).toContain('"notes"')
    expect(out).toContain('was changed after it was written')
  })

  it('that is neither is refused with what to do', async () => {
    const { sluice } = await world()
    const path = join(folder, 'notes.md')
    await writeFile(path, '# Notes\n')
    expect(await sluice(['diagnose', '--case', path])).toMatchObject({ exit: 2, err: expect.stringContaining('sluice diagnose script') })
  })
})

describe('--with-profile', () => {
  it('reads with the client of this machine, and hands on what it read alone', async () => {
    const { sluice, bodies } = await world()
    await command('aws', `env > ${folder}/environment\n${ANSWERS}`)
    const { exit, err } = await sluice(['connection', 'diagnose', 'acme', '--with-profile', 'audit', '--json'])
    expect(exit).toBe(0)
    expect(err).toContain('read  aws iam get-role --role-name=acme')
    expect(err).toContain('refused  aws s3api get-bucket-policy --bucket=test-bucket-123')
    expect(bodies.at(-1)).toContain('trustPolicy')
    expect(bodies.join('') + err).not.toContain(SECRET)
    // What Sluice itself is signed in with is nobody else's business.
    const environment = await readFile(join(folder, 'environment'), 'utf8')
    expect(environment).toContain(SECRET)
    expect(environment).not.toContain('SLUICE_')
  })

  it('works without a name, by what the environment says', async () => {
    const { sluice } = await world()
    await command('aws', `case "$*" in *--profile*) exit 1 ;; esac\n${ANSWERS}`)
    expect((await sluice(['connection', 'diagnose', 'acme', '--with-profile'])).err).toContain('read  aws iam get-role')
  })

  it('says who has to sign in, and how', async () => {
    const { sluice, bodies } = await world()
    await command('aws', `echo 'Error loading SSO Token: Token for acme does not exist' >&2; exit 255`)
    const { exit, err } = await sluice(['connection', 'diagnose', 'acme', '--with-profile', 'audit'])
    expect(exit).toBe(3)
    expect(err).toContain('The AWS CLI is not signed in with the profile "audit": Error loading SSO Token')
    expect(err).toContain('aws sso login, or aws configure --profile audit')
    expect(bodies.filter((body) => body.includes('evidence'))).toEqual([])
  })

  it('says that the client is missing, and what else there is', async () => {
    const { sluice } = await world()
    const { exit, err } = await sluice(['connection', 'diagnose', 'acme', '--with-profile'], { path: folder })
    expect(exit).toBe(2)
    expect(err).toContain('AWS CLI (aws) cannot be run here')
    expect(err).toContain('sluice diagnose script')
  })

  it('takes no name that a client would take for an option, and no file beside it', async () => {
    const { sluice } = await world()
    expect(await sluice(['connection', 'diagnose', 'acme', '--with-role=-x'])).toMatchObject({ exit: 2 })
    expect(await sluice(['connection', 'diagnose', 'acme', '--with-profile=-x'])).toMatchObject({ exit: 2 })
    expect(await sluice(['connection', 'diagnose', 'acme', '--with-profile', '--evidence', 'x'])).toMatchObject({ exit: 2 })
  })
})

describe('a client that runs', () => {
  const environment = { PATH: '/usr/bin:/bin' }

  it('answers with what it printed, and where it failed with what it said', async () => {
    const { signal } = new AbortController()
    expect(await runClient(['sh', '-c', 'printf "a\\r\\nb\\n\\n"; echo warning >&2'], environment, signal)).toEqual({
      status: 0,
      text: 'a\nb',
    })
    expect(await runClient(['sh', '-c', 'echo half; echo why >&2; exit 7'], environment, signal)).toEqual({ status: 7, text: 'half\nwhy' })
    await expect(runClient(['no-such-client'], environment, signal)).rejects.toThrow('ENOENT')
  })

  it('ends with all that it started when the command is interrupted', async () => {
    const interrupt = new AbortController()
    const pid = join(folder, 'pid')
    // A grandchild, as clients that are scripts have one.
    const running = runClient(['sh', '-c', `(echo started >${pid}; exec sleep 600) & wait`], environment, interrupt.signal)
    await expect.poll(() => readFile(pid, 'utf8').catch(() => '')).toContain('started')
    interrupt.abort()
    await expect(running).rejects.toThrow('abort')
    const left = await runClient(['sh', '-c', 'ps -eo args | grep "[s]leep 600" || true'], environment, new AbortController().signal)
    expect(left.text).toBe('')
  })
})
