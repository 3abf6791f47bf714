/** What is wrong with a template, before a cloud has worded it. */
export class TemplateError extends Error {
  /** `unsupported`: the lab does not implement it; `parameter`: what was given beside the template is wrong. */
  readonly problem: 'invalid' | 'unsupported' | 'parameter'

  constructor(problem: TemplateError['problem'], message: string) {
    super(message)
    this.name = 'TemplateError'
    this.problem = problem
  }
}

/** A template that the cloud would not take. */
export function templateError(message: string): TemplateError {
  return new TemplateError('invalid', message)
}

/** Something in a template that the lab does not have. */
export function unsupported(what: string): TemplateError {
  return new TemplateError('unsupported', `The lab does not implement ${what}.`)
}
