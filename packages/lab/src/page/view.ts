import type { AliyunState } from '../aliyun/state/types.ts'
import { presentPolicy } from '../aws/state/principals.ts'
import type { AwsState } from '../aws/state/types.ts'
import type { AzureState } from '../azure/state/types.ts'
import type { GcpState } from '../gcp/state/types.ts'
import type { Faults } from '../http/faults.ts'
import type { RequestLog } from '../http/request-log.ts'
import { aliyunView } from './aliyun-view.ts'
import { azureView } from './azure-view.ts'
import { gcpView } from './gcp-view.ts'

const SHOWN_REQUESTS = 200

/** The state of every cloud. */
export interface LabClouds {
  readonly aws: AwsState
  readonly azure: AzureState
  readonly gcp: GcpState
  readonly aliyun: AliyunState
}

/** Everything the lab shows of itself: no secret keys, no tokens, no bytes of objects. */
export function labView(url: string, { aws: state, azure, gcp, aliyun }: LabClouds, faults: Faults, requests: RequestLog) {
  return {
    url,
    azure: azureView(azure),
    gcp: gcpView(gcp),
    aliyun: aliyunView(aliyun),
    iamDelayMs: state.iamDelayMs,
    accounts: [...state.accounts.values()].map((account) => ({
      id: account.id,
      name: account.name,
      users: account.users.latestValues().map(({ arn, id, inline, attached, boundary, tags }) => ({
        arn,
        id,
        policies: Object.fromEntries(inline),
        attached,
        boundary,
        tags,
        accessKeyIds: [...account.accessKeys.values()].filter((key) => arn.endsWith(`/${key.userName}`)).map((key) => key.id),
      })),
      roles: account.roles.latestValues().map(({ arn, id, name, trust, inline, attached, boundary, maxSessionDuration, tags }) => ({
        arn,
        id,
        visible: account.roles.visible(name)?.id === id,
        trust: presentPolicy(state, trust),
        policies: Object.fromEntries(inline),
        attached,
        boundary,
        maxSessionDuration,
        tags,
      })),
      policies: [...account.policies.values()].map(({ arn, document }) => ({ arn, document })),
      oidcProviders: [...account.oidcProviders.values()].map(({ arn, clientIds, thumbprints }) => ({ arn, clientIds, thumbprints })),
    })),
    buckets: [...state.buckets.values()].map((bucket) => ({
      name: bucket.name,
      accountId: bucket.accountId,
      region: bucket.region,
      objects: bucket.objects.size,
      policy: bucket.policy && presentPolicy(state, bucket.policy),
      ownership: bucket.ownership,
      publicAccessBlock: bucket.publicAccessBlock,
      encryption: bucket.encryption,
      requesterPays: bucket.requesterPays,
      versioning: bucket.versioning,
      tags: bucket.tags,
    })),
    keys: [...state.keys.values()].map((key) => ({
      arn: key.arn,
      alias: key.alias,
      manager: key.manager,
      state: key.state,
      policy: presentPolicy(state, key.policy),
    })),
    faults: faults.list().map(({ id, met, fault: { operation, effect, keyPrefix, times, when } }) => ({
      id,
      met,
      operation,
      effect,
      keyPrefix,
      times,
      // A predicate of a test's own cannot be shown, but that there is one can.
      conditional: when !== undefined,
    })),
    requestCount: requests.count,
    requests: requests.entries().slice(-SHOWN_REQUESTS).toReversed(),
  }
}
