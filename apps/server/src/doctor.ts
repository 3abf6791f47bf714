import { constants } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type IssuerView } from '@sluice/api'
import { createTransport } from '@sluice/clouds'
import { asAccessError, isAccessError, type Platform } from '@sluice/core'
import { readConfig, type Config, type Environment } from './config/config.ts'
import { readContextFile } from './context-file.ts'
import { openMetadata } from './metadata.ts'
import { ownIdentities, type OwnIdentity } from './platform/caller.ts'
import { reachIssuer } from './platform/issuer-reach.ts'
import { systemClock, systemRandom } from './system.ts'

/** One thing the doctor looked at. */
export interface DoctorFinding {
  readonly name: string
  readonly status: 'ok' | 'note' | 'problem'
  readonly detail: string
  readonly remedy?: string
}

const ENOUGH_DISK = 2_000_000_000
const PATIENCE_MS = 2_000
const NO_IDENTITY =
  'Set SLUICE_AWS_PRINCIPAL_ARN to the role or user of yours that customers are to trust, give the server its credentials, and start it again. docs/clouds/aws.md shows how.'
const NO_ISSUER =
  'Set SLUICE_ISSUER_URL to the https address at which clouds reach this server, and start it again. docs/issuer.md shows how.'

/** Looks at the configuration of a server and at what it needs, without disturbing one that runs. */
export async function examine(environment: Environment): Promise<readonly DoctorFinding[]> {
  let config: Config
  try {
    config = readConfig(environment)
  } catch (thrown) {
    return [problem('configuration', thrown)]
  }
  const findings: DoctorFinding[] = [{ name: 'configuration', status: 'ok', detail: 'well formed' }]
  findings.push(await folder(config))
  const running = await runningServer(config)
  findings.push(running.finding)
  // SQLite is one process's at a time: with a server running, that server is the proof that it opens.
  findings.push(
    running.platform !== undefined && config.databaseUrl.startsWith('sqlite:')
      ? { name: 'metadata', status: 'ok', detail: 'in use by the running server' }
      : await metadata(config),
  )
  findings.push(...(await identities(config, running.platform)), await issuer(config, running), ...conveniences(config, running.platform))
  return findings
}

function problem(name: string, thrown: unknown): DoctorFinding {
  const error = asAccessError(thrown)
  const why = isAccessError(thrown)
    ? error.message
    : thrown instanceof Error && 'code' in thrown
      ? `failed (${String(thrown.code)})`
      : error.message
  return { name, status: 'problem', detail: why, remedy: error.remedy }
}

async function folder(config: Config): Promise<DoctorFinding> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
    await access(config.dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(config.dataDir)
    const free = bavail * bsize
    if (free < ENOUGH_DISK)
      return {
        name: 'data folder',
        status: 'note',
        detail: `${config.dataDir} has only ${Math.round(free / 1e6)} MB free`,
        remedy: 'Make room: queries spool files there.',
      }
    return { name: 'data folder', status: 'ok', detail: `${config.dataDir}, ${Math.round(free / 1e9)} GB free` }
  } catch (thrown) {
    return { ...problem('data folder', thrown), remedy: 'Choose a folder this user may write with SLUICE_DATA_DIR.' }
  }
}

/** What a server says of itself; nothing where none answers. */
interface RunningServer {
  readonly finding: DoctorFinding
  readonly platform?: Platform
  /** Present where it is an issuer. */
  readonly issuer?: IssuerView
}

/** The server that the context file names, and who it is to the clouds: its environment may be another than this one. */
async function runningServer(config: Config): Promise<RunningServer> {
  const name = 'server'
  const start = 'Run: sluice server start'
  try {
    const context = readContextFile(join(config.dataDir, 'context.json'))
    if (context === undefined) return { finding: { name, status: 'note', detail: 'never started with this data folder', remedy: start } }
    const client = createClient({ baseUrl: context.server, token: context.token })
    try {
      const platform = await client.platform(AbortSignal.timeout(PATIENCE_MS))
      const finding = { name, status: 'ok', detail: `answers at ${context.server}` } as const
      if (platform.issuer === undefined) return { platform, finding }
      return { platform, finding, issuer: await client.issuer.show(AbortSignal.timeout(PATIENCE_MS)) }
    } catch (thrown) {
      const error = asAccessError(thrown)
      const gone = error.code === 'unavailable'
      const detail = gone ? `does not answer at ${context.server}` : `${context.server} answers: ${error.message}`
      return { finding: { name, status: gone ? 'note' : 'problem', detail, remedy: gone ? start : error.remedy } }
    }
  } catch (thrown) {
    return { finding: problem(name, thrown) }
  }
}

async function metadata(config: Config): Promise<DoctorFinding> {
  try {
    const store = await openMetadata(config, { clock: systemClock, random: systemRandom })
    await store.close()
    return { name: 'metadata', status: 'ok', detail: 'opens, and the master key fits it' }
  } catch (thrown) {
    return problem('metadata', thrown)
  }
}

/** Who we are to the clouds: as the running server says, else as this environment leads to, asked of the clouds themselves. */
async function identities(config: Config, running: Platform | undefined): Promise<readonly DoctorFinding[]> {
  const platform = running ?? config.platform
  const where = running === undefined ? '' : ' of the running server'
  const none: DoctorFinding = {
    name: 'AWS identity',
    status: 'note',
    detail: `none${where}: the role method is refused; ${platform.issuer === undefined ? '' : 'oidc, '}keys and public buckets work`,
    remedy: NO_IDENTITY,
  }
  const named = await Promise.all(ownIdentities(config, platform).map((one) => identity(one, running !== undefined)))
  return platform.aws === undefined ? [none, ...named] : named
}

async function identity(own: OwnIdentity, isRunning: boolean): Promise<DoctorFinding> {
  const { principalArn, from, cloud } = own
  const name = `${cloud} identity`
  if (isRunning) return { name, status: 'ok', detail: `${principalArn}; a validation proves that its credentials work` }
  if (from === undefined)
    return { name, status: 'problem', detail: `${principalArn} is named, but there are no credentials for it`, remedy: own.remedy }
  try {
    const caller = await own.ask({ clock: systemClock, random: systemRandom }, AbortSignal.timeout(2 * PATIENCE_MS))
    if (own.isOurs(caller)) return { name, status: 'ok', detail: `${principalArn}, credentials from ${from}; ${cloud} accepts them` }
    return {
      name,
      status: 'problem',
      detail: `the credentials from ${from} are those of ${caller}, not of ${principalArn}`,
      remedy: `Customers trust ${own.variable}: name the one, or use the credentials of the other.`,
    }
  } catch (thrown) {
    const { message, remedy } = asAccessError(thrown)
    return {
      name,
      status: 'problem',
      detail: `${principalArn}, credentials from ${from}: ${message}`,
      remedy: remedy === '' ? own.remedy : remedy,
    }
  }
}

/** Whether clouds find us as OpenID Connect issuer, as far as that can be told from here. */
async function issuer(config: Config, running: RunningServer): Promise<DoctorFinding> {
  const name = 'issuer'
  const url = (running.platform ?? config.platform).issuer?.url
  if (url === undefined)
    return {
      name,
      status: 'note',
      detail: 'none: the methods oidc and federation, which trust tokens of ours, are refused',
      remedy: NO_ISSUER,
    }
  if (url.startsWith('http:')) return { name, status: 'note', detail: `${url} is for the lab: no cloud gets there`, remedy: NO_ISSUER }
  const transport = createTransport({ routes: config.routes, responseTimeoutMs: 2 * PATIENCE_MS })
  try {
    return await reachIssuer(transport, { url, running: running.issuer }, AbortSignal.timeout(4 * PATIENCE_MS))
  } finally {
    transport.close()
  }
}

/** What else a customer's admin will look for. Only of interest once roles can be used. */
function conveniences(config: Config, running: Platform | undefined): readonly DoctorFinding[] {
  const { aws, aliyun, regions } = running ?? config.platform
  if (aws === undefined && aliyun === undefined) return []
  const buckets = [aws, aliyun].flatMap((one) => one?.templateBucket ?? [])
  return [
    regions.length > 0
      ? { name: 'regions', status: 'ok', detail: regions.join(', ') }
      : {
          name: 'regions',
          status: 'note',
          detail: 'none named: nobody is told that a bucket is far away',
          remedy: 'Set SLUICE_REGIONS to the regions your servers run in.',
        },
    buckets.length > 0
      ? { name: 'template bucket', status: 'ok', detail: buckets.map(({ name, region }) => `${name} (${region})`).join(', ') }
      : {
          name: 'template bucket',
          status: 'note',
          detail: 'none: cloud admins upload the template themselves, there are no quick-create links',
          remedy: `Set ${aws === undefined ? 'SLUICE_ALIYUN_TEMPLATE_BUCKET' : 'SLUICE_TEMPLATE_BUCKET'} to a bucket of yours whose objects may be read, as bucket@region.`,
        },
  ]
}
