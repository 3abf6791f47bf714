import type { Said } from '../diagnosis/cause.ts'
import { inLanguage, type Language } from '../diagnosis/finding-text.ts'
import { said } from '../diagnosis/said.ts'
import { plainWord } from '../diagnosis/shell-word.ts'
import type { CloudEvidence } from './cloud-evidence.ts'
import { aboutLine, MARK, VERSION } from './file.ts'
import { planOf } from './plan.ts'
import { allReads, namesOf, PLACE, type EvidenceRead, type FurtherReads } from './read.ts'
import { commandWord, commentLines, FUNCTIONS, oneLine, taken } from './shell-text.ts'
import type { EvidenceSubject } from './subject.ts'

/** What the script is written with. */
interface Writing {
  readonly cloud: CloudEvidence
  readonly say: (text: Said) => string
}

/**
 * The script that a customer runs where they are signed in, and whose one file they give back: POSIX shell, nothing but the vendor's client, and
 * reads alone. Whatever it names is quoted.
 */
export function shellScript(cloud: CloudEvidence, subject: EvidenceSubject, language: Language): string {
  const writing: Writing = { cloud, say: (text) => inLanguage(text, language) }
  const { values, reads } = planOf(cloud, subject)
  const known = new Set(Object.keys(values))
  const used = new Set(allReads(reads).flatMap(namesOf))
  const given = Object.entries(values).filter(([name]) => used.has(name))
  const parts: readonly (readonly string[])[] = [
    ['#!/bin/sh', ...opening(subject, writing)],
    beginning(subject, writing),
    ...functions(reads, writing),
    [`# ${writing.say(ABOUT)}`, ...given.map(([name, value]) => `${name}=${plainWord(value)}`)],
    ...reads.map((read) => readLines(read, known, '', writing)),
    ending(writing),
  ]
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`
}

const ABOUT = said('What is read about.', '读取的对象。')

function opening({ location, roleArn, principal }: EvidenceSubject, { cloud, say }: Writing): readonly string[] {
  const what = oneLine([location, roleArn ?? principal].filter((one) => one !== undefined).join(', '))
  const text = said(
    `Reads how access to ${what} is set up, to find out why it is refused.

It only reads. It changes nothing, asks by nothing but the ${cloud.product} (${cloud.client}) that you are signed in to, and sends nothing anywhere else.
It writes one file into this folder, which you alone can read: policies, names and settings, and the external id where a role's trust
policy has one; no keys, no passwords, no data.
Look through the file, then give it to the one who asked. No access has to be handed over.

Every read stands below in full, with what it is for and the permission that it takes. One that you may not make is noted as refused,
and one that you do not want to make can be taken out: what it would show is then not known, and the rest still helps.`,
    `读取对 ${what} 的访问是如何设置的,以查明被拒绝的原因。

本脚本只读取:不做任何更改,只询问您已登录的 ${cloud.product}(${cloud.client}),不向其他任何一方发送数据。
它在当前目录写入一个仅您可读的文件:策略、名称与设置,以及角色信任策略中的外部 ID(如有);不含密钥、密码或数据。
请先查看该文件,再交给提出请求的人。无需交出任何访问权限。

下面完整列出每一次读取、其用途与所需权限。无权进行的读取会记录为被拒绝,
不愿进行的读取可以删去:相应内容视为未知,其余仍然有用。`,
  )
  return commentLines(say(text))
}

function beginning(subject: EvidenceSubject, { cloud, say }: Writing): readonly string[] {
  const missing = said(
    `The ${cloud.product} (${cloud.client}) is not here. Run this in the cloud shell of the console, which has it.`,
    `此处没有 ${cloud.product}(${cloud.client})。请在控制台的 Cloud Shell 中运行,那里已预装。`,
  )
  const environment = Object.entries(cloud.environment).map(([name, value]) => `${name}=${plainWord(value)}`)
  return [
    'set -uf',
    'umask 077',
    ...(environment.length === 0 ? [] : [`export ${environment.join(' ')}`]),
    `IFS='`,
    `'`,
    `command -v ${cloud.client} >/dev/null || {`,
    `  printf '%s\\n' ${plainWord(say(missing))} >&2`,
    '  exit 127',
    '}',
    `file=sluice-evidence-${cloud.cloud}-$(date -u +%Y%m%dT%H%M%SZ)-$$.txt`,
    'errors=$file.errors',
    'count=0',
    `trap 'rm -f "$errors"' EXIT`,
    `trap 'rm -f "$file"; exit 130' HUP INT TERM`,
    '{',
    `  printf '%s\\n' '${MARK} evidence ${VERSION}'`,
    `  date -u '+${MARK} time %Y-%m-%dT%H:%M:%SZ'`,
    `  printf '%s\\n' ${plainWord(aboutLine({ ...subject }))}`,
    '} >"$file" || exit 1',
  ]
}

/** What the reads are made with: only the functions that they need. */
function functions(reads: readonly EvidenceRead[], { say }: Writing): readonly (readonly string[])[] {
  const refused = said('refused, and noted', '被拒绝,已记录')
  const about = said(
    'note NAME COMMAND…: runs a command that reads, and notes what it answered.',
    'note 名称 命令…:运行一条读取命令并记录其响应。',
  )
  const all = allReads(reads)
  const needed = new Set<keyof typeof FUNCTIONS>(all.flatMap(({ next = [] }) => next.map(({ of }) => of.kind)))
  if (all.some(({ command }) => command.some(hasPart))) needed.add('part')
  const taking = [...needed].toSorted().map((name) => FUNCTIONS[name])
  const words = said('What an answer says under a name: what else is to be read.', '响应中某个名称下的内容:还需要读取什么。')
  return [
    [
      `# ${say(about)}`,
      'note() {',
      '  what=$1',
      '  shift',
      '  count=$((count + 1))',
      `  printf ' %s' '' "$@" >&2`,
      `  printf '\\n' >&2`,
      '  answer=$("$@" 2>"$errors" </dev/null)',
      '  code=$?',
      '  if [ "$code" -ne 0 ]; then',
      '    answer=$answer$(cat "$errors")',
      `    printf '    %s\\n' ${plainWord(say(refused))} >&2`,
      '  fi',
      `  answer=$(printf '%s\\n' "$answer" | tr -d '\\r')`,
      '  {',
      `    printf '${MARK} read %s\\n' "$what"`,
      `    printf '${MARK} word %s\\n' "$@"`,
      `    printf '%s\\n' "$answer" | sed 's/^/| /'`,
      `    printf '${MARK} exit %s %s\\n' "$code" "$(printf '%s\\n' "$code" "$@" "$answer" | cksum | cut -d ' ' -f 1)"`,
      '  } >>"$file"',
      '}',
    ],
    ...(taking.length === 0 ? [] : [[`# ${say(words)}`, ...taking.flat()]]),
  ]
}

/** One read, and those that its answer leads to; nothing where a value that it needs is not known. */
function readLines(read: EvidenceRead, known: ReadonlySet<string>, indent: string, writing: Writing): readonly string[] {
  if (!namesOf(read).every((name) => known.has(name))) return []
  const { say } = writing
  const permission = said(`permission: ${read.needs}`, `权限:${read.needs}`)
  const needs = read.needs === 'none' ? '' : ` (${say(permission)})`
  return [
    `# ${say(read.tells)}${needs}`,
    `note ${[read.id, ...read.command].map(commandWord).join(' ')}`,
    ...(read.signsIn === true ? signedIn(writing) : []),
    ...furtherLines(read.next ?? [], known, writing),
  ].map((line) => `${indent}${line}`)
}

function furtherLines(further: readonly FurtherReads[], known: ReadonlySet<string>, writing: Writing): readonly string[] {
  const loops = further.map(({ each, of, reads }, index) => ({
    each,
    values: taken(of),
    variable: `${each}s_${index + 1}`,
    body: reads.flatMap((read) => readLines(read, new Set([...known, each]), '  ', writing)),
  }))
  const [only, ...others] = loops.filter(({ body }) => body.length > 0)
  if (only === undefined) return []
  if (others.length === 0) return [`for ${only.each} in ${only.values}; do`, ...only.body, 'done']
  const all = [only, ...others]
  // What is read next replaces the answer.
  return [
    ...all.map(({ variable, values }) => `${variable}=${values}`),
    ...all.flatMap(({ each, variable, body }) => [`for ${each} in $${variable}; do`, ...body, 'done']),
  ]
}

function signedIn({ cloud, say }: Writing): readonly string[] {
  const text = said(
    `Nobody is signed in to the ${cloud.product} here. Nothing was read.`,
    `此处没有登录 ${cloud.product}。未读取任何内容。`,
  )
  return [
    'if [ "$code" -ne 0 ]; then',
    '  cat "$errors" >&2',
    `  printf '%s\\n' ${plainWord(say(text))} >&2`,
    '  rm -f "$file"',
    '  exit 1',
    'fi',
  ]
}

function ending({ say }: Writing): readonly string[] {
  const text = said(
    'Done. Look through this file, then give it to the one who asked; nothing else was written:',
    '完成。请查看此文件,再交给提出请求的人;没有写入其他内容:',
  )
  return [`printf '${MARK} end %s\\n' "$count" >>"$file"`, `printf '\\n%s\\n  %s\\n' ${plainWord(say(text))} "$PWD/$file" >&2`]
}

/** Whether a word stands for a part of a value. */
function hasPart(word: string): boolean {
  return [...word.matchAll(PLACE)].some(([, , between]) => between !== undefined)
}
