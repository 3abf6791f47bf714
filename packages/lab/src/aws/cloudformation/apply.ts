import { applyJsonTemplate } from '../../templates/apply.ts'
import { TemplateError } from '../../templates/error.ts'
import { NO_VALUE } from '../../templates/intrinsics.ts'
import { partitionOf } from '../arn.ts'
import { AwsError } from '../error.ts'
import { ensureAccount } from '../state/state.ts'
import type { AwsState } from '../state/types.ts'
import { makeResource, type Stack } from './resources.ts'

const SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Conditions', 'Resources', 'Outputs']

/** Applies a CloudFormation template in JSON as an admin of the account would, all or nothing, and gives its outputs. */
export function applyTemplate(
  state: AwsState,
  accountId: string,
  body: string,
  parameters: { readonly [name: string]: string } = {},
  region = 'us-east-1',
): { readonly [output: string]: string } {
  const stack: Stack = { state, account: ensureAccount(state, accountId), region, name: 'sluice-stack' }
  const pseudo = {
    'AWS::AccountId': stack.account.id,
    'AWS::NoValue': NO_VALUE,
    'AWS::Partition': partitionOf(stack.region),
    'AWS::Region': stack.region,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': stack.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
  } as const
  try {
    const make = (type: string, id: string, properties: Parameters<typeof makeResource>[3]) => makeResource(stack, type, id, properties)
    return applyJsonTemplate({ sections: SECTIONS, pseudo, make }, body, parameters)
  } catch (error) {
    throw error instanceof TemplateError ? inWordsOfAws(error) : error
  }
}

function inWordsOfAws({ problem, message }: TemplateError): AwsError {
  if (problem === 'unsupported') return new AwsError(501, 'NotImplemented', message)
  return new AwsError(400, 'ValidationError', problem === 'invalid' ? `Template error: ${message}` : message)
}
