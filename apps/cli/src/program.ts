import { Command as Program, CommanderError, InvalidArgumentError, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { asAccessError, ERROR_CODES, type AccessError } from '@sluice/core'
import { optionsOf, type Invocation } from './invocation.ts'
import { painter } from './output/paint.ts'
import { describeError, errorJson } from './output/problem.ts'
import type { Terminal } from './terminal.ts'
import type { Verb } from './verb.ts'
import { VERBS } from './verbs/index.ts'

const INTERRUPTED = 130

/** Runs one command line and resolves with its exit code. Nothing is thrown: errors are printed where they belong. */
export async function run(commandLine: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = new Program('sluice')
    .description("Connects a data platform to its customers' buckets without holding their keys.")
    .helpCommand(false)
    .version(manifest.version)
  settle(program, terminal)
  for (const verb of VERBS) {
    const command = parentOf(program, verb, terminal).command(verb.verb ?? verb.noun)
    settle(command, terminal)
    describe(command, verb)
    command.action(async () => {
      exitCode = await perform(verb, command, terminal)
    })
  }
  try {
    await program.parseAsync([...commandLine], { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : ERROR_CODES.invalid.exit
    return fail(asAccessError(thrown), commandLine.includes('--json'), terminal)
  }
}

function settle(command: Program, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.stdout.write(text),
    writeErr: (text) => terminal.stderr.write(text),
    getOutHelpWidth: () => terminal.stdout.columns ?? 100,
    getErrHelpWidth: () => terminal.stderr.columns ?? 100,
  })
  command.showSuggestionAfterError(true).showHelpAfterError('Run it with --help for what it takes.')
}

function parentOf(program: Program, verb: Verb, terminal: Terminal): Program {
  if (verb.verb === undefined) return program
  const known = program.commands.find((command) => command.name() === verb.noun)
  if (known !== undefined) return known
  const verbs = VERBS.flatMap((one) => (one.noun === verb.noun && one.verb !== undefined ? [one.verb] : []))
  const noun = program.command(verb.noun).description(verbs.join(', ')).helpCommand(false)
  settle(noun, terminal)
  return noun
}

function describe(command: Program, verb: Verb): void {
  command.description(verb.summary)
  for (const argument of verb.arguments ?? []) {
    const optional = argument.name.startsWith('[')
    command.argument(optional ? argument.name.toLowerCase() : `<${argument.name.toLowerCase()}>`, argument.about)
  }
  const common = [
    ...(verb.offline === true ? [] : [{ flags: '--server <url>', about: 'The server to talk to' }]),
    { flags: '--json', about: 'Print JSON for programs' },
    { flags: '--no-input', about: 'Never ask' },
  ]
  for (const option of [...(verb.options ?? []), ...common]) {
    const made = new Option(option.flags, option.about)
    const choices: readonly string[] | undefined = 'choices' in option ? option.choices : undefined
    if (choices !== undefined) made.choices([...choices])
    if ('repeat' in option && option.repeat) collect(made, choices)
    command.addOption(made)
  }
  if (verb.openFlags !== undefined) command.allowUnknownOption().allowExcessArguments().addHelpText('after', `\n${verb.openFlags}`)
  if (verb.examples !== undefined) command.addHelpText('after', `\nExamples:\n${verb.examples.map((line) => `  ${line}`).join('\n')}`)
}

/** Lets an option be given several times, each value one of the choices. */
function collect(option: Option, choices: readonly string[] | undefined): void {
  option.argParser((value: string, before: unknown) => {
    if (choices !== undefined && !choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
    return Array.isArray(before) ? [...before, value] : [value]
  })
}

async function perform(verb: Verb, command: Program, terminal: Terminal): Promise<number> {
  const values: { readonly [name: string]: unknown } = command.opts()
  const json = values['json'] === true
  const invocation: Invocation = {
    terminal,
    arguments: command.args,
    options: optionsOf(values),
    json,
    mayAsk: values['input'] !== false && terminal.stdin.isTty,
    paint: painter(json ? terminal.stderr : terminal.stdout, terminal.environment),
    print: (text) => (json ? terminal.stderr : terminal.stdout).write(text),
    printJson: (value) => terminal.stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => terminal.stderr.write(text),
    client: async () => (await import('./server.ts')).connect(optionsOf(values).text('server'), terminal),
  }
  try {
    const act = await verb.load()
    return await act(invocation)
  } catch (thrown) {
    return fail(asAccessError(thrown), json, terminal)
  }
}

function fail(error: AccessError, json: boolean, terminal: Terminal): number {
  if (terminal.signal.aborted) return INTERRUPTED
  if (json) terminal.stdout.write(errorJson(error))
  else terminal.stderr.write(describeError(error, painter(terminal.stderr, terminal.environment)))
  return ERROR_CODES[error.code].exit
}
