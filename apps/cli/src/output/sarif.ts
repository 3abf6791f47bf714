import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LINT_RULES, type Json, type LintFinding, type LintPosition } from '@sluice/core'
import type { CheckedFile } from './lint.ts'

/**
 * The findings as a SARIF log, which code review tools show beside the lines.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifLog(files: readonly CheckedFile[], version: string): Json {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sluice policy check',
            semanticVersion: version,
            rules: LINT_RULES.map(({ id, title, why, instead, severity }) => ({
              id,
              shortDescription: { text: `${title}.` },
              fullDescription: { text: why },
              help: { text: instead },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ path }) => ({ location: { uri: uriOf(path) }, mimeType: 'application/json' })),
        results: files.flatMap((file, index) => file.findings.map((finding) => resultOf(finding, file.path, index))),
      },
    ],
  }
}

function resultOf(finding: LintFinding, path: string, index: number): Json {
  const { rule, severity, message, instead, position, pointer } = finding
  const artifactLocation = { uri: uriOf(path), index }
  return {
    ruleId: rule,
    ruleIndex: LINT_RULES.findIndex(({ id }) => id === rule),
    level: severity,
    message: { text: `${message} ${instead}` },
    locations: [
      {
        physicalLocation: { artifactLocation, ...(position ? { region: regionOf(position) } : {}) },
        ...(pointer === '' ? {} : { logicalLocations: [{ fullyQualifiedName: pointer }] }),
      },
    ],
    ...fixOf(finding, artifactLocation),
  }
}

/** A patch that puts one value in the place of the text underlined can be applied as it stands. */
function fixOf(
  { patch, pointer, position, instead }: LintFinding,
  artifactLocation: { readonly [name: string]: Json },
): { readonly fixes?: Json } {
  const [step, ...more] = patch ?? []
  if (!step || more.length > 0 || step.op !== 'replace' || step.path !== pointer || step.value === undefined || !position) return {}
  const replacement = { deletedRegion: regionOf(position), insertedContent: { text: JSON.stringify(step.value) } }
  return { fixes: [{ description: { text: instead }, artifactChanges: [{ artifactLocation, replacements: [replacement] }] }] }
}

function regionOf({ line, column, endLine, endColumn }: LintPosition): { readonly [name: string]: number } {
  return { startLine: line, startColumn: column, endLine, endColumn }
}

function uriOf(path: string): string {
  if (path === '-') return 'stdin'
  if (isAbsolute(path)) return pathToFileURL(path).href
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}
