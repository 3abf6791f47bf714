import type { CheckEvent, DiagnosisEvent, DiagnosisReport, Platform, QueryProgress, Report, Setup, SetupOptions } from '@sluice/core'
import type { z } from 'zod'
import type { RouteInput } from '../route.ts'
import { routes } from '../routes/index.ts'
import type { RotationEventView } from '../schemas/rotation.ts'
import type { StatementView } from '../schemas/sql.ts'
import { stream } from './events.ts'
import { call, type ClientOptions } from './http.ts'

type Routes = typeof routes
type Body<R extends keyof Routes> = RouteInput<Routes[R]>['body']
type Query<R extends keyof Routes> = RouteInput<Routes[R]>['query']
type Answer<R extends keyof Routes> = Promise<z.output<Routes[R]['answer']>>

const nothing = {}

/**
 * A client of a Sluice server, made from the routes the server serves.
 *
 * Every method takes an AbortSignal last and throws AccessErrors, the server's own among them.
 */
export function createClient(options: ClientOptions) {
  const named = (name: string) => ({ params: { name }, query: nothing, body: nothing })
  const bare = { params: nothing, query: nothing, body: nothing }
  return {
    health: (signal?: AbortSignal): Answer<'healthRoute'> => call(options, routes.healthRoute, bare, signal),
    openapi: (signal?: AbortSignal): Answer<'openapiRoute'> => call(options, routes.openapiRoute, bare, signal),
    platform: (signal?: AbortSignal): Promise<Platform> => call(options, routes.platformRoute, bare, signal),
    clouds: (signal?: AbortSignal): Answer<'cloudsRoute'> => call(options, routes.cloudsRoute, bare, signal),
    issuer: {
      show: (signal?: AbortSignal): Answer<'issuerRoute'> => call(options, routes.issuerRoute, bare, signal),
      keys: (signal?: AbortSignal): Answer<'issuerKeysRoute'> => call(options, routes.issuerKeysRoute, bare, signal),
      rotate: (body: Body<'rotateIssuerRoute'>, signal?: AbortSignal): Answer<'rotateIssuerRoute'> =>
        call(options, routes.rotateIssuerRoute, { ...bare, body }, signal),
    },
    locations: {
      read: (url: string, signal?: AbortSignal): Answer<'readLocationRoute'> =>
        call(options, routes.readLocationRoute, { ...bare, body: { url } }, signal),
    },
    connections: connectionMethods(options, named),
    setup: {
      show: (name: string, query: SetupOptions, signal?: AbortSignal): Promise<Setup> =>
        call(options, routes.showSetupRoute, { ...named(name), query }, signal),
      publish: (name: string, body: SetupOptions, signal?: AbortSignal): Answer<'publishSetupRoute'> =>
        call(options, routes.publishSetupRoute, { ...named(name), body }, signal),
    },
    leases: {
      create: (body: Body<'createLeaseRoute'>, signal?: AbortSignal): Answer<'createLeaseRoute'> =>
        call(options, routes.createLeaseRoute, { ...bare, body }, signal),
    },
    stages: {
      create: (body: Body<'createStageRoute'>, query: Query<'createStageRoute'>, signal?: AbortSignal): Answer<'createStageRoute'> =>
        call(options, routes.createStageRoute, { ...bare, body, query }, signal),
      list: (query: Query<'listStagesRoute'>, signal?: AbortSignal): Answer<'listStagesRoute'> =>
        call(options, routes.listStagesRoute, { ...bare, query }, signal),
      show: (name: string, signal?: AbortSignal): Answer<'showStageRoute'> => call(options, routes.showStageRoute, named(name), signal),
      delete: async (name: string, query: Query<'deleteStageRoute'>, signal?: AbortSignal): Promise<void> => {
        await call(options, routes.deleteStageRoute, { ...named(name), query }, signal)
      },
      files: (name: string, query: Query<'stageFilesRoute'>, signal?: AbortSignal): Answer<'stageFilesRoute'> =>
        call(options, routes.stageFilesRoute, { ...named(name), query }, signal),
    },
    sql: {
      run: (body: Body<'runSqlRoute'>, onProgress?: (progress: QueryProgress) => void, signal?: AbortSignal) =>
        runSql(options, body, onProgress, signal),
      history: (query: Query<'sqlHistoryRoute'>, signal?: AbortSignal): Answer<'sqlHistoryRoute'> =>
        call(options, routes.sqlHistoryRoute, { ...bare, query }, signal),
    },
    audit: {
      list: (query: Query<'listAuditRoute'>, signal?: AbortSignal): Answer<'listAuditRoute'> =>
        call(options, routes.listAuditRoute, { ...bare, query }, signal),
    },
  }
}

export type Client = ReturnType<typeof createClient>

function connectionMethods(
  options: ClientOptions,
  named: (name: string) => { params: { name: string }; query: typeof nothing; body: typeof nothing },
) {
  const bare = { params: nothing, query: nothing, body: nothing }
  return {
    create: (
      body: Body<'createConnectionRoute'>,
      query: Query<'createConnectionRoute'> = {},
      signal?: AbortSignal,
    ): Answer<'createConnectionRoute'> => call(options, routes.createConnectionRoute, { ...bare, body, query }, signal),
    list: (query: Query<'listConnectionsRoute'>, signal?: AbortSignal): Answer<'listConnectionsRoute'> =>
      call(options, routes.listConnectionsRoute, { ...bare, query }, signal),
    show: (name: string, signal?: AbortSignal): Answer<'showConnectionRoute'> =>
      call(options, routes.showConnectionRoute, named(name), signal),
    update: (
      name: string,
      body: Body<'updateConnectionRoute'>,
      query: Query<'updateConnectionRoute'> = {},
      signal?: AbortSignal,
    ): Answer<'updateConnectionRoute'> => call(options, routes.updateConnectionRoute, { ...named(name), body, query }, signal),
    disable: (name: string, signal?: AbortSignal): Answer<'disableConnectionRoute'> =>
      call(options, routes.disableConnectionRoute, named(name), signal),
    enable: (name: string, signal?: AbortSignal): Answer<'enableConnectionRoute'> =>
      call(options, routes.enableConnectionRoute, named(name), signal),
    deletionPlan: (name: string, signal?: AbortSignal): Answer<'deletionPlanRoute'> =>
      call(options, routes.deletionPlanRoute, named(name), signal),
    delete: (name: string, signal?: AbortSignal): Answer<'deleteConnectionRoute'> =>
      call(options, routes.deleteConnectionRoute, named(name), signal),
    /** Runs the checks and yields each as it starts and finishes; the report is last. */
    validate: (name: string, body: Body<'validateRoute'>, signal?: AbortSignal): AsyncGenerator<CheckEvent, void, undefined> =>
      stream(options, routes.validateRoute, { ...named(name), body }, 'text/event-stream', (event) => event.type === 'report', signal),
    /** Gives a new secret; yields each check of it as it starts and finishes, and what came of it last. */
    rotate: (name: string, body: Body<'rotateConnectionRoute'>, signal?: AbortSignal): AsyncGenerator<RotationEventView, void, undefined> =>
      stream(
        options,
        routes.rotateConnectionRoute,
        { ...named(name), body },
        'text/event-stream',
        (event) => event.type === 'rotation',
        signal,
      ),
    abandonRotation: (name: string, signal?: AbortSignal): Answer<'abandonRotationRoute'> =>
      call(options, routes.abandonRotationRoute, named(name), signal),
    /** Probes the connection and says why it is refused. */
    diagnose: (name: string, body: Body<'diagnoseRoute'>, signal?: AbortSignal): Promise<DiagnosisReport> =>
      call(options, routes.diagnoseRoute, { ...named(name), body }, signal),
    /** The same, yielding what it asks for as it goes; the report is last. */
    followDiagnosis: (name: string, body: Body<'diagnoseRoute'>, signal?: AbortSignal): AsyncGenerator<DiagnosisEvent, void, undefined> =>
      stream(options, routes.diagnoseRoute, { ...named(name), body }, 'text/event-stream', (event) => event.type === 'report', signal),
    validations: (name: string, query: Query<'validationHistoryRoute'>, signal?: AbortSignal): Promise<{ reports: Report[] }> =>
      call(options, routes.validationHistoryRoute, { ...named(name), query }, signal),
  }
}

/** Yields each statement's result as it comes; asks for progress only where somebody listens. */
async function* runSql(
  options: ClientOptions,
  body: Body<'runSqlRoute'>,
  onProgress: ((progress: QueryProgress) => void) | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<StatementView, void, undefined> {
  const as = onProgress === undefined ? 'application/x-ndjson' : 'text/event-stream'
  const input = { params: nothing, query: nothing, body }
  for await (const event of stream(options, routes.runSqlRoute, input, as, (event) => event.type === 'end', signal)) {
    if (event.type === 'progress') onProgress?.(event.progress)
    else if (event.type === 'result') yield event.result
  }
}
