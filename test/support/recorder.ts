import type { Haystack } from './canaries.ts'

/** Keeps what a server and its command line say, apart from the leases they hand out, whose secret is what was asked for. */
export interface Recorder {
  /** A fetch for clients. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly add: (place: string, content: string) => void
  readonly addLease: (text: string) => void
  /** All answers, those under way included. */
  answers(): Promise<readonly Haystack[]>
  /** The secrets of the leases. */
  minted(): Promise<readonly string[]>
}

export function createRecorder(): Recorder {
  const answers: Haystack[] = []
  const leases: string[] = []
  const pending: Promise<unknown>[] = []
  const add = (place: string, content: string): void => void answers.push({ place, content })
  const addLease = (text: string): void => void leases.push(text)
  return {
    add,
    addLease,
    fetch: async (request) => {
      const response = await fetch(request)
      const { pathname } = new URL(request.url)
      const headers = JSON.stringify([...response.headers])
      const copy = response.clone()
      const keep = async (): Promise<void> => {
        const body = await whatComes(copy)
        if (pathname === '/v1/leases' && response.ok) addLease(body)
        else add(`${request.method} ${pathname} (${response.status})`, `${headers}\n${body}`)
      }
      pending.push(keep())
      return response
    },
    answers: async () => {
      await Promise.all(pending)
      return answers
    },
    minted: async () => {
      await Promise.all(pending)
      return leases.flatMap(secretsIn)
    },
  }
}

/** A body as far as it comes: who reads a stream of events leaves after the last one. */
async function whatComes({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true })
  } catch {
    // Cut off by the reader of the original.
  }
  return text
}

/** In JSON, in the form of AWS's credential_process, and as variables of a shell. */
function secretsIn(lease: string): readonly string[] {
  const named = /"(?:secretAccessKey|sessionToken)"\s*:\s*"([^"]+)"|AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)='([^']+)'/gi
  return [...lease.matchAll(named)].map((match) => match[1] ?? match[2] ?? '')
}
