/** One output stream. */
export interface Output {
  write(text: string): void
  readonly isTty: boolean
  /** Undefined where it is not a terminal: lines are then as long as they are. */
  readonly columns: number | undefined
  readonly rows: number | undefined
}

/** Everything a command sees of the machine, as an argument: tests pass their own. */
export interface Terminal {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: {
    readonly isTty: boolean
    /** All of standard input. */
    read(): Promise<string>
    /** One line typed. */
    readLine(prompt: string): Promise<string>
    /** What is typed without being shown: one line, or as many as make it whole. */
    readSecret(prompt: string, isWhole?: (text: string) => boolean): Promise<string>
  }
  readonly environment: { readonly [name: string]: string | undefined }
  /** Sends requests to the server; the platform's own unless told. */
  readonly fetch?: (request: Request) => Promise<Response> | Response
  /** Aborted by Ctrl+C and by a request to end. */
  readonly signal: AbortSignal
}
