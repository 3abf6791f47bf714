/** What is known about one object. */
export interface ObjectInfo {
  readonly key: string
  readonly size: number
  /** As the store writes it, quotes included. */
  readonly etag: string
  /** ISO time. */
  readonly lastModified: string
  readonly versionId?: string
  readonly storageClass?: string
  readonly ownerId?: string
  /** ARN of the KMS key it is encrypted with, where the store says so. */
  readonly kmsKeyId?: string
  readonly contentType?: string
}

export interface ListPage {
  readonly objects: readonly ObjectInfo[]
  /** "Folders", where a delimiter was given. */
  readonly prefixes: readonly string[]
  /** Absent on the last page. */
  readonly continuation?: string
}

export interface ListRequest {
  /** Full key prefix within the bucket. */
  readonly prefix: string
  readonly delimiter?: string
  readonly startAfter?: string
  readonly continuation?: string
  readonly maxKeys?: number
  readonly fetchOwner?: boolean
}

/** Byte range: `end` is exclusive. `suffix` asks for the last bytes of the object. */
export type ByteRange = { readonly start: number; readonly end: number } | { readonly suffix: number }

export interface GetRequest {
  readonly range?: ByteRange
  /** Fails with `conflict` (`object.changed`) when the object is no longer this one. */
  readonly ifMatch?: string
  readonly versionId?: string
}

export interface ObjectBody {
  /** `size` is that of the whole object, whatever range was asked for. */
  readonly info: ObjectInfo
  /** The bytes asked for. Throws when the connection ends before `length` bytes came. */
  readonly body: AsyncIterable<Uint8Array>
  readonly length: number
}

export interface PutRequest {
  readonly contentType?: string
  /** `*`: only if there is no object of that key; `conflict` (`object.exists`) otherwise. */
  readonly ifNoneMatch?: '*'
}

export interface UploadedPart {
  readonly partNumber: number
  readonly etag: string
  /** Bytes of the part; the whole object's size is their sum. */
  readonly size: number
}

/** A store's limits and optional abilities. What is declared false fails with `unsupported`. */
export interface StoreCapabilities {
  readonly presign: boolean
  readonly conditionalPut: boolean
  readonly versions: boolean
  readonly listStartAfter: boolean
  /** Whether an object can be uploaded in parts. */
  readonly multipart: boolean
  readonly minPartBytes: number
  readonly maxParts: number
  /** Parts of an upload all have one size, but for the last. */
  readonly equalParts?: boolean
  readonly maxKeysPerPage: number
}

/**
 * The small driver each cloud implements for one bucket. Keys are whole keys. Users hold a `Bucket` instead.
 *
 * Errors are AccessErrors: `not_found` (`object.missing`, `bucket.missing`), `denied` (with the provider's own words),
 * `unavailable` for what may pass, `conflict` for a failed precondition.
 */
export interface ObjectStore {
  readonly cloud: string
  readonly bucket: string
  readonly capabilities: StoreCapabilities
  listPage(request: ListRequest, signal: AbortSignal): Promise<ListPage>
  head(key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectInfo>
  get(key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody>
  put(key: string, body: Uint8Array, request: PutRequest, signal: AbortSignal): Promise<ObjectInfo>
  delete(key: string, request: { readonly versionId?: string }, signal: AbortSignal): Promise<void>
  createMultipart(key: string, request: PutRequest, signal: AbortSignal): Promise<string>
  uploadPart(key: string, uploadId: string, partNumber: number, body: Uint8Array, signal: AbortSignal): Promise<UploadedPart>
  completeMultipart(key: string, uploadId: string, parts: readonly UploadedPart[], signal: AbortSignal): Promise<ObjectInfo>
  abortMultipart(key: string, uploadId: string, signal: AbortSignal): Promise<void>
  presign(
    key: string,
    request: { readonly method: 'GET' | 'PUT'; readonly expiresInSeconds: number; readonly contentType?: string },
  ): Promise<PresignedRequest>
}

export interface PresignedRequest {
  readonly method: 'GET' | 'PUT'
  /** Grants what it names to whoever holds it: treat as a secret. */
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly expiresAt: number
}

/** Cross-cutting behaviour around a store: retry, meter, audit, fault. */
export type StoreLayer = (store: ObjectStore) => ObjectStore
