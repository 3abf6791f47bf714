import { createRequire } from 'node:module'

/** What Alibaba's own client signs requests to OSS with. */
interface AliSigner {
  authorizationV4(
    accessKeyId: string,
    accessKeySecret: string,
    region: string,
    method: string,
    request: { readonly headers: { readonly [name: string]: string }; readonly queries: { readonly [name: string]: string | null } },
    bucket: string,
    object?: string,
  ): string
}

// The client has no types for its inner modules; this one has had these parameters since there is version 4 of the signature.
export const aliSigner = createRequire(import.meta.url)('ali-oss/lib/common/signUtils.js') as AliSigner
