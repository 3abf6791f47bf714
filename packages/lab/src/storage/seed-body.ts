/** Bytes of a seed's object, in exactly one of these ways. */
export type SeedBody = { readonly text: string } | { readonly base64: string } | { readonly file: string }

/** As the admin faces of the clouds take it. */
export function bodyOf(body: SeedBody): string | Uint8Array | { readonly file: string } {
  if ('text' in body) return body.text
  return 'base64' in body ? Buffer.from(body.base64, 'base64') : { file: body.file }
}
