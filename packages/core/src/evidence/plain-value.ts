/**
 * Whether a value says nothing but itself to whatever client it is given: no option, and no file or address whose contents the client would put
 * in its place. Names come from whoever wants to be let in, and what clients read so would go where they say.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 * https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-tips#pass-arguments-from-a-file
 */
export function isPlainValue(value: string): boolean {
  return value !== '' && value.length <= LONGEST && !/^[-@]|:\/\/|\p{Cc}/u.test(value)
}

/** The same for what a script finds while it runs. */
export const PLAIN_IN_AWK = String.raw`!~ /^[-@]|:\/\//`

/** As long as the longest of these names: the key of an object. */
const LONGEST = 1024
