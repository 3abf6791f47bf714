import { accessError, type FileFormat } from '@sluice/core'
import { dialectOf } from './records.ts'

/** Refuses what a format asks for and the engine cannot do. */
export function checkFormat(format: FileFormat): void {
  if (format.type === 'parquet') {
    if (format.compression !== 'auto') throw refuse('A Parquet file says itself how it is compressed.')
    return
  }
  if (format.type === 'ndjson') return
  const { delimiter, quote, escape, nulls } = dialectOf(format)
  const newline = format.recordDelimiter ?? '\n'
  if (!['\n', '\r\n', '\r'].includes(newline)) throw refuse('A record ends with \\n, \\r\\n or \\r; nothing else can be its delimiter.')
  if (Buffer.byteLength(delimiter) < 1 || Buffer.byteLength(delimiter) > 4) throw refuse('The field delimiter is one to four bytes long.')
  if (!isByteOrNothing(quote) || !isByteOrNothing(escape)) throw refuse('Quote and escape are one byte each, or nothing.')
  if (delimiter === quote || delimiter === escape) throw refuse('The field delimiter differs from quote and escape.')
  const special = [delimiter, quote, escape].filter((text) => text !== '')
  if (nulls.some((text) => special.some((part) => text.includes(part))))
    throw refuse('The text that stands for NULL contains no delimiter, quote or escape.')
  const skip = format.skipHeader ?? 0
  if (!Number.isSafeInteger(skip) || skip < 0) throw refuse('The number of lines to skip is a whole number.')
}

function isByteOrNothing(text: string): boolean {
  return text === '' || (text.length === 1 && text.charCodeAt(0) < 128)
}

function refuse(message: string) {
  return accessError('engine.format_unsupported', { message })
}
