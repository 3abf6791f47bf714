import { randomBytes } from 'node:crypto'
import { createApp } from '../src/http/app.ts'
import type { AppDeps } from '../src/http/deps.ts'
import { createLog } from '../src/log.ts'
import { memoryServices } from './memory-services.ts'

export { CANARIES } from './memory-services.ts'

export const TOKEN = 'sluice_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const OTHER_TOKEN = 'sluice_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'

/** The HTTP application over services in memory; its log lines are kept. */
export function memoryApp(change: Partial<AppDeps> = {}) {
  const lines: string[] = []
  const services = memoryServices()
  const stop = new AbortController()
  const projects = new Map([
    [TOKEN, 'project_one'],
    [OTHER_TOKEN, 'project_two'],
  ])
  const app = createApp({
    parts: async () => ({
      services,
      locationUrl: (location) => `s3://${location.bucket}/${location.prefix}`,
      // What the services in memory name a connection's id.
      connectionName: async (id) => id.replace('conn_', ''),
    }),
    authenticate: async (token) => {
      const project = projects.get(token)
      return project === undefined ? undefined : { organization: 'org_one', project, actor: `token:${project}` }
    },
    newRequestId: () => `req_${randomBytes(10).toString('hex')}`,
    version: '0.0.0-test',
    issuerUrl: 'https://sluice.example.com/issuer',
    log: createLog('info', { write: (line) => void lines.push(line) }),
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    limits: { bodyBytes: 10_000, requestMs: 5_000, heartbeatMs: 10_000 },
    stopping: stop.signal,
    ...change,
  })
  return { app, services, lines, stop }
}
