import type { CloudView } from '@sluice/api'
import { dashed, usage, type Invocation } from '../invocation.ts'
import { printable } from '../output/text.ts'

type Method = CloudView['methods'][number]

/** What was given on the command line for a method's fields; `-` asks for standard input. */
interface ChosenMethod {
  readonly operands: readonly string[]
  readonly method: Method
  readonly given: ReadonlyMap<string, string>
}

/** Tells the method's own flags from the operands, and the method from the flags where it is not named. */
export function chooseMethod(cloud: CloudView, named: string | undefined, words: readonly string[]): ChosenMethod {
  const { operands, flags } = separate(words)
  const flagNames = [...flags.keys()]
  if (named !== undefined) {
    const method = cloud.methods.find((one) => one.id === named)
    if (method === undefined)
      throw usage(`${cloud.label} has no method ${JSON.stringify(named)}; it has ${cloud.methods.map((one) => one.id).join(', ')}.`)
    const stray = flagNames.find((flag) => !has(method, flag))
    if (stray !== undefined) throw unknownFlag(stray, cloud, [method])
    return { operands, method, given: byField(method, flags) }
  }
  const method = cloud.methods.find((one) => flagNames.every((flag) => has(one, flag)))
  if (method === undefined) {
    const stray = flagNames.find((flag) => !cloud.methods.some((one) => has(one, flag)))
    if (stray !== undefined) throw unknownFlag(stray, cloud, cloud.methods)
    throw usage(`--${flagNames.join(' and --')} belong to different methods of ${cloud.label}.`, 'Name the method: --method.')
  }
  return { operands, method, given: byField(method, flags) }
}

function has(method: Method, flag: string): boolean {
  return method.fields.some((field) => dashed(field.name) === flag)
}

function separate(words: readonly string[]): { readonly operands: readonly string[]; readonly flags: ReadonlyMap<string, string> } {
  const operands: string[] = []
  const flags = new Map<string, string>()
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('--')) {
      if (word.startsWith('-') && word !== '-') throw usage(`Unknown flag ${word}.`)
      operands.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const name = word.slice(2, equals === -1 ? undefined : equals)
    const next = words[at + 1]
    if (equals === -1 && (next === undefined || (next.startsWith('--') && next.length > 2))) throw usage(`--${name} takes a value.`)
    if (flags.has(name)) throw usage(`--${name} was given twice.`)
    flags.set(name, equals === -1 ? (next ?? '') : word.slice(equals + 1))
    if (equals === -1) at += 1
  }
  return { operands, flags }
}

function unknownFlag(flag: string, cloud: CloudView, methods: readonly Method[]) {
  const listed = methods.map(
    (method) => `${method.id}: ${method.fields.map((field) => `--${dashed(field.name)}`).join(', ') || 'no fields'}`,
  )
  return usage(
    `Unknown flag --${flag}.`,
    `Fields of ${cloud.label} are ${listed.join('; ')}. The other flags: sluice connection create --help`,
  )
}

function byField(method: Method, flags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const found = method.fields.map((field) => [field.name, flags.get(dashed(field.name))] as const)
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}

/**
 * The values of a method's fields. Secrets come from standard input (`-`), from the environment (SLUICE_SECRET_ACCESS_KEY) or from a
 * prompt: a command line is seen by every process of the machine and kept in the shell's history.
 */
export async function readFields(
  invocation: Invocation,
  method: Method,
  given: ReadonlyMap<string, string>,
  wanted: 'all' | 'given',
): Promise<{ [field: string]: string }> {
  const values: { [field: string]: string } = {}
  for (const field of method.fields) {
    const value = given.get(field.name)
    const flag = `--${dashed(field.name)}`
    if (value !== undefined && value !== '-') {
      if (field.secret)
        throw usage(
          `${flag} is a secret and must not stand on the command line.`,
          `Write ${flag} - and give it on standard input, or set ${variable(field.name)}. Replace the secret: the shell's history has it.`,
        )
      values[field.name] = value
    } else if (value === '-') {
      const text = (await invocation.terminal.stdin.read()).trim()
      if (text === '') throw usage(`Standard input has nothing for ${flag}.`)
      values[field.name] = text
    } else if (wanted === 'all') {
      const found = field.secret ? await findSecret(invocation, field) : undefined
      if (found !== undefined) values[field.name] = found
      else if (field.required)
        throw usage(
          `${flag} is missing: ${field.help}`,
          field.secret
            ? `Write ${flag} - and give it on standard input, or set ${variable(field.name)}.`
            : `For example: ${flag} ${field.example}`,
        )
    }
  }
  return values
}

async function findSecret(invocation: Invocation, field: Method['fields'][number]): Promise<string | undefined> {
  const set = invocation.terminal.environment[variable(field.name)]
  if (set !== undefined && set !== '') return set
  if (!field.required || !invocation.mayAsk) return undefined
  return (await invocation.terminal.stdin.readSecret(printable(field.label))).trim() || undefined
}

/** `secretAccessKey` as a variable: SLUICE_SECRET_ACCESS_KEY. */
function variable(name: string): string {
  return `SLUICE_${dashed(name).replaceAll('-', '_').toUpperCase()}`
}
