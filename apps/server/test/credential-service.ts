import type { HttpRequest, Transport } from '@sluice/core'

/** What is answered, by `METHOD URL`: a body, or a status without one. */
export type Answers = { readonly [line: string]: (request: HttpRequest) => string | number }

/** A transport to services that hand out credentials, and what it was asked. */
export function credentialService(answers: Answers): { readonly transport: Transport; readonly seen: readonly string[] } {
  const seen: string[] = []
  const transport: Transport = async (request) => {
    const line = `${request.method} ${request.url.href}`
    seen.push(line)
    const body = answers[line]?.(request) ?? 404
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : '')
    return {
      status: typeof body === 'number' ? body : 200,
      headers: {},
      body: (async function* () {
        yield bytes
      })(),
    }
  }
  return { transport, seen }
}
