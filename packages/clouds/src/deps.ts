import type { Clock, Platform, Random, TokenIssuer, Transport } from '@sluice/core'
import type { AliyunCredentials } from './aliyun/credentials.ts'
import type { GoogleToken } from './gcp/token.ts'
import type { StorageToken } from './azure/entra.ts'
import type { AwsCredentials } from './s3-protocol/credentials.ts'

/** What the clouds are made from. */
export interface CloudDeps {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** Who we are, asked anew each time: it may be learned after start. */
  readonly platform: () => Platform
  /** Our own credentials, fresh enough to use now. */
  readonly platformCredentials: {
    readonly aws?: (signal: AbortSignal) => Promise<AwsCredentials>
    readonly aliyun?: (signal: AbortSignal) => Promise<AliyunCredentials>
    /** A token of the service account of ours that a customer granted something. */
    readonly gcp?: (serviceAccount: string, signal: AbortSignal) => Promise<GoogleToken>
    /** A token of our managed identity for Azure Storage. */
    readonly azure?: (signal: AbortSignal) => Promise<StorageToken>
  }
  /** Tokens of ours, for clouds that trust our issuer. Absent where Sluice is no issuer. */
  readonly issuer?: TokenIssuer
}
