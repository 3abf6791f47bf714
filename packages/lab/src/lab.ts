import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Random, Route } from '@sluice/core'
import type { JSONWebKeySet } from 'jose'
import { aliyunAdmin, type LabAliyun } from './aliyun/admin/admin.ts'
import { aliyunCloud } from './aliyun/cloud.ts'
import { emptyAliyun } from './aliyun/state/state.ts'
import { identityAdmin, type IdentityAdmin } from './aws/admin/identities.ts'
import { loadSeed, type LabSeed } from './aws/admin/seed.ts'
import { storageAdmin, type StorageAdmin } from './aws/admin/storage.ts'
import { surroundingsAdmin, type SurroundingsAdmin } from './aws/admin/surroundings.ts'
import { applyTemplate } from './aws/cloudformation/apply.ts'
import { awsCloud } from './aws/cloud.ts'
import { requestId } from './aws/state/ids.ts'
import { emptyState } from './aws/state/state.ts'
import { azureAdmin, type AzureAdmin } from './azure/admin/admin.ts'
import { azureCloud } from './azure/cloud.ts'
import { emptyAzure } from './azure/state/state.ts'
import { gcpAdmin, type GcpAdmin } from './gcp/admin/admin.ts'
import { gcpCloud } from './gcp/cloud.ts'
import { emptyGcpState } from './gcp/state/state.ts'
import { faultSwitches, type Faults } from './http/faults.ts'
import { handleCloud } from './http/handle.ts'
import { CLOUD_HOSTS } from './http/hosts.ts'
import type { LabCloud } from './http/cloud.ts'
import { requestLog, type RequestLog } from './http/request-log.ts'
import { issuers as knownIssuers } from './oidc/issuers.ts'
import { handlePage, isPageRequest } from './page/handle.ts'
import { labView } from './page/view.ts'
import { serve } from './http/server.ts'

export interface LabOptions {
  /** 0, the default: any free port. */
  readonly port?: number
  readonly seed?: LabSeed
  /** Time as the clouds see it: expiry, skew, propagation. Faults take real time. */
  readonly clock?: Clock
  /** Where on loopback the OpenID Connect issuers answer whose tokens the clouds are given, by the issuer's URL. */
  readonly issuers?: { readonly [issuer: string]: string }
}

/** The lab's AWS and everything one may do to it without asking. */
export interface LabAws extends IdentityAdmin, StorageAdmin, SurroundingsAdmin {
  /** Adds what a seed describes. */
  load(seed: LabSeed): void
  /** Applies a CloudFormation template as the account's admin, all or nothing, and gives its outputs. */
  applyTemplate(
    accountId: string,
    template: string,
    parameters?: { readonly [name: string]: string },
    region?: string,
  ): { readonly [output: string]: string }
}

/** The lab's Azure and everything one may do to it without asking. */
export type LabAzure = AzureAdmin

/** The lab's Google Cloud and everything one may do to it without asking. */
export type LabGcp = GcpAdmin

/** A running lab. */
export interface Lab {
  readonly url: string
  /** For a transport: sends requests for the clouds' hosts here. */
  readonly routes: readonly Route[]
  readonly aws: LabAws
  readonly azure: LabAzure
  readonly gcp: LabGcp
  readonly aliyun: LabAliyun
  /** Gives the clouds the keys of an issuer, instead of an address to fetch them from. */
  trustIssuer(url: string, keys: JSONWebKeySet): void
  readonly faults: Faults
  readonly requests: RequestLog
  close(): Promise<void>
}

const LOG_CAPACITY = 20_000

/**
 * Starts clouds on 127.0.0.1 that verify instead of agreeing: signatures, tokens, trust, policies and keys.
 * It serves this machine only, and what it does not implement it says so of.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const clock = options.clock ?? SYSTEM_CLOCK
  const random: Random = { bytes: (length) => randomBytes(length), fraction: () => Math.random() }
  const issuers = knownIssuers(options.issuers)
  const state = emptyState(clock, random, issuers)
  const admin = { ...identityAdmin(state), ...storageAdmin(state) }
  const aws: LabAws = {
    ...admin,
    ...surroundingsAdmin(state),
    load: (seed) => loadSeed(state, admin, seed),
    applyTemplate: (accountId, template, parameters, region) => applyTemplate(state, accountId, template, parameters, region),
  }
  if (options.seed) aws.load(options.seed)
  const azureState = emptyAzure(clock, random)
  const azure = azureAdmin(azureState)
  if (options.seed?.azure) azure.load(options.seed.azure)
  const gcpState = emptyGcpState(clock, random, issuers)
  const gcp = gcpAdmin(gcpState)
  if (options.seed?.gcp) gcp.load(options.seed.gcp)
  const aliyunState = emptyAliyun(clock, random, issuers)
  const aliyun = aliyunAdmin(aliyunState)
  if (options.seed?.aliyun) aliyun.load(options.seed.aliyun)

  // Last the one that takes whatever comes to the lab's own address.
  const clouds: readonly LabCloud[] = [azureCloud(azureState, issuers), gcpCloud(gcpState), aliyunCloud(aliyunState), awsCloud(state)]
  const faults = faultSwitches({ now: () => performance.now(), sleep })
  const log = requestLog(LOG_CAPACITY)
  const server = await serve(options.port ?? 0, {
    requestId: () => requestId(random),
    malformed: () => ({ status: 400, headers: { 'content-type': 'text/plain' }, body: Buffer.from('Bad Request') }),
    handle: (exchange) =>
      isPageRequest(exchange.request)
        ? handlePage(exchange, {
            faults,
            view: () =>
              labView(
                `http://${exchange.request.headers.get('host') ?? ''}`,
                { aws: state, azure: azureState, gcp: gcpState, aliyun: aliyunState },
                faults,
                log,
              ),
            setIamDelay: (ms) => {
              aws.setIamDelay(ms)
              gcp.setIamDelay(ms)
              aliyun.setRamDelay(ms)
            },
            applyTemplate: (accountId, template, region) => aws.applyTemplate(accountId, template, {}, region),
            deploy: (template, parameters, resourceGroup) => azure.applyTemplate(template, parameters, { resourceGroup }),
            createStack: (uid, template, parameters, region) => aliyun.applyTemplate(uid, template, parameters, region),
          })
        : handleCloud(exchange, {
            clouds,
            clock,
            inject: (subject) => faults.inject(subject),
            log: (entry) => log.add(entry),
            sleep,
            stopwatch: () => performance.now(),
          }),
  })
  return {
    url: server.url,
    routes: Object.values(CLOUD_HOSTS)
      .flat()
      .map((host) => ({ host, to: server.url })),
    aws,
    azure,
    gcp,
    aliyun,
    trustIssuer: (url, keys) => issuers.trust(url, keys),
    faults,
    requests: log,
    close: () => server.close(),
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal })
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), sleep }
