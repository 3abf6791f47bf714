import { lintText, type LintKind } from '@sluice/core'
import manifest from '../../package.json' with { type: 'json' }
import { usage, type Command, type Invocation } from '../invocation.ts'
import { countLine, describeFindings, findingJson, type CheckedFile } from '../output/lint.ts'
import { sarifLog } from '../output/sarif.ts'
import { readText } from '../policy-file.ts'

const HAS_ERRORS = 1
const KINDS: readonly LintKind[] = ['identity', 'resource', 'trust', 'session', 'scp', 'key']

/** `sluice policy check FILE...` */
export const checkPolicies: Command = async (invocation) => {
  const { options, terminal, json } = invocation
  const kind = KINDS.find((one) => one === options.text('kind'))
  const paths = invocation.arguments
  if (paths.filter((path) => path === '-').length > 1) throw usage('Standard input can be read once only.')
  const files: CheckedFile[] = []
  for (const path of paths) {
    const text = await readText(path, terminal)
    files.push({ path, text, ...lintText(text, kind === undefined ? {} : { kind }) })
  }
  if (options.flag('sarif')) terminal.stdout.write(`${JSON.stringify(sarifLog(files, manifest.version), null, 2)}\n`)
  else if (json) invocation.printJson({ files: files.map(findingJson), ...countsOf(files) })
  else printFindings(invocation, files)
  return countsOf(files).errors > 0 ? HAS_ERRORS : 0
}

function printFindings(invocation: Invocation, files: readonly CheckedFile[]): void {
  for (const file of files) {
    invocation.print(describeFindings(file, invocation.terminal.stdout.columns, invocation.paint))
    if (file.policies.length === 0 && file.findings.length === 0)
      invocation.note(`${file.path === '-' ? 'standard input' : file.path}: no policy in this template\n`)
  }
  invocation.note(countLine(countsOf(files), files))
}

function countsOf(files: readonly CheckedFile[]): { readonly errors: number; readonly warnings: number; readonly notes: number } {
  const count = (severity: string) =>
    files.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.severity === severity).length, 0)
  return { errors: count('error'), warnings: count('warning'), notes: count('note') }
}
