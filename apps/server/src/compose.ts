import { join } from 'node:path'
import { createClouds, createTransport, createObservedClouds, type CloudDeps } from '@sluice/clouds'
import { accessError, type Clock, type MetadataStore, type Random } from '@sluice/core'
import { createEngines } from '@sluice/engines'
import {
  createAudit,
  createDiagnoses,
  createConnections,
  createIssuer,
  createLeases,
  createRotations,
  createSetups,
  createSql,
  createStages,
  createValidations,
  type ServiceDeps,
  type Services,
} from '@sluice/service'
import type { Config } from './config/config.ts'
import type { Parts } from './http/deps.ts'
import type { Log } from './log.ts'
import { CREDENTIAL_SERVICES } from './platform/credential-service.ts'
import { platformCredentials } from './platform/credentials.ts'
import { templateBuckets } from './platform/template-buckets.ts'
import { createTemplatePublisher } from './platform/templates.ts'
import { startWatching } from './watching.ts'

interface ComposeDeps {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  readonly log: Pick<Log, 'defect'>
}

/** Wires clouds, engine and use cases over the metadata: the one place that knows them all. */
export function compose(config: Config, deps: ComposeDeps): Parts & { close(): Promise<void> } {
  const { store, clock, random, version, log } = deps
  const transport = createTransport({ routes: config.routes, egress: config.egress, version })
  const machine = createTransport({ egress: { allowAddresses: CREDENTIAL_SERVICES }, version, responseTimeoutMs: 5_000 })
  const ours = platformCredentials(config, { machine, transport, clock, random })
  const platform = () => config.platform
  const mode = { multiOrganization: config.multiOrganization }
  const issuer = createIssuer({ store, clock, random, platform, mode })
  const cloudDeps: CloudDeps = {
    transport,
    clock,
    random,
    platform,
    platformCredentials: ours,
    ...(config.platform.issuer === undefined ? {} : { issuer: issuer.issue }),
  }
  const clouds = createClouds(cloudDeps)
  const [engine] = createEngines({ cacheDirectory: join(config.dataDir, 'cache'), clock, random, workers: config.limits.queryWorkers })

  const buckets = templateBuckets(config.platform, clouds, ours)
  const shared: ServiceDeps = {
    store,
    clouds,
    clock,
    random,
    platform,
    mode,
    ...(Object.keys(buckets).length === 0 ? {} : { templates: createTemplatePublisher(buckets) }),
  }
  const leases = createLeases(shared)
  const connections = createConnections(shared, leases)
  const stages = createStages({ ...shared, leases })
  const diagnoses = createDiagnoses(
    {
      ...shared,
      observedClouds: createObservedClouds(cloudDeps),
    },
    leases,
  )
  const services: Services = {
    connections,
    leases,
    stages,
    setups: createSetups(shared),
    validations: createValidations({ ...shared, diagnoses }),
    diagnoses,
    rotations: createRotations(shared, leases),
    sql: createSql({ ...shared, connections, stages, leases, engine, diagnoses, limits: config.limits.query }),
    issuer,
    platform,
    audit: createAudit(shared),
  }
  const watching = startWatching(config, shared, services, { version, log })
  return {
    services,
    locationUrl(location) {
      const cloud = clouds.find((one) => one.id === location.cloud)
      if (cloud === undefined) throw accessError('internal.defect', { message: `There is no cloud ${location.cloud}.` })
      return cloud.format(location)
    },
    connectionName: async (id) => (await store.connections.getById(id))?.name,
    async close() {
      await watching.stop()
      await engine.close()
      transport.close()
      machine.close()
    },
  }
}
