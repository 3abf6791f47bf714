import type { Said } from '../diagnosis/cause.ts'
import { said } from '../diagnosis/said.ts'
import type { Asked } from './walk.ts'

/** The longest piece of what a client said that a note quotes. */
const LONGEST = 200

/** That a read was refused, or was not made: what it would show is not known. */
export function unknownNote({ words, answer }: Asked): Said {
  const command = words.join(' ')
  if (answer === undefined) return said(`Not known, since it was not read: ${command}`, `未知,因为没有读取:${command}`)
  if (answer.status === 0) return said(`Not known, since the answer is not understood: ${command}`, `未知,因为无法理解响应:${command}`)
  const why = answer.text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST)
  return said(`Not known, since it was refused: ${command}: ${why}`, `未知,因为被拒绝:${command}:${why}`)
}

/** That names of one account were asked of another, which knows others by them. */
export function readElsewhere(account: string, arn: string, own: string): Said {
  return said(
    `This was read in account ${account}, and ${arn} is of account ${own}: what was read of it is left aside. Read it once more, signed in to account ${own}.`,
    `读取时登录的是账户 ${account},而 ${arn} 属于账户 ${own}:关于它的读取结果不予采用。请登录账户 ${own} 后重新读取。`,
  )
}
