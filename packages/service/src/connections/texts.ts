import { accessError } from '@sluice/core'

const DESCRIPTION_LENGTH = 1_000
const LABELS = 50
const LABEL_KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/
const LABEL_VALUE_LENGTH = 255
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
// eslint-disable-next-line no-control-regex -- as above; a label is one line
const CONTROL_OR_NEWLINE = /[\u0000-\u001f\u007f]/

/** A description of any language and several lines, within reason. */
export function requireDescription(text = ''): string {
  if (text.length > DESCRIPTION_LENGTH || CONTROL.test(text))
    throw accessError('connection.bad_text', {
      message: `A description has at most ${DESCRIPTION_LENGTH} characters, none of them control characters.`,
    })
  return text
}

/** Labels to find and group connections by. */
export function requireLabels(labels: { readonly [key: string]: string } = {}): { readonly [key: string]: string } {
  const entries = Object.entries(labels)
  if (entries.length > LABELS) throw accessError('connection.bad_text', { message: `A connection has at most ${LABELS} labels.` })
  for (const [key, value] of entries) {
    if (!LABEL_KEY.test(key))
      throw accessError('connection.bad_text', {
        message:
          'A label key starts with a letter or digit and goes on with letters, digits, dots, dashes, slashes; 63 characters at most.',
      })
    if (value.length > LABEL_VALUE_LENGTH || CONTROL_OR_NEWLINE.test(value))
      throw accessError('connection.bad_text', {
        message: `The value of the label ${key} is longer than ${LABEL_VALUE_LENGTH} characters or not a single line.`,
      })
  }
  return labels
}
