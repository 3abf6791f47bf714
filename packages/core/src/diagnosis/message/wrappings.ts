import type { PrintedError } from './printed-error.ts'

/** How one SDK or tool prints an error. Groups are named for what they hold. */
interface Wrapping {
  readonly by: string
  readonly pattern: RegExp
}

/** The rest of a message, up to what the tool adds below it. */
const REST = String.raw`(?<message>[\s\S]*)`

/**
 * The wrappings of the vendors' SDKs and tools, the most telling first. Each is written from what such a client prints;
 * the cases of the test name the client.
 */
const WRAPPINGS: readonly Wrapping[] = [
  {
    by: 'AWS CLI, boto3',
    pattern: new RegExp(
      String.raw`An error occurred \((?<code>[\w.]+)\) when calling the (?<operation>\w+) operation(?: \([^)]*\))?: ${REST}`,
    ),
  },
  {
    by: 'AWS SDK for Go v2',
    pattern: new RegExp(String.raw`operation error [\w ]+: (?<operation>\w+)[\s\S]*?api error (?<code>[\w.]+): ${REST}`),
  },
  {
    by: 'AWS SDK for Go v2, without a body',
    pattern: /operation error [\w ]+: (?<operation>\w+), https? response error StatusCode: (?<status>\d{3})/,
  },
  {
    by: 'AWS SDK for Java v1',
    pattern:
      /(?:^|\n)(?:[^\n]*?[\w.$]+Exception: )?(?<message>[^\n]*?) \(Service: [^;)]+; Status Code: (?<status>\d{3}); Error Code: (?<code>[\w.]+); Request ID: (?<requestId>[^;)]+)/,
  },
  {
    by: 'AWS SDK for Java v2',
    pattern:
      /(?:^|\n)(?:[^\n]*?[\w.$]+Exception: )?(?<message>[^\n]*?) \(Service: [^,)]+, Status Code: (?<status>\d{3}), Request ID: (?<requestId>[^,)]+)/,
  },
  {
    by: 'AWS SDK for Go v1',
    pattern: /(?<code>[A-Z]\w+): (?<message>[\s\S]*?)\n?\s*status code: (?<status>\d{3}), request id: (?<requestId>\S+?)(?:,|\s|$)/,
  },
  { by: 'OpenDAL', pattern: /=> \w+Error \{ code: "(?<code>[^"]+)", message: "(?<message>[^"]*)"/ },
  { by: 'AWS SDK for Rust', pattern: /code: Some\("(?<code>[^"]+)"\), message: Some\("(?<message>[^"]*)"\)/ },
  {
    by: 'AWS SDK for C++',
    pattern: /AWS Error (?<code>[A-Z_]+)(?: \(HTTP status (?<status>\d{3})\))? during (?<operation>\w+) operation: (?<message>[^\n]*)/,
  },
  {
    by: 'Google client for Go',
    pattern:
      /googleapi: (?:got HTTP response code |Error )(?<status>\d{3})(?::| with body:) (?<message>[\s\S]*?)(?:, (?<code>[a-z]\w+))?\s*$/,
  },
  { by: 'Google client for Python', pattern: /(?<status>\d{3}) (?:GET|POST|PUT|PATCH|DELETE|HEAD) https?:\/\/\S+?: (?<message>[\s\S]*)/ },
  { by: 'gsutil', pattern: /(?:AccessDenied|BadRequest|NotFound|Service|Precondition)Exception: (?<status>\d{3}) (?<message>[\s\S]*)/ },
  { by: 'gcloud', pattern: /HTTPError (?<status>\d{3}): (?<message>[\s\S]*)/ },
  { by: 'google-auth for Python', pattern: /RefreshError: \('(?<code>[\w-]+): (?<message>[^']*)'/ },
  { by: 'Azure SDK for Go', pattern: /RESPONSE (?<status>\d{3}): [^\n]*\n+ERROR CODE: (?<code>\w+)(?<message>[\s\S]*)/ },
  {
    by: 'Azure SDK for .NET',
    pattern: /(?:^|\n)(?<message>[^\n]*)\n(?:RequestId:[^\n]*\nTime:[^\n]*\n)?Status: (?<status>\d{3})[^\n]*\nErrorCode: (?<code>\w+)/,
  },
  {
    by: 'Azure SDK for Python',
    pattern:
      /(?:^|\n)(?:[^\n]*?[\w.]+Error: )?(?<message>[^\n]*)\n(?:RequestId:(?<requestId>[^\n]*)\n)?(?:Time:[^\n]*\n)?ErrorCode:(?<code>\w+)/,
  },
  { by: 'Azure CLI', pattern: /(?:^|\n)(?<message>[^\n]*)\n?RequestId:(?<requestId>\S+)\s*\n?Time:\S+\s*\n?ErrorCode:(?<code>\w+)/ },
  { by: 'Entra ID', pattern: /(?<message>(?<code>AADSTS\d+):[\s\S]*)/ },
  {
    by: 'OSS SDK for Go v1',
    pattern:
      /oss: service returned error: StatusCode=(?<status>\d{3}), ErrorCode=(?<code>\w+), ErrorMessage="?(?<message>[^"\n]*?)"?, RequestId=(?<requestId>\w+)/,
  },
  { by: 'OSS SDK for Java', pattern: /(?:^|\n)(?<message>[^\n]*)\n\[ErrorCode\]: (?<code>\w+)\n\[RequestId\]: (?<requestId>\w+)/ },
  {
    by: 'OSS SDK for Go v2',
    pattern:
      /Http Status Code: (?<status>\d{3})[\s\S]*?Error Code: (?<code>\w+)\.?[\s\S]*?Request Id: (?<requestId>\w+)\.?[\s\S]*?Message: (?<message>[^\n]*)/,
  },
  {
    by: 'Alibaba SDK',
    pattern: /HTTP Status: (?<status>\d{3}) Error:\s?(?<code>[\w.]+) (?<message>[\s\S]*?) RequestID: (?<requestId>[\w-]+)/,
  },
  { by: 'Alibaba Tea', pattern: /code: (?<status>\d{3}), (?<message>[\s\S]*?) request id: (?<requestId>[\w-]+)/ },
  // "User: arn:… is not authorized" is AWS's own sentence, and no code.
  { by: 'Node.js', pattern: /(?:^|\n)(?!User: )(?<code>[A-Z]\w+?)(?:Error)?: (?<message>[^\n]*)(?:\n\s+at |$)/ },
]

/** Facts that stand somewhere in what nearly every tool prints. */
const ASIDE: readonly (readonly ['status' | 'code' | 'requestId', RegExp])[] = [
  ['status', /(?:httpStatusCode|statusCode|status[ _]?code)["']?\s*[:=]\s*["']?(?<value>\d{3})/i],
  ['status', /HTTP\/[\d.]+ (?<value>\d{3})/],
  ['status', /\bHTTP (?<value>[345]\d\d)\b/],
  ['status', /^\W*(?<value>[345]\d\d) (?:Forbidden|Unauthorized|Not Found|Bad Request|Conflict|Moved Permanently)/im],
  ['status', /status:? (?<value>[345]\d\d)\b/i],
  ['code', /\bCode["']?\s*:\s*["'](?<value>[A-Z][\w.]+)["']/],
  ['code', /x-ms-error-code:\s*(?<value>\w+)/i],
  ['requestId', /x-(?:amz|ms|oss)-request-id["']?:\s*["']?(?<value>[\w-]+)/i],
  ['requestId', /\brequest[ _]?id["']?\s*[:=]\s*["']?(?<value>[\w-]{8,})/i],
]

/** Takes the wrapping of an SDK or tool off; what no wrapping is known of gives what stands in plain sight. */
export function fromWrapping(text: string): PrintedError {
  const groups = WRAPPINGS.map(({ pattern }) => pattern.exec(text)?.groups).find((found) => found !== undefined) ?? {}
  const aside = (name: 'status' | 'code' | 'requestId'): string | undefined =>
    groups[name] ??
    ASIDE.filter(([of]) => of === name)
      .map(([, pattern]) => pattern.exec(text)?.groups?.['value'])
      .find((value) => value !== undefined)
  const status = aside('status')
  const code = aside('code')
  const requestId = aside('requestId')?.trim()
  const message = groups['message']?.trim()
  return {
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined || message === '' ? {} : { message }),
    ...(groups['operation'] === undefined ? {} : { operation: groups['operation'] }),
    ...(requestId === undefined || requestId === '' ? {} : { requestId }),
    fields: {},
  }
}
