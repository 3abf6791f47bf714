import type { Json } from '@sluice/core'

/**
 * JSON for people, in ASCII: IAM takes policy documents only up to U+00FF, and an escaped character survives every shell, editor and console.
 */
export function jsonText(value: Json): string {
  return `${escapeNonAscii(JSON.stringify(value, null, 2))}\n`
}

/** The same without white space between tokens: the form whose length AWS counts against its limits. */
export function compactJson(value: Json): string {
  return escapeNonAscii(JSON.stringify(value))
}

/** The length AWS counts against its limits. */
export function jsonSize(value: Json): number {
  return compactJson(value).length
}

function escapeNonAscii(json: string): string {
  // oxlint-disable-next-line no-control-regex -- the range is the point: DEL and everything beyond ASCII
  return json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
