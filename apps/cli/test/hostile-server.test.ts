import { describe, expect, it } from 'vitest'
import { memoryApp, TOKEN } from '@sluice/server/testing'
import { run } from '../src/program.ts'

/** Renames a terminal, recolours it in both ways, goes back over what stands there, and turns text around. */
const POISON = '\u001b]0;pwned\u0007\u001b[2J\u009b31m\r\u0008\u202e\u2066'
// oxlint-disable-next-line no-control-regex -- what must not come out
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

const ROLE = ['--role-arn', 'arn:aws:iam::987654321987:role/a', '--location', 's3://test-bucket-123/data/']

/** What is there before the server turns hostile. */
const PREPARED = [
  ['connection', 'create', 'acme', ...ROLE, '--label', 'team=a', '--description', 'd', '--region', 'us-west-2'],
  ['connection', 'create', 'broken', ...ROLE],
  ['stage', 'create', 'flights', '--connection', 'acme', '--url', 's3://test-bucket-123/data/', '--skip-header', '1', '--comment', 'c'],
  ['sql', 'SELECT 1'],
]

const COMMANDS = [
  ['platform', 'show'],
  ['cloud', 'list'],
  ['connection', 'list'],
  ['connection', 'show', 'acme'],
  ['connection', 'show', 'nothing'],
  ['connection', 'create', 'other', ...ROLE],
  ['connection', 'update', 'acme', '--description', 'x'],
  ['connection', 'setup', 'acme'],
  ['connection', 'validate', 'acme'],
  ['connection', 'validate', 'broken'],
  ['connection', 'disable', 'acme'],
  ['connection', 'enable', 'acme'],
  ['connection', 'delete', 'acme'],
  ['connection', 'delete', 'broken', '--yes'],
  ['setup', 'publish', 'acme'],
  ['stage', 'list'],
  ['stage', 'show', 'flights'],
  ['stage', 'files', 'flights'],
  ['sql', 'SELECT 1'],
  ['sql', 'SELECT 1 FROMM t'],
  ['sql', 'CRASH'],
  ['sql', '--history'],
  ['audit', 'list'],
  ['sql', 'SELECT 1', '--json'],
  ['stage', 'files', 'flights', '--json'],
  ['connection', 'show', 'nothing', '--json'],
]

/** Poisons the texts at one place of what JSON text holds, keys included; members of lists share a place. Notes every place it sees. */
function poisonJson(json: string, target: string, places: Set<string>): string {
  const poisoned = (text: string, place: string) => {
    places.add(place)
    return place === target ? `${text}${POISON}` : text
  }
  const visit = (value: unknown, place: string): unknown => {
    if (typeof value === 'string') return poisoned(value, place)
    if (Array.isArray(value)) return value.map((member) => visit(member, `${place}[]`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [poisoned(key, `${place}.${key} (key)`), visit(inner, `${place}.${key}`)]),
    )
  }
  return JSON.stringify(visit(JSON.parse(json), ''))
}

/** The same for an answer in any of its forms: JSON, JSON lines, server-sent events. */
function poisonAnswer(text: string, poison: (json: string) => string): string {
  return text
    .split('\n')
    .map((line) => {
      const data = line.startsWith('data: ') ? line.slice(6) : line
      return data.startsWith('{') ? line.slice(0, line.length - data.length) + poison(data) : line
    })
    .join('\n')
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Runs a command in front of `fetch` and tells all that it wrote. */
async function written(words: readonly string[], fetch: (request: Request) => Promise<Response> | Response): Promise<string> {
  let all = ''
  const write = (text: string) => void (all += text)
  await run(words, {
    stdout: { write, isTty: false, columns: undefined, rows: undefined },
    stderr: { write, isTty: false, columns: undefined, rows: undefined },
    stdin: { isTty: false, read: async () => '', readLine: async () => '', readSecret: async () => '' },
    environment: { SLUICE_SERVER_URL: 'http://sluice.test', SLUICE_TOKEN: TOKEN, HOME: '/nowhere' },
    fetch,
    signal: new AbortController().signal,
  })
  return all
}

/** What an honest server answers to a command. */
async function honestAnswers(words: readonly string[]): Promise<readonly Answer[]> {
  const { app } = memoryApp()
  for (const one of PREPARED) await written(one, app.fetch)
  const answers: Answer[] = []
  await written(words, async (request) => {
    const answer = await read(await app.fetch(request))
    answers.push(answer)
    return respond(answer.text, answer)
  })
  return answers
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function respond(text: string, { status, headers }: Answer): Response {
  return new Response(status === 204 ? null : text, { status, headers })
}

describe('a hostile server', () => {
  it.each(COMMANDS.map((words) => [words.join(' '), words] as const))('writes nothing raw to the terminal of: %s', async (_, words) => {
    const answers = await honestAnswers(words)
    const places = new Set<string>()
    for (const { text } of answers) poisonAnswer(text, (json) => poisonJson(json, 'nowhere', places))
    expect(places.size).toBeGreaterThan(0)
    for (const place of places) {
      const left = [...answers]
      const all = await written(words, () => {
        const answer = left.shift()
        if (answer === undefined) throw new Error('a request that an honest server was not sent')
        return respond(
          poisonAnswer(answer.text, (json) => poisonJson(json, place, new Set())),
          answer,
        )
      })
      expect(RAW.test(all) ? all : '', place).toBe('')
    }
  })
})
