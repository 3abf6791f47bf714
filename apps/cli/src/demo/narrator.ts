import type { StatementView } from '@sluice/api'
import type { Paint } from '../output/paint.ts'
import { facts } from '../output/facts.ts'
import { describeStatement } from '../output/statement.ts'
import { wrap } from '../output/text.ts'
import type { Output } from '../terminal.ts'

/** Says what happens, step by step. */
export interface Narrator {
  step(title: string, about: string): void
  say(text: string): void
  /** The command that does the same. */
  command(text: string): void
  facts(rows: readonly (readonly [label: string, value: string])[]): void
  document(title: string, text: string): void
  answer(result: StatementView): void
}

export function createNarrator(out: Output, paint: Paint): Narrator {
  let count = 0
  let isBlank = true
  const prose = (text: string) => `${wrap(text, out.columns).join('\n')}\n`
  /** Writes one paragraph; `apart` sets it off from what came before, and what follows is set off from nothing when `open`. */
  const paragraph = (text: string, { apart = false, open = false } = {}) => {
    out.write(`${apart && !isBlank ? '\n' : ''}${text}${open ? '\n' : ''}`)
    isBlank = open
  }
  return {
    step: (title, about) => {
      count += 1
      paragraph(`${paint('bold', `${count}. ${title}`)}\n${prose(about)}`, { apart: true, open: true })
    },
    say: (text) => paragraph(prose(text), { apart: true }),
    command: (text) => paragraph(`${paint('blue', '$')} ${text.replaceAll('\n', '\n  ')}\n`, { apart: true }),
    facts: (rows) => paragraph(facts(rows, out.columns)),
    document: (title, text) => paragraph(`${paint('dim', `── ${title}`)}\n${text.trimEnd()}\n`, { apart: true }),
    answer: (result) => {
      const { body, figures } = describeStatement(result, out.columns, paint)
      paragraph(`${body}${figures === '' ? '' : `${paint('dim', figures.trimEnd())}\n`}`)
    },
  }
}
