import { writeFile } from 'node:fs/promises'
import type { IssuerView } from '@sluice/api'
import { usage, type Command, type Invocation } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import { drawTable } from '../output/table.ts'
import { printable, toSeconds } from '../output/text.ts'

/** `sluice issuer show` */
export const showIssuer: Command = async (invocation) => {
  const issuer = await (await invocation.client()).issuer.show(invocation.terminal.signal)
  if (invocation.json) invocation.printJson(issuer)
  else print(invocation, issuer)
  return 0
}

/** `sluice issuer jwks` */
export const printKeys: Command = async (invocation) => {
  const { options, terminal } = invocation
  const keys = await (await invocation.client()).issuer.keys(terminal.signal)
  const path = options.text('output')
  if (path !== undefined) {
    await writeFile(path, `${JSON.stringify(keys, null, 2)}\n`)
    if (invocation.json) invocation.printJson({ file: path, keys: keys.keys.map(({ kid }) => kid) })
    else invocation.note(`Wrote ${keys.keys.length} ${keys.keys.length === 1 ? 'key' : 'keys'} to ${printable(path)}.\n`)
    return 0
  }
  if (invocation.json) invocation.printJson(keys)
  else terminal.stdout.write(`${printable(JSON.stringify(keys, null, 2), true)}\n`)
  return 0
}

/** `sluice issuer rotate` */
export const rotateIssuer: Command = async (invocation) => {
  const { options, terminal } = invocation
  const client = await invocation.client()
  const withdraw = options.flag('withdraw')
  if (withdraw && !options.flag('yes')) await confirmWithdrawal(invocation)
  const issuer = await client.issuer.rotate({ withdraw }, terminal.signal)
  if (invocation.json) {
    invocation.printJson(issuer)
    return 0
  }
  print(invocation, issuer)
  const next = issuer.keys.find(({ state }) => state === 'next')
  invocation.note(
    next === undefined
      ? '\nEvery other key is withdrawn. Upload the keys again wherever they were uploaded: sluice issuer jwks\n'
      : `\nThe next key signs from ${toSeconds(next.signsFrom)}. Upload the keys again before then, wherever they were uploaded: sluice issuer jwks\n`,
  )
  return 0
}

async function confirmWithdrawal({ mayAsk, note, terminal }: Invocation): Promise<void> {
  note('Clouds that have fetched the keys a while ago, or had them uploaded, refuse Sluice until they have the new ones.\n')
  if (!mayAsk) throw usage('Withdrawing the keys was not confirmed.', 'Give --yes to withdraw without being asked.')
  const typed = (await terminal.stdin.readLine('Type withdraw to go on')).trim()
  if (typed !== 'withdraw') throw usage('The keys were not withdrawn: something else was typed.')
}

function print(invocation: Invocation, issuer: IssuerView): void {
  const { columns } = invocation.terminal.stdout
  invocation.print(
    facts(
      [
        ['issuer', issuer.url],
        ['discovery', issuer.discoveryUrl],
        ['keys', issuer.keysUrl],
        ['next key made', toSeconds(issuer.nextKeyAt)],
      ],
      columns,
    ),
  )
  const titles = [
    { title: 'key' },
    { title: 'state', whole: true },
    { title: 'signs from', whole: true },
    { title: 'signs until', whole: true },
  ]
  const rows = issuer.keys.map(({ id, state, signsFrom, signsUntil }) => [
    id,
    state,
    toSeconds(signsFrom),
    signsUntil === undefined ? '' : toSeconds(signsUntil),
  ])
  invocation.print(`\n${drawTable(titles, rows, { width: columns, paint: invocation.paint })}`)
}
