/** The signal of work that streams: aborted by its own controller, when the caller has gone, or when the server stops. It has no time limit: the work has its own. */
export function workSignal(
  caller: AbortSignal,
  stopping: AbortSignal,
): { readonly controller: AbortController; readonly signal: AbortSignal } {
  const controller = new AbortController()
  return { controller, signal: AbortSignal.any([controller.signal, caller, stopping]) }
}
