import type { AuditEvent, Connection, ConnectionAuth, Report, SigningKey, Stage } from '@sluice/core'

/** Text that breaks what is put together instead of bound. */
export const HOSTILE = `O'Brien "x"; drop table connections; -- \u0000 \n\t 🪣 \u202e 漢字`

const AT = '2026-11-22T00:00:00.000Z'

/** Authentication by a role with an issued external id; `id` makes it distinct. */
export function roleAuth(id: string, roleArn?: string): ConnectionAuth {
  return { method: 'role', fields: roleArn === undefined ? {} : { roleArn }, externalId: { kind: 'issued', value: `sluice-${id}` } }
}

export function sampleConnection(changes: Partial<Connection> & { readonly id: string }): Connection {
  return {
    organization: 'org',
    project: 'alpha',
    name: changes.id,
    description: '',
    labels: {},
    cloud: 'aws',
    auth: { method: 'none', fields: {} },
    locations: [{ cloud: 'aws', bucket: 'test-bucket-123', prefix: 'data/', extent: 'folder' }],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: {},
    state: 'waiting',
    createdAt: AT,
    updatedAt: AT,
    version: 1,
    ...changes,
  }
}

export function sampleStage(changes: Partial<Stage> & { readonly id: string; readonly connectionId: string }): Stage {
  return {
    project: 'alpha',
    name: changes.id,
    location: { cloud: 'aws', bucket: 'test-bucket-123', prefix: 'data/', extent: 'folder' },
    format: { type: 'parquet', compression: 'auto' },
    comment: '',
    createdAt: AT,
    updatedAt: AT,
    ...changes,
  }
}

export function sampleReport(connectionId: string, ms: number): Report {
  const counts = { passed: 0, failed: 0, skipped: 0, inconclusive: 0 }
  return { connectionId, connection: connectionId, verdict: 'passed', checks: [], counts, leftovers: [], startedAt: AT, ms }
}

export function sampleEvent(changes: Partial<AuditEvent>): AuditEvent {
  return {
    at: AT,
    organization: 'org',
    project: 'alpha',
    actor: 'system',
    action: 'connection.create',
    target: 'one',
    result: 'ok',
    details: {},
    ...changes,
  }
}

export function sampleSigningKey(generation: number): SigningKey {
  return { id: `key-${generation}`, generation, publicKey: { n: 'AQAB', e: 'AQAB' }, createdAt: AT, signsFrom: AT }
}

export function keysAuth(secretId: string): ConnectionAuth {
  return { method: 'keys', fields: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, secretId }
}

export function sampleStatement(id: string) {
  return { id, project: 'alpha', sql: `select '${HOSTILE}'`, at: AT, ok: true, ms: 1.5 }
}

export function namesOf(things: readonly { readonly name: string }[]): readonly string[] {
  return things.map((thing) => thing.name)
}
