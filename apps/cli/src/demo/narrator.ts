import type { StatementView } from '@sluice/api'
import type { Paint } from '../output/paint.ts'
import { describeStatement } from '../output/statement.ts'
import type { Output } from '../terminal.ts'

/** Says what happens, step by step. */
export interface Narrator {
  step(title: string, about: string): void
  say(text: string): void
  /** The command that does the same. */
  command(text: string): void
  fact(label: string, value: string): void
  document(title: string, text: string): void
  answer(result: StatementView): void
}

export function createNarrator(out: Output, paint: Paint): Narrator {
  let count = 0
  return {
    step: (title, about) => {
      count += 1
      out.write(`\n${paint('bold', `${count}. ${title}`)}\n${about}\n\n`)
    },
    say: (text) => out.write(`${text}\n`),
    command: (text) => out.write(`${paint('blue', '$')} ${text.replaceAll('\n', '\n  ')}\n`),
    fact: (label, value) => out.write(`  ${paint('dim', label.padEnd(14))} ${value}\n`),
    document: (title, text) => out.write(`\n${paint('dim', `── ${title}`)}\n${text.trimEnd()}\n`),
    answer: (result) => {
      const { body, figures } = describeStatement(result, out.columns, paint)
      out.write(`${body}${paint('dim', figures)}\n`)
    },
  }
}
