import { CommanderError, type Command as Program } from 'commander'
import { accessError, asAccessError, ERROR_CODES, type AccessError } from '@sluice/core'
import { createProgram, helpCommandFor } from './help.ts'
import { optionsOf, usage, type Invocation } from './invocation.ts'
import { painter } from './output/paint.ts'
import { patient } from './output/patience.ts'
import { describeError, errorJson } from './output/problem.ts'
import { harmless, printable } from './output/text.ts'
import type { Terminal } from './terminal.ts'
import type { Verb } from './verb.ts'

const INTERRUPTED = 130

/** Runs one command line and resolves with its exit code. Nothing is thrown: errors are printed where they belong. */
export async function run(commandLine: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = createProgram(terminal, async (verb, command) => {
    exitCode = await perform(verb, command, commandLine, terminal)
  })
  try {
    await program.parseAsync([...commandLine], { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    // A noun without its verb: its help was printed instead.
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return ERROR_CODES.invalid.exit
    const error = thrown instanceof CommanderError ? misuse(thrown) : asAccessError(thrown)
    return fail(error, commandLine, terminal)
  }
}

async function perform(verb: Verb, command: Program, commandLine: readonly string[], outer: Terminal): Promise<number> {
  const { terminal, end } = patient(outer)
  const values: { readonly [name: string]: unknown } = command.opts()
  const json = values['json'] === true
  const invocation: Invocation = {
    terminal,
    arguments: command.args,
    options: optionsOf(values),
    json,
    mayAsk: values['input'] !== false && terminal.stdin.isTty,
    paint: painter(json ? terminal.stderr : terminal.stdout, terminal.environment),
    print: (text) => (json ? terminal.stderr : terminal.stdout).write(harmless(text)),
    // Written out as JSON escapes them: what JSON leaves as it is may still be a terminal's command.
    printJson: (value) => terminal.stdout.write(`${printable(JSON.stringify(value))}\n`),
    note: (text) => terminal.stderr.write(harmless(text)),
    client: async () => (await import('./server.ts')).connect(optionsOf(values).text('server'), terminal),
  }
  try {
    const act = await verb.load()
    return await act(invocation)
  } catch (thrown) {
    return fail(asAccessError(thrown), commandLine, terminal)
  } finally {
    end()
  }
}

/** What the parser found wrong, as an error like any other: `error: unknown option '--x'\n(Did you mean --y?)`. */
function misuse({ message }: CommanderError): AccessError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const sentence = what.charAt(0).toUpperCase() + what.slice(1)
  return usage(
    [/[.?]$/.test(sentence) ? sentence : `${sentence}.`, ...(suggestion === undefined ? [] : [suggestion.replaceAll(/[()]/g, '')])].join(
      ' ',
    ),
  )
}

function fail(thrown: AccessError, commandLine: readonly string[], terminal: Terminal): number {
  if (terminal.signal.aborted) return INTERRUPTED
  const unexplained = thrown.reason === 'cli.usage' && thrown.remedy === ''
  const error = unexplained ? accessError('cli.usage', { message: thrown.message, remedy: `See ${helpCommandFor(commandLine)}.` }) : thrown
  if (commandLine.includes('--json')) terminal.stdout.write(errorJson(error))
  else terminal.stderr.write(describeError(error, painter(terminal.stderr, terminal.environment), terminal.stderr.columns))
  return ERROR_CODES[error.code].exit
}
