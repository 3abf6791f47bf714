import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type Lab, startLab } from '@sluice/lab'
import { WALKTHROUGH, walkthroughSeed } from '../../apps/server/src/walkthrough-seed.ts'
import { fakeGcloud } from '../../packages/clouds/test/support/fake-gcloud.ts'
import type { PageStep } from './pages.ts'
import { serverEnvironment, SLUICE, spawnServer } from './server-process.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** What a reader of a page has before beginning. */
export type Beginning =
  /** This repository and nothing else. */
  | 'nothing'
  /** Credentials of an AWS account, as variables; the lab in place of AWS. */
  | 'credentials'
  /** And a server that runs. */
  | 'server'

/** Somebody who does what a page says, in a home folder of their own. */
export interface Reader {
  /** Does one step and gives what was printed; fails when the step does. `undefined` when it needs a program that is not here. */
  follow(step: PageStep): Promise<string | undefined>
  close(): Promise<void>
}

/**
 * In a shell, `npx sluice` is the command of this repository and `npm install` has been run. A command that stays in the foreground is
 * what the shell would hang on, so it is written down with its environment, and started when the block is over.
 */
const PRELUDE = `set -euo pipefail
sluice() { "$DOCS_NODE" ${SLUICE.map((word) => `'${word}'`).join(' ')} "$@"; }
npm() { [ "$*" = install ] || { echo "npm $* is not for a page that is run" >&2; return 1; }; }
npx() {
  [ "$1" = sluice ] || { echo "npx $1 is not ours" >&2; return 1; }
  shift
  case "$1 $2" in
    "server start" | "lab start") "$DOCS_NODE" -e 'fs.writeFileSync(process.env.DOCS_START, JSON.stringify({ env: process.env, words: process.argv.slice(1) }))' -- "$@" ;;
    *) sluice "$@" ;;
  esac
}
`

export async function startReader(beginning: Beginning): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'))
  const work = join(folder, 'work')
  mkdirSync(work)
  const lab = beginning === 'nothing' ? undefined : await startLab({ seed: walkthroughSeed() })
  const { SLUICE_DATA_DIR: _dataDir, ...plain } = serverEnvironment(folder, lab === undefined ? {} : credentials(lab, folder))
  mkdirSync(plain['HOME'] ?? folder)
  const environment = { ...plain, DOCS_NODE: process.execPath, DOCS_START: join(folder, 'start.json') }
  const port = String(await freePort())
  const running: ChildProcess[] = []
  const close = async () => {
    await Promise.all(running.toReversed().map(end))
    await lab?.close()
    rmSync(folder, { recursive: true, force: true })
  }
  if (beginning === 'server') {
    const server = spawnServer({ ...environment, SLUICE_AWS_PRINCIPAL_ARN: `arn:aws:iam::${WALKTHROUGH.platform.account}:role/sluice` })
    running.push(server.child)
    await server.ready
  }
  return {
    close,
    async follow(step) {
      if (step.kind === 'admin') {
        applyTemplate(lab, step, readFileSync(join(work, step.template), 'utf8'))
        return ''
      }
      if (step.kind === 'deployment') {
        const { tenantId, clientId, sasToken } = deploy(lab, step, readFileSync(join(work, step.template), 'utf8'))
        if (tenantId !== undefined && clientId !== undefined) Object.assign(environment, { TENANT_ID: tenantId, CLIENT_ID: clientId })
        if (step.sas !== undefined) writeFileSync(join(work, step.sas), `${sasToken ?? ''}\n`, { mode: 0o600 })
        return ''
      }
      if (step.kind === 'script') return lab === undefined ? '' : runAsGoogleAdmin(lab, step, work)
      if (step.kind === 'file') {
        writeFileSync(join(work, step.name), `${step.text}\n`, { mode: 0o600 })
        return ''
      }
      if (step.needs !== undefined && !(await succeeds(`command -v ${step.needs}`, environment))) return undefined
      // Ports stand on a page as a reader types them; here several pages may be read at once.
      const text = step.text.replaceAll('7790', port)
      if (step.kind === 'sql') return run(process.execPath, [...SLUICE, 'sql', '-'], text, { cwd: work, env: environment })
      if (step.kind === 'ts')
        return run(process.execPath, ['--conditions=sluice-source', '--input-type=module-typescript', '-'], text, {
          cwd: ROOT,
          env: environment,
        })
      const output = await run('bash', ['--norc', '-s'], PRELUDE + text, { cwd: work, env: environment })
      if (/\bsluice (server|lab) start\b/.test(text)) running.push(await startForeground(text, environment.DOCS_START, lab))
      return output
    },
  }
}

/** Starts what a block ends with, with the environment the block made, and waits until it answers. */
async function startForeground(text: string, path: string, lab: Lab | undefined): Promise<ChildProcess> {
  if (!/\bsluice (server|lab) start[^\n]*\n*$/.test(text)) throw new Error('something follows a command that stays in the foreground')
  const { env, words }: { env: NodeJS.ProcessEnv; words: string[] } = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  const child = spawn(process.execPath, [...SLUICE, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  await new Promise<void>((done, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece
        if (output.includes('answers at')) done()
      })
    child.once('close', (code) => fail(new Error(`sluice ${words.join(' ')} ended (${code}): ${output}`)))
  })
  // From the reader's machine no cloud fetches anything; the lab is given the keys that it would have found.
  const issuer = env['SLUICE_ISSUER_URL']
  const address = /answers at (http:\S+)/.exec(output)?.[1]
  if (issuer !== undefined && address !== undefined) {
    const answer = await fetch(`${address}/.well-known/jwks.json`)
    lab?.trustIssuer(issuer, JSON.parse(await answer.text()))
  }
  return child
}

/** Accounts of Alibaba Cloud have longer numbers than those of AWS. */
function applyTemplate(lab: Lab | undefined, { account, parameters }: Extract<PageStep, { kind: 'admin' }>, template: string): void {
  if (account.length > 12) lab?.aliyun.applyTemplate(account, template, parameters)
  else lab?.aws.applyTemplate(account, template, parameters)
}

/** Deploys a template of Azure, and gives what it puts out. */
function deploy(
  lab: Lab | undefined,
  { group }: Extract<PageStep, { kind: 'deployment' }>,
  template: string,
): { readonly [output: string]: string } {
  const { tenantId, subscriptionId } = WALKTHROUGH.azure
  return lab?.azure.applyTemplate(template, {}, { tenantId, subscriptionId, resourceGroup: group }) ?? {}
}

/** Runs a script where it lies, as the admin of a project, with a gcloud that speaks to the lab. */
async function runAsGoogleAdmin(lab: Lab, { script, project }: Extract<PageStep, { kind: 'script' }>, work: string): Promise<string> {
  const tools = mkdtempSync(join(tmpdir(), 'sluice-gcloud-'))
  const folder = join(work, dirname(script))
  const token = lab.gcp.issueToken({ kind: 'user', email: WALKTHROUGH.google.admin })
  const gcloud = await fakeGcloud(tools, { url: lab.url, token, project, folder })
  try {
    return await run('bash', [basename(script)], '', { cwd: folder, env: { PATH: `${tools}:${process.env['PATH']}`, TMPDIR: tools } })
  } finally {
    await gcloud.close()
    rmSync(tools, { recursive: true, force: true })
  }
}

/** The key of our account in Google Cloud, as an operator would keep it. */
function googleKey(lab: Lab, folder: string): string {
  const { project, account } = WALKTHROUGH.google.platform
  const path = join(folder, 'google-key.json')
  writeFileSync(path, JSON.stringify(lab.gcp.createKey(`${account}@${project}.iam.gserviceaccount.com`)), { mode: 0o600 })
  return path
}

/** The session of a role, as a machine in AWS would have it. */
function credentials(lab: Lab, folder: string): { readonly [name: string]: string } {
  const { account } = WALKTHROUGH.platform
  lab.aws.putRole(account, {
    name: 'sluice',
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: { assume: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } },
  })
  const session = lab.aws.issueSession(`arn:aws:iam::${account}:role/sluice`, { sessionName: 'i-0123456789abcdef0', seconds: 3600 })
  return {
    // The S3-compatible store of the pages is the lab too: at its own address it speaks nothing but S3.
    SLUICE_ROUTES: [...lab.routes, { host: 'storage.example.com', to: lab.url }].map(({ host, to }) => `${host}=${to}`).join(','),
    GOOGLE_APPLICATION_CREDENTIALS: googleKey(lab, folder),
    ...aliyunCredentials(lab),
    // As App Service would hand out tokens of our managed identity.
    IDENTITY_ENDPOINT: `${lab.url}/metadata/identity/oauth2/token`,
    IDENTITY_HEADER: 'known to the machine alone',
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken ?? '',
  }
}

/** The same for a machine in Alibaba Cloud. */
function aliyunCredentials(lab: Lab): { readonly [name: string]: string } {
  const { uid } = WALKTHROUGH.aliyun.platform
  const trust = { Version: '1', Statement: [{ Effect: 'Allow', Principal: { Service: ['ecs.aliyuncs.com'] }, Action: 'sts:AssumeRole' }] }
  const role = lab.aliyun.putRole(uid, { name: 'sluice', trust, attached: ['AliyunSTSAssumeRoleAccess'] })
  const session = lab.aliyun.issueSession(role, { sessionName: 'i-2ze0123456789abcdef', seconds: 3600 })
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: session.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: session.accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: session.securityToken ?? '',
  }
}

async function run(
  command: string,
  words: readonly string[],
  input: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(command, words, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece: string) => (output += piece))
  // A command that reads nothing may have ended before it is written to.
  child.stdin.on('error', () => undefined).end(input)
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail)
    child.once('close', done)
  })
  if (code !== 0) throw new Error(`it ended with ${code}:\n${output}`)
  return output
}

function succeeds(script: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run('bash', ['--norc', '-c', script], '', { cwd: tmpdir(), env }).then(
    () => true,
    () => false,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('close', done))
  child.kill('SIGTERM')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
