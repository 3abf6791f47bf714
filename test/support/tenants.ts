import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@sluice/api'
import { type Lab, startLab } from '@sluice/lab'
import { readConfig } from '../../apps/server/src/config/config.ts'
import { createLog } from '../../apps/server/src/log.ts'
import { startServer } from '../../apps/server/src/start.ts'
import { addProject } from './projects.ts'
import { serverEnvironment } from './server-process.ts'

export const CUSTOMER = '987654321987'
export const BUCKET = 'test-bucket-123'
const PLATFORM = '123456789012'
export const PRINCIPAL = `arn:aws:iam::${PLATFORM}:user/sluice`

/** A server in front of the lab, and two projects on it that must not know of each other. */
export interface Tenants {
  readonly lab: Lab
  readonly url: string
  readonly acme: Client
  readonly rival: Client
  readonly tokens: { readonly acme: string; readonly rival: string }
  /** The lines of the server's log so far. */
  readonly log: readonly string[]
  close(): Promise<void>
}

/** The projects belong to organizations of their own where the installation has several. */
export async function startTenants(
  mode: 'one organization' | 'several organizations',
  more: { readonly [name: string]: string } = {},
): Promise<Tenants> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-tenants-'))
  const all = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: '*' }] }
  const objects = [
    { key: 'acme/cities.csv', text: 'city\nOslo\n' },
    { key: 'rival/cities.csv', text: 'city\nLima\n' },
  ]
  const lab = await startLab({
    seed: {
      accounts: [
        { id: PLATFORM, users: [{ name: 'sluice', policies: { all } }] },
        { id: CUSTOMER, buckets: [{ name: BUCKET, region: 'us-west-2', objects }] },
      ],
    },
  })
  const key = lab.aws.createAccessKey(PLATFORM, 'sluice')
  const several = mode === 'several organizations'
  const environment = serverEnvironment(folder, {
    SLUICE_MULTI_ORGANIZATION: String(several),
    SLUICE_AWS_PRINCIPAL_ARN: PRINCIPAL,
    SLUICE_AWS_STS_REGION: 'us-west-2',
    SLUICE_ROUTES: lab.routes.map(({ host, to }) => `${host}=${to}`).join(','),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...more,
  })
  const acme = await addProject(environment, { id: 'acme', organization: several ? 'acme-inc' : 'default' })
  const rival = await addProject(environment, { id: 'rival', organization: several ? 'rival-inc' : 'default' })
  const log: string[] = []
  const server = await startServer(readConfig(environment), createLog('debug', { write: (line) => void log.push(line) }))
  const { url } = server
  return {
    lab,
    url,
    acme: createClient({ baseUrl: url, token: acme.token }),
    rival: createClient({ baseUrl: url, token: rival.token }),
    log,
    tokens: { acme: acme.token, rival: rival.token },
    close: async () => {
      await server.close()
      await lab.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
