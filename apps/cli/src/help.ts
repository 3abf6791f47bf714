import { Command as Program, InvalidArgumentError, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { painter } from './output/paint.ts'
import { wrap } from './output/text.ts'
import type { Terminal } from './terminal.ts'
import type { Verb, VerbOption } from './verb.ts'
import { VERBS } from './verbs/index.ts'
import { NOUNS } from './verbs/nouns.ts'

const NO_TERMINAL = 100
const COMMON = 'Common options:'

const BEGIN = [
  ['sluice demo', 'the whole story on loopback; no cloud account needed'],
  ['sluice server start', 'a server of your own, for all other commands to talk to'],
  ['sluice server doctor', 'what a server lacks, and how to give it that'],
] as const

/** The parser of the whole command line, made from the table of verbs. `act` runs the verb that was named. */
export function createProgram(terminal: Terminal, act: (verb: Verb, command: Program) => Promise<void>): Program {
  const program = new Program('sluice')
    .description("Connects a data platform to its customers' buckets without holding their keys.")
    .usage('<command> [options]')
    .version(manifest.version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', `\n${beginHere(terminal)}`)
  settle(program, terminal)
  for (const verb of VERBS) {
    // Of a noun that stands alone too: what stands behind its verb is the verb's.
    const command = parentOf(program, verb)
      .command(verb.verb ?? verb.noun)
      .enablePositionalOptions()
    describe(command, verb, terminal)
    command.action(() => act(verb, command))
  }
  return program
}

/** The command whose help explains a command line: as much of it as names a noun and a verb. */
export function helpCommandFor(commandLine: readonly string[]): string {
  const [noun, verb] = commandLine.filter((word) => !word.startsWith('-'))
  const known = VERBS.filter((one) => one.noun === noun)
  if (known.length === 0) return 'sluice --help'
  return known.some((one) => one.verb !== undefined && one.verb === verb) ? `sluice ${noun} ${verb} --help` : `sluice ${noun} --help`
}

/** Settings that every command below inherits. */
function settle(program: Program, terminal: Terminal): void {
  const { stdout, stderr, environment } = terminal
  const bold = (text: string) => painter(stdout, environment)('bold', text)
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? NO_TERMINAL,
      getErrHelpWidth: () => stderr.columns ?? NO_TERMINAL,
      getOutHasColors: () => stdout.isTty,
      getErrHasColors: () => stderr.isTty,
      // Mistakes are told as every other error is.
      outputError: () => undefined,
    })
    .configureHelp({
      styleTitle: bold,
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map((one) => angled(one.name(), one.required))].join(' '),
      optionDescription: (option) =>
        option.argChoices === undefined ? option.description : `${option.description} (${option.argChoices.join(' | ')})`,
    })
    .showSuggestionAfterError(true)
}

function beginHere(terminal: Terminal): string {
  const bold = painter(terminal.stdout, terminal.environment)
  const side = Math.max(...BEGIN.map(([command]) => command.length)) + 2
  return `${bold('bold', 'Begin here:')}\n${BEGIN.map(([command, about]) => `  ${command.padEnd(side)}${about}`).join('\n')}`
}

function parentOf(program: Program, verb: Verb): Program {
  if (verb.verb === undefined) return program
  const known = program.commands.find((command) => command.name() === verb.noun)
  if (known !== undefined) return known
  const verbs = VERBS.flatMap((one) => (one.noun === verb.noun && one.verb !== undefined ? [one.verb] : []))
  return program
    .command(verb.noun)
    .description(NOUNS[verb.noun] ?? '')
    .summary(`${NOUNS[verb.noun] ?? ''}: ${verbs.join(', ')}`)
    .usage('<command> [options]')
    .helpCommand(false)
}

function describe(command: Program, verb: Verb, terminal: Terminal): void {
  command.description(verb.summary)
  for (const argument of verb.arguments ?? []) {
    const optional = argument.name.startsWith('[')
    command.argument(optional ? argument.name.toLowerCase() : `<${argument.name.toLowerCase()}>`, argument.about)
  }
  for (const option of verb.options ?? []) command.addOption(optionOf(option))
  const common: readonly VerbOption[] = [
    ...(verb.offline === true ? [] : [{ flags: '--server <url>', about: 'The server to talk to' }]),
    { flags: '--json', about: 'Print JSON for programs' },
    { flags: '--no-input', about: 'Never ask' },
  ]
  for (const option of common) command.addOption(optionOf({ ...option, group: COMMON }))
  command.addHelpOption(new Option('-h, --help', 'Show this').helpGroup(COMMON))
  if (verb.openFlags !== undefined) command.allowUnknownOption().allowExcessArguments()
  if (verb.openFlags !== undefined)
    command.addHelpText('after', `\n${wrap(verb.openFlags, terminal.stdout.columns ?? NO_TERMINAL).join('\n')}`)
  if (verb.examples !== undefined) {
    const title = painter(terminal.stdout, terminal.environment)('bold', 'Examples:')
    command.addHelpText('after', `\n${title}\n${verb.examples.map(indented).join('\n')}`)
  }
}

function indented(example: string): string {
  return `  ${example.replaceAll('\n', '\n  ')}`
}

function optionOf({ flags, about, choices, repeat, group }: VerbOption): Option {
  const option = new Option(flags, repeat === true ? `${about}; may be repeated` : about)
  if (choices !== undefined) option.choices([...choices])
  if (repeat === true) collect(option, choices)
  if (group !== undefined) option.helpGroup(group)
  return option
}

/** Lets an option be given several times, each value one of the choices. */
function collect(option: Option, choices: readonly string[] | undefined): void {
  option.argParser((value: string, before: unknown) => {
    if (choices !== undefined && !choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
    return Array.isArray(before) ? [...before, value] : [value]
  })
}

function angled(name: string, required: boolean): string {
  return required ? `<${name}>` : `[${name}]`
}
