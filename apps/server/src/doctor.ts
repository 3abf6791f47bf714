import { constants } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from '@sluice/clouds'
import { asAccessError, isAccessError } from '@sluice/core'
import { readConfig, type Config, type Environment } from './config/config.ts'
import { readContextFile } from './context-file.ts'
import { openMetadata } from './metadata.ts'
import { systemClock, systemRandom } from './system.ts'

/** One thing the doctor looked at. */
export interface DoctorFinding {
  readonly name: string
  readonly status: 'ok' | 'note' | 'problem'
  readonly detail: string
  readonly remedy?: string
}

const ENOUGH_DISK = 2_000_000_000
const MUCH = 1_000_000

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
    running.answers && config.databaseUrl.startsWith('sqlite:')
      ? { name: 'metadata', status: 'ok', detail: 'in use by the running server' }
      : await metadata(config),
  )
  findings.push(identity(config))
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

async function runningServer(config: Config): Promise<{ readonly finding: DoctorFinding; readonly answers: boolean }> {
  const name = 'server'
  try {
    const context = readContextFile(join(config.dataDir, 'context.json'))
    if (context === undefined)
      return {
        answers: false,
        finding: { name, status: 'note', detail: 'never started with this data folder', remedy: 'Run: sluice server start' },
      }
    const url = new URL('/v1/health', context.server)
    const transport = createTransport({
      egress: { allowAddresses: ['127.0.0.0/8', '::1/128'], allowHosts: [url.hostname] },
      responseTimeoutMs: 2_000,
    })
    try {
      const response = await transport({ method: 'GET', url, headers: {}, operation: 'server.Health' }, new AbortController().signal)
      for await (const piece of response.body) if (piece.length > MUCH) break
      return {
        answers: response.status === 200,
        finding: { name, status: response.status === 200 ? 'ok' : 'problem', detail: `${context.server} answers ${response.status}` },
      }
    } catch {
      return {
        answers: false,
        finding: { name, status: 'note', detail: `${context.server} does not answer`, remedy: 'Run: sluice server start' },
      }
    } finally {
      transport.close()
    }
  } catch (thrown) {
    return { answers: false, finding: problem(name, thrown) }
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

function identity(config: Config): DoctorFinding {
  const name = 'AWS identity'
  const { aws } = config.platform
  if (aws === undefined)
    return {
      name,
      status: 'note',
      detail: 'none: the role method is refused, keys and public buckets work',
      remedy: 'Set SLUICE_AWS_PRINCIPAL_ARN to a role or user of yours.',
    }
  const { keys, container, instance } = config.awsIdentity
  if (keys === undefined && container === undefined && !instance)
    return {
      name,
      status: 'problem',
      detail: `${aws.principalArn} is named, but there are no credentials for it`,
      remedy: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached.',
    }
  const from = keys === undefined ? (container === undefined ? 'the machine' : 'the container') : 'static keys'
  return { name, status: 'ok', detail: `${aws.principalArn}, credentials from ${from}; a validation proves that they work` }
}
